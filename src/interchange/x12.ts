/** What is X12's own: the meaning of ISA, GS, ST, SE, GE, IEA, TA1. */
import { checkerFor } from './check.ts';
import { decode, isLatin1 } from './decode.ts';
import type { Envelope } from './envelope.ts';
import type { Separators } from './event.ts';
import { headerFaults, valueAt } from './header.ts';
import type { Input } from './input.ts';
import type { IsaHeader } from './isa.ts';
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

const serviceKeys: ReadonlySet<number> = new Set(['ST', 'SE', 'GS', 'GE', 'TA1', 'IEA'].map(keyOfTag));
const binaryKey = keyOfTag('BIN');

/** One X12 interchange being read. */
export class X12Interchange {
  readonly scanner: SegmentScanner;
  readonly #envelope: Envelope;
  readonly #input: Input;
  #wrapped: boolean;

  constructor(envelope: Envelope, header: IsaHeader, input: Input) {
    const { separators, width } = header;
    this.#envelope = envelope;
    this.#input = input;
    this.#wrapped = width !== null;
    this.#open(header);
    input.advance(input.at + header.length);
    const { charset } = envelope.settings;
    const choice = { level: charset ?? 'X12', agreed: charset !== undefined };
    const plain = isAscii(separators);
    this.scanner = new SegmentScanner(
      separators,
      envelope.limits,
      serviceKeys,
      width,
      {
        areBytes: (bytes, from, to) => !plain || isLatin1(bytes, from, to, choice),
        decode: (text) => (plain ? decode(text, choice).text : null),
      },
      false,
    );
    this.scanner.end = { offset: input.offset, line: input.line };
  }

  #open(header: IsaHeader): void {
    const { values, separators } = header;
    const isa = (n: number) => values[n - 1] ?? '';
    const segment = { tag: 'ISA', values, offset: this.#input.offset, line: this.#input.line, ordinal: 0 };
    const interchange = this.#envelope.nextInterchange;
    this.#envelope.openInterchange(
      {
        standard: 'x12',
        control: isa(13).trim(),
        sender: { qualifier: isa(5).trim(), id: isa(6).trim() },
        receiver: { qualifier: isa(7).trim(), id: isa(8).trim() },
        version: isa(12).trim(),
        test: isa(15) === 'T',
        acknowledgmentRequested: isa(14) === '1' ? '1' : '',
        application: '',
        separators,
        header: segment,
        at: { offset: segment.offset, line: segment.line, interchange },
      },
      segment.offset,
    );
    for (const [code, details] of header.findings) this.#envelope.interchangeFault(code, details, segment);
    headerFaults(this.#envelope, segment);
    // ISA01 to ISA04 say nothing, and ISA11 and ISA16 are separators.
    const told = values.map((value, index) => (index < 4 || index === 10 || index > 14 ? '' : value));
    this.#envelope.controlCharacter({ ...segment, values: told });
  }

  /** Takes the segment scanned last; true when it closed the interchange. */
  take(): boolean {
    const { tape } = this.#envelope;
    const last = tape.count - 1;
    const key = keyOf(tape, last);
    if (this.scanner.wrapped && !this.#wrapped) {
      this.#wrapped = true;
      this.#envelope.interchangeFault('line-wrapped', {}, this.#envelope.next());
    }
    if (this.scanner.ended && key !== keyOfTag('IEA')) {
      const segment = this.#envelope.next();
      this.#envelope.interchangeFault('file-truncated', { tag: segment.tag }, segment);
    }
    const suspicious = (flagsOf(tape, last) & peculiar) !== 0 && key !== binaryKey;
    if (serviceKeys.has(key)) return this.#takeService(tagOf(tape, last), suspicious);
    this.#envelope.addBody();
    if (suspicious) this.#envelope.controlCharacter(this.#envelope.scanned());
    return false;
  }

