/**
 * The envelope being read: the open interchange, group and message of either standard, and the events they give. Opening
 * closes what is still open; closing an outer part closes the inner ones, each with a fault for its missing trailer.
 */
import { type Fault, type FaultCode, type FaultDetails, fault, type Position } from '../fault.ts';
import type { CheckedMessage, MessageChecker } from './check.ts';
import { controlCharacterIn } from './control-character.ts';
import { detached } from './decode.ts';
import type {
  GroupBegin,
  InterchangeBegin,
  InterchangeEvent,
  InterchangeSettings,
  Segment,
  Verdict,
} from './event.ts';
import type { Limits } from './limits.ts';
import type { RawSegment } from './scan.ts';

export interface OpenMessage {
  readonly type: string;
  readonly control: string;
  readonly version: string;
  readonly at: Position;
  readonly segments: Segment[];
  readonly faults: FaultList;
  /** What the dictionary says about it; null when it does not know the type. */
  readonly checker: MessageChecker | null;
  count: number;
  lines: number;
  /** A limit is passed: what follows is counted, and not kept. */
  full: boolean;
  /** It may hold control characters: its values are searched for them. */
  suspicious: boolean;
}

type Counted = 'segments' | 'faults' | 'count' | 'lines' | 'full' | 'suspicious';

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

/** Faults up to a limit; a last one says how many more there were. Hostile files would fill the memory otherwise. */
export class FaultList {
  readonly #kept: Fault[] = [];
  readonly #limit: number;
  #more = 0;
  #moreErrors = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(one: Fault): void {
    if (this.#kept.length < this.#limit) this.#kept.push(one);
    else {
      this.#more += 1;
      this.#moreErrors ||= one.severity === 'error';
    }
  }

  /** Counts faults that were not even made. */
  pass({ count, errors }: CheckedMessage['more']): void {
    this.#more += count;
    this.#moreErrors ||= errors;
  }

