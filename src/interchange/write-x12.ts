/** Writing X12: ISA of 106 bytes, GS, ST, SE, GE, IEA (X12.5, X12.6). */

import type { OutGroup, OutInterchange, OutMessage } from './write.ts';
import type { Charset } from './write-charset.ts';
import { withLevels } from './write-levels.ts';
import { fits, newSheet, plainText, put, type Sheet } from './write-segment.ts';

/** Writes the segments of one interchange onto a new sheet. The separators were found usable. */
export function writeX12(out: OutInterchange, charset: Charset): Sheet {
  const repetition = out.version >= firstVersionWithRepetition ? out.separators.repetition : null;
  const sheet = newSheet({ ...out.separators, release: null }, repetition, out.newline, charset);
  putInterchangeHeader(sheet, out);
  for (const segment of out.ta1 ?? []) put(sheet, segment);
  for (const group of out.groups) putGroup(sheet, out, group);
  sheet.group = 0;
  put(sheet, { tag: 'IEA', values: [String(out.groups.length), out.control] });
  return sheet;
}

/** ISA11 became the repetition separator with this version; before, it names the standard ('U'). */
const firstVersionWithRepetition = '00402';
/** GS04 has the century from this release on. */
const firstReleaseWithCentury = '004010';

const blanks = ' '.repeat(10);

function putInterchangeHeader(sheet: Sheet, out: OutInterchange): void {
  const { date, time } = stamp(out.at);
  checkInterchangeHeader(sheet, out);
  const cells = [
    ...['ISA', '00', blanks, '00', blanks],
    ...[out.sender.qualifier.padEnd(2), plainText(sheet, 'ISA', out.sender.id, 6).padEnd(15)],
    ...[out.receiver.qualifier.padEnd(2), plainText(sheet, 'ISA', out.receiver.id, 8).padEnd(15)],
    ...[date.slice(2), time, sheet.pen.repetition ?? 'U', out.version, out.control],
    ...[out.acknowledgmentRequested === '' ? '0' : '1', out.test ? 'T' : 'P', sheet.pen.component],
  ];
  sheet.lines.push(cells.join(sheet.pen.element) + sheet.pen.end);
}

function checkInterchangeHeader(sheet: Sheet, out: OutInterchange): void {
  const { sender, receiver } = out;
  fits(sheet, 'ISA', 5, sender.qualifier, /^[0-9A-Z]{2}$/, 'two letters or digits');
  fits(sheet, 'ISA', 6, sender.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'ISA', 7, receiver.qualifier, /^[0-9A-Z]{2}$/, 'two letters or digits');
  fits(sheet, 'ISA', 8, receiver.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'ISA', 12, out.version, /^\d{5}$/, "five digits, such as '00401'");
  fits(sheet, 'ISA', 13, out.control, /^\d{9}$/, 'nine digits');
}

function putGroup(sheet: Sheet, out: OutInterchange, group: OutGroup): void {
  sheet.group++;
  sheet.message = 0;
  const control = group.control ?? '';
  checkGroup(sheet, out, group);
  const { date, time } = stamp(out.at);
  const version = group.version ?? '';
  const day = version >= firstReleaseWithCentury ? date : date.slice(2);
  const ids = [group.sender ?? out.sender.id, group.receiver ?? out.receiver.id];
  put(sheet, { tag: 'GS', values: [group.type ?? '', ...ids, day, time, control, 'X', version] });
  for (const message of group.messages) putMessage(sheet, message);
  sheet.message = 0;
  put(sheet, { tag: 'GE', values: [String(group.messages.length), control] });
}

function checkGroup(sheet: Sheet, out: OutInterchange, group: OutGroup): void {
  fits(sheet, 'GS', 1, group.type ?? '', /^[A-Z]{2}$/, 'two letters');
  // The standard asks for two characters at least, but partners with ids of one do exist.
  fits(sheet, 'GS', 2, group.sender ?? out.sender.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'GS', 3, group.receiver ?? out.receiver.id, /^.{1,15}$/, '1 to 15 characters');
  fits(sheet, 'GS', 6, group.control ?? '', /^\d{1,9}$/, '1 to 9 digits');
  fits(sheet, 'GS', 8, group.version ?? '', /^\d[0-9A-Z]{0,11}$/, "a version such as '004010'");
}

function putMessage(sheet: Sheet, message: OutMessage): void {
  sheet.message++;
  sheet.segment = 0;
  fits(sheet, 'ST', 1, message.type, /^\d{3}$/, 'three digits');
  fits(sheet, 'ST', 2, message.control, /^[0-9A-Z]{4,9}$/, '4 to 9 letters or digits');
  put(sheet, { tag: 'ST', values: [message.type, message.control] });
  for (const segment of withLevels(message.segments)) put(sheet, segment);
  put(sheet, { tag: 'SE', values: [String(sheet.segment + 1), message.control] });
}

/** UTC as CCYYMMDD and HHMM. */
function stamp(at: Date): { date: string; time: string } {
  const text = at.toISOString().replace(/[-:T]/g, '');
  return { date: text.slice(0, 8), time: text.slice(8, 12) };
}
