/** Writing segments, the same for both standards: values, components, repetitions, trailing empties, delimiters in data. */
import { type Fault, fault, type Position } from '../fault.ts';
import type { Separators, Value } from './event.ts';
import type { OutSegment } from './write.ts';
import type { Charset } from './write-charset.ts';
import { Ink } from './write-ink.ts';

/** What is being written, and what is wrong with it. The ordinals say where a fault is; 0: nothing of the kind is open. */
export class Sheet {
  readonly ink = new Ink();
  readonly faults: Fault[] = [];
  pen: Pen = makePen(noSeparators, '', { name: '', refused: /./, encode: () => Buffer.alloc(0) });
  interchange = 0;
  group = 0;
  message = 0;
  segment = 0;
  #unnamed = 0;

  /** Adds a fault with the sheet's place; beyond a limit they are only counted. */
  report(code: Parameters<typeof fault>[0], place: Place, details: Readonly<Record<string, string>>): void {
    if (this.faults.length >= maxFaults) {
      this.#unnamed += 1;
      return;
    }
    const { interchange, group, message, segment } = this;
    const at: Position = {
      ...(interchange === 0 ? {} : { interchange }),
      ...(group === 0 ? {} : { group }),
      ...(message === 0 ? {} : { message, segment }),
      ...place,
    };
    const { tag, element } = place;
    this.faults.push(fault(code, { tag, ...(element === undefined ? {} : { element }), ...details }, at));
  }

