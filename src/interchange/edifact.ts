/** What is EDIFACT's own: UNA, and the meaning of UNB, UNG, UNH, UNT, UNE, UNZ. */
import { checkerFor } from './check.ts';
import { type CharacterChoice, decode, isLatin1 } from './decode.ts';
import type { Envelope } from './envelope.ts';
import type { Segment, Separators } from './event.ts';
import { headerFaults, valueAt } from './header.ts';
import { type Input, isAlphanumeric, isBlank } from './input.ts';
import { clashOf } from './isa.ts';
import { SegmentScanner } from './scan.ts';
import { flagsOf, keyOf, keyOfTag, peculiar, tagOf } from './tape.ts';
import {
  abandonInterchange,
  closeGroup,
  closeInterchange,
  closeMessage,
  messageHeaderFaults,
  missingGroupTrailer,
  rememberGroup,
  type Trailers,
} from './trailers.ts';

const serviceKeys: ReadonlySet<number> = new Set(['UNH', 'UNT', 'UNG', 'UNE', 'UNZ'].map(keyOfTag));

export interface ServiceCharacters {
  readonly separators: Separators;
  /** UNB S001: level ('UNOC') and version ('3'). */
  readonly syntax: { readonly level: string; readonly version: string };
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

/** Enough to see the syntax that UNB names: UNB+UNOC:3+ */
const syntaxLength = 12;

/**
 * Reads UNA (nine bytes) and finds the UNB behind it, or takes the defaults where UNB comes first.
 * @returns 'more' when bytes are missing, null when this is neither
 */
export function readServiceCharacters(input: Input): ServiceCharacters | 'more' | null {
  const { at, end, ended } = input;
  const tag = input.text(at, at + 3);
  if (!'UNA'.startsWith(tag) && !'UNB'.startsWith(tag)) return null;
  if (tag === 'UNA') return readUna(input);
  if (end - at < syntaxLength && !ended) return 'more';
  const element = input.text(at + 3, at + 4);
  const separators = element === '\x1d' ? levelB : usual;
  return element === separators.element ? withSyntax(input, separators, null, at) : null;
}

function readUna(input: Input): ServiceCharacters | 'more' | null {
  const { bytes, at, end, ended } = input;
  let unb = at + unaLength;
  while (unb < Math.min(end, at + unaLength + maxBlanksBehindUna) && isBlank(bytes[unb] as number)) unb += 1;
  if (end < unb + syntaxLength && !ended) return 'more';
  const [component = '', element = '', decimal = '', release = '', reserved = '', segment = ''] = input.text(
    at + 3,
    at + unaLength,
  );
  const starts = input.text(unb, unb + 4) === `UNB${element}`;
  if (!starts || element === '' || isAlphanumeric(element.charCodeAt(0))) return null;
  const crlf = segment === '\r' && bytes[at + unaLength] === 10;
  const separators = {
    element,
    component,
    repetition: null,
    segment: crlf ? '\n' : segment,
    release: release === ' ' ? null : release,
    decimal: decimal === ',' ? ',' : '.',
  };
  return withSyntax(input, separators, reserved, unb);
}

/**
 * Adds what UNB S001 says. Syntax 4 has a repetition separator: UNA's fifth character, `*` without UNA, none where UNA
 * leaves it blank.
 */
function withSyntax(
  input: Input,
  separators: Separators,
  reserved: string | null,
  unb: number,
): ServiceCharacters {
  const start = input.text(unb + 4, unb + syntaxLength).split(separators.element)[0] ?? '';
  const [level = '', version = ''] = start.split(separators.component);
  const repetition = reserved === null ? '*' : reserved;
  const repeats = version.startsWith('4') && repetition !== ' ';
  return {
    separators: { ...separators, repetition: repeats ? repetition : null },
    syntax: { level, version },
    unb,
  };
}

interface Mismatch {
  readonly found: string;
  readonly tag: string;
  readonly offset: number;
  readonly line: number;
}

/** One EDIFACT interchange being read. */
export class EdifactInterchange {
  readonly scanner: SegmentScanner;
  readonly #envelope: Envelope;
  readonly #begin: { readonly offset: number; readonly line: number };
  readonly #separators: Separators;
  #choice: CharacterChoice;
  readonly #decodes: boolean;
  #wrapped = false;
  #mismatched = false;
  #early: Mismatch | null = null;

