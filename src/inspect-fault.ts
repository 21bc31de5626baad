/** Faults as lines: where each is, the segment as it was received with carets under the place, what is wrong, what to do. */
import type { Fault, Position, Severity } from './fault.ts';
import type { Received } from './inspect-bytes.ts';
import { visible } from './inspect-columns.ts';
import { pointAt } from './inspect-segment.ts';
import { elementWords, loopsAround, verdictWords, whereWords } from './inspect-words.ts';
import { decode, hasHighByte } from './interchange/decode.ts';
import type { InterchangeBegin, Message, Verdict } from './interchange/interchange.ts';

/** The interchange around a fault, and the headers whose faults come after all that they are the header of. */
export interface Context {
  readonly begin: InterchangeBegin | null;
  readonly headers: readonly { readonly tag: string; readonly offset: number; readonly text: string }[];
}

export interface TextOptions {
  /** Severities, verdicts and carets are coloured by ANSI escape sequences; everything else that is written is printable. */
  readonly colour?: boolean;
  /** Columns of the terminal: segments are shortened to fit. */
  readonly columns?: number;
}

/** Bold red, yellow, cyan, green and faint, in the numbers of ECMA-48. */
const colours: Readonly<Record<Severity | Verdict | 'faint', string>> = {
  error: '1;31',
  warning: '33',
  info: '36',
  accepted: '32',
  noted: '33',
  rejected: '1;31',
  faint: '2',
};
const severityWords: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** They are missing behind the last segment, others before the one that was found instead. */
const trailers = ['SE', 'UNT'];

/** Where nobody says how wide the terminal is. */
const usualColumns = 120;
const leastColumns = 40;
/** Of the lines before a segment, in columns: it stands deepest under a message. */
const deepest = 10;

export class FaultText {
  readonly #received: Received;
  readonly #colour: boolean;
  readonly #columns: number;

  constructor(received: Received, { colour = false, columns = usualColumns }: TextOptions) {
    this.#received = received;
    this.#colour = colour;
    this.#columns = Math.max(leastColumns, columns - deepest);
  }

  /** A verdict in words. */
  verdict(verdict: Verdict): string {
    return this.#paint(verdictWords[verdict], verdict);
  }

  /** A segment as received, decoded; null where its bytes are kept no longer. */
  segmentAt(offset: number, { standard, version, separators }: InterchangeBegin): string | null {
    const bytes = this.#received.segmentAt(offset, separators);
    if (bytes === null || !hasHighByte(bytes)) return bytes;
    const level = standard === 'x12' ? 'X12' : (version.split(':')[0] ?? '');
    return decode(bytes, { level, agreed: false }).text;
  }

  /**
   * @param message the message that the faults are of, if they are of one
   * @returns lines without the indentation that all have
   */
  lines(faults: readonly Fault[], context: Context, message: Message | null): string[] {
    const lines: string[] = [];
    let where = '';
    let shown = '';
    const inOrder = [...faults].sort(byPlace);
    for (const one of inOrder) {
      const text = this.#textOf(one, context);
      const place = placeOf(one.at, text, message);
      if (place !== where) {
        if (place !== '') lines.push(place);
        shown = '';
      }
      where = place;
      const segment = this.#segment(one, text, context);
      if (segment.join('\n') !== shown) lines.push(...segment);
      shown = segment.join('\n');
      lines.push(...this.#told(one, context));
    }
    return lines;
  }

  /** The segment that a fault is in, or stands beside; null where there is none, or its bytes are kept no longer. */
  #textOf({ at }: Fault, { begin, headers }: Context): string | null {
    if (begin === null || at?.offset === undefined) return null;
    const kept = headers.find(({ offset }) => offset === at.offset);
    return kept?.text ?? this.segmentAt(at.offset, begin);
  }

  #segment({ severity, at }: Fault, text: string | null, { begin }: Context): string[] {
    if (begin === null || at === undefined || text === null || text === '') return [];
    const [segment, carets] = pointAt(text, at, begin.separators, this.#columns);
    const blanks = carets.length - carets.trimStart().length;
    return [`  ${segment}`, `  ${' '.repeat(blanks)}${this.#paint(carets.trimStart(), severity)}`];
  }

  #told({ code, severity, message, hint, at }: Fault, { begin }: Context): string[] {
    const words = at?.element === undefined ? '' : elementWords(at, begin?.standard ?? 'x12');
    const place = words === '' || message.startsWith(words) ? '' : ` ${words}`;
    const name = this.#paint(severityWords[severity], severity);
    return [
      `  ${name}${place}: ${visible(message)} ${this.#paint(`[${code}]`, 'faint')}`,
      `    ${visible(hint)}`,
    ];
  }

  #paint(text: string, as: keyof typeof colours): string {
    return this.#colour ? `\x1b[${colours[as]}m${text}\x1b[0m` : text;
  }
}

/** 'loop PO1 2 › segment 9 PID, line 1, byte 402'; 'before segment 3 CTT, …' for a segment that is missing there. */
function placeOf(at: Position | undefined, text: string | null, message: Message | null): string {
  if (at === undefined) return '';
  const { segment, tag = '' } = at;
  if (message === null || segment === undefined) return whereWords(at);
  const found = /^[A-Z0-9]{2,3}/.exec(text ?? '')?.[0];
  if (found !== undefined && !tag.startsWith(found)) {
    const isTrailer = trailers.includes(tag);
    const words = whereWords({ ...at, segment: isTrailer ? segment - 1 : segment, tag: found });
    return `${isTrailer ? 'behind' : 'before'} ${words}`;
  }
  const loops = loopsAround(message.root, segment);
  return `${loops === '' ? '' : `loop ${loops} › `}${whereWords(at)}`;
}

/** As they stand in the file; what has no place comes first. */
function byPlace({ at: one }: Fault, { at: other }: Fault): number {
  return (one?.offset ?? -1) - (other?.offset ?? -1) || (one?.segment ?? 0) - (other?.segment ?? 0);
}
