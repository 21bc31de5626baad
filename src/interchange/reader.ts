/** Finds interchanges among the bytes of a file, of either standard, and reads each by its own rules. */
import { fault } from '../fault.ts';
import { EdifactInterchange, readServiceCharacters, type ServiceCharacters } from './edifact.ts';
import { Envelope, type EnvelopeOptions } from './envelope.ts';
import type { InterchangeEvent } from './event.ts';
import { Input, isAlphanumeric } from './input.ts';
import { type IsaHeader, readIsa } from './isa.ts';
import type { Limits } from './limits.ts';
import { TapeWriter } from './tape.ts';
import { X12Interchange } from './x12.ts';

const byteOrderMark = '\xef\xbb\xbf';
const sampleLength = 20;

type Header =
  | { readonly kind: 'x12'; readonly isa: IsaHeader }
  | { readonly kind: 'edifact'; readonly service: ServiceCharacters };

/** Bytes that no interchange was found in, so far. */
interface Stray {
  readonly offset: number;
  readonly line: number;
  /** What they start as: a header that cannot be read, or anything. */
  readonly header: 'ISA' | 'UNA' | 'UNB' | null;
  sample: string;
  last: number;
}

/** Push blocks, take events until there are none, push again; `end` when the source has ended. */
export class Reader {
  readonly #input = new Input();
  readonly #tape = new TapeWriter(this.#input);
  readonly #envelope: Envelope;
  #open: X12Interchange | EdifactInterchange | null = null;
  #stray: Stray | null = null;
  /** Findings before an interchange, reported with it. */
  #before: ('byte-order-mark' | 'leading-blanks')[] = [];
  /** What comes next was looked at and is no header: it is a segment of the open interchange. */
  #noHeader = false;
  #sent = 0;
  #found = false;

  constructor(limits: Limits, options: EnvelopeOptions = {}) {
    this.#envelope = new Envelope(limits, this.#tape, options);
  }

  push(block: Uint8Array): void {
    this.#input.push(block);
  }

  end(): void {
    this.#input.ended = true;
  }

  /** The next event; null when more bytes are needed, or at the end. */
  next(): InterchangeEvent | null {
    const { events } = this.#envelope;
    for (;;) {
      if (this.#sent < events.length) {
        this.#sent += 1;
        return events[this.#sent - 1] ?? null;
      }
      if (this.#sent > 0) {
        events.length = 0;
        this.#sent = 0;
      }
      if (!this.#step() && events.length === 0) return null;
    }
  }

  /** Reads one thing; false when more bytes are needed, or at the end. */
  #step(): boolean {
    if (this.#open === null) {
      this.#input.keep = this.#input.at;
      return this.#between();
    }
    const seekHeader = this.#envelope.interchange !== null && !this.#noHeader;
    this.#noHeader = false;
    return this.#within(this.#open, seekHeader);
  }

  /** Reads one segment of the open interchange, or finds that another one starts where its next segment should. */
  #within(open: X12Interchange | EdifactInterchange, seekHeader: boolean): boolean {
    const { message } = this.#envelope;
    const within = message !== null && message.kept === null;
    if (!within) this.#tape.clear();
    const scanned = open.scanner.next(this.#input, this.#tape, seekHeader, within);
    if (within) this.#envelope.addRun(scanned === 'segment' ? this.#tape.count - 1 : this.#tape.count);
    switch (scanned) {
      case 'segment':
        if (open.take()) this.#open = null;
        return true;
      case 'header': {
        const header = this.#header();
        if (header === 'more') return false;
        if (header !== null) return this.#abandon(open);
        this.#noHeader = true;
        return true;
      }
      case 'more':
        return false;
      case 'end':
        return this.#abandon(open);
    }
  }

  /** Closes an interchange without its trailer. */
  #abandon(open: X12Interchange | EdifactInterchange): boolean {
    open.abandon();
    this.#open = null;
    return true;
  }

