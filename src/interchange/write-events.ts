/**
 * Writing what was read: the events of a reader in, the bytes of the same interchanges out. Data is written as it was
 * received; counts, trailers and padding are made anew. docs/writing.md says for which files that gives the same bytes.
 */
import { type Fault, type FaultCode, fault } from '../fault.ts';
import type {
  GroupBegin,
  InterchangeBegin,
  InterchangeEnd,
  InterchangeEvent,
  Message,
  Segment,
} from './event.ts';
import { NotWritable, type OutSegment } from './write.ts';
import { asBytes, asRead, type Charset, charsetNamed, charsetOf } from './write-charset.ts';
import { edifactDialect, needsAdvice, putAdvice } from './write-edifact.ts';
import { EnvelopeWriter } from './write-envelope.ts';
import { makePen, type Pen, put, type Sheet } from './write-segment.ts';
import { separatorsRule } from './write-separators.ts';
import { putIsa, x12Dialect } from './write-x12.ts';

export interface RewriteOptions {
  /** The character set that an interchange was read in, where its header does not say it. The reader's settings will do. */
  readonly settings?: (begin: InterchangeBegin) => { readonly charset?: string };
}

/**
 * Writes interchanges as they were read, in the memory of one message and some pages of 64 KB. Leaving out messages or
 * groups between reading and writing is fine: what is written is counted.
 * @param events of `readInterchanges`, in their order
 * @throws NotWritable for what the reader could not keep whole (a limit was passed), for separators that are no separators
 *   and for line ends in data that would come to stand where files are wrapped; what `events` throws
 */
export async function* rewriteInterchanges(
  events: AsyncIterable<InterchangeEvent> | Iterable<InterchangeEvent>,
  options: RewriteOptions = {},
): AsyncGenerator<Buffer> {
  const writer = new EventWriter(options);
  for await (const event of events) {
    writer.put(event);
    const faults = writer.faults();
    if (faults.length > 0) throw new NotWritable(faults);
    yield* writer.takeFull();
  }
  writer.end();
  const rest = writer.takeAll();
  if (rest.length > 0) yield rest;
}

/** Faults that say that something of a message was not kept. */
const losses: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'segment-too-long',
  'elements-too-many',
  'lines-too-many',
  'message-too-large',
]);

class EventWriter {
  readonly #envelope = new EnvelopeWriter();
  readonly #options: RewriteOptions;
  readonly #lost: Fault[] = [];
  /** A header that waits for what follows it: from there is seen what stands behind terminators. */
  #begin: InterchangeBegin | null = null;
  #header: InterchangeBegin | null = null;

  constructor(options: RewriteOptions) {
    this.#options = options;
  }

  put(event: InterchangeEvent): void {
    if (event.kind === 'interchange') this.#begin = event;
    else if (event.kind === 'group') this.#openGroup(event);
    else if (event.kind === 'message') this.#putMessage(event);
    else if (event.kind === 'group-end') this.#envelope.closeGroup();
    else if (event.kind === 'interchange-end') this.#close(event);
  }

  /** Closes what is open, when the events end before they close it. */
  end(): void {
    this.#open({});
    this.#envelope.close();
  }

  faults(): readonly Fault[] {
    return [...this.#lost, ...this.#envelope.sheet.list()];
  }

  takeFull(): readonly Buffer[] {
    return this.#envelope.sheet.ink.takeFull();
  }

  takeAll(): Buffer {
    return this.#envelope.sheet.ink.takeAll();
  }

  /** Opens the interchange that waits. */
  #open(next: Place): void {
    const begin = this.#begin;
    if (begin === null) return;
    this.#begin = null;
    this.#header = begin;
    const { standard } = begin;
    const newline = newlineOf(begin, next);
    this.#lost.push(...unusable(begin, newline));
    if (this.#lost.length > 0) return;
    const pen = penOf(begin, newline, this.#options.settings?.(begin).charset);
    const dialect = standard === 'x12' ? x12Dialect : edifactDialect;
    this.#envelope.openInterchange(dialect.trailers, controlOf(begin), (sheet) => {
      putReceivedAdvice(sheet, begin, newline);
      putHeader(sheet, begin, pen);
    });
  }

  #openGroup(group: GroupBegin): void {
    this.#open(group.at);
    const begin = this.#header;
    if (begin === null || this.#lost.length > 0) return;
    const header = groupHeader(group, begin);
    const control = header?.values[begin.standard === 'x12' ? 5 : 4] ?? '';
    this.#envelope.openGroup(String(control), () => header);
  }

  #putMessage(message: Message): void {
    const lost = message.faults.filter(({ code }) => losses.has(code));
    this.#lost.push(...lost);
    const [header, ...body] = message.segments;
    if (header === undefined || this.#lost.length > 0) return;
    const { separators } = this.#envelope.sheet.pen;
    const trailer = header.tag === 'ST' ? 'SE' : 'UNT';
    if (body.at(-1)?.tag === trailer) body.pop();
    const control = header.values[header.tag === 'ST' ? 1 : 0] ?? '';
    const segments = body.map((segment) => outSegment(segment, separators.element));
    this.#envelope.openMessage();
    const first = outSegment(header, separators.element);
    this.#envelope.putMessage(first, firstOf(control), segments, this.#envelope.sheet.pen, () => null);
  }

