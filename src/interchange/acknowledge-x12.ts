/**
 * The functional acknowledgment of one received group: AK1, (AK2, notes…, AK5)…, AK9. A 997 (X12 004010 and 005010) or a
 * 999 (005010), which differ in their notes and in the names of these.
 */
import { type Fault, wireAnswer } from '../fault.ts';
import type { AcknowledgeOptions, AcknowledgmentMessage, AnswerVerdict } from './acknowledge.ts';
import { echoer, fitted } from './acknowledge-echo.ts';
import { codesOf, levelOf, segmentNotes, type Wording } from './acknowledge-notes.ts';
import type { Verdict } from './interchange.ts';
import type { GroupReceipt, MessageReceipt, Receipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/** X12's own acknowledgments: these are never acknowledged. */
export const x12Acknowledgments: ReadonlySet<string> = new Set(['997', '999']);

/** The groups that get an answer: not those of acknowledgments (GS01 = FA), nor those that AK1 could not name. */
export function groupsToAnswer(receipt: Receipt): readonly GroupReceipt[] {
  return receipt.groups.filter((group) => isNamed(group) && !acknowledgesOnly(group));
}

/** Whether AK101 and AK102 can name the group. */
export function isNamed({ type, control }: GroupReceipt): boolean {
  return /^[0-9A-Za-z]{2}/.test(type ?? '') && /[0-9A-Za-z]/.test(control ?? '');
}

/** Whether a group holds nothing but acknowledgments. */
export function acknowledgesOnly({ type, messages }: GroupReceipt): boolean {
  return (
    type === 'FA' ||
    (messages.length > 0 && messages.every((message) => x12Acknowledgments.has(message.type)))
  );
}

/** The answer to one group. A refused interchange or group refuses every set in it. */
export function functionalAnswer(
  receipt: Receipt,
  group: GroupReceipt,
  options: AcknowledgeOptions,
): AcknowledgmentMessage {
  const version = versionOf(group);
  const modern = version.slice(0, 6) >= firstModern;
  const type = options.implementation === true && modern ? '999' : '997';
  const wording: Wording = { type, modern, echo: echoer(options.separators) };
  const refused = receipt.verdict === 'rejected' || group.verdict === 'rejected';
  const verdicts = group.messages.map(({ verdict }): Verdict => (refused ? 'rejected' : verdict));
  const verdict = groupVerdict(verdicts, refused, group.verdict);
  return {
    type,
    groupType: 'FA',
    groupVersion: version,
    groupSender: group.receiver,
    groupReceiver: group.sender,
    version: null,
    answers: group.control ?? '',
    segments: [
      groupHeader(group, wording),
      ...allSets(group.messages, verdicts, wording),
      groupResult(group, verdict, verdicts),
    ],
    verdict,
  };
}

/** GS08 as received; of a damaged one its release, and the oldest release in wide use where there is none. */
function versionOf({ version }: GroupReceipt): string {
  const [whole, release] = /^(00[2-8]\d{3})[0-9A-Z]{0,6}/.exec(version ?? '') ?? [];
  return (whole === version ? whole : release) ?? '004010';
}

/** The release that brought the 999, its code lists, and GS08 into AK1. */
const firstModern = '005010';
const functionalIdLength = 2;
const mostCodes = 5;
/** AK102 and AK202. */
const mostControl = 9;
const leastSetControl = 4;
const setIdLength = 3;
/** AK902 to AK904. */
const mostCount = 999_999;
/** AK203. */
const mostConvention = 35;
/** AK502: something below the set is at fault. */
const segmentsInError = '5';
const setVerdicts: Readonly<Record<Verdict, string>> = { accepted: 'A', noted: 'E', rejected: 'R' };
const groupVerdicts: Readonly<Record<AnswerVerdict, string>> = {
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

/** AK1. A 999 repeats GS08 in AK103. */
function groupHeader({ type, control, version }: GroupReceipt, { type: answer, echo }: Wording): OutSegment {
  const values = [
    echo(type ?? '').slice(0, functionalIdLength),
    echo(control ?? '').slice(0, mostControl),
    ...(answer === '999' ? [echo(version ?? '')] : []),
  ];
  return { tag: 'AK1', values };
}

/** AK9: what the group claimed to have, what came, what was accepted. */
function groupResult(group: GroupReceipt, verdict: AnswerVerdict, verdicts: readonly Verdict[]): OutSegment {
  const received = group.messages.length;
  const accepted = verdicts.filter((each) => each !== 'rejected').length;
  const codes = reported(group.faults).flatMap(({ code }) => wireAnswer(code).ak905 ?? []);
  const counts = [group.declaredMessages ?? received, received, accepted];
  const shown = counts.map((count) => String(Math.min(count, mostCount)));
  return { tag: 'AK9', values: [groupVerdicts[verdict], ...shown, ...firstCodes(codes)] };
}

/**
 * Every set while there is room, but no acknowledgment: those are only counted. A group of so many sets that there is no
 * room names those that it does not simply accept, and AK9 tells the number of the others.
 */
function allSets(
  messages: readonly MessageReceipt[],
  verdicts: readonly Verdict[],
  wording: Wording,
): OutSegment[] {
  const all = messages
    .map((message, index) => ({ message, verdict: verdicts[index] ?? 'rejected' }))
    .filter(({ message }) => !x12Acknowledgments.has(message.type));
  const everyone = all.length <= mostSets;
  const named = everyone ? all : all.filter(({ verdict }) => verdict !== 'accepted');
  let room = mostNotesInAll;
  return named.slice(0, mostSets).flatMap(({ message, verdict }) => {
    const segments = setSegments(message, verdict, wording, Math.min(room, mostNotes));
    room -= segments.length - segmentsPerSet;
    return segments;
  });
}

/** AK2 and AK5. */
const segmentsPerSet = 2;
/** AK3 and AK4 of one set. */
const mostNotes = 100;
/** Sets that one answer names, and notes in it: what we send, our own reader and others can read. */
const mostSets = 25_000;
const mostNotesInAll = 10_000;

/** AK2 to AK5 of one set. */
function setSegments(
  message: MessageReceipt,
  verdict: Verdict,
  wording: Wording,
  room: number,
): OutSegment[] {
  const faults = inOrder(reported(message.faults));
  const segments = segmentNotes(message, faults, wording, room);
  const codes = faults.flatMap((fault) => setCode(fault, wording));
  if (faults.some((fault) => isInSegment(fault, wording))) codes.push(segmentsInError);
  const result = wording.type === '999' ? 'IK5' : 'AK5';
  return [
    { tag: 'AK2', values: setName(message, wording) },
    ...segments,
    { tag: result, values: [setVerdicts[verdict], ...firstCodes(codes)] },
  ];
}

/** AK201, AK202, in a 999 AK203. What does not fit is cut or filled: the answer must not repeat the error. */
function setName({ type, control, context }: MessageReceipt, { type: answer, echo }: Wording): string[] {
  const convention = answer === '999' ? echo(context?.convention ?? '').slice(0, mostConvention) : '';
  return [
    fitted(echo(type), setIdLength, setIdLength),
    fitted(echo(control), leastSetControl, mostControl),
    convention,
  ];
}

/**
 * AK502 of a fault: its own code, or 'segments in error' for an error that can be told at no other level. A warning that
 * the standard has no code for shows in AK501 alone.
 */
function setCode(fault: Fault, wording: Wording): string[] {
  const { set } = codesOf(fault, wording);
  if (set !== undefined) return [set];
  return fault.severity === 'error' && levelOf(fault, wording) === null ? [segmentsInError] : [];
}

/** Told by the standard's own codes below the set; a code of the implementation (I…) has one of its own for the set. */
function isInSegment(fault: Fault, wording: Wording): boolean {
  return levelOf(fault, wording) !== null && !codesOf(fault, wording).set?.startsWith('I');
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
