/**
 * The envelope being read: the open interchange, group and message of either standard, and the events they give. Opening
 * closes what is still open; closing an outer part closes the inner ones, each with a fault for its missing trailer.
 */
import { type FaultCode, type FaultDetails, fault, type Position } from '../fault.ts';
import { type CheckedMessage, nothingFound } from './check.ts';
import { controlCharacterIn } from './control-character.ts';
import { detached } from './decode.ts';
import type {
  GroupBegin,
  InterchangeBegin,
  InterchangeEvent,
  InterchangeSettings,
  Segment,
} from './event.ts';
import { FaultList, verdictOf } from './fault-list.ts';
import type { Limits } from './limits.ts';
import { type OpenMessage, ReadMessage } from './open-message.ts';
import { segmentAt } from './segments.ts';
import {
  cutParts,
  cutShort,
  firstMark,
  flagsOf,
  keyOf,
  keyOfTag,
  lineOf,
  lyingLength,
  offsetOf,
  startOf,
  type Tape,
  type TapeWriter,
  tagOf,
} from './tape.ts';

type Counted = 'faults' | 'lineKey' | 'count' | 'lines' | 'linesCounted' | 'kept';

/** Where a segment is; a whole segment will do. */
type Place = Pick<Segment, 'tag' | 'offset' | 'line' | 'ordinal'>;

interface OpenGroup {
  readonly begin: GroupBegin;
  readonly implied: boolean;
  readonly faults: FaultList;
  readonly controls: Set<string>;
  messages: number;
}

interface OpenInterchange {
  readonly begin: InterchangeBegin;
  readonly beginOffset: number;
  readonly faults: FaultList;
  readonly ta1: Segment[];
  readonly groupControls: Set<string>;
  /** EDIFACT message references are unique in the interchange, X12's in the group. */
  readonly messageControls: Set<string>;
  groups: number;
  explicitGroups: number;
  messages: number;
}

export interface EnvelopeOptions {
  readonly check?: boolean | undefined;
  readonly settings?: ((begin: InterchangeBegin) => InterchangeSettings) | undefined;
}

export class Envelope {
  readonly events: InterchangeEvent[] = [];
  readonly limits: Limits;
  /** The segments of the open message, or the one that was scanned last. */
  readonly tape: TapeWriter;
  /** Findings before the header, reported with the interchange that follows. */
  early: FaultList;
  interchange: OpenInterchange | null = null;
  group: OpenGroup | null = null;
  message: OpenMessage | null = null;
  readonly #checks: boolean;
  readonly #settingsOf: (begin: InterchangeBegin) => InterchangeSettings;
  /** What was agreed with the sender of the open interchange. */
  settings: InterchangeSettings = {};
  #interchanges = 0;

  constructor(limits: Limits, tape: TapeWriter, options: EnvelopeOptions = {}) {
    this.limits = limits;
    this.tape = tape;
    this.#checks = options.check ?? true;
    this.#settingsOf = options.settings ?? (() => ({}));
    this.early = new FaultList(limits.faultsPerMessage);
  }

  get nextInterchange(): number {
    return this.#interchanges + 1;
  }

  openInterchange(begin: Omit<InterchangeBegin, 'kind'>, beginOffset: number): OpenInterchange {
    this.#interchanges += 1;
    const event: InterchangeBegin = { kind: 'interchange', ...begin };
    this.events.push(event);
    this.settings = this.#settingsOf(event);
    const faults = this.#newList();
    for (const one of this.early.list()) faults.push(one);
    this.interchange = {
      begin: event,
      beginOffset,
      faults,
      ta1: [],
      groupControls: new Set(),
      messageControls: new Set(),
      groups: 0,
      explicitGroups: 0,
      messages: 0,
    };
    this.early = new FaultList(this.limits.faultsPerMessage);
    return this.interchange;
  }

  openGroup(begin: Omit<GroupBegin, 'kind'>, implied: boolean): OpenGroup {
    if (this.interchange !== null) {
      this.interchange.groups += 1;
      if (!implied) this.interchange.explicitGroups += 1;
      const limit = this.limits.groupsPerInterchange;
      if (this.interchange.groups === limit + 1) this.interchangeFault('groups-too-many', { limit }, null);
    }
    const event: GroupBegin = { kind: 'group', ...begin };
    this.events.push(event);
    const faults = this.#newList();
    this.group = { begin: event, implied, faults, controls: new Set(), messages: 0 };
    return this.group;
  }

  openMessage(message: Omit<OpenMessage, Counted>): OpenMessage {
    if (this.group !== null) this.group.messages += 1;
    if (this.interchange !== null) this.interchange.messages += 1;
    const { type, control, version, at, checker } = message;
    const lineKey = keyOfTag(lineTags[type] ?? '');
    const counted = { count: 0, lines: 0, linesCounted: 0, kept: null };
    this.message = { type, control, version, at, checker, faults: this.#newList(), lineKey, ...counted };
    return this.message;
  }

  #newList(): FaultList {
    return new FaultList(this.limits.faultsPerMessage, this.settings.severities);
  }