  #header(): Header | 'more' | null {
    const isa = readIsa(this.#input);
    if (isa === 'more') return isa;
    if (isa !== null) return { kind: 'x12', isa };
    const service = readServiceCharacters(this.#input);
    if (service === 'more') return service;
    return service === null ? null : { kind: 'edifact', service };
  }

  #between(): boolean {
    if (!this.#skipToCandidate()) return false;
    const header = this.#header();
    if (header === 'more') return false;
    if (header === null) {
      this.#startStray();
      this.#input.advance(this.#input.at + 1);
      return true;
    }
    this.#endStray();
    this.#begin(header);
    return true;
  }

  #begin(header: Header): void {
    const { offset, line } = this.#input;
    this.#found = true;
    for (const code of this.#before) {
      const interchange = this.#envelope.nextInterchange;
      this.#envelope.early.push(fault(code, {}, { offset, line, interchange }));
    }
    this.#before = [];
    this.#open =
      header.kind === 'x12'
        ? new X12Interchange(this.#envelope, header.isa, this.#input)
        : new EdifactInterchange(this.#envelope, header.service, this.#input);
  }

  /** Moves to where a header may start: after blanks, or behind a character that is no letter or digit. */
  #skipToCandidate(): boolean {
    const input = this.#input;
    if (input.offset === 0 && !this.#skipByteOrderMark()) return false;
    const atStart = !this.#found && this.#stray === null;
    if (this.#stray === null && input.skipBlanks() && atStart && !this.#before.includes('leading-blanks')) {
      this.#before.push('leading-blanks');
    }
    if (this.#stray !== null) this.#skipStray();
    if (input.at < input.end) return true;
    if (input.ended) this.#endStray();
    return false;
  }

  #skipByteOrderMark(): boolean {
    const start = this.#input.text(this.#input.at, this.#input.at + byteOrderMark.length);
    if (!byteOrderMark.startsWith(start)) return true;
    if (start.length < byteOrderMark.length) return this.#input.ended;
    this.#input.advance(this.#input.at + byteOrderMark.length);
    this.#before.push('byte-order-mark');
    return true;
  }

  /** Passes over bytes that no header starts with. */
  #skipStray(): void {
    const { bytes, at, end } = this.#input;
    let to = at;
    let last = this.#stray?.last ?? 0;
    for (; to < end; to += 1) {
      const code = bytes[to] as number;
      if ((code === 73 || code === 85) && !isAlphanumeric(last)) break;
      last = code;
    }
    this.#addStray(at, to);
    this.#input.advance(to);
  }

  #startStray(): void {
    const { offset, line, at } = this.#input;
    const header = headerAt(this.#input);
    if (this.#stray !== null && header !== null) this.#endStray();
    this.#stray ??= { offset, line, header, sample: '', last: 0 };
    this.#addStray(at, at + 1);
  }

  #addStray(from: number, to: number): void {
    const stray = this.#stray;
    if (stray === null || from === to) return;
    stray.last = this.#input.bytes[to - 1] as number;
    const missing = sampleLength - stray.sample.length;
    if (missing > 0) stray.sample += this.#input.text(from, Math.min(to, from + missing));
  }

  #endStray(): void {
    const stray = this.#stray;
    if (stray === null) return;
    this.#stray = null;
    const at = { offset: stray.offset, line: stray.line };
    const value = JSON.stringify(stray.sample);
    const count = this.#input.offset - stray.offset;
    const nothing = this.#input.ended && !this.#found && this.#input.at >= this.#input.end;
    const one =
      stray.header !== null
        ? fault('header-unreadable', { tag: stray.header, value }, at)
        : nothing
          ? fault('not-edi', { value }, at)
          : fault('stray-bytes', { value, count }, at);
    this.#envelope.events.push({ kind: 'stray', faults: [one] });
  }
}

/** What seems to be a header, and was none that can be read: prose may hold its letters, but not what follows them. */
function headerAt(input: Input): Stray['header'] {
  const { at } = input;
  const text = input.text(at, at + 14);
  const separator = text.charAt(3);
  if (text.startsWith('ISA')) {
    const separates = separator !== '' && !isAlphanumeric(separator.charCodeAt(0)) && separator !== ' ';
    return separates && text.includes(separator, 4) ? 'ISA' : null;
  }
  if (text.startsWith('UNA')) return text.startsWith('UNB', 9) ? 'UNA' : null;
  return text.startsWith('UNB+') ? 'UNB' : null;
}
