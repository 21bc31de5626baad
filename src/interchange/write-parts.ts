/** Turns parts into headers and segments: what of them is refused, and which pen each interchange is written with. */
import { type Fault, fault } from '../fault.ts';
import type { Separators } from './event.ts';
import type { OutGroupHeader, OutHeader, OutMessage, OutPart, OutSegment } from './write.ts';
import { type Charset, charsetNamed, charsetOf, widened } from './write-charset.ts';
import { edifactDialect } from './write-edifact.ts';
import { type Dialect, EnvelopeWriter } from './write-envelope.ts';
import { levelTags, withLevels } from './write-levels.ts';
import { makePen, type Pen } from './write-segment.ts';
import { separatorsRule } from './write-separators.ts';
import { x12Dialect } from './write-x12.ts';

/** Put parts, take bytes; look at the faults before the bytes leave. */
export class PartWriter {
  readonly #envelope = new EnvelopeWriter();
  #dialect: Dialect = x12Dialect;
  #header: OutHeader | null = null;
  /** What messages are written with; null where the separators or the character set cannot be used. */
  #pen: Pen | null = null;

  /** @throws Error for a part whose place is elsewhere */
  put(part: OutPart): void {
    if (part.kind === 'interchange') this.#openInterchange(part);
    else if (this.#header === null) throw new Error(`A ${part.kind} is to be written before its interchange`);
    else if (this.#pen === null) return;
    else if (part.kind === 'group') this.#openGroup(part, this.#header);
    else this.#putMessage(part, this.#header, this.#pen);
  }

  /** Closes what is open. */
  end(): void {
    this.#envelope.close();
  }

  faults(): readonly Fault[] {
    return this.#envelope.sheet.list();
  }

  /** The pages that are full. */
  takeFull(): readonly Buffer[] {
    return this.#envelope.sheet.ink.takeFull();
  }

  takeAll(): Buffer {
    return this.#envelope.sheet.ink.takeAll();
  }

  #openInterchange(header: OutHeader): void {
    const dialect = header.standard === 'x12' ? x12Dialect : edifactDialect;
    this.#envelope.close();
    this.#header = header;
    this.#dialect = dialect;
    this.#pen = null;
    const charset = this.#usable(header);
    if (charset === null) return;
    this.#pen = makePen(dialect.effective(header), header.newline, charset);
    this.#envelope.openInterchange(dialect.trailers, header.control, (sheet) =>
      dialect.putHeader(sheet, header, charset),
    );
  }

  /** The character set of the data; null, with a fault, when it or the separators cannot be used. */
  #usable({ standard, version, charset: agreed, separators, newline }: OutHeader): Charset | null {
    const { faults } = this.#envelope.sheet;
    const charset = agreed === undefined ? charsetOf(standard, version) : charsetNamed(agreed);
    if (charset === null) {
      const [tag, element] = standard === 'x12' ? ['ISA', 12] : ['UNB', 1];
      const details = { value: agreed ?? version, rule: 'a character set that we can write' };
      faults.push(fault('envelope-not-writable', { ...details, tag, element }));
      return null;
    }
    const rule = separatorsRule(standard, separators, newline, charset.name === 'UTF-8');
    if (rule === null) return charset;
    faults.push(fault('separators-not-writable', { value: shown(separators), rule }));
    return null;
  }

  #openGroup(group: OutGroupHeader, header: OutHeader): void {
    const envelope = this.#envelope;
    const named = this.#dialect === x12Dialect || group.type !== null;
    if (envelope.mixes(named)) {
      const rule = 'UNG stands around all messages of an interchange or around none';
      envelope.sheet.report('segment-not-writable', { tag: 'UNG' }, { rule });
    }
    envelope.openGroup(group.control ?? '', (sheet) => this.#dialect.groupHeader(sheet, header, group));
  }

  #putMessage(message: OutMessage, { newline }: OutHeader, pen: Pen): void {
    const envelope = this.#envelope;
    const dialect = this.#dialect;
    if (dialect === x12Dialect && !envelope.hasGroup) {
      throw new Error('A message of X12 is to be written before its group');
    }
    const ordinal = envelope.openMessage()[dialect.numberedBy];
    const control = message.control ?? dialect.formatNumber(ordinal);
    const header = dialect.messageHeader(envelope.sheet, message, control);
    const quotes = message.type === 'CONTRL';
    const own = quotes ? makePen(pen.separators, newline, widened(pen.charset)) : pen;
    envelope.putMessage(header, control, withLevels(message.segments), own, (segment) =>
      refusal(segment, dialect),
    );
  }
}

/** Why a segment cannot stand in a message's data, or null. */
function refusal(segment: OutSegment, { envelopeTags }: Dialect): string | null {
  const { tag, depth, binary } = segment;
  if (envelopeTags.has(tag)) return 'headers and trailers are made by the writer';
  if (levelTags.has(tag) && depth === undefined) return 'it needs a depth, its ids are made by the writer';
  if ((tag === 'BIN') !== (binary !== undefined)) return 'BIN has bytes, and no other segment has';
  return fineTags.has(tag) || isFine(tag) ? null : 'a tag is a letter and one or two letters or digits';
}

const fineTags = new Set<string>();
const mostFineTags = 5_000;

function isFine(tag: string): boolean {
  const fine = /^[A-Z][A-Z0-9]{1,2}$/.test(tag);
  if (fine && fineTags.size < mostFineTags) fineTags.add(tag);
  return fine;
}

function shown({ element, component, repetition, segment, release }: Separators): string {
  return JSON.stringify([element, component, repetition, segment, release]);
}
