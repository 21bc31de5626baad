/** Finds interchanges among the bytes of a file, of either standard, and reads each by its own rules. */
import { fault } from '../fault.ts';
import { detached } from './decode.ts';
import { EdifactInterchange, readServiceCharacters, type ServiceCharacters } from './edifact.ts';
import { Envelope } from './envelope.ts';
import type { InterchangeBegin, InterchangeEvent, InterchangeSettings } from './event.ts';
import { Input, isAlphanumeric, isBlank } from './input.ts';
import { type IsaHeader, readIsa } from './isa.ts';
import type { Limits } from './limits.ts';
import { X12Interchange } from './x12.ts';

const byteOrderMark = '\xef\xbb\xbf';
const sampleLength = 20;

type Header =
  | { readonly kind: 'x12'; readonly isa: IsaHeader }
  | { readonly kind: 'edifact'; readonly service: ServiceCharacters };

/** Push blocks, take events until there are none, push again; `end` when the source has ended. */
export class Reader {
  readonly #input = new Input();
  readonly #envelope: Envelope;
  #open: X12Interchange | EdifactInterchange | null = null;
  #stray: { offset: number; line: number; sample: string; last: number } | null = null;
  /** Findings before an interchange, reported with it. */
  #before: ('byte-order-mark' | 'leading-blanks')[] = [];
  #sent = 0;
  #found = false;

  constructor(limits: Limits, settings?: (begin: InterchangeBegin) => InterchangeSettings) {
    this.#envelope = new Envelope(limits, settings);
  }

  push(block: Buffer): void {
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
    if (this.#open === null) return this.#between();
    const open = this.#open;
    if (!open.scanner.skipping) {
      const header = this.#headerAtSegment();
      if (header === 'more') return false;
      if (header !== null) {
        open.abandon();
        this.#open = null;
        return true;
      }
    }
    const raw = open.scanner.next(this.#input);
    if (raw !== null) {
      if (open.take(raw)) this.#open = null;
      return true;
    }
    if (!this.#input.ended) return false;
    open.abandon();
    this.#open = null;
    return true;
  }

  /** The next interchange's header where a segment should start: the trailer of this one is missing. */
  #headerAtSegment(): Header | 'more' | null {
    const { text, at } = this.#input;
    let from = at;
    while (isBlank(text.charCodeAt(from))) from += 1;
    const first = text.charCodeAt(from);
    if (first !== 73 && first !== 85) return null;
    if (this.#envelope.interchange === null) return null;
    this.#input.advance(from);
    return this.#header();
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
    if (input.at < input.text.length) return true;
    if (input.ended) this.#endStray();
    return false;
  }

  #skipByteOrderMark(): boolean {
    const { text } = this.#input;
    const start = text.slice(0, byteOrderMark.length);
    if (!byteOrderMark.startsWith(start)) return true;
    if (start.length < byteOrderMark.length) return this.#input.ended;
    this.#input.advance(byteOrderMark.length);
    this.#before.push('byte-order-mark');
    return true;
  }

  /** Passes over bytes that no header starts with. */
  #skipStray(): void {
    const { text, at } = this.#input;
    let to = at;
    let last = this.#stray?.last ?? 0;
    for (; to < text.length; to += 1) {
      const code = text.charCodeAt(to);
      if ((code === 73 || code === 85) && !isAlphanumeric(last)) break;
      last = code;
    }
    this.#addStray(text.slice(at, to));
    this.#input.advance(to);
  }

  #startStray(): void {
    const { offset, line, text, at } = this.#input;
    this.#stray ??= { offset, line, sample: '', last: 0 };
    this.#addStray(text.charAt(at));
  }

  #addStray(text: string): void {
    const stray = this.#stray;
    if (stray === null || text === '') return;
    stray.last = text.charCodeAt(text.length - 1);
    if (stray.sample.length < sampleLength) {
      stray.sample = detached((stray.sample + text.slice(0, sampleLength)).slice(0, sampleLength));
    }
  }

  #endStray(): void {
    const stray = this.#stray;
    if (stray === null) return;
    this.#stray = null;
    const at = { offset: stray.offset, line: stray.line };
    const value = JSON.stringify(stray.sample);
    const count = this.#input.offset - stray.offset;
    const nothing = this.#input.ended && !this.#found && this.#input.at >= this.#input.text.length;
    const one = nothing ? fault('not-edi', { value }, at) : fault('stray-bytes', { value, count }, at);
    this.#envelope.events.push({ kind: 'stray', faults: [one] });
  }
}