  list(): readonly Fault[] {
    if (this.#more === 0) return this.#kept;
    const cut = fault('faults-cut', { limit: this.#limit, more: this.#more });
    return [...this.#kept, this.#moreErrors ? { ...cut, severity: 'error' } : cut];
  }
}

/** error → rejected, warning → noted, else accepted. */
export function verdictOf(faults: readonly Fault[]): Verdict {
  if (faults.some((one) => one.severity === 'error')) return 'rejected';
  return faults.some((one) => one.severity === 'warning') ? 'noted' : 'accepted';
}

export class Envelope {
  readonly events: InterchangeEvent[] = [];
  readonly limits: Limits;
  /** Findings before the header, reported with the interchange that follows. */
  early: FaultList;
  interchange: OpenInterchange | null = null;
  group: OpenGroup | null = null;
  message: OpenMessage | null = null;
  readonly #settingsOf: (begin: InterchangeBegin) => InterchangeSettings;
  #settings: InterchangeSettings = {};
  #interchanges = 0;

  constructor(limits: Limits, settings: (begin: InterchangeBegin) => InterchangeSettings = () => ({})) {
    this.limits = limits;
    this.#settingsOf = settings;
    this.early = new FaultList(limits.faultsPerMessage);
  }

  get nextInterchange(): number {
    return this.#interchanges + 1;
  }

  openInterchange(begin: Omit<InterchangeBegin, 'kind'>, beginOffset: number): OpenInterchange {
    this.#interchanges += 1;
    const event: InterchangeBegin = { kind: 'interchange', ...begin };
    this.events.push(event);
    this.#settings = this.#settingsOf(event);
    this.interchange = {
      begin: event,
      beginOffset,
      faults: this.early,
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
    const faults = new FaultList(this.limits.faultsPerMessage);
    this.group = { begin: event, implied, faults, controls: new Set(), messages: 0 };
    return this.group;
  }

  openMessage(message: Omit<OpenMessage, Counted>): OpenMessage {
    if (this.group !== null) this.group.messages += 1;
    if (this.interchange !== null) this.interchange.messages += 1;
    const faults = new FaultList(this.limits.faultsPerMessage);
    this.message = { ...message, segments: [], faults, count: 0, lines: 0, full: false, suspicious: false };
    return this.message;
  }

  /** Adds a segment to the open message; beyond the limit it is only counted. */
  add(segment: Segment): void {
    const { message } = this;
    if (message === null) return;
    const { segmentsPerMessage, linesPerMessage } = this.limits;
    message.count += 1;
    if (message.full) return;
    if (segment.tag === lineTags[message.type]) message.lines += 1;
    message.full = message.count > segmentsPerMessage || message.lines > linesPerMessage;
    if (!message.full) message.segments.push(segment);
    else if (message.lines > linesPerMessage)
      this.messageFault('lines-too-many', { limit: linesPerMessage }, segment);
    else this.messageFault('message-too-large', { limit: segmentsPerMessage }, segment);
  }

  /** Takes a segment that is no header or trailer: it belongs to the open message, or stands where none may. */
  addBody(segment: Segment, raw: RawSegment): void {
    const { message, group } = this;
    const { elementsPerSegment, segmentBytes } = this.limits;
    if (message === null) {
      const tag = detached(segment.tag.slice(0, 20));
      if (group === null || group.implied) this.interchangeFault('segment-outside-message', { tag }, segment);
      else this.groupFault('segment-outside-message', { tag }, segment);
      return;
    }
    this.add(segment);
    if (raw.suspicious) message.suspicious = true;
    if (raw.state === 'long') {
      this.messageFault('segment-too-long', { tag: detached(segment.tag), limit: segmentBytes }, segment);
    }
    if (segment.values.length > elementsPerSegment) {
      this.messageFault(
        'elements-too-many',
        { tag: detached(segment.tag), limit: elementsPerSegment },
        segment,
      );
    }
  }

  closeMessage(): void {
    const { message } = this;
    if (message === null) return;
    this.message = null;
    const checked = check(message, this.limits, this.interchange?.begin.separators.decimal ?? '.');
    for (const one of checked.faults) message.faults.push(one);
    message.faults.pass(checked.more);
    const faults = this.#judged(message.faults);
    this.events.push({
      kind: 'message',
      type: message.type,
      control: message.control,
      version: message.version,
      release: checked.release,
      segmentCount: message.count,
      segments: message.segments,
      root: checked.root,
      faults,
      verdict: verdictOf(faults),
      at: message.at,
    });
  }

  closeGroup(declaredMessages: number | null): void {
    const { group } = this;
    if (this.message !== null) this.missingTrailer();
    if (group === null) return;
    this.group = null;
    const faults = this.#judged(group.faults);
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
    const faults = this.#judged(interchange.faults);
    this.events.push({
      kind: 'interchange-end',
      begin: interchange.beginOffset,
      end,
      faults,
      verdict: verdictOf(faults),
      ta1: interchange.ta1,
    });
  }

  /** Closes the open message, whose trailer never came. */
  missingTrailer(): void {
    const { message } = this;
    if (message === null) return;
    const trailer = this.interchange?.begin.standard === 'edifact' ? 'UNT' : 'SE';
    const last = message.segments.at(-1);
    const at = { ...message.at, segment: message.count + 1, tag: trailer };
    message.faults.push(
      fault(
        'message-trailer-missing',
        { tag: trailer, control: message.control },
        {
          ...at,
          ...(last === undefined ? {} : { offset: last.offset, line: last.line }),
        },
      ),
    );
    this.closeMessage();
  }

  /** The faults with the severities agreed with the sender. */
  #judged(list: FaultList): readonly Fault[] {
    const { severities } = this.#settings;
    if (severities === undefined) return list.list();
    return list.list().map((one) => ({ ...one, severity: severities[one.code] ?? one.severity }));
  }

  messageFault(code: FaultCode, details: FaultDetails, segment: Segment, more: Position = {}): void {
    if (this.message === null) return;
    this.message.faults.push(fault(code, details, { ...this.place(segment), ...more }));
  }

  groupFault(code: FaultCode, details: FaultDetails, segment: Segment, more: Position = {}): void {
    this.group?.faults.push(fault(code, details, { ...this.place(segment), ...more }));
  }

  interchangeFault(
    code: FaultCode,
    details: FaultDetails,
    segment: Segment | null,
    more: Position = {},
  ): void {
    const at = segment === null ? {} : this.place(segment);
    const ordinal = this.interchange === null ? this.nextInterchange : this.#interchanges;
    const faults = this.interchange?.faults ?? this.early;
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
  place(segment: Segment): Position {
    return {
      offset: segment.offset,
      line: segment.line,
      ...(this.interchange === null ? {} : { interchange: this.#interchanges }),
      ...(this.group === null || this.group.implied ? {} : { group: this.interchange?.groups ?? 1 }),
      ...(this.message === null ? {} : { message: this.group?.messages ?? 1 }),
      ...(segment.ordinal === 0 ? {} : { segment: segment.ordinal }),
      tag: segment.tag.length > 3 ? detached(segment.tag.slice(0, 20)) : segment.tag,
    };
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

function check(message: OpenMessage, limits: Limits, decimal: string): CheckedMessage {
  if (message.checker === null)
    return { release: null, root: null, faults: [], more: { count: 0, errors: false } };
  const { segments, at, suspicious } = message;
  // A part of a message would be told of what the other part may hold; it is refused already.
  if (message.full)
    return {
      release: message.checker.rules.release,
      root: null,
      faults: [],
      more: { count: 0, errors: false },
    };
  return message.checker.check(segments, { at, limits, decimal, suspicious });
}