  constructor(envelope: Envelope, service: ServiceCharacters, input: Input) {
    const { separators, syntax, unb } = service;
    this.#envelope = envelope;
    this.#begin = { offset: input.offset, line: input.line };
    this.#separators = separators;
    this.#choice = { level: syntax.level, agreed: false };
    this.#decodes = [separators.element, separators.component, separators.segment].every(
      (one) => one.charCodeAt(0) < 128,
    );
    this.scanner = new SegmentScanner(
      separators,
      envelope.limits,
      serviceKeys,
      null,
      {
        areBytes: (bytes, from, to) => !this.#decodes || isLatin1(bytes, from, to, this.#choice),
        decode: (text, offset, line) => this.#decode(text, offset, line),
      },
      true,
    );
    input.advance(unb);
    this.scanner.end = { offset: input.offset, line: input.line };
  }

  /** Takes the segment scanned last; true when it closed the interchange. */
  take(): boolean {
    const envelope = this.#envelope;
    const { tape } = envelope;
    const last = tape.count - 1;
    const key = keyOf(tape, last);
    const suspicious = (flagsOf(tape, last) & peculiar) !== 0;
    if (envelope.interchange === null) return this.#open(suspicious);
    if (this.scanner.wrapped) this.#reportWrap(envelope.next());
    if (this.scanner.ended && key !== keyOfTag('UNZ')) this.#truncated(envelope.next());
    if (serviceKeys.has(key)) return this.#takeService(tagOf(tape, last), suspicious);
    envelope.addBody();
    if (suspicious) envelope.controlCharacter(envelope.scanned());
    return false;
  }

