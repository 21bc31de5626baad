/**
 * BER (X.690) as CMS needs it: small structures in memory, and content of any size as a stream. Indefinite lengths and
 * constructed octet strings are read (streaming writers make them), tag numbers above 30 are not (CMS has none). Everything
 * is limited: nesting, the size of structures in memory, the number of elements.
 */
import type { Bytes } from './as2.ts';

/** How deep elements may lie in each other; what CMS needs is 10 at most. */
export const mostDepth = 24;
/** The largest structure that is read into memory, in bytes: signatures and recipients, with certificates. */
export const mostStructureBytes = 1024 * 1024;
/** How many elements a structure in memory may list, or have inside indefinite lengths. */
export const mostElements = 10_000;
/** How many segments content may come in: 1 GB in the 1,000 bytes that common writers make. */
export const mostSegments = 1_000_000;

/** Identifier octets. */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

const constructed = 0x20;
const indefinite = -1;

/** Bytes that are no BER, or more than is read. */
export class BrokenBer extends Error {
  override readonly name = 'BrokenBer';
}

/** One element that lies whole in memory. */
export interface Element {
  /** The identifier octet: class, form and number. */
  readonly tag: number;
  /** What lies between the header and the end. */
  readonly contents: Buffer;
  /** All of its bytes as received. */
  readonly whole: Buffer;
}

interface Header {
  readonly tag: number;
  readonly size: number;
  /** Bytes of the contents, or `indefinite`. */
  readonly length: number;
}

/**
 * Reads bytes that are one element; only line ends may follow it.
 * @throws BrokenBer
 */
export function readElement(bytes: Buffer): Element {
  if (bytes.length > mostStructureBytes) throw new BrokenBer('structure too large');
  const element = elementAt(bytes, 0);
  for (const octet of bytes.subarray(element.whole.length)) expectLineEnd(octet);
  return element;
}

/**
 * The elements inside a constructed element, in their order.
 * @throws BrokenBer
 */
