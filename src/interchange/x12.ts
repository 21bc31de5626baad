/** What is X12's own: splitting a segment, and the meaning of ISA, GS, ST, SE, GE, IEA, TA1. */
import { checkerFor } from './check.ts';
import { decode, detached, hasHighByte } from './decode.ts';
import type { MessageRules, SegmentRule } from './dictionary/dictionary.ts';
import { type Envelope, verdictOf } from './envelope.ts';
import type { Segment, Separators, Value } from './event.ts';
import { headerFaults } from './header.ts';
import type { Input } from './input.ts';
import type { IsaHeader } from './isa.ts';
import { type RawSegment, SegmentScanner } from './scan.ts';
import { Occurrences, splitX12 } from './split.ts';

/** One X12 interchange being read. */
export class X12Interchange {
  readonly scanner: SegmentScanner;
  readonly #envelope: Envelope;
  readonly #separators: Separators;
  readonly #input: Input;
  readonly #elements: Occurrences;
  #rules: MessageRules | null = null;
  #wrapped: boolean;
  #end: number;

  constructor(envelope: Envelope, header: IsaHeader, input: Input) {
    this.#envelope = envelope;
    this.#input = input;
    this.#separators = header.separators;
    this.#elements = new Occurrences(header.separators.element);
    this.#wrapped = header.width !== null;
    this.scanner = new SegmentScanner(header.separators, envelope.limits, header.width);
    this.#open(header);
    input.advance(header.end);
    this.#end = input.offset;
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

  /** Takes one segment; true when it closed the interchange. */
  take(raw: RawSegment): boolean {
    this.#end = this.#input.offset;
    const segment = this.#segment(raw);
    if (raw.wrapped && !this.#wrapped) {
      this.#wrapped = true;
      this.#envelope.interchangeFault('line-wrapped', {}, segment);
    }
    if (raw.state === 'ended' && segment.tag !== 'IEA') this.#truncated(segment);
    if (!raw.suspicious) return this.#read(segment, raw);
    const opens = segment.tag === 'ST' || segment.tag === 'GS';
    if (!opens) this.#envelope.controlCharacter(segment);
    const closed = this.#read(segment, raw);
    if (opens) this.#envelope.controlCharacter({ ...segment, ordinal: segment.tag === 'ST' ? 1 : 0 });
    return closed;
  }

  #read(segment: Segment, raw: RawSegment): boolean {
    switch (segment.tag) {
      case 'ST':
        this.#openMessage(segment);
        return false;
      case 'SE':
        this.#closeMessage(segment);
        return false;
      case 'GS':
        this.#openGroup(segment);
        return false;
      case 'GE':
        this.#closeGroup(segment);
        return false;
      case 'TA1':
        return this.#ta1(segment);
      case 'IEA':
        this.#close(segment, raw.state === 'ended');
        return true;
      default:
        this.#envelope.addBody(segment, raw);
        return false;
    }
  }

  /** Closes the interchange where its trailer should have been: the file ends, or the next header starts. */
  abandon(): void {
    const last: Segment = { tag: 'IEA', values: [], offset: this.#end, line: this.#input.line, ordinal: 0 };
    this.#missingGroupTrailer(last);
    const control = this.#envelope.interchange?.begin.control ?? '';
    this.#envelope.interchangeFault('interchange-trailer-missing', { tag: 'IEA', control }, last);
    this.#envelope.closeInterchange(this.#end);
  }

  #segment(raw: RawSegment): Segment {
    const { element, segment, component } = this.#separators;
    let { text, from, to } = raw;
    if (!this.#input.plain && segment.charCodeAt(0) < 128 && element.charCodeAt(0) < 128) {
      text = text.slice(from, to);
      if (hasHighByte(text)) text = decode(text, 'X12').text;
      from = 0;
      to = text.length;
    }
    const values: Value[] = [];
    const { elementsPerSegment } = this.#envelope.limits;
    const tag = splitX12(text, from, to, this.#elements, elementsPerSegment + 1, values);
    const { message } = this.#envelope;
    const rule = this.#rules?.segments.get(tag);
    const repeats = rule === undefined ? null : this.#splitDeclared(values, rule, component);
    const ordinal = message === null ? 0 : message.count + 1;
    if (repeats === null) return { tag, values, offset: raw.offset, line: raw.line, ordinal };
    return { tag, values, repeats, offset: raw.offset, line: raw.line, ordinal };
  }

  /** Splits components and repetitions where the dictionary has them: `^` and `:` also occur in text. */
  #splitDeclared(values: Value[], rule: SegmentRule, component: string): Record<number, Value[]> | null {
    let repeats: Record<number, Value[]> | null = null;
    for (const index of rule.divided) {
      const value = values[index];
      const use = rule.elements[index];
      if (typeof value !== 'string' || value === '' || use === undefined) continue;
      const divide = (text: string): Value =>
        use.composite !== null && text.includes(component) ? text.split(component) : text;
      const { repetition } = this.#separators;
      if (use.repeat > 1 && repetition !== null && value.includes(repetition)) {
        const all = value.split(repetition).map(divide);
        values[index] = all[0] ?? '';
        repeats ??= {};
        repeats[index] = all;
      } else values[index] = divide(value);
    }
    return repeats;
  }

