/** The 997 of one received group: AK1, (AK2, (AK3, AK4…)…, AK5)…, AK9 (X12 004010). */
import { type Fault, wireAnswer } from '../fault.ts';
import type { AcknowledgmentMessage, AnswerVerdict } from './acknowledge.ts';
import type { Separators, Value, Verdict } from './interchange.ts';
import type { GroupReceipt, MessageReceipt, Receipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/** The groups that get a 997: not those of acknowledgments (GS01 = FA), nor those that AK1 could not name. */
export function groupsToAnswer(receipt: Receipt): readonly GroupReceipt[] {
  return receipt.groups.filter(({ type, control, messages }) => {
    const acknowledgesOnly = messages.length > 0 && messages.every((message) => answers.has(message.type));
    return Boolean(type) && type !== 'FA' && Boolean(control) && !acknowledgesOnly;
  });
}

/** The 997 of one group. A refused interchange or group refuses every set in it. */
export function x997For(
  receipt: Receipt,
  group: GroupReceipt,
  separators: Separators,
): AcknowledgmentMessage {
  const echo = echoer(separators);
  const refused = receipt.verdict === 'rejected' || group.verdict === 'rejected';
  const verdicts = group.messages.map(({ verdict }): Verdict => (refused ? 'rejected' : verdict));
  const verdict = groupVerdict(verdicts, refused, group.verdict);
  const sets = allSets(group.messages, verdicts, echo);
  return {
    type: '997',
    groupType: 'FA',
    groupVersion: versionOf(group),
    groupSender: group.receiver,
    groupReceiver: group.sender,
    version: null,
    answers: group.control ?? '',
    segments: [
      { tag: 'AK1', values: [echo(group.type ?? ''), echo(group.control ?? '').slice(0, mostControl)] },
      ...sets,
      groupResult(receipt, group, verdict, verdicts),
    ],
    verdict,
  };
}

/** GS08 as received; of a damaged one its release, and the oldest release in wide use where there is none. */
function versionOf({ version }: GroupReceipt): string {
  const [whole, release] = /^(\d{6})[0-9A-Z]{0,6}/.exec(version ?? '') ?? [];
  return (whole === version ? whole : release) ?? '004010';
}

const answers = new Set(['997', '999']);
const mostCodes = 5;
/** AK102 and AK202. */
const mostControl = 9;
const leastSetControl = 4;
const mostElementsInError = 99;
/** AK304 and AK502 when a segment or set is at fault only through what is in it. */
const elementsInError = '8';
const segmentsInError = '5';
/** AK403 for what is missing: there is no value to hold up. */
const missing = new Set(['1', '2']);
const ak5: Readonly<Record<Verdict, string>> = { accepted: 'A', noted: 'E', rejected: 'R' };
const ak9: Readonly<Record<AnswerVerdict, string>> = {
  accepted: 'A',
  noted: 'E',
  partly: 'P',
  rejected: 'R',
  received: 'A',
};

function groupVerdict(verdicts: readonly Verdict[], refused: boolean, own: Verdict): AnswerVerdict {
  const rejected = verdicts.filter((verdict) => verdict === 'rejected').length;
  if (refused || (rejected > 0 && rejected === verdicts.length)) return 'rejected';
  if (rejected > 0) return 'partly';
  return own === 'noted' || verdicts.includes('noted') ? 'noted' : 'accepted';
}

/** AK9: what the group claimed to have, what came, what was accepted. */
function groupResult(
  receipt: Receipt,
  group: GroupReceipt,
  verdict: AnswerVerdict,
  verdicts: readonly Verdict[],
): OutSegment {
  const received = group.messages.length;
  const accepted = verdicts.filter((each) => each !== 'rejected').length;
  const codes = reported([...group.faults, ...receipt.faults]).flatMap(
    ({ code }) => wireAnswer(code).ak905 ?? [],
  );
  const counts = [group.declaredMessages ?? received, received, accepted].map(String);
  return { tag: 'AK9', values: [ak9[verdict], ...counts, ...firstCodes(codes)] };
}

/**
 * Every set while there is room. A group of so many sets that there is none names those that it does not simply accept, and
 * AK9 tells the number of the others.
 */
function allSets(
  messages: readonly MessageReceipt[],
  verdicts: readonly Verdict[],
  echo: Echo,
): OutSegment[] {
  const all = messages.map((message, index) => ({ message, verdict: verdicts[index] ?? 'rejected' }));
  const everyone = all.length <= mostSets;
  const named = everyone ? all : all.filter(({ verdict }) => verdict !== 'accepted');
  let room = mostNotesInAll;
  return named.slice(0, mostSets).flatMap(({ message, verdict }) => {
    const segments = setSegments(message, verdict, echo, Math.min(room, mostNotes));
    room -= segments.length - segmentsPerSet;
    return segments;
  });
}

/** AK2 and AK5. */
const segmentsPerSet = 2;
/** AK3 and AK4 of one set. */
const mostNotes = 100;
/** Sets that one 997 names, and AK3 and AK4 in it: what we send, our own reader and others can read. */
const mostSets = 25_000;
const mostNotesInAll = 10_000;

/** AK202 has 4 to 9 characters: of a number that has not, what fits, so that the answer does not repeat the error. */
function setControl(control: string, echo: Echo): string {
  return echo(control).slice(0, mostControl).padStart(leastSetControl, '0');
}

/** AK2 to AK5 of one set. */
function setSegments(message: MessageReceipt, verdict: Verdict, echo: Echo, room: number): OutSegment[] {
  const faults = inOrder(reported(message.faults));
  const segments = segmentNotes(faults, echo, room);
  const codes = faults.flatMap((fault) => setCode(fault, echo));
  if (faults.some((fault) => segmentLevel(fault, echo) !== null)) codes.push(segmentsInError);
  return [
    { tag: 'AK2', values: [echo(message.type), setControl(message.control, echo)] },
    ...segments,
    { tag: 'AK5', values: [ak5[verdict], ...firstCodes(codes)] },
  ];
}

/**
 * AK502 of a fault: its own code, or 'segments in error' for an error that can be told at no other level. A warning that
 * the standard has no code for shows in AK501 alone.
 */
function setCode(fault: Fault, echo: Echo): string[] {
  const { ak502 } = wireAnswer(fault.code);
  if (ak502 !== undefined) return [ak502];
  return fault.severity === 'error' && segmentLevel(fault, echo) === null ? [segmentsInError] : [];
}

/** AK3 for each segment at fault, its AK4s below it. */
function segmentNotes(faults: readonly Fault[], echo: Echo, room: number): OutSegment[] {
  const notes: OutSegment[] = [];
  let openSegment = 0;
  let elements = 0;
  for (const fault of faults) {
    const level = segmentLevel(fault, echo);
    if (level === null) continue;
    const { tag, ordinal, ak304 } = level;
    const inElements = ak304 === elementsInError;
    const opens = !inElements || openSegment !== ordinal;
    // An AK3 that tells of elements must not stand without its AK4.
    if (notes.length + (opens ? 1 : 0) + (level.ak403 === undefined ? 0 : 1) > room) break;
    if (opens) {
      notes.push({ tag: 'AK3', values: [tag, String(ordinal), '', ak304] });
      elements = 0;
    }
    openSegment = inElements ? ordinal : 0;
    if (level.ak403 === undefined || ++elements > mostElementsInError) continue;
    notes.push(elementNote(fault, level.ak403, echo));
  }
  return notes;
}

interface SegmentLevel {
  readonly tag: string;
  readonly ordinal: number;
  readonly ak304: string;
  readonly ak403?: string;
}

/** How a fault is told by AK3 and AK4, or null when it concerns the set as a whole. */
function segmentLevel({ code, severity, at }: Fault, echo: Echo): SegmentLevel | null {
  const { ak304, ak403, ak502 } = wireAnswer(code);
  const tag = echo(at?.tag ?? '').slice(0, 3);
  const ordinal = at?.segment;
  if (ordinal === undefined || ordinal === 0 || tag === '') return null;
  if (at?.element !== undefined && ak403 !== undefined) {
    return { tag, ordinal, ak304: elementsInError, ak403 };
  }
  if (ak304 !== undefined) return { tag, ordinal, ak304 };
  const untold = ak502 === undefined && severity === 'error';
  return untold ? { tag, ordinal, ak304: elementsInError } : null;
}

/** AK4. AK404, the bad value, is left out when it could not be written as it came. */
function elementNote({ at, value }: Fault, ak403: string, echo: Echo): OutSegment {
  const element = String(at?.element);
  const position: Value = at?.component === undefined ? element : [element, String(at.component)];
  const shown = value === undefined || missing.has(ak403) || echo(value) !== value ? '' : value;
  return { tag: 'AK4', values: [position, '', ak403, shown] };
}

/** info is never answered. */
function reported(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(({ severity }) => severity !== 'info');
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const last = Number.MAX_SAFE_INTEGER;
  return [...faults].sort(
    ({ at: a }, { at: b }) =>
      (a?.segment ?? last) - (b?.segment ?? last) ||
      (a?.element ?? 0) - (b?.element ?? 0) ||
      (a?.component ?? 0) - (b?.component ?? 0),
  );
}

function firstCodes(codes: readonly string[]): readonly string[] {
  return [...new Set(codes)].slice(0, mostCodes);
}

/** Their text as X12 can carry it: without delimiters, control characters and what is outside ISO 8859-1. */
type Echo = (text: string) => string;

function echoer({ element, component, repetition, segment }: Separators): Echo {
  const delimiters = new Set([element, component, repetition ?? element, segment]);
  const plain = (character: string): boolean =>
    !delimiters.has(character) && /[\x20-\x7e\xa0-\xff]/.test(character);
  return (text) => (/^[0-9A-Za-z]*$/.test(text) ? text : [...text].filter(plain).join(''));
}