  #close({ ta1 }: InterchangeEnd): void {
    this.#open(ta1[0] ?? {});
    this.#envelope.closeGroup();
    for (const segment of ta1) put(this.#envelope.sheet, outSegment(segment, ''));
    this.#envelope.close();
    this.#header = null;
  }
}

const unaLength = 9;
/** What stands behind a terminator, by its length. */
const lineEnds = ['', '\n', '\r\n'];

/** Where something stands in the file that was read. */
interface Place {
  readonly offset?: number;
  readonly line?: number;
}

/** What keeps an interchange from being written again, whatever is in it. */
function unusable({ standard, separators, header, at }: InterchangeBegin, newline: string): Fault[] {
  const rule = separatorsRule(standard, separators, newline, false);
  if (rule !== null) {
    const { element, component, repetition, segment, release } = separators;
    const value = JSON.stringify([element, component, repetition, segment, release]);
    return [fault('separators-not-writable', { value, rule }, at)];
  }
  if (header.values.some((value) => firstOf(value) !== '')) return [];
  const details = { tag: header.tag, element: 1, value: '', rule: 'something: an empty header is none' };
  return [fault('envelope-not-writable', details, at)];
}

/** Both delimiters that X12 data may hold all the same: the reader splits only where the dictionary has something to split. */
function penOf(begin: InterchangeBegin, newline: string, agreed: string | undefined): Pen {
  const { standard, version, separators } = begin;
  const declared = agreed === undefined ? charsetOf(standard, version) : charsetNamed(agreed);
  const { element, component, repetition, segment } = separators;
  const wide = [element, component, repetition ?? '', segment].some((each) => each > '\x7f');
  const charset: Charset = wide ? asBytes() : asRead(declared);
  const bare = standard === 'x12' ? component + (repetition ?? '') : '';
  return makePen(separators, newline, charset, bare);
}

/** ISA or UNB, without UNA. */
function putHeader(sheet: Sheet, { standard, header, separators }: InterchangeBegin, pen: Pen): void {
  sheet.pen = pen;
  if (standard === 'x12') putIsa(sheet, header.values.map(String), separators, asBytes());
  else put(sheet, outSegment(header, separators.element));
}

/** UNA where there was one, with the line end that stood behind it, or where it is needed. */
function putReceivedAdvice(sheet: Sheet, begin: InterchangeBegin, newline: string): void {
  const { standard, header, separators, at, version } = begin;
  if (standard === 'x12') return;
  const behind = header.offset - (at.offset ?? header.offset) - unaLength;
  if (behind >= 0) putAdvice(sheet, separators, lineEnds[behind] ?? '');
  else if (needsAdvice(version, separators)) putAdvice(sheet, separators, newline);
}

/** What stands behind the header's terminator: the bytes between it and what follows, when they are one line end. */
function newlineOf(begin: InterchangeBegin, next: Place): string {
  const { header } = begin;
  if (next.offset === undefined || (next.line ?? 0) - header.line !== 1) return '';
  const scratch = new EnvelopeWriter();
  putHeader(scratch.sheet, begin, penOf(begin, '', undefined));
  const gap = next.offset - header.offset - scratch.sheet.ink.takeAll().length;
  return lineEnds[gap] ?? '';
}

/** The number that the trailer repeats. ISA13 is padded when it is too short, so blanks at its end are no part of it. */
function controlOf({ standard, header }: InterchangeBegin): string {
  return firstOf(header.values[standard === 'x12' ? 12 : 4] ?? '').trimEnd();
}

function firstOf(value: Segment['values'][number]): string {
  return typeof value === 'string' ? value : (value[0] ?? '');
}

/** The group's own header where the event has it; else one made of what it says, dated as the interchange. */
function groupHeader(
  group: GroupBegin & { readonly header?: Segment },
  begin: InterchangeBegin,
): OutSegment | null {
  if (group.type === null) return null;
  const { element } = begin.separators;
  if (group.header !== undefined) return outSegment(group.header, element);
  const { values } = begin.header;
  const sender = group.sender ?? '';
  const receiver = group.receiver ?? '';
  const control = group.control ?? '';
  const version = group.version ?? '';
  if (begin.standard === 'edifact') {
    const [number = '', release = '', agency = '', association = ''] = version.split(':');
    const identity = [number, release, association];
    return { tag: 'UNG', values: [group.type, sender, receiver, values[3] ?? '', control, agency, identity] };
  }
  const date = String(values[8] ?? '');
  const day = version >= '004010' ? (date < '80' ? '20' : '19') + date : date;
  const time = String(values[9] ?? '');
  return { tag: 'GS', values: [group.type, sender, receiver, day, time, control, 'X', version] };
}

/** A segment as read, for the writer: it has all repetitions of an element, the writer takes those beyond the first. */
function outSegment({ tag, values, repeats }: Segment, element: string): OutSegment {
  if (tag === 'BIN') return binarySegment(values, element);
  if (repeats === undefined) return { tag, values };
  const entries = Object.entries(repeats).map(([index, all]) => [index, all.slice(1)]);
  return { tag, values, repeats: Object.fromEntries(entries) };
}

/** BIN01 tells whether the reader took its bytes for UTF-8. What is no BIN by its length is written as it stands. */
function binarySegment(values: Segment['values'], element: string): OutSegment {
  const [length = '', ...data] = values.map(String);
  const text = data.join(element);
  const binary = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf8')].find(
    (bytes) => bytes.length === Number(length),
  );
  return length === '' || binary === undefined ? { tag: 'BIN', values } : { tag: 'BIN', values: [], binary };
}