  #truncated(segment: Segment): void {
    this.#envelope.interchangeFault('file-truncated', { tag: detached(segment.tag.slice(0, 20)) }, segment);
  }

  #ta1(segment: Segment): boolean {
    const { interchange, group, message } = this.#envelope;
    if (message !== null) this.#envelope.add(segment);
    else {
      interchange?.ta1.push({ ...segment, values: segment.values.map((value) => detached(String(value))) });
      if (group !== null || (interchange?.groups ?? 0) > 0)
        this.#envelope.interchangeFault('ta1-misplaced', {}, segment);
    }
    return false;
  }

  #openGroup(segment: Segment): void {
    this.#missingGroupTrailer(segment);
    const gs = (n: number) => detached(String(segment.values[n - 1] ?? '').trim());
    const { interchange } = this.#envelope;
    const group = { type: gs(1), control: gs(6), version: gs(8), sender: gs(2), receiver: gs(3) };
    const at = { ...this.#envelope.place(segment), group: (interchange?.groups ?? 0) + 1 };
    delete (at as { tag?: string }).tag;
    this.#envelope.openGroup({ ...group, at }, false);
    headerFaults(this.#envelope, segment);
    if (interchange?.groupControls.has(group.control)) {
      this.#envelope.groupFault('group-control-repeated', { value: group.control }, segment, { element: 6 });
    }
    if (interchange !== null && interchange.groupControls.size < this.#envelope.limits.controlNumbers) {
      interchange.groupControls.add(group.control);
    }
  }

  #missingGroupTrailer(next: Segment): void {
    const { group } = this.#envelope;
    this.#envelope.missingTrailer();
    if (group === null) return;
    if (!group.implied) {
      const control = group.begin.control ?? '';
      this.#envelope.groupFault('group-trailer-missing', { tag: 'GE', control }, next);
    }
    this.#envelope.closeGroup(null);
  }

  #closeGroup(segment: Segment): void {
    const envelope = this.#envelope;
    envelope.missingTrailer();
    if (envelope.group === null) {
      envelope.interchangeFault('trailer-without-header', { tag: 'GE' }, segment);
      return;
    }
    const [count = '', control = ''] = segment.values.map((value) => detached(String(value).trim()));
    const expected = envelope.group.begin.control;
    if (!sameControl(expected ?? '', control)) {
      envelope.groupFault('group-control-mismatch', { control: expected ?? '', value: control }, segment, {
        element: 2,
      });
    }
    const received = envelope.group.messages;
    if (!/^\d+$/.test(count) || Number(count) !== received) {
      envelope.groupFault('message-count-mismatch', { tag: 'GE01', value: count, received }, segment, {
        element: 1,
      });
    }
    envelope.closeGroup(/^\d{1,15}$/.test(count) ? Number(count) : null);
  }

  #openMessage(segment: Segment): void {
    const envelope = this.#envelope;
    envelope.missingTrailer();
    const [type = '', control = ''] = segment.values.map((value) => detached(String(value).trim()));
    if (envelope.group === null) {
      const begin = { type: null, control: null, version: null, sender: null, receiver: null };
      envelope.openGroup({ ...begin, at: { offset: segment.offset, line: segment.line } }, true);
      envelope.groupFault('group-header-missing', { control }, segment);
    }
    const group = envelope.group;
    const version = group?.begin.version ?? envelope.interchange?.begin.version ?? '';
    const checker = checkerFor('x12', type, version);
    this.#rules = checker?.rules ?? null;
    const at = { ...envelope.place(segment), message: (group?.messages ?? 0) + 1 };
    delete (at as { tag?: string }).tag;
    envelope.openMessage({ type, control, version, checker, at });
    const first = { ...segment, ordinal: 1 };
    envelope.add(first);
    messageHeaderFaults(envelope, first, type, control, group?.controls ?? new Set());
    const groupType = group?.begin.type ?? '';
    if (groupTypes.has(type) && groupType !== '' && !groupTypes.get(type)?.includes(groupType)) {
      envelope.messageFault('group-type-mismatch', { group: groupType, type }, first);
    }
  }

  #closeMessage(segment: Segment): void {
    const envelope = this.#envelope;
    const { message } = envelope;
    if (message === null) {
      const report = envelope.group === null ? envelope.interchangeFault : envelope.groupFault;
      report.call(envelope, 'trailer-without-header', { tag: 'SE' }, segment);
      return;
    }
    envelope.add(segment);
    messageTrailerFaults(envelope, segment, 'SE');
    envelope.closeMessage();
    this.#rules = null;
  }

  #close(segment: Segment, unterminated: boolean): void {
    const envelope = this.#envelope;
    const { interchange } = envelope;
    if (interchange === null) return;
    this.#missingGroupTrailer(segment);
    const [count = '', control = ''] = segment.values.map((value) => detached(String(value).trim()));
    if (!sameControl(interchange.begin.control, control)) {
      const details = { control: interchange.begin.control, value: control };
      envelope.interchangeFault('interchange-control-mismatch', details, segment, { element: 2 });
    }
    const received = interchange.groups;
    if (!/^\d+$/.test(count) || Number(count) !== received) {
      const details = { tag: 'IEA01', value: count, received };
      envelope.interchangeFault('interchange-count-mismatch', details, segment, { element: 1 });
    }
    if (received === 0 && interchange.ta1.length === 0)
      envelope.interchangeFault('interchange-empty', {}, segment);
    if (unterminated) {
      const cut =
        verdictOf(interchange.faults.list()) === 'rejected' ? 'file-truncated' : 'terminator-missing';
      envelope.interchangeFault(cut, { tag: 'IEA' }, segment);
    }
    envelope.closeInterchange(this.#end);
  }
}

