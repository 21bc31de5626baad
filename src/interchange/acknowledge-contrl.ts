/** CONTRL: UCI, (UCF), (UCM, (UCS, UCD…)…)… (ISO 9735; EANCOM 97 and 2002). It has no 'accepted with errors'. */
import { type Fault, wireAnswer } from '../fault.ts';
import type { AcknowledgeOptions, AcknowledgmentMessage, AnswerVerdict } from './acknowledge.ts';
import type { Party, Value } from './interchange.ts';
import type { GroupReceipt, MessageReceipt, Receipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/** Whether the interchange gets a CONTRL: it has what UCI must name, and does not consist of CONTRLs. */
export function mayAnswerEdifact(receipt: Receipt): boolean {
  const messages = receipt.groups.flatMap((group) => group.messages);
  const controlOnly = messages.length > 0 && messages.every(isControl);
  return receipt.control !== '' && receipt.sender.id !== '' && !controlOnly;
}

/** The CONTRL of one interchange. A refused interchange or group refuses every message in it. */
export function contrlFor(receipt: Receipt, options: AcknowledgeOptions): AcknowledgmentMessage {
  const rejected = receipt.verdict === 'rejected';
  const receiptOnly = options.receiptOnly === true || receipt.acknowledgmentRequested === '2';
  const action = rejected ? refuse : receiptOnly ? received : agree;
  const groups = receiptOnly ? [] : receipt.groups;
  return {
    type: 'CONTRL',
    groupType: null,
    groupVersion: null,
    groupSender: null,
    groupReceiver: null,
    version: contrlVersion(receipt),
    answers: receipt.control,
    segments: [
      interchangeNote(receipt, action),
      ...withinRoom(groups.flatMap((group) => groupNotes(receipt, group, rejected, options))),
    ],
    verdict: receiptOnly && !rejected ? 'received' : overall(receipt),
  };
}

/** Data element 0083. */
const refuse = '4';
const agree = '7';
const received = '8';
/** Data element 0085. */
const missing = '13';
const unspecified = '18';
/** Those of UCD that UCM must not have: decimal mark, digits missing before it. */
const notOfMessages = new Set(['19', '38']);

const interchangeTags = new Set(['UNA', 'UNB', 'UNZ']);
const groupTags = new Set(['UNG', 'UNE']);
const messageTags = new Set(['UNH', 'UNT']);
/** Data elements 0065, 0052, 0054, 0051, 0057. */
const identifierLengths = [6, 3, 3, 2, 6];
/** Of these, 0057 may be absent. */
const mandatoryParts = 4;
/** UCS and UCD of one message. */
const mostNotes = 100;
/** Segments of one CONTRL, and UCS and UCD among them: what we send, our own reader and others can read. */
const mostInAll = 50_000;
const mostNotesInAll = 10_000;
/** Data elements 0020 and 0062. */
const mostReference = 14;
const mostElements = 99;

function isControl({ type }: MessageReceipt): boolean {
  return type === 'CONTRL';
}

/** UNH S009 of the answer, from 0052 on, by the directory and subset of what came and its syntax version. */
function contrlVersion(receipt: Receipt): string {
  const versions = receipt.groups.flatMap(({ messages }) => messages.map(({ version }) => version));
  const eancom = versions.find((version) => version.split(':')[3]?.startsWith('EAN'));
  const syntax = receipt.version.split(':')[1] ?? '';
  if (syntax >= '4') return '4:1:UN';
  if (eancom !== undefined) return eancom.startsWith('D:01B') ? 'D:3:UN:EAN004' : '2:2:UN:EAN002';
  return syntax === '3' ? 'D:3:UN' : '2:2:UN';
}

function overall(receipt: Receipt): AnswerVerdict {
  const messages = receipt.groups.flatMap((group) =>
    group.messages.map((message) => group.verdict === 'rejected' || message.verdict === 'rejected'),
  );
  const rejected = messages.filter(Boolean).length;
  if (receipt.verdict === 'rejected' || (rejected > 0 && rejected === messages.length)) return 'rejected';
  return rejected > 0 ? 'partly' : 'accepted';
}

/** Of very many notes the first, and of very many segments those that name messages; past that the interchange's own word must do. */
function withinRoom(segments: readonly OutSegment[]): readonly OutSegment[] {
  let room = mostNotesInAll;
  const kept = segments.filter(({ tag }) => tag === 'UCF' || tag === 'UCM' || room-- > 0);
  return kept.slice(0, mostInAll);
}

/** UCI: the envelope. An error code only with a refusal. */
function interchangeNote(receipt: Receipt, action: string): OutSegment {
  const parties = [party(receipt.sender), party(receipt.receiver)];
  const cause = action === refuse ? serviceCause(receipt.faults, interchangeTags) : [];
  return {
    tag: 'UCI',
    values: [echo(receipt.control).slice(0, mostReference), ...parties, action, ...cause],
  };
}

/** Messages under UCM; under UCF too where the group has a name (UNG). */
function groupNotes(
  receipt: Receipt,
  group: GroupReceipt,
  refusedAbove: boolean,
  { everyMessage: every = false }: AcknowledgeOptions,
): OutSegment[] {
  const refused = refusedAbove || group.verdict === 'rejected';
  const named = group.type !== null;
  // The level above already refuses; a group without a name has no segment to say so.
  const told = refusedAbove || (named && refused);
  const messages = group.messages
    .filter((message) => !isControl(message))
    .flatMap((message) => messageNotes(message, refused, told, every));
  if (!named || (messages.length === 0 && (!refused || refusedAbove))) return messages;
  // UCF needs both ids, and syntax 4 lets UNG leave them out: those of the interchange hold then.
  const parties = [echo(group.sender || receipt.sender.id), echo(group.receiver || receipt.receiver.id)];
  const cause = refused ? serviceCause(group.faults, groupTags) : [];
  const action = refused ? refuse : agree;
  const reference = nameable(group.control ?? '', mostReference);
  return [{ tag: 'UCF', values: [reference, ...parties, action, ...cause] }, ...messages];
}

/** UCM and what is below it: for a refused message, and by agreement for every message. */
function messageNotes(
  message: MessageReceipt,
  refused: boolean,
  told: boolean,
  every: boolean,
): OutSegment[] {
  const errors = message.faults.filter(({ severity }) => severity === 'error');
  const rejected = refused || message.verdict === 'rejected';
  const worthNaming = every || (rejected && (!told || errors.length > 0));
  if (!worthNaming) return [];
  const reference = [nameable(message.control, mostReference), identifier(message)];
  if (!rejected) return [{ tag: 'UCM', values: [...reference, agree] }];
  const below = segmentNotes(errors.filter((fault) => levelOf(fault) !== 'message'));
  const own = errors.filter((fault) => levelOf(fault) === 'message');
  const cause = own.length > 0 ? serviceCause(own, messageTags) : below.length > 0 ? [] : [unspecified];
  return [{ tag: 'UCM', values: [...reference, refuse, ...cause] }, ...below];
}

/** UCS for each segment at fault, its UCDs below it. UNH is segment 1; the tag is element 1. */
function segmentNotes(faults: readonly Fault[]): OutSegment[] {
  const notes: OutSegment[] = [];
  const count = { elements: 0, open: 0 };
  for (const fault of inOrder(faults)) {
    const ordinal = positionOf(fault);
    const inElement = levelOf(fault) === 'element';
    if (!inElement || count.open !== ordinal) {
      if (notes.length + (inElement ? 2 : 1) > mostNotes) break;
      const code = inElement ? '' : (wireAnswer(fault.code).ucs ?? unspecified);
      notes.push({ tag: 'UCS', values: [String(ordinal), code] });
      count.elements = 0;
    }
    count.open = inElement ? ordinal : 0;
    if (inElement && ++count.elements <= mostElements && notes.length < mostNotes)
      notes.push(elementNote(fault));
  }
  return notes;
}

/** UCS 0096. A missing segment is reported at the last one before the place where it was missed. */
function positionOf({ code, at }: Fault): number {
  const ordinal = at?.segment ?? 0;
  return wireAnswer(code).ucs === missing ? Math.max(1, ordinal - 1) : ordinal;
}

function elementNote(fault: Fault): OutSegment {
  return { tag: 'UCD', values: [wireAnswer(fault.code).ucd ?? unspecified, place(fault)] };
}

/** Where a fault is told: as exactly as it has a place and a code. */
function levelOf({ code, at }: Fault): 'message' | 'segment' | 'element' {
  const { ucm, ucs, ucd } = wireAnswer(code);
  if ((at?.segment ?? 0) === 0 || messageTags.has(at?.tag ?? '')) return 'message';
  if (at?.element !== undefined && ucd !== undefined) return 'element';
  if (ucs !== undefined) return 'segment';
  if (ucm !== undefined) return 'message';
  return at?.element === undefined ? 'segment' : 'element';
}

/** 0085, 0013 and S011 of UCI, UCF and UCM: the first fault that has a code at this level, else the first. */
function serviceCause(faults: readonly Fault[], tags: ReadonlySet<string>): readonly Value[] {
  const errors = faults.filter(({ severity }) => severity === 'error');
  const first = errors.find((fault) => serviceCode(fault, tags) !== undefined) ?? errors[0];
  if (first === undefined) return [unspecified];
  const tag = first.at?.tag ?? '';
  const code = serviceCode(first, tags) ?? unspecified;
  if (!tags.has(tag)) return [code];
  return first.at?.element === undefined ? [code, tag] : [code, tag, place(first)];
}

/** A code of this level; what is wrong with an element of UNH or UNT is told by the element's, where UCM may have it. */
function serviceCode({ code }: Fault, tags: ReadonlySet<string>): string | undefined {
  const { uci, ucm, ucd } = wireAnswer(code);
  if (tags !== messageTags) return uci ?? ucm;
  return ucm ?? uci ?? (ucd === undefined || notOfMessages.has(ucd) ? undefined : ucd);
}

/** S011: the position counts the tag as the first element. */
function place({ at }: Fault): Value {
  const element = String((at?.element ?? 0) + 1);
  return at?.component === undefined ? element : [element, String(at.component)];
}

function party({ id, qualifier }: Party): Value {
  return [echo(id), echo(qualifier)];
}

/** S009 as received, each component cut to what it may hold, and 0 where a mandatory one did not come. */
function identifier({ type, version }: MessageReceipt): Value {
  const parts = [type, ...version.split(':')].slice(0, identifierLengths.length);
  return identifierLengths.flatMap((length, index) => {
    const part = parts[index];
    if (index >= mandatoryParts) return part === undefined ? [] : [echo(part).trim().slice(0, length)];
    return [nameable(part ?? '', length)];
  });
}

/** An answer must not repeat the error that it reports: what it has to name is cut, and 0 where it did not come. */
function nameable(text: string, most: number): string {
  return echo(text).trim().slice(0, most) || '0';
}

/** Their text without control characters, which no character set of EDIFACT has. */
function echo(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort(
    ({ at: a }, { at: b }) =>
      (a?.segment ?? 0) - (b?.segment ?? 0) ||
      (a?.element ?? 0) - (b?.element ?? 0) ||
      (a?.component ?? 0) - (b?.component ?? 0),
  );
}