  /** Adds the segment scanned last to the open message; beyond a limit it is only counted. */
  add(): void {
    const { message, tape } = this;
    if (message === null) return;
    if (message.kept === null) this.addRun(tape.count);
    else message.count += 1;
  }

  /** Adds the segments of the tape before the `until`th to the open message, of which everything was kept so far. */
  addRun(until: number): void {
    const { message, tape, limits } = this;
    if (message === null || until === message.count) return;
    const few = until <= Math.min(limits.linesPerMessage, limits.segmentsPerMessage);
    if (few && tape.markCount <= limits.partsPerMessage && startOf(tape, until - 1) <= limits.messageBytes) {
      message.count = until;
      return;
    }
    for (let segment = message.count; segment < until && message.kept === null; segment += 1) {
      this.#addWithinLimits(message, segment);
    }
    message.count = until;
  }

  #addWithinLimits(message: OpenMessage, segment: number): void {
    const { tape, limits } = this;
    const { linesPerMessage, segmentsPerMessage, partsPerMessage, messageBytes } = limits;
    for (; message.linesCounted <= segment; message.linesCounted += 1) {
      if (keyOf(tape, message.linesCounted) === message.lineKey) message.lines += 1;
    }
    const parts = firstMark(tape, segment + 1);
    if (message.lines > linesPerMessage) this.#fill(segment, 'lines-too-many', linesPerMessage);
    else if (segment >= segmentsPerMessage)
      this.#fill(segment, 'message-too-large', `${segmentsPerMessage} segments`);
    else if (parts > partsPerMessage) this.#fill(segment, 'message-too-large', `${partsPerMessage} elements`);
    else if (startOf(tape, segment) > messageBytes)
      this.#fill(segment, 'message-too-large', `${messageBytes} bytes`);
  }

  /** Keeps what came before the segment at which a limit was passed, and says that there is more. */
  #fill(segment: number, code: FaultCode, limit: number | string): void {
    const { message, tape } = this;
    if (message === null) return;
    message.kept = tape.copy(segment);
    const place = {
      offset: offsetOf(tape, segment),
      line: lineOf(tape, segment),
      ordinal: segment + 1,
    };
    this.messageFault(code, { limit }, { ...place, tag: detached(tagOf(tape, segment).slice(0, 20)) });
  }

  /** Takes a segment that is no header or trailer: it belongs to the open message, or stands where none may. */
  addBody(): void {
    const { message, group, tape } = this;
    if (message === null) {
      const segment = this.scanned();
      const { tag } = segment;
      if (group === null || group.implied) this.interchangeFault('segment-outside-message', { tag }, segment);
      else this.groupFault('segment-outside-message', { tag }, segment);
      return;
    }
    this.add();
    const flags = flagsOf(tape, tape.count - 1);
    if ((flags & (cutShort | cutParts | lyingLength)) === 0) return;
    const { elementsPerSegment, segmentBytes } = this.limits;
    const segment = this.scanned();
    const { tag } = segment;
    if ((flags & lyingLength) !== 0) {
      const value = String(segment.values[0] ?? '');
      this.messageFault('binary-length-wrong', { value }, segment, { element: 1 });
    }
    if ((flags & cutShort) !== 0)
      this.messageFault('segment-too-long', { tag, limit: segmentBytes }, segment);
    else if ((flags & cutParts) !== 0)
      this.messageFault('elements-too-many', { tag, limit: elementsPerSegment }, segment);
  }

  /** Says that the service segment scanned last is longer than the limit, and not whole. */
  cutService(): void {
    if ((flagsOf(this.tape, this.tape.count - 1) & cutShort) === 0) return;
    const segment = this.next();
    const { headerBytes } = this.limits;
    this.interchangeFault('segment-too-long', { tag: segment.tag, limit: headerBytes }, segment);
  }

  /** The segment scanned last, after it was added to the open message. */
  scanned(): Segment {
    return this.#last(this.message?.count ?? 0);
  }

  /** The segment scanned last, before it is added to the open message. */
  next(): Segment {
    return this.#last(this.message === null ? 0 : this.message.count + 1);
  }

  /** The segment scanned last, which belongs to no message. */
  scannedOutside(): Segment {
    return this.#last(0);
  }

  #last(ordinal: number): Segment {
    const { message, tape, interchange } = this;
    const standard = interchange?.begin.standard ?? 'edifact';
    const rules = message?.checker?.rules.segments ?? null;
    const segment = segmentAt(tape, tape.count - 1, standard, rules, ordinal);
    return segment.tag.length > 3 ? { ...segment, tag: detached(segment.tag.slice(0, 20)) } : segment;
  }

  closeMessage(): void {
    this.#close(this.tape.count);
    this.tape.clear();
  }

  /** Closes the open message, which ends before the last `later` segments of the tape. */
  #close(count: number): void {
    const { message, interchange } = this;
    if (message === null || interchange === null) return;
    this.message = null;
    const { standard, separators } = interchange.begin;
    const tape = message.kept ?? this.tape.copy(count);
    const checked = this.#check(message, tape, separators.decimal);
    for (const one of checked.faults) message.faults.push(one);
    message.faults.pass(checked.more);
    this.events.push(new ReadMessage(message, tape, standard, message.faults.list()));
  }

  #check(message: OpenMessage, tape: Tape, decimal: string): CheckedMessage {
    // A part of a message would be told of what the other part may hold; it is refused already.
    if (!this.#checks || message.checker === null || message.kept !== null) return nothingFound;
    const { severities = {} } = this.settings;
    return message.checker.check(tape, { at: message.at, limits: this.limits, decimal, severities });
  }

  closeGroup(declaredMessages: number | null): void {
    const { group } = this;
    if (group === null) return;
    this.group = null;
    const faults = group.faults.list();
    this.events.push({
      kind: 'group-end',
      declaredMessages,
      receivedMessages: group.messages,
      faults,
      verdict: verdictOf(faults),
    });
  }

  closeInterchange(end: number): void {
    const { interchange } = this;
    if (interchange === null) return;
    this.interchange = null;
    const faults = interchange.faults.list();
    this.events.push({
      kind: 'interchange-end',
      begin: interchange.beginOffset,
      end,
      faults,
      verdict: verdictOf(faults),
      ta1: interchange.ta1,
    });
  }

  /**
   * Closes the open message, whose trailer never came.
   * @param later segments on the tape that do not belong to it: 1 for the one that shows it, 0 at the end of the file
   */
  missingTrailer(later: 0 | 1): void {
    const { message, tape } = this;
    if (message === null) return;
    const trailer = this.interchange?.begin.standard === 'edifact' ? 'UNT' : 'SE';
    const kept = message.kept ?? tape;
    const last = message.kept === null ? tape.count - later - 1 : message.kept.count - 1;
    const place = last < 0 ? {} : { offset: offsetOf(kept, last), line: lineOf(kept, last) };
    const at = { ...message.at, segment: message.count + 1, tag: trailer, ...place };
    message.faults.push(fault('message-trailer-missing', { tag: trailer, control: message.control }, at));
    this.#close(tape.count - later);
    if (later === 1) tape.keepLast();
    else tape.clear();
  }

  messageFault(code: FaultCode, details: FaultDetails, segment: Place, more: Position = {}): void {
    if (this.message === null || this.message.faults.skips(code)) return;
    this.message.faults.push(fault(code, details, { ...this.place(segment), ...more }));
  }

  groupFault(code: FaultCode, details: FaultDetails, segment: Place, more: Position = {}): void {
    if (this.group === null || this.group.faults.skips(code)) return;
    this.group.faults.push(fault(code, details, { ...this.place(segment), ...more }));
  }

  interchangeFault(code: FaultCode, details: FaultDetails, segment: Place | null, more: Position = {}): void {
    const at = segment === null ? {} : this.place(segment);
    const ordinal = this.interchange === null ? this.nextInterchange : this.#interchanges;
    const faults = this.interchange?.faults ?? this.early;
    if (faults.skips(code)) return;
    faults.push(fault(code, details, { interchange: ordinal, ...at, ...more }));
  }

  /** Reports a control character in a segment at the level that the segment belongs to. */
  controlCharacter(segment: Segment): void {
    const found = controlCharacterIn(segment);
    if (found === null) return;
    const { character, at } = found;
    const place = at.element === undefined ? '' : ` element ${at.element}`;
    const details = { tag: this.place(segment).tag, place, character };
    if (interchangeTags.has(segment.tag))
      this.interchangeFault('header-control-character', details, segment, at);
    else if (groupTags.has(segment.tag)) this.groupFault('header-control-character', details, segment, at);
    else this.messageFault('control-character', details, segment, at);
  }

  /** Where a segment stands, with the ordinals of what is open around it. */
  place(segment: Place): Position {
    const at = this.placeOfHeader(segment);
    if (segment.ordinal !== 0) at.segment = segment.ordinal;
    at.tag = segment.tag;
    return at;
  }

  /** Where a header stands that opens something: without its tag and its own ordinal. */
  placeOfHeader({ offset, line }: Place): { -readonly [Part in keyof Position]: Position[Part] } {
    const at: { -readonly [Part in keyof Position]: Position[Part] } = { offset, line };
    if (this.interchange !== null) at.interchange = this.#interchanges;
    if (this.group !== null && !this.group.implied) at.group = this.interchange?.groups ?? 1;
    if (this.message !== null) at.message = this.group?.messages ?? 1;
    return at;
  }
}

/** What begins a line of an order, or of what answers it. */
const lineTags: Readonly<Record<string, string>> = {
  '850': 'PO1',
  '855': 'PO1',
  '860': 'POC',
  '865': 'POC',
  ORDERS: 'LIN',
  ORDCHG: 'LIN',
  ORDRSP: 'LIN',
};
const interchangeTags: ReadonlySet<string> = new Set(['ISA', 'IEA', 'TA1', 'UNB', 'UNZ']);
const groupTags: ReadonlySet<string> = new Set(['GS', 'GE', 'UNG', 'UNE']);
