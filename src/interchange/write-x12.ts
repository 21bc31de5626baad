/** What X12 has of its own when it is written: ISA of 106 bytes, GS, ST (X12.5, X12.6). */
import type { Separators } from './event.ts';
import type { OutGroupHeader, OutHeader, OutMessage, OutSegment } from './write.ts';
import type { Charset } from './write-charset.ts';
import type { Dialect } from './write-envelope.ts';
import { fits, makePen, put, type Sheet, writable } from './write-segment.ts';

/** ISA11 became the repetition separator with this version; before, it names the standard ('U'). */
const firstVersionWithRepetition = '00402';
/** GS04 has the century from this release on. */
const firstReleaseWithCentury = '004010';

export const x12Dialect: Dialect = {
  trailers: { message: 'SE', group: 'GE', interchange: 'IEA' },
  envelopeTags: new Set(['ISA', 'IEA', 'GS', 'GE', 'ST', 'SE', 'TA1']),
  effective: ({ separators, version }) => ({
    ...separators,
    release: null,
    repetition: version >= firstVersionWithRepetition ? separators.repetition : null,
  }),
  putHeader,
  groupHeader,
  messageHeader,
  numberedBy: 'group',
  formatNumber: (ordinal) => String(ordinal).padStart(4, '0'),
};

/**
 * Writes an ISA: each element padded to its fixed length, its own separators as ISA11 and ISA16.
 * @param values ISA01 to ISA10 and ISA12 to ISA15; what stands at ISA11 is written where there is no repetition separator
 */
export function putIsa(
  sheet: Sheet,
  values: readonly string[],
  { element, component, repetition }: Separators,
  charset: Charset,
): void {
  const cells = isaWidths.map((width, index) => {
    if (index === 10) return repetition ?? values[10] ?? 'U';
    return (values[index] ?? '').padEnd(width);
  });
  const text = ['ISA', ...cells, component].join(element);
  sheet.ink.bytes(charset.encode(text));
  sheet.ink.end(sheet.pen.end);
}

/** Lengths of ISA01 to ISA15. */
const isaWidths = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1];

function putHeader(sheet: Sheet, out: OutHeader, charset: Charset): void {
  const pen = makePen(x12Dialect.effective(out), out.newline, charset);
  sheet.pen = pen;
  checkHeader(sheet, out);
  const { date, time } = stamp(out.at);
  const { sender, receiver } = out;
  const requested = ['', '0'].includes(out.acknowledgmentRequested) ? '0' : '1';
  const values = [
    ...['00', '', '00', '', sender.qualifier, sender.id, receiver.qualifier, receiver.id],
    ...[date.slice(2), time, 'U', out.version, out.control, requested, out.test ? 'T' : 'P'],
  ];
  putIsa(sheet, values, pen.separators, charset);
  for (const segment of out.ta1 ?? []) put(sheet, segment);
}

function checkHeader(sheet: Sheet, out: OutHeader): void {
  const { sender, receiver } = out;
  fits(sheet, 'ISA', 5, sender.qualifier, /^[0-9A-Z]{2}$/, 'two capital letters or digits');
  fits(sheet, 'ISA', 6, sender.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'ISA', 7, receiver.qualifier, /^[0-9A-Z]{2}$/, 'two capital letters or digits');
  fits(sheet, 'ISA', 8, receiver.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'ISA', 12, out.version, /^\d{5}$/, "five digits, such as '00401'");
  fits(sheet, 'ISA', 13, out.control, /^\d{9}$/, 'nine digits');
  const { charset } = sheet.pen;
  writable(sheet, sender.id, { tag: 'ISA', element: 6 }, charset);
  writable(sheet, receiver.id, { tag: 'ISA', element: 8 }, charset);
}

/** A group of X12 has always a GS. */
function groupHeader(sheet: Sheet, out: OutHeader, group: OutGroupHeader): OutSegment {
  const { date, time } = stamp(out.at);
  const version = group.version ?? '';
  const day = version >= firstReleaseWithCentury ? date : date.slice(2);
  const sender = group.sender ?? out.sender.id;
  const receiver = group.receiver ?? out.receiver.id;
  fits(sheet, 'GS', 1, group.type ?? '', /^[A-Z]{2}$/, 'two letters');
  // The standard asks for two characters at least, but partners with ids of one do exist.
  fits(sheet, 'GS', 2, sender, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'GS', 3, receiver, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'GS', 6, group.control ?? '', /^\d{1,9}$/, '1 to 9 digits');
  fits(sheet, 'GS', 8, version, /^\d[0-9A-Z]{0,11}$/, "a version such as '004010'");
  const control = group.control ?? '';
  return { tag: 'GS', values: [group.type ?? '', sender, receiver, day, time, control, 'X', version] };
}

function messageHeader(sheet: Sheet, { type, more }: OutMessage, control: string): OutSegment {
  fits(sheet, 'ST', 1, type, /^\d{3}$/, 'three digits');
  fits(sheet, 'ST', 2, control, /^[0-9A-Z]{4,9}$/, '4 to 9 letters or digits');
  return { tag: 'ST', values: [type, control, ...(more ?? [])] };
}

/** UTC as CCYYMMDD and HHMM. */
function stamp(at: Date): { date: string; time: string } {
  const text = at.toISOString().replace(/[-:T]/g, '');
  return { date: text.slice(0, 8), time: text.slice(8, 12) };
}
