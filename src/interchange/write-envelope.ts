/**
 * The envelope being written, of either standard: what is open, what its trailer counts and repeats. Headers come ready;
 * trailers are made here, and nowhere else.
 */
import type { Separators } from './event.ts';
import type { OutGroupHeader, OutHeader, OutMessage, OutSegment } from './write.ts';
import type { Charset } from './write-charset.ts';
import { type Pen, put, putBinary, Sheet } from './write-segment.ts';

/** What the standards have of their own. */
export interface Dialect {
  readonly trailers: { readonly message: string; readonly group: string; readonly interchange: string };
  /** Segments that are never part of a message's data. */
  readonly envelopeTags: ReadonlySet<string>;
  /** The separators that hold in the version of this header. */
  effective(out: OutHeader): Separators;
  /** Sets the sheet's pen and writes ISA, or UNA and UNB. */
  putHeader(sheet: Sheet, out: OutHeader, charset: Charset): void;
  /** GS or UNG; null for a group that is only implied. */
  groupHeader(sheet: Sheet, out: OutHeader, group: OutGroupHeader): OutSegment | null;
  /** ST or UNH. */
  messageHeader(sheet: Sheet, message: OutMessage, control: string): OutSegment;
  /** Within what the writer's own message numbers count. */
  readonly numberedBy: 'group' | 'interchange';
  formatNumber(ordinal: number): string;
}

/** Writes what it is given, in the order of the file, and closes what is still open. */
export class EnvelopeWriter {
  readonly sheet = new Sheet();
  #interchange: Open | null = null;
  #group: Open | null = null;
  #interchanges = 0;

  get hasGroup(): boolean {
    return this.#group !== null;
  }

  /** Whether messages would stand both inside and outside of groups if such a group were opened now. */
  mixes(named: boolean): boolean {
    const { groups, messages } = this.#interchange ?? { groups: 0, messages: 0 };
    return named ? groups === 0 && messages > 0 : groups > 0;
  }

  /**
   * Opens an interchange; closes the one before.
   * @param putHeader writes the header
   */
  openInterchange(trailers: Trailers, control: string, putHeader: (sheet: Sheet) => void): void {
    this.close();
    this.#interchanges += 1;
    this.sheet.interchange = this.#interchanges;
    this.#interchange = { trailers, control, groups: 0, messages: 0, named: false };
    putHeader(this.sheet);
  }

  /**
   * Opens a group; closes the one before.
   * @param makeHeader gives the header, or null for a group that is only implied
   */
  openGroup(control: string, makeHeader: (sheet: Sheet) => OutSegment | null): void {
    const interchange = this.#opened();
    const { sheet } = this;
    this.closeGroup();
    sheet.group = interchange.groups + 1;
    const header = makeHeader(sheet);
    const named = header !== null;
    if (named) interchange.groups += 1;
    else sheet.group = 0;
    this.#group = { trailers: interchange.trailers, control, groups: 0, messages: 0, named };
    if (named) put(sheet, header);
  }

  /** Begins a message: faults stand in it from now on. Gives its ordinals, counted from 1. */
  openMessage(): { readonly group: number; readonly interchange: number } {
    const interchange = this.#opened();
    if (this.#group === null) this.openGroup('', () => null);
    const group = this.#group as Open | null;
    const ordinal = (group?.messages ?? 0) + 1;
    if (group !== null) group.messages = ordinal;
    interchange.messages += 1;
    this.sheet.message = ordinal;
    this.sheet.segment = 0;
    return { group: ordinal, interchange: interchange.messages };
  }

  /**
   * Writes the message that was begun.
   * @param header ST or UNH; its control number is repeated by the trailer
   * @param pen what its data is written with; headers and trailers have the envelope's
   * @param refusal why a segment cannot be written, or null
   */
  putMessage(
    header: OutSegment,
    control: string,
    segments: readonly OutSegment[],
    pen: Pen,
    refusal: (segment: OutSegment) => string | null,
  ): void {
    const { sheet } = this;
    const envelopePen = sheet.pen;
    put(sheet, header);
    sheet.pen = pen;
    for (const segment of segments) putData(sheet, segment, refusal(segment));
    sheet.pen = envelopePen;
    const { message: tag } = this.#opened().trailers;
    put(sheet, { tag, values: [String(sheet.segment + 1), control] });
    sheet.message = 0;
  }

  closeGroup(): void {
    const group = this.#group;
    if (group === null) return;
    this.#group = null;
    const { trailers, control, messages, named } = group;
    if (named) put(this.sheet, { tag: trailers.group, values: [String(messages), control] });
    this.sheet.group = 0;
  }

  /** UNZ 0036 counts the groups when there are any, else the messages; IEA01 counts groups. */
  close(): void {
    const interchange = this.#interchange;
    if (interchange === null) return;
    this.closeGroup();
    this.#interchange = null;
    const { trailers, control, groups, messages } = interchange;
    const count = groups > 0 || trailers.interchange === 'IEA' ? groups : messages;
    put(this.sheet, { tag: trailers.interchange, values: [String(count), control] });
  }

  #opened(): Open {
    if (this.#interchange === null) throw new Error('Nothing can be written outside an interchange');
    return this.#interchange;
  }
}

type Trailers = Dialect['trailers'];

interface Open {
  readonly trailers: Trailers;
  readonly control: string;
  /** Groups with a header of their own. */
  groups: number;
  messages: number;
  readonly named: boolean;
}

function putData(sheet: Sheet, segment: OutSegment, rule: string | null): void {
  const { tag, binary } = segment;
  if (rule !== null) {
    sheet.segment += 1;
    sheet.report('segment-not-writable', { tag }, { rule });
  } else if (binary === undefined) put(sheet, segment);
  else putBinary(sheet, tag, binary);
}