/** Functional groups (GS01, element 479) by the sets they carry. */
const groupTypes = new Map<string, readonly string[]>([
  ['850', ['PO']],
  ['855', ['PR']],
  ['856', ['SH']],
  ['860', ['PC']],
  ['865', ['CA']],
  ['997', ['FA']],
]);

/** Control numbers are strings, but some writers drop leading zeros in one of the two places. */
function sameControl(header: string, trailer: string): boolean {
  if (header === trailer) return true;
  const bare = (text: string) => text.replace(/^0+(?=\d)/, '');
  return /^\d+$/.test(header) && bare(header) === bare(trailer);
}

/** Faults of ST and UNH: no type, no control number, a repeated one, a type that the dictionary does not have. */
export function messageHeaderFaults(
  envelope: Envelope,
  segment: Segment,
  type: string,
  control: string,
  seen: Set<string>,
): void {
  const { message } = envelope;
  if (type === '') envelope.messageFault('message-type-missing', {}, segment);
  else if (message?.checker === null)
    envelope.messageFault('message-unknown', { type, value: type }, segment);
  if (control === '') envelope.messageFault('message-control-missing', {}, segment);
  else if (seen.has(control)) envelope.messageFault('message-control-repeated', { value: control }, segment);
  if (seen.size < envelope.limits.controlNumbers) seen.add(control);
  const { checker } = message ?? {};
  if (checker && !checker.exact) {
    const details = { version: message?.version ?? '', release: checker.rules.release };
    envelope.messageFault('release-substituted', details, segment);
  }
}

/** Faults of SE and UNT: count and control number. The trailer has been added to the message. */
export function messageTrailerFaults(envelope: Envelope, segment: Segment, tag: string): void {
  const { message } = envelope;
  if (message === null) return;
  const [count = '', control = ''] = segment.values.map((value) => detached(String(value).trim()));
  if (control !== message.control) {
    const details = { control: message.control, value: control };
    envelope.messageFault('message-control-mismatch', details, segment, { element: 2 });
  }
  if (!/^\d+$/.test(count) || Number(count) !== message.count) {
    const details = { tag: `${tag}01`, value: count, received: message.count };
    envelope.messageFault('segment-count-mismatch', details, segment, { element: 1 });
  }
}
