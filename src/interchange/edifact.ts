/** What is EDIFACT's own: UNA, splitting with a release character, and the meaning of UNB, UNG, UNH, UNT, UNE, UNZ. */
import { checkerFor } from './check.ts';
import { type Decoded, decode, detached, hasHighByte } from './decode.ts';
import { type Envelope, verdictOf } from './envelope.ts';
import type { Segment, Separators, Value } from './event.ts';
import { headerFaults, valueAt } from './header.ts';
import { type Input, isAlphanumeric, isBlank } from './input.ts';
import { clashOf } from './isa.ts';
import { type RawSegment, SegmentScanner } from './scan.ts';
import { EdifactSplitter } from './split.ts';
import { messageHeaderFaults, messageTrailerFaults } from './x12.ts';

export interface ServiceCharacters {
  readonly separators: Separators;
  /** UNA's fifth character: the repetition separator of syntax 4; blank or meaningless before. */
  readonly reserved: string | null;
  /** Index in the input where UNB starts. */
  readonly unb: number;
}

/** ISO 9735 defaults, and those of level B, which are control characters. */
const usual: Separators = {
  element: '+',
  component: ':',
  repetition: null,
  segment: "'",
  release: '?',
  decimal: '.',
};
const levelB: Separators = { ...usual, element: '\x1d', component: '\x1f', segment: '\x1c', release: null };
const unaLength = 9;
const maxBlanksBehindUna = 64;

/**
 * Reads UNA (nine bytes) and finds the UNB behind it, or takes the defaults where UNB comes first.
 * @returns 'more' when bytes are missing, null when this is neither
 */
export function readServiceCharacters(input: Input): ServiceCharacters | 'more' | null {
  const { text, at } = input;
  const tag = text.slice(at, at + 3);
  if (!'UNA'.startsWith(tag) && !'UNB'.startsWith(tag)) return null;
  if (tag === 'UNA') return readUna(input);
  if (text.length - at < 4) return input.ended ? null : 'more';
  if (text.charAt(at + 3) === '\x1d') return { separators: levelB, reserved: null, unb: at };
  return text.charAt(at + 3) === '+' ? { separators: usual, reserved: null, unb: at } : null;
}

function readUna(input: Input): ServiceCharacters | 'more' | null {
  const { text, at } = input;
  let unb = at + unaLength;
  while (unb < at + unaLength + maxBlanksBehindUna && isBlank(text.charCodeAt(unb))) unb += 1;
  if (text.length < unb + 4 && !input.ended) return 'more';
  const [component = '', element = '', decimal = '', release = '', reserved = '', segment = ''] = text.slice(
    at + 3,
  );
  if (!text.startsWith(`UNB${element}`, unb) || isAlphanumeric(element.charCodeAt(0))) return null;
  const separators = {
    element,
    component,
    repetition: null,
    segment,
    release: release === ' ' ? null : release,
    decimal: decimal === ',' ? ',' : '.',
  };
  return { separators, reserved, unb };
}

/** One EDIFACT interchange being read. */
export class EdifactInterchange {
  readonly scanner: SegmentScanner;
  readonly #envelope: Envelope;
  readonly #input: Input;
  readonly #begin: { readonly offset: number; readonly line: number };
  readonly #reserved: string | null;
  #separators: Separators;
  #splitter: EdifactSplitter;
  #level = 'UNOA';
  #wrapped = false;
  #mismatched = false;
  #end: number;

  constructor(envelope: Envelope, service: ServiceCharacters, input: Input) {
    this.#envelope = envelope;
    this.#input = input;
    this.#begin = { offset: input.offset, line: input.line };
    this.#separators = service.separators;
    this.#splitter = new EdifactSplitter(service.separators, envelope.limits.elementsPerSegment + 2);
    this.#reserved = service.reserved;
    this.scanner = new SegmentScanner(service.separators, envelope.limits, null);
    input.advance(service.unb);
    this.#end = input.offset;
  }

