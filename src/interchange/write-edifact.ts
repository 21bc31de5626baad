/** Writing EDIFACT: UNA, UNB, optional UNG, UNH, UNT, UNE, UNZ (ISO 9735, syntax 1 to 4). */
import type { Party, Separators, Value } from './interchange.ts';
import type { OutGroup, OutInterchange, OutMessage } from './write.ts';
import type { Charset } from './write-charset.ts';
import { withLevels } from './write-levels.ts';
import { fits, newSheet, put, type Sheet } from './write-segment.ts';

/** Writes the segments of one interchange onto a new sheet. The separators were found usable. */
export function writeEdifact(out: OutInterchange, charset: Charset): Sheet {
  const separators = { ...out.separators, repetition: hasRepetition(out) ? out.separators.repetition : null };
  const sheet = newSheet(separators, separators.repetition, out.newline, charset);
  const adviceText = advice(separators);
  if (adviceText !== advice(hasRepetition(out) ? defaults4 : defaults)) {
    sheet.lines.push(`UNA${adviceText}${out.newline}`);
  }
  putInterchangeHeader(sheet, out);
  for (const group of out.groups) putGroup(sheet, out, group);
  sheet.group = 0;
  put(sheet, { tag: 'UNZ', values: [String(interchangeCount(out.groups)), out.control] });
  return sheet;
}

const defaults: Separators = {
  element: '+',
  component: ':',
  repetition: null,
  segment: "'",
  release: '?',
  decimal: '.',
};
const defaults4: Separators = { ...defaults, repetition: '*' };

/** Repetitions came with syntax 4. */
function hasRepetition(out: OutInterchange): boolean {
  return out.version.slice(5) >= '4';
}

/** The six characters after UNA; a blank says that there is none. */
function advice({ component, element, decimal, release, repetition, segment }: Separators): string {
  return `${component}${element}${decimal}${release ?? ' '}${repetition ?? ' '}${segment}`;
}

function putInterchangeHeader(sheet: Sheet, out: OutInterchange): void {
  fits(sheet, 'UNB', 1, out.version, /^UNO[A-Z]:[1-4]$/, "a syntax such as 'UNOC:3'");
  checkParty(sheet, 2, out.sender);
  checkParty(sheet, 3, out.receiver);
  fits(sheet, 'UNB', 5, out.control, /^.{1,14}$/, '1 to 14 characters');
  fits(sheet, 'UNB', 7, out.application ?? '', /^.{0,14}$/, 'at most 14 characters');
  put(sheet, {
    tag: 'UNB',
    values: [
      ...[out.version.split(':'), partyValue(out.sender), partyValue(out.receiver), stamp(out)],
      ...[out.control, '', out.application ?? '', '', out.acknowledgmentRequested, '', out.test ? '1' : ''],
    ],
  });
}

function checkParty(sheet: Sheet, element: number, { id, qualifier }: Party): void {
  fits(sheet, 'UNB', element, id, /^.{1,35}$/, '1 to 35 characters');
  fits(sheet, 'UNB', element, qualifier, /^.{0,4}$/, 'a qualifier of at most 4 characters');
}

function partyValue({ id, qualifier }: Party): Value {
  return [id, qualifier];
}

/** A group with a type has UNG and UNE; one without is implied. */
function putGroup(sheet: Sheet, out: OutInterchange, group: OutGroup): void {
  sheet.group++;
  sheet.message = 0;
  const named = group.type !== null;
  if (named) putGroupHeader(sheet, out, group);
  for (const message of group.messages) putMessage(sheet, message);
  sheet.message = 0;
  if (named) put(sheet, { tag: 'UNE', values: [String(group.messages.length), group.control ?? ''] });
}

function putGroupHeader(sheet: Sheet, out: OutInterchange, group: OutGroup): void {
  fits(sheet, 'UNG', 1, group.type ?? '', /^[A-Z]{1,6}$/, 'a message type');
  fits(sheet, 'UNG', 5, group.control ?? '', /^.{1,14}$/, '1 to 14 characters');
  const [version = '', release = '', agency = '', association = ''] = (group.version ?? '').split(':');
  put(sheet, {
    tag: 'UNG',
    values: [
      ...[group.type ?? '', group.sender ?? out.sender.id, group.receiver ?? out.receiver.id, stamp(out)],
      ...[group.control ?? '', agency, [version, release, association]],
    ],
  });
}

function putMessage(sheet: Sheet, message: OutMessage): void {
  sheet.message++;
  sheet.segment = 0;
  const version = message.version ?? '';
  fits(sheet, 'UNH', 1, message.control, /^.{1,14}$/, '1 to 14 characters');
  fits(sheet, 'UNH', 2, message.type, /^[A-Z]{1,6}$/, 'a message type');
  fits(sheet, 'UNH', 2, version, /^\w{1,3}:\w{1,3}:\w{1,2}(:.{1,6})?$/, "a version such as 'D:96A:UN'");
  put(sheet, { tag: 'UNH', values: [message.control, [message.type, ...version.split(':')]] });
  for (const segment of withLevels(message.segments)) put(sheet, segment);
  put(sheet, { tag: 'UNT', values: [String(sheet.segment + 1), message.control] });
}

/** UNZ 0036 counts the groups when there are any, else the messages. */
function interchangeCount(groups: readonly OutGroup[]): number {
  const named = groups.filter(({ type }) => type !== null).length;
  return named > 0 ? named : groups.reduce((sum, { messages }) => sum + messages.length, 0);
}

/** S004 in UTC: YYMMDD and HHMM; syntax 4 has the century. */
function stamp(out: OutInterchange): readonly string[] {
  const text = out.at.toISOString().replace(/[-:T]/g, '');
  return [text.slice(hasRepetition(out) ? 0 : 2, 8), text.slice(8, 12)];
}
