/** What an interchange, a group and a message are, in words. */
import type { Position } from './fault.ts';
import { visible } from './inspect-columns.ts';
import { countOf } from './inspect-tally.ts';
import { loadMessageRules } from './interchange/dictionary/dictionary.ts';
import {
  type GroupBegin,
  type InterchangeBegin,
  isLoop,
  type Loop,
  type Message,
  type Segment,
  type Standard,
  type Verdict,
} from './interchange/interchange.ts';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  accepted: 'accepted',
  noted: 'accepted with errors',
  rejected: 'rejected',
};

/**
 * 'X12 interchange 000000041 from ZZ:HARBORPINE to ZZ:LANTERN, 2026-11-22 09:15, 00401, test'
 * @param many the same for several of them, with {controls} for their numbers, without their times
 */
export function interchangeWords(event: InterchangeBegin, many = false): string {
  const { standard, control, sender, receiver, version, test, application } = event;
  const which = many ? 'interchanges {controls}' : `interchange ${named(control)}`;
  const parts = [
    `${standard === 'x12' ? 'X12' : 'EDIFACT'} ${which} from ${address(sender)} to ${address(receiver)}`,
    many ? '' : writtenAt(event),
    version,
    application === '' ? '' : `application ${application}`,
    test ? 'test' : '',
    asksFor(event),
    oddSeparators(event),
  ];
  return visible(parts.filter((part) => part !== '').join(', '));
}

function address({ qualifier, id }: InterchangeBegin['sender']): string {
  return qualifier === '' ? named(id) : `${qualifier}:${named(id)}`;
}

/** What a header should have named, and did not, in a word. */
function named(text: string): string {
  return text === '' ? '(nothing)' : text;
}

/** ISA09 and ISA10, or UNB S004: '2026-11-22 09:15'; as received where it is no date. */
function writtenAt({ standard, header }: InterchangeBegin): string {
  const [date = '', time = ''] =
    standard === 'x12' ? [header.values[8], header.values[9]] : [header.values[3] ?? []].flat();
  const day = /^(\d\d)?(\d\d)(\d\d)(\d\d)$/.exec(String(date));
  const hour = /^(\d\d)(\d\d)$/.exec(String(time));
  if (day === null || hour === null) return `${date} ${time}`.trim();
  const [, century = '20', year, month, dayOfMonth] = day;
  return `${century}${year}-${month}-${dayOfMonth} ${hour[1]}:${hour[2]}`;
}

function asksFor({ standard, acknowledgmentRequested }: InterchangeBegin): string {
  if (acknowledgmentRequested === '') return '';
  if (standard === 'x12') return 'asks for a TA1';
  return acknowledgmentRequested === '2' ? 'asks for a receipt' : 'asks for a CONTRL';
}

/** What nearly everybody uses: element, component, repetition, terminator, release. */
const usual: Readonly<Record<Standard, readonly (readonly string[])[]>> = {
  x12: [['*'], ['>', ':', '<', '\\'], ['', '^'], ['~'], ['']],
  edifact: [['+'], [':'], ['', '*'], ["'"], ['?']],
};

/** The separators, where they are not those that nearly everybody uses. */
function oddSeparators({ standard, separators }: InterchangeBegin): string {
  const { element, component, repetition, segment, release, decimal } = separators;
  const all = [element, component, repetition ?? '', segment, release ?? ''];
  const isUsual = all.every((one, index) => usual[standard][index]?.includes(one));
  if (isUsual && ['.', ','].includes(decimal)) return '';
  return `separators ${all.filter((one) => one !== '').join(' ')}`;
}

/** 'group 41 PO, 004010'; '' for the group that EDIFACT implies. */
export function groupWords(
  { type, control, version, sender, receiver }: GroupBegin,
  parent: InterchangeBegin | null,
): string {
  if (type === null) return '';
  const isOther = parent !== null && (sender !== parent.sender.id || receiver !== parent.receiver.id);
  const between = isOther && sender !== null ? `, from ${named(sender)} to ${named(receiver ?? '')}` : '';
  return visible(`group ${named(control ?? '')} ${named(type)}, ${named(version ?? '')}${between}`);
}

/** '850 Purchase order' */
export function typeWords({ type, release }: Pick<Message, 'type' | 'release'>, standard: Standard): string {
  const name = release === null ? undefined : loadMessageRules(standard, release, type)?.name;
  return visible(name === undefined ? named(type) : `${type} ${name}`);
}

/** '850 Purchase order 0001 (004010), 10 segments' */
export function messageWords(message: Message, standard: Standard): string {
  const { control, version, segmentCount, release } = message;
  const unknown = release === null ? ', not in the dictionary' : '';
  return `${typeWords(message, standard)} ${visible(`${named(control)} (${named(version)})`)}, ${countOf(segmentCount, 'segment')}${unknown}`;
}

/** What a TA1 says of an interchange that we sent: TA101, TA104 and TA105. */
export function ta1Words({ values }: Segment): string {
  const [control = '', , , code = '', note = ''] = values.map(String);
  const said = { A: 'accepted', E: 'accepted with errors', R: 'rejected' }[code] ?? `answered with ${code}`;
  return visible(
    `TA1: interchange ${control} was ${said}${note === '' || note === '000' ? '' : `, note ${note}`}`,
  );
}

/** The loops around a segment, outermost first: 'PO1 2 › SLN 1'; '' where there are none. */
export function loopsAround(root: Loop | null, ordinal: number): string {
  const found: string[] = [];
  for (let loop = root; loop !== null; ) {
    const [next, nth] = loopWith(loop, ordinal);
    if (next !== null) found.push(`${next.id} ${nth}`);
    loop = next;
  }
  return visible(found.join(' › '));
}

/** The last loop that starts at or before a segment, if the segment is in it, and which of its siblings of that id it is. */
function loopWith({ members }: Loop, ordinal: number): [Loop | null, number] {
  const next = members.findIndex((member) => firstOf(member) > ordinal);
  const index = (next < 0 ? members.length : next) - 1;
  const member = members[index];
  if (member === undefined || !isLoop(member)) return [null, 0];
  const { id } = member;
  const before = members.slice(0, index + 1).filter((one) => isLoop(one) && one.id === id);
  return [member, before.length];
}

function firstOf(member: Segment | Loop): number {
  const [first] = isLoop(member) ? member.members : [member];
  return first === undefined ? 0 : isLoop(first) ? firstOf(first) : first.ordinal;
}

/** 'segment 9, line 1, byte 402' */
export function whereWords({ segment, line, offset, tag }: Position): string {
  const parts = [
    segment === undefined ? (tag ?? '') : `segment ${segment} ${tag ?? ''}`.trim(),
    line === undefined ? '' : `line ${line.toLocaleString('en-US')}`,
    offset === undefined ? '' : `byte ${offset.toLocaleString('en-US')}`,
  ];
  return visible(parts.filter((part) => part !== '').join(', '));
}

/** 'PO103', 'REF04 component 2', 'UNB element 2 component 1' */
export function elementWords(
  { tag = '', element, component, repetition }: Position,
  standard: Standard,
): string {
  if (element === undefined) return visible(tag);
  const at = standard === 'x12' ? `${tag}${String(element).padStart(2, '0')}` : `${tag} element ${element}`;
  const of = component === undefined ? '' : ` component ${component}`;
  return visible(`${at}${of}${repetition === undefined ? '' : ` repetition ${repetition}`}`);
}