  #takeService(tag: string, suspicious: boolean): boolean {
    const envelope = this.#envelope;
    this.#envelope.cutService();
    const opens = tag === 'ST' || tag === 'GS';
    if (suspicious && !opens) envelope.controlCharacter(envelope.next());
    const closed = this.#read(tag);
    if (suspicious && opens) envelope.controlCharacter(envelope.scanned());
    return closed;
  }

  #read(tag: string): boolean {
    switch (tag) {
      case 'ST':
        this.#openMessage();
        return false;
      case 'SE':
        closeMessage(this.#envelope, trailers);
        return false;
      case 'GS':
        this.#openGroup();
        return false;
      case 'GE':
        closeGroup(this.#envelope, this.#envelope.scannedOutside(), trailers);
        return false;
      case 'TA1':
        this.#ta1();
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

  #ta1(): void {
    const envelope = this.#envelope;
    const { interchange, group, message } = envelope;
    if (message !== null) {
      envelope.addBody();
      return;
    }
    const segment = envelope.scanned();
    const limit = envelope.limits.ta1PerInterchange;
    if (interchange !== null && interchange.ta1.length < limit) interchange.ta1.push(segment);
    else envelope.interchangeFault('ta1-too-many', { limit }, segment);
    if (group !== null || (interchange?.groups ?? 0) > 0)
      envelope.interchangeFault('ta1-misplaced', {}, segment);
  }

  #openGroup(): void {
    const envelope = this.#envelope;
    const segment = envelope.scannedOutside();
    missingGroupTrailer(envelope, segment, trailers, 1);
    const gs = (n: number) => valueAt(segment.values, n, 0);
    const { interchange } = envelope;
    const group = { type: gs(1), control: gs(6), version: gs(8), sender: gs(2), receiver: gs(3) };
    const at = envelope.placeOfHeader(segment);
    at.group = (interchange?.groups ?? 0) + 1;
    envelope.openGroup({ ...group, header: segment, at }, false);
    headerFaults(envelope, segment);
    rememberGroup(envelope, segment, group.control, 6);
  }

  #openMessage(): void {
    const envelope = this.#envelope;
    envelope.missingTrailer(1);
    const segment = envelope.scannedOutside();
    const type = valueAt(segment.values, 1, 0);
    const control = valueAt(segment.values, 2, 0);
    if (envelope.group === null) {
      const begin = { type: null, control: null, version: null, sender: null, receiver: null };
      envelope.openGroup({ ...begin, at: { offset: segment.offset, line: segment.line } }, true);
      envelope.groupFault('group-header-missing', { control }, segment);
    }
    const { group } = envelope;
    const version = group?.begin.version ?? envelope.interchange?.begin.version ?? '';
    const checker = checkerFor('x12', type, version);
    const at = envelope.placeOfHeader(segment);
    at.message = (group?.messages ?? 0) + 1;
    envelope.openMessage({ type, control, version, checker, at });
    envelope.add();
    const first = { ...segment, ordinal: 1 };
    messageHeaderFaults(envelope, first, type, control, group?.controls ?? new Set());
    const groupType = group?.begin.type ?? '';
    const groups = checker?.rules.groups ?? [];
    if (groupType !== '' && groups.length > 0 && !groups.includes(groupType)) {
      envelope.messageFault('group-type-mismatch', { group: groupType, type }, first);
    }
  }

  #close(): void {
    const envelope = this.#envelope;
    // A group that only its messages show may be counted or not.
    const received = () => {
      const { groups = 0, explicitGroups = 0 } = envelope.interchange ?? {};
      return [groups, explicitGroups];
    };
    const options = { received, end: this.scanner.end.offset, unterminated: this.scanner.ended };
    closeInterchange(envelope, envelope.scannedOutside(), trailers, options);
  }
}

const trailers: Trailers = {
  message: 'SE',
  group: 'GE',
  interchange: 'IEA',
  counts: { message: 'SE01', group: 'GE01', interchange: 'IEA01' },
  same: sameControl,
};

/** Control numbers are strings, but some writers drop leading zeros in one of the two places. */
function sameControl(header: string, trailer: string): boolean {
  if (header === trailer) return true;
  const bare = (text: string) => text.replace(/^0+(?=\d)/, '');
  return /^\d+$/.test(header) && bare(header) === bare(trailer);
}

function isAscii({ element, segment }: Separators): boolean {
  return segment.charCodeAt(0) < 128 && element.charCodeAt(0) < 128;
}
