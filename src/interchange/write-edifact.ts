/** What EDIFACT has of its own when it is written: UNA, UNB, UNG, UNH (ISO 9735, syntax 1 to 4). */
import type { Party, Separators, Value } from './event.ts';
import type { OutGroupHeader, OutHeader, OutMessage, OutSegment } from './write.ts';
import { type Charset, widened } from './write-charset.ts';
import type { Dialect } from './write-envelope.ts';
import { fits, makePen, put, type Sheet } from './write-segment.ts';

export const edifactDialect: Dialect = {
  trailers: { message: 'UNT', group: 'UNE', interchange: 'UNZ' },
  envelopeTags: new Set(['UNA', 'UNB', 'UNZ', 'UNG', 'UNE', 'UNH', 'UNT']),
  effective: ({ separators, version }) => ({
    ...separators,
    repetition: hasRepetition(version) ? separators.repetition : null,
  }),
  putHeader,
  groupHeader,
  messageHeader,
  numberedBy: 'interchange',
  formatNumber: String,
};

/**
 * The service characters that need no UNA: the standard's own, with the repetition separator of syntax 4, and at level B
 * the control characters IS4, IS3 and IS1 as well, which have no release character.
 * @param version S001, as 'UNOC:3'
 */
export function needsAdvice(version: string, separators: Separators): boolean {
  const text = advice(separators);
  if (text === advice(hasRepetition(version) ? { ...usual, repetition: '*' } : usual)) return false;
  return !(version.startsWith('UNOB') && text === advice(levelB));
}

/** Writes UNA: it holds for this interchange only. */
export function putAdvice(sheet: Sheet, separators: Separators, newline: string): void {
  sheet.ink.bytes(Buffer.from(`UNA${advice(separators)}${newline}`, 'latin1'));
}

const usual: Separators = {
  element: '+',
  component: ':',
  repetition: null,
  segment: "'",
  release: '?',
  decimal: '.',
};
const levelB: Separators = { ...usual, element: '\x1d', component: '\x1f', segment: '\x1c', release: null };

/** Repetitions came with syntax 4. */
function hasRepetition(version: string): boolean {
  return version.slice(5) >= '4';
}

/** The six characters after UNA; a blank says that there is none. */
function advice({ component, element, decimal, release, repetition, segment }: Separators): string {
  return `${component}${element}${decimal}${release ?? ' '}${repetition ?? ' '}${segment}`;
}

function putHeader(sheet: Sheet, out: OutHeader, charset: Charset): void {
  const separators = edifactDialect.effective(out);
  sheet.pen = makePen(separators, out.newline, widened(charset));
  if (out.una === true || needsAdvice(out.version, separators)) putAdvice(sheet, separators, out.newline);
  fits(sheet, 'UNB', 1, out.version, /^UNO[A-Z]:[1-4]$/, "a syntax such as 'UNOC:3'");
  checkParty(sheet, 2, out.sender);
  checkParty(sheet, 3, out.receiver);
  fits(sheet, 'UNB', 5, out.control, /^.{1,14}$/, '1 to 14 characters');
  fits(sheet, 'UNB', 7, out.application ?? '', /^.{0,14}$/, 'at most 14 characters');
  const values: Value[] = [
    ...[out.version.split(':'), partyValue(out.sender), partyValue(out.receiver), stamp(out)],
    ...[out.control, '', out.application ?? '', '', out.acknowledgmentRequested, '', out.test ? '1' : ''],
  ];
  put(sheet, { tag: 'UNB', values });
}

function checkParty(sheet: Sheet, element: number, { id, qualifier }: Party): void {
  fits(sheet, 'UNB', element, id, /^.{1,35}$/, '1 to 35 characters');
  fits(sheet, 'UNB', element, qualifier, /^.{0,4}$/, 'a qualifier of at most 4 characters');
}

function partyValue({ id, qualifier }: Party): Value {
  return [id, qualifier];
}

/** A group with a type has UNG and UNE; one without is implied. */
function groupHeader(sheet: Sheet, out: OutHeader, group: OutGroupHeader): OutSegment | null {
  if (group.type === null) return null;
  fits(sheet, 'UNG', 1, group.type, /^[A-Z]{1,6}$/, 'a message type');
  fits(sheet, 'UNG', 5, group.control ?? '', /^.{1,14}$/, '1 to 14 characters');
  const [version = '', release = '', agency = '', association = ''] = (group.version ?? '').split(':');
  const values: Value[] = [
    ...[group.type, group.sender ?? out.sender.id, group.receiver ?? out.receiver.id, stamp(out)],
    ...[group.control ?? '', agency, [version, release, association]],
  ];
  return { tag: 'UNG', values };
}

function messageHeader(sheet: Sheet, message: OutMessage, control: string): OutSegment {
  const version = message.version ?? '';
  fits(sheet, 'UNH', 1, control, /^.{1,14}$/, '1 to 14 characters');
  fits(sheet, 'UNH', 2, message.type, /^[A-Z]{1,6}$/, 'a message type');
  fits(sheet, 'UNH', 2, version, /^\w{1,3}:\w{1,3}:\w{1,2}(:.{1,6})?$/, "a version such as 'D:96A:UN'");
  return {
    tag: 'UNH',
    values: [control, [message.type, ...version.split(':')], ...(message.more ?? [])],
  };
}

/** S004 in UTC: YYMMDD and HHMM; syntax 4 has the century. */
function stamp({ at, version }: OutHeader): readonly string[] {
  const text = at.toISOString().replace(/[-:T]/g, '');
  return [text.slice(hasRepetition(version) ? 0 : 2, 8), text.slice(8, 12)];
}