export function childrenOf(element: Element): Element[] {
  if (!(element.tag & constructed)) throw new BrokenBer('primitive element where a structure is due');
  const children: Element[] = [];
  for (let at = 0; at < element.contents.length; ) {
    if (children.length === mostElements) throw new BrokenBer('too many elements');
    const child = elementAt(element.contents, at);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

/** The element, if it bears the tag. @throws BrokenBer */
export function expectTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new BrokenBer(`element ${hex(tag)} missing`);
  return element;
}

/** The elements of a SEQUENCE. @throws BrokenBer */
export function sequenceOf(element: Element | undefined): Element[] {
  return childrenOf(expectTag(element, tags.sequence));
}

/** The elements of a SET. @throws BrokenBer */
export function setOf(element: Element | undefined): Element[] {
  return childrenOf(expectTag(element, tags.set));
}

/**
 * The bytes of an OCTET STRING, whole or in segments (X.690, 8.7).
 * @param primitive its tag if that is implicit
 * @throws BrokenBer
 */
export function octetsOf(element: Element | undefined, primitive: number = tags.octetString): Buffer {
  if (element?.tag === primitive) return element.contents;
  const parts: Buffer[] = [];
  gather(expectTag(element, primitive | constructed), parts, 0);
  return Buffer.concat(parts);
}

function gather(element: Element, parts: Buffer[], depth: number): void {
  if (depth === mostDepth) throw new BrokenBer('nested too deeply');
  for (const child of childrenOf(element)) {
    if (child.tag === tags.octetString) parts.push(child.contents);
    else gather(expectTag(child, tags.octetString | constructed), parts, depth + 1);
    if (parts.length > mostElements) throw new BrokenBer('too many elements');
  }
}

/** An OBJECT IDENTIFIER in dots. @throws BrokenBer */
export function identifierOf(element: Element | undefined): string {
  const { contents } = expectTag(element, tags.objectIdentifier);
  if (contents.length > 64) throw new BrokenBer('object identifier too long');
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of contents) {
    if (arc > 0x3fffffffffff) throw new BrokenBer('object identifier too large');
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** A small INTEGER that is not negative. @throws BrokenBer */
export function smallIntegerOf(element: Element | undefined, tag: number = tags.integer): number {
  const { contents } = expectTag(element, tag);
  if (contents.length < 1 || contents.length > 4 || (contents[0] as number) > 0x7f)
    throw new BrokenBer('integer out of range');
  return contents.readUIntBE(0, contents.length);
}

function elementAt(bytes: Buffer, at: number): Element {
  const header = headerAt(bytes, at);
  const end = endOf(bytes, at, { elements: 0 });
  if (!header || end === null) throw new BrokenBer('ends too soon');
  const to = header.length === indefinite ? end - 2 : end;
  return { tag: header.tag, contents: bytes.subarray(at + header.size, to), whole: bytes.subarray(at, end) };
}

/** Where the element at `at` ends; null when the bytes end sooner. */
function endOf(bytes: Buffer, at: number, walk: { elements: number }, depth = 0): number | null {
  const header = headerAt(bytes, at);
  if (!header) return null;
  if (++walk.elements > mostElements) throw new BrokenBer('too many elements');
  const from = at + header.size;
  if (header.length !== indefinite) return from + header.length <= bytes.length ? from + header.length : null;
  if (depth === mostDepth) throw new BrokenBer('nested too deeply');
  for (let next = from; ; ) {
    if (next + 2 > bytes.length) return null;
    if (bytes[next] === 0 && bytes[next + 1] === 0) return next + 2;
    const end = endOf(bytes, next, walk, depth + 1);
    if (end === null) return null;
    next = end;
  }
}

/** The identifier and length octets at `at`; null when the bytes end sooner. */
function headerAt(bytes: Buffer, at: number): Header | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  if (tag === 0) throw new BrokenBer('end of contents out of place');
  if ((tag & 0x1f) === 0x1f) throw new BrokenBer('tag number too large');
  if (first < 0x80) return { tag, size: 2, length: first };
  if (first === 0x80) {
    if (!(tag & constructed)) throw new BrokenBer('primitive element of indefinite length');
    return { tag, size: 2, length: indefinite };
  }
  const octets = first & 0x7f;
  if (octets > 8) throw new BrokenBer('length of too many octets');
  if (at + 2 + octets > bytes.length) return null;
  return { tag, size: 2 + octets, length: longLength(bytes, at + 2, octets) };
}

function longLength(bytes: Buffer, at: number, octets: number): number {
  let length = 0;
  for (let i = at; i < at + octets; i++) length = length * 256 + (bytes[i] as number);
  if (length > 0xffffffffffff) throw new BrokenBer('length too large');
  return length;
}

function expectLineEnd(octet: number | undefined): void {
  if (octet !== 0x0d && octet !== 0x0a) throw new BrokenBer('bytes follow the structure');
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}

/** The longest header: identifier, length of the length, eight octets. */
const mostHeaderBytes = 10;

/**
 * BER that arrives as a stream: a walk through its structure, element by element. Structures on the way are taken into
 * memory (`take`), content flows through (`octets`). Whoever reads must close it. All methods throw BrokenBer, and what
 * the source throws.
 */
export class BerStream {
  readonly #source: AsyncIterator<Buffer>;
  #window: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Bytes of the stream before the window. */
  #passed = 0;
  #segments = 0;
  /** Where the structures that were entered end, the outermost first. */
  readonly #ends: number[] = [];

  constructor(bytes: Bytes) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** Steps into a constructed element. */
  async enter(tag: number): Promise<void> {
    const header = await this.#header();
    if (header.tag !== tag) throw new BrokenBer(`element ${hex(tag)} missing`);
    this.#push(header);
  }

  /** Steps out of the structure that was entered last; it must be at its end. */
  async leave(): Promise<void> {
    if (!(await this.ends())) throw new BrokenBer('more elements than are due');
    if (this.#ends.pop() === indefinite) this.#at += 2;
  }

  /** Whether the structure that was entered last has no further element. */
  async ends(): Promise<boolean> {
    const end = this.#ends.at(-1);
    if (end !== undefined && end !== indefinite) return this.#offset === end;
    if (this.#unread < 2) await this.#fill(2);
    return end === indefinite && this.#window[this.#at] === 0 && this.#window[this.#at + 1] === 0;
  }

  /** The tag of the next element of the structure; null at its end. */
  async nextTag(): Promise<number | null> {
    if (await this.ends()) return null;
    if (this.#unread === 0) await this.#fill(1);
    return this.#window[this.#at] ?? null;
  }

  /** Takes the next element whole into memory. */
  async take(most = mostStructureBytes): Promise<Element> {
    for (;;) {
      const rest = this.#window.subarray(this.#at);
      const length = headerAt(rest, 0)?.length ?? 0;
      const end = length > most ? most + 1 : endOf(rest, 0, { elements: 0 });
      if ((end ?? rest.length) > most) throw new BrokenBer('structure too large');
      if (end !== null) return this.#taken(elementAt(rest.subarray(0, end), 0));
      if (
        !(await this.#fill(Math.max(length, 2 * rest.length, mostHeaderBytes))) &&
        this.#unread === rest.length
      ) {
        throw new BrokenBer('ends too soon');
      }
    }
  }

  /**
   * The bytes of the next element, an OCTET STRING whole or in segments, as they come; none of them is empty.
   * @param primitive its tag if that is implicit
   */
  async *octets(primitive: number = tags.octetString): Bytes {
    const outside = this.#ends.length;
    let due = primitive;
    do {
      const header = await this.#header();
      if (header.tag === (due | constructed)) this.#push(header);
      else if (header.tag !== due) throw new BrokenBer(`element ${hex(due)} missing`);
      else {
        for (let left = header.length; left > 0; ) {
          if (this.#unread === 0 && !(await this.#fill(1))) throw new BrokenBer('ends too soon');
          const some = this.#window.subarray(this.#at, this.#at + left);
          this.#at += some.length;
          left -= some.length;
          yield some;
        }
      }
      due = tags.octetString;
      if (++this.#segments > mostSegments) throw new BrokenBer('content in too many segments');
      while (this.#ends.length > outside && (await this.ends())) await this.leave();
    } while (this.#ends.length > outside);
  }

  /** Steps out of all structures, which must end here, and reads to the end: only line ends may follow. */
  async finish(): Promise<void> {
    while (this.#ends.length > 0) await this.leave();
    while (this.#unread > 0 || (await this.#fill(1))) {
      expectLineEnd(this.#window[this.#at++]);
    }
  }

  /** Lets go of the source. Safe to call twice. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  get #offset(): number {
    return this.#passed + this.#at;
  }

  async #header(): Promise<Header> {
    let header = headerAt(this.#window, this.#at);
    if (!header) {
      await this.#fill(mostHeaderBytes);
      header = headerAt(this.#window, this.#at);
      if (!header) throw new BrokenBer('ends too soon');
    }
    this.#at += header.size;
    if (header.length !== indefinite) this.#within(this.#offset + header.length);
    return header;
  }

  #push(header: Header): void {
    if (this.#ends.length === mostDepth) throw new BrokenBer('nested too deeply');
    this.#ends.push(header.length === indefinite ? indefinite : this.#offset + header.length);
  }

  #taken(element: Element): Element {
    this.#at += element.whole.length;
    this.#within(this.#offset);
    return element;
  }

  /** An element must end where the structures around it do, or before. */
  #within(offset: number): void {
    const end = this.#ends.findLast((known) => known !== indefinite);
    if (end !== undefined && offset > end) throw new BrokenBer('longer than the structure around it');
  }

  get #unread(): number {
    return this.#window.length - this.#at;
  }

  /** Brings so many unread bytes into the window, as far as the source has them; false when it has not. */
  async #fill(bytes: number): Promise<boolean> {
    const chunks = [this.#window.subarray(this.#at)];
    this.#passed += this.#at;
    this.#at = 0;
    let have = (chunks[0] as Buffer).length;
    while (have < bytes) {
      const next = await this.#source.next();
      if (next.done) break;
      chunks.push(next.value);
      have += next.value.length;
    }
    const filled = chunks.filter((chunk) => chunk.length > 0);
    this.#window = filled.length === 1 ? (filled[0] as Buffer) : Buffer.concat(filled);
    return have >= bytes;
  }
}