  /** The faults, the last one saying how many more there are. */
  list(): readonly Fault[] {
    if (this.#unnamed === 0) return this.faults;
    const cut = fault('faults-cut', { limit: maxFaults, more: this.#unnamed });
    return [...this.faults, { ...cut, severity: 'error' }];
  }
}

/** Where in the segment a fault is. */
export interface Place {
  readonly tag: string;
  readonly element?: number;
  readonly component?: number;
  readonly repetition?: number;
}

/** Faults of one interchange that are told one by one. */
const maxFaults = 500;

/** The characters that segments are put together with. */
export interface Pen {
  readonly separators: Separators;
  readonly charset: Charset;
  /** The byte of each character below 256 that is written as it stands, else 0. */
  readonly table: Uint8Array;
  /** All characters that data must not hold bare: as a pattern, and 1 at their codes. */
  readonly delimiters: RegExp;
  readonly delimiterTable: Uint8Array;
  /** Codes of the separators; 0 where there is none. */
  readonly element: number;
  readonly component: number;
  readonly repetition: number;
  readonly release: number;
  /** Segment terminator and newline. */
  readonly end: Uint8Array;
}

const noSeparators: Separators = {
  element: '',
  component: '',
  repetition: null,
  segment: '',
  release: null,
  decimal: '.',
};

/**
 * A pen for one interchange.
 * @param bare characters that are delimiters but may stand in data all the same
 */
export function makePen(separators: Separators, newline: string, charset: Charset, bare = ''): Pen {
  const { element, component, repetition, segment, release } = separators;
  const used = [element, component, segment, repetition ?? '', release ?? ''].filter(
    (each) => each !== '' && !bare.includes(each),
  );
  const table = new Uint8Array(256);
  for (let code = 0; code < 256; code += 1) {
    const character = String.fromCharCode(code);
    if (character === '\n' || charset.refused.test(character) || used.includes(character)) continue;
    const bytes = code < 128 || charset.of === undefined ? charset.encode(character) : [];
    if (bytes.length === 1) table[code] = bytes[0] as number;
  }
  const delimiters = new RegExp(used.length === 0 ? '(?!)' : characterClass(used.join('')), 'gu');
  const end = Buffer.from(segment + newline, 'latin1');
  const delimiterTable = new Uint8Array(256);
  for (const each of used) delimiterTable[each.charCodeAt(0)] = 1;
  const code = (separator: string | null): number => separator?.charCodeAt(0) ?? 0;
  return {
    ...{ separators, charset, table, delimiters, delimiterTable, end },
    ...{ element: code(element), component: code(component), repetition: code(repetition) },
    release: code(release),
  };
}

/** Writes one segment; what cannot be written becomes a fault of the sheet. */
export function put(sheet: Sheet, segment: OutSegment): void {
  sheet.segment += 1;
  const { ink, pen } = sheet;
  const { tag, values, repeats } = segment;
  if (!ink.text(tag, pen.table)) putText(sheet, segment, tag, 0);
  let gap = 0;
  for (let index = 0; index < values.length; index += 1) {
    gap += 1;
    const value = values[index] as Value;
    const more = repeats?.[index];
    if (more !== undefined && more.length > 0)
      gap = putRepeated(sheet, segment, [value, ...more], index, gap);
    else if (typeof value !== 'string') gap = putComposite(sheet, segment, value, index, gap);
    else if (value !== '') {
      for (; gap > 0; gap -= 1) ink.byte(pen.element);
      if (!ink.text(value, pen.table)) putText(sheet, segment, value, index + 1);
    }
  }
  ink.end(pen.end);
}

/** Writes a BIN (X12): its length, and its bytes untouched. */
export function putBinary(sheet: Sheet, tag: string, binary: Uint8Array): void {
  sheet.segment += 1;
  const { ink, pen } = sheet;
  const { element } = pen.separators;
  ink.bytes(Buffer.from(`${tag}${element}${binary.length}${element}`, 'latin1'));
  ink.bytes(binary);
  ink.end(pen.end);
}

/**
 * A text as it is written: released where the standard can, a fault where it cannot.
 * @returns null when it was refused
 */
export function writable(sheet: Sheet, text: string, place: Place, charset: Charset): string | null {
  const refused = charset.refused.exec(text);
  if (refused !== null) {
    const character = visible(refused[0]);
    sheet.report('character-not-writable', place, { value: text, character, charset: charset.name });
    return null;
  }
  const { delimiters, separators } = sheet.pen;
  const { release } = separators;
  if (release !== null) return text.replace(delimiters, (character) => release + character);
  const delimiter = text.match(delimiters)?.[0];
  if (delimiter === undefined) return text;
  sheet.report('delimiter-in-data', place, { value: text, delimiter: visible(delimiter) });
  return null;
}

/** Refuses an envelope value that does not fit its element. `rule` is for people: 'nine digits'. */
export function fits(
  sheet: Sheet,
  tag: string,
  element: number,
  value: string,
  pattern: RegExp,
  rule: string,
): void {
  if (!pattern.test(value)) sheet.report('envelope-not-writable', { tag, element }, { value, rule });
}

/** A character as people can read it: control characters by their code. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0x20 && code !== 0x7f && (code < 0x80 || code > 0xa0)
    ? character
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Characters that the table does not have: released, encoded, or refused. Element 0 is the tag; 0 elsewhere: none. */
function putText(
  sheet: Sheet,
  segment: OutSegment,
  text: string,
  element: number,
  component = 0,
  repetition = 0,
): void {
  const { ink, pen } = sheet;
  if (pen.release !== 0 && ink.released(text, pen.table, pen.delimiterTable, pen.release)) return;
  const place: Place = {
    tag: segment.tag,
    ...(element === 0 ? {} : { element }),
    ...(component === 0 ? {} : { component }),
    ...(repetition < 2 ? {} : { repetition }),
  };
  const own = pen.charset.of?.(segment) ?? pen.charset;
  const written = writable(sheet, text, place, own);
  if (written === null) return;
  const bytes = own.encode(written);
  if (wraps(bytes, ink.column)) {
    const charset = `a file that others take for one wrapped at ${wrapWidth} columns`;
    sheet.report('character-not-writable', place, { value: text, character: visible('\n'), charset });
  } else ink.bytes(bytes);
}

/** Where files are wrapped: a line end of the data that stood there would be taken out by the reader. */
const wrapWidth = 80;

function wraps(bytes: Uint8Array, column: number): boolean {
  let start = -column;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (at - start - (bytes[at - 1] === 13 ? 1 : 0) === wrapWidth) return true;
    start = at + 1;
  }
  return false;
}

/** Writes the components up to the last that holds something. Gives the element separators still owed. */
function putComposite(
  sheet: Sheet,
  segment: OutSegment,
  value: readonly string[],
  index: number,
  owed: number,
  repetition = 0,
): number {
  const { ink, pen } = sheet;
  let gap = owed;
  let components = 0;
  for (let at = 0; at < value.length; at += 1) {
    const text = value[at] as string;
    if (text !== '') {
      for (; gap > 0; gap -= 1) ink.byte(pen.element);
      for (; components > 0; components -= 1) ink.byte(pen.component);
      if (!ink.text(text, pen.table)) putText(sheet, segment, text, index + 1, at + 1, repetition);
    }
    components += 1;
  }
  return gap;
}

/** Writes the repetitions up to the last that holds something. Gives the element separators still owed. */
function putRepeated(
  sheet: Sheet,
  segment: OutSegment,
  all: readonly Value[],
  index: number,
  owed: number,
): number {
  const { ink, pen } = sheet;
  const last = all.findLastIndex((value) => !isEmpty(value));
  if (last < 0) return owed;
  if (last > 0 && pen.repetition === 0) {
    sheet.report('repetition-not-writable', { tag: segment.tag, element: index + 1 }, {});
    return owed;
  }
  for (let gap = owed; gap > 0; gap -= 1) ink.byte(pen.element);
  for (let nth = 0; nth <= last; nth += 1) {
    const value = all[nth] as Value;
    if (nth > 0) ink.byte(pen.repetition);
    if (typeof value !== 'string') putComposite(sheet, segment, value, index, 0, nth + 1);
    else if (!ink.text(value, pen.table)) putText(sheet, segment, value, index + 1, 0, nth + 1);
  }
  return 0;
}

function isEmpty(value: Value): boolean {
  return typeof value === 'string' ? value === '' : value.every((text) => text === '');
}

function characterClass(characters: string): string {
  return `[${characters.replace(/[\\\]^-]/g, '\\$&')}]`;
}