  #takeService(tag: string, suspicious: boolean): boolean {
    const envelope = this.#envelope;
    this.#envelope.cutService();
    const opens = tag === 'UNH' || tag === 'UNG';
    if (suspicious && !opens) envelope.controlCharacter(envelope.next());
    const closed = this.#read(tag);
    if (suspicious && opens) envelope.controlCharacter(envelope.scanned());
    return closed;
  }

  #read(tag: string): boolean {
    switch (tag) {
      case 'UNH':
        this.#openMessage();
        return false;
      case 'UNT':
        closeMessage(this.#envelope, trailers);
        return false;
      case 'UNG':
        this.#openGroup();
        return false;
      case 'UNE':
        closeGroup(this.#envelope, this.#envelope.scannedOutside(), trailers);
        return false;
      default:
        this.#close();
        return true;
    }
  }

  /** Closes the interchange where its trailer should have been. */
  abandon(): void {
    abandonInterchange(this.#envelope, trailers, this.scanner.end);
  }

  #open(suspicious: boolean): boolean {
    const envelope = this.#envelope;
    const segment = envelope.scannedOutside();
    const { values } = segment;
    const interchange = envelope.nextInterchange;
    const party = (element: number) => ({
      qualifier: valueAt(values, element, 2),
      id: valueAt(values, element, 1),
    });
    envelope.openInterchange(
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
    const { charset } = envelope.settings;
    if (charset !== undefined) this.#choice = { level: charset, agreed: true };
    else if (this.#early !== null) this.#reportMismatch(this.#early);
    const { segment: terminator } = this.#separators;
    if (terminator === '\n' || terminator === '\r')
      envelope.interchangeFault('newline-terminator', {}, segment);
    const clash = clashOf(this.#separators);
    if (clash !== null) {
      const una = this.#begin.offset < segment.offset;
      const at = una ? { ...segment, ...this.#begin, tag: 'UNA' } : segment;
      envelope.interchangeFault('separators-clash', { value: clash }, at);
    }
    if (this.scanner.wrapped) this.#reportWrap(segment);
    if (this.scanner.ended) this.#truncated(segment);
    envelope.cutService();
    headerFaults(envelope, segment);
    if (suspicious) envelope.controlCharacter(segment);
    return false;
  }

  /** The text of a segment with bytes above 7F; says once when they are in another character set than named. */
  #decode(bytes: string, offset: number, line: number): string | null {
    if (!this.#decodes) return null;
    const { text, mismatch } = decode(bytes, this.#choice);
    if (mismatch === null || this.#mismatched) return text;
    const found = { found: mismatch, tag: bytes.slice(0, 3), offset, line };
    // What UNB seems to be written in matters only where nothing was agreed, which is known when it has been read.
    if (this.#envelope.interchange === null) this.#early = found;
    else this.#reportMismatch(found);
    return text;
  }

  #reportMismatch({ found, ...place }: Mismatch): void {
    this.#mismatched = true;
    const details = { version: this.#choice.level, found };
    this.#envelope.interchangeFault('character-set-mismatch', details, { ...place, ordinal: 0 });
  }

  #reportWrap(segment: Segment): void {
    if (!this.#wrapped) this.#envelope.interchangeFault('line-wrapped', {}, segment);
    this.#wrapped = true;
  }

  #truncated(segment: Segment): void {
    this.#envelope.interchangeFault('file-truncated', { tag: segment.tag }, segment);
  }

  #openGroup(): void {
    const envelope = this.#envelope;
    const segment = envelope.scannedOutside();
    missingGroupTrailer(envelope, segment, trailers, 1);
    const { interchange } = envelope;
    const { values } = segment;
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
    const at = envelope.placeOfHeader(segment);
    at.group = (interchange?.groups ?? 0) + 1;
    envelope.openGroup(
      {
        type: valueAt(values, 1, 0),
        control,
        version: version.join(':').replace(/:+$/, ''),
        sender: valueAt(values, 2, 1),
        receiver: valueAt(values, 3, 1),
        header: segment,
        at,
      },
      false,
    );
    headerFaults(envelope, segment);
    rememberGroup(envelope, segment, control, 5);
  }

  #openMessage(): void {
    const envelope = this.#envelope;
    envelope.missingTrailer(1);
    const segment = envelope.scannedOutside();
    const { interchange } = envelope;
    if (envelope.group === null) {
      if (interchange !== null && interchange.explicitGroups > 0) {
        envelope.interchangeFault('groups-mixed', {}, segment);
      }
      const begin = { type: null, control: null, version: null, sender: null, receiver: null };
      envelope.openGroup({ ...begin, at: envelope.placeOfHeader(segment) }, true);
    }
    const { group } = envelope;
    const { values } = segment;
    const control = valueAt(values, 1, 0);
    const type = valueAt(values, 2, 1);
    const version = [values[1] ?? ''].flat().slice(1).join(':').replace(/:+$/, '');
    const checker = checkerFor('edifact', type, version);
    const at = envelope.placeOfHeader(segment);
    at.message = (group?.messages ?? 0) + 1;
    envelope.openMessage({ type, control, version, checker, at });
    envelope.add();
    const first = { ...segment, ordinal: 1 };
    messageHeaderFaults(envelope, first, type, control, interchange?.messageControls ?? new Set());
    associationFault(envelope, first, version.split(':')[3] ?? '');
    const groupType = group?.begin.type ?? null;
    if (groupType !== null && groupType !== type && type !== '') {
      envelope.messageFault('group-type-mismatch', { group: groupType, type }, first);
    }
  }

  #close(): void {
    const envelope = this.#envelope;
    const received = () => {
      const { explicitGroups = 0, messages = 0 } = envelope.interchange ?? {};
      return [explicitGroups > 0 ? explicitGroups : messages];
    };
    const options = { received, end: this.scanner.end.offset, unterminated: this.scanner.ended };
    closeInterchange(envelope, envelope.scannedOutside(), trailers, options);
  }
}

const trailers: Trailers = {
  message: 'UNT',
  group: 'UNE',
  interchange: 'UNZ',
  counts: { message: 'UNT01', group: 'UNE 0060', interchange: 'UNZ 0036' },
  same: (header, trailer) => header === trailer,
};

/** Partners write wrong association codes, and the message means the same: noted, without a verdict. */
function associationFault(envelope: Envelope, segment: Segment, value: string): void {
  const { checker } = envelope.message ?? {};
  if (value === '' || !checker?.exact) return;
  const { associations, type, release } = checker.rules;
  if (associations.length === 0 || associations.includes(value)) return;
  const details = { value, type, release, known: associations.join(' or ') };
  envelope.messageFault('association-unknown', details, segment, { element: 2, component: 5 });
}