  /** Takes one segment; true when it closed the interchange. */
  take(raw: RawSegment): boolean {
    this.#end = this.#input.offset;
    if (this.#envelope.interchange === null) {
      this.#open(raw);
      return false;
    }
    const segment = this.#segment(raw);
    if (raw.wrapped) this.#reportWrap(segment);
    if (raw.state === 'ended' && segment.tag !== 'UNZ') this.#truncated(segment);
    if (!raw.suspicious) return this.#read(segment, raw);
    const opens = segment.tag === 'UNH' || segment.tag === 'UNG';
    if (!opens) this.#envelope.controlCharacter(segment);
    const closed = this.#read(segment, raw);
    if (opens) this.#envelope.controlCharacter({ ...segment, ordinal: segment.tag === 'UNH' ? 1 : 0 });
    return closed;
  }

  #read(segment: Segment, raw: RawSegment): boolean {
    switch (segment.tag) {
      case 'UNH':
        this.#openMessage(segment);
        return false;
      case 'UNT':
        this.#closeMessage(segment);
        return false;
      case 'UNG':
        this.#openGroup(segment);
        return false;
      case 'UNE':
        this.#closeGroup(segment);
        return false;
      case 'UNZ':
        this.#close(segment, raw.state === 'ended');
        return true;
      default:
        this.#envelope.addBody(segment, raw);
        return false;
    }
  }

  /** Closes the interchange where its trailer should have been: the file ends, or the next header starts. */
  abandon(): void {
    const last: Segment = { tag: 'UNZ', values: [], offset: this.#end, line: this.#input.line, ordinal: 0 };
    this.#missingGroupTrailer(last);
    const control = this.#envelope.interchange?.begin.control ?? '';
    this.#envelope.interchangeFault('interchange-trailer-missing', { tag: 'UNZ', control }, last);
    this.#envelope.closeInterchange(this.#end);
  }

  #open(raw: RawSegment): void {
    const { element, component } = this.#separators;
    const syntax = raw.text.slice(raw.from, raw.to).split(element)[1]?.split(component) ?? [];
    this.#level = syntax[0] ?? 'UNOA';
    if (syntax[1]?.startsWith('4')) this.#useRepetition();
    const segment = ownCopy(this.#segment(raw));
    const { values } = segment;
    const interchange = this.#envelope.nextInterchange;
    const party = (element: number) => ({
      qualifier: valueAt(values, element, 2),
      id: valueAt(values, element, 1),
    });
    this.#envelope.openInterchange(
      {
        standard: 'edifact',
        control: valueAt(values, 5, 0),
        sender: party(2),
        receiver: party(3),
        version: [values[0] ?? ''].flat().join(':'),
        test: /^[1-4]$/.test(valueAt(values, 11, 0)),
        acknowledgmentRequested: valueAt(values, 9, 0).replace(/^0$/, ''),
        application: valueAt(values, 7, 0),
        separators: this.#separators,
        header: segment,
        at: { ...this.#begin, interchange },
      },
      this.#begin.offset,
    );
    const clash = clashOf(this.#separators);
    if (clash !== null) this.#envelope.interchangeFault('separators-clash', { value: clash }, segment);
    if (raw.wrapped) this.#reportWrap(segment);
    if (raw.state === 'ended') this.#truncated(segment);
    headerFaults(this.#envelope, segment);
    if (raw.suspicious) this.#envelope.controlCharacter(segment);
  }

  /** Syntax 4 has a repetition separator: UNA's fifth character, `*` without UNA, none where UNA leaves it blank. */
  #useRepetition(): void {
    const repetition = this.#reserved === null ? '*' : this.#reserved;
    this.#separators = { ...this.#separators, repetition: repetition === ' ' ? null : repetition };
    this.#splitter = new EdifactSplitter(this.#separators, this.#envelope.limits.elementsPerSegment + 2);
  }

  #segment(raw: RawSegment): Segment {
    const values: Value[] = [];
    const decoded = this.#decoded(raw);
    const repeats =
      decoded === null
        ? this.#splitter.split(raw.text, raw.from, raw.to, values)
        : this.#splitter.split(decoded, 0, decoded.length, values);
    const first = values.shift() ?? '';
    const tag = typeof first === 'string' ? first : (first[0] ?? '');
    const { message } = this.#envelope;
    const ordinal = message === null ? 0 : message.count + 1;
    if (repeats === null) return { tag, values, offset: raw.offset, line: raw.line, ordinal };
    return { tag, values, repeats, offset: raw.offset, line: raw.line, ordinal };
  }

  /** The segment's text where it has bytes above 7F, else null. */
  #decoded(raw: RawSegment): string | null {
    if (this.#input.plain || clashesWithUtf8(this.#separators)) return null;
    const bytes = raw.text.slice(raw.from, raw.to);
    if (!hasHighByte(bytes)) return null;
    const { text, mismatch }: Decoded = decode(bytes, this.#level);
    if (mismatch !== null && !this.#mismatched) {
      this.#mismatched = true;
      const at = { tag: bytes.slice(0, 3), values: [], offset: raw.offset, line: raw.line, ordinal: 0 };
      this.#envelope.interchangeFault(
        'character-set-mismatch',
        { version: this.#level, found: mismatch },
        at,
      );
    }
    return text;
  }

  #reportWrap(segment: Segment): void {
    if (!this.#wrapped) this.#envelope.interchangeFault('line-wrapped', {}, segment);
    this.#wrapped = true;
  }

  #truncated(segment: Segment): void {
    this.#envelope.interchangeFault('file-truncated', { tag: detached(segment.tag.slice(0, 20)) }, segment);
  }

  #openGroup(segment: Segment): void {
    this.#missingGroupTrailer(segment);
    const envelope = this.#envelope;
    const { interchange } = envelope;
    const { values } = ownCopy(segment);
    if (interchange !== null && interchange.messages > 0 && interchange.explicitGroups === 0) {
      envelope.interchangeFault('groups-mixed', {}, segment);
    }
    const version = [
      valueAt(values, 7, 1),
      valueAt(values, 7, 2),
      valueAt(values, 6, 0),
      valueAt(values, 7, 3),
    ];
    const control = valueAt(values, 5, 0);
    envelope.openGroup(
      {
        type: valueAt(values, 1, 0),
        control,
        version: version.join(':').replace(/:+$/, ''),
        sender: valueAt(values, 2, 1),
        receiver: valueAt(values, 3, 1),
        at: withoutTag({ ...envelope.place(segment), group: (interchange?.groups ?? 0) + 1 }),
      },
      false,
    );
    headerFaults(envelope, segment);
    if (interchange?.groupControls.has(control)) {
      envelope.groupFault('group-control-repeated', { value: control }, segment, { element: 5 });
    }
    if (interchange !== null && interchange.groupControls.size < envelope.limits.controlNumbers) {
      interchange.groupControls.add(control);
    }
  }

  #missingGroupTrailer(next: Segment): void {
    const { group } = this.#envelope;
    this.#envelope.missingTrailer();
    if (group === null) return;
    if (!group.implied) {
      const control = group.begin.control ?? '';
      this.#envelope.groupFault('group-trailer-missing', { tag: 'UNE', control }, next);
    }
    this.#envelope.closeGroup(null);
  }

  #closeGroup(segment: Segment): void {
    const envelope = this.#envelope;
    envelope.missingTrailer();
    const { group } = envelope;
    if (group === null || group.implied) {
      envelope.interchangeFault('trailer-without-header', { tag: 'UNE' }, segment);
      return;
    }
    const count = detached(valueAt(segment.values, 1, 0));
    const control = detached(valueAt(segment.values, 2, 0));
    const expected = group.begin.control ?? '';
    if (expected !== control) {
      envelope.groupFault('group-control-mismatch', { control: expected, value: control }, segment, {
        element: 2,
      });
    }
    if (!/^\d+$/.test(count) || Number(count) !== group.messages) {
      const details = { tag: 'UNE 0060', value: count, received: group.messages };
      envelope.groupFault('message-count-mismatch', details, segment, { element: 1 });
    }
    envelope.closeGroup(/^\d{1,15}$/.test(count) ? Number(count) : null);
  }

  #openMessage(segment: Segment): void {
    const envelope = this.#envelope;
    envelope.missingTrailer();
    const { interchange } = envelope;
    if (envelope.group === null) {
      if (interchange !== null && interchange.explicitGroups > 0) {
        envelope.interchangeFault('groups-mixed', {}, segment);
      }
      const begin = { type: null, control: null, version: null, sender: null, receiver: null };
      envelope.openGroup({ ...begin, at: withoutTag(envelope.place(segment)) }, true);
    }
    const { group } = envelope;
    const { values } = ownCopy(segment);
    const control = valueAt(values, 1, 0);
    const type = valueAt(values, 2, 1);
    const version = [values[1] ?? ''].flat().slice(1).join(':').replace(/:+$/, '');
    const checker = checkerFor('edifact', type, version);
    const at = withoutTag({ ...envelope.place(segment), message: (group?.messages ?? 0) + 1 });
    envelope.openMessage({ type, control, version, checker, at });
    const first = { ...segment, ordinal: 1 };
    envelope.add(first);
    messageHeaderFaults(envelope, first, type, control, interchange?.messageControls ?? new Set());
    associationFault(envelope, first, version.split(':')[3] ?? '');
    const groupType = group?.begin.type ?? null;
    if (groupType !== null && groupType !== type && type !== '') {
      envelope.messageFault('group-type-mismatch', { group: groupType, type }, first);
    }
  }

  #closeMessage(segment: Segment): void {
    const envelope = this.#envelope;
    if (envelope.message === null) {
      envelope.interchangeFault('trailer-without-header', { tag: 'UNT' }, segment);
      return;
    }
    envelope.add(segment);
    messageTrailerFaults(envelope, segment, 'UNT');
    envelope.closeMessage();
  }

  #close(segment: Segment, unterminated: boolean): void {
    const envelope = this.#envelope;
    const { interchange } = envelope;
    if (interchange === null) return;
    this.#missingGroupTrailer(segment);
    const count = detached(valueAt(segment.values, 1, 0));
    const control = detached(valueAt(segment.values, 2, 0));
    if (control !== interchange.begin.control) {
      const details = { control: interchange.begin.control, value: control };
      envelope.interchangeFault('interchange-control-mismatch', details, segment, { element: 2 });
    }
    const received = interchange.explicitGroups > 0 ? interchange.explicitGroups : interchange.messages;
    if (!/^\d+$/.test(count) || Number(count) !== received) {
      const details = { tag: 'UNZ 0036', value: count, received };
      envelope.interchangeFault('interchange-count-mismatch', details, segment, { element: 1 });
    }
    if (interchange.groups === 0) envelope.interchangeFault('interchange-empty', {}, segment);
    if (unterminated) {
      const cut =
        verdictOf(interchange.faults.list()) === 'rejected' ? 'file-truncated' : 'terminator-missing';
      envelope.interchangeFault(cut, { tag: 'UNZ' }, segment);
    }
    envelope.closeInterchange(this.#end);
  }
}

/** Partners write wrong association codes, and the message means the same: noted, without a verdict. */
function associationFault(envelope: Envelope, segment: Segment, value: string): void {
  const { checker } = envelope.message ?? {};
  if (value === '' || !checker?.exact) return;
  const { associations, type, release } = checker.rules;
  if (associations.length === 0 || associations.includes(value)) return;
  const details = { value, type, release, known: associations.join(' or ') };
  envelope.messageFault('association-unknown', details, segment, { element: 2, component: 5 });
}

function withoutTag<T extends { tag?: string }>({ tag: _, ...rest }: T): Omit<T, 'tag'> {
  return rest;
}

/** A copy of a short segment that does not hold on to its chunk. */
function ownCopy(segment: Segment): Segment {
  const own = (value: Value): Value => (typeof value === 'string' ? detached(value) : value.map(detached));
  return { ...segment, values: segment.values.map(own) };
}

function clashesWithUtf8({ element, component, segment }: Separators): boolean {
  return [element, component, segment].some((one) => one.charCodeAt(0) > 127);
}
