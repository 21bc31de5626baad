/** Writing segments, the same for both standards: values, components, repetitions, trailing empties, delimiters in data. */
import { type Fault, fault } from '../fault.ts';
import type { Separators, Value } from './interchange.ts';
import type { OutSegment } from './write.ts';
import type { Charset } from './write-charset.ts';

/** One interchange while it is written. The ordinals say where a fault is. */
export interface Sheet {
  readonly pen: Pen;
  readonly lines: string[];
  readonly faults: Fault[];
  group: number;
  message: number;
  segment: number;
}

/** The characters that segments are put together with. */
export interface Pen {
  readonly element: string;
  readonly component: string;
  readonly repetition: string | null;
  readonly release: string | null;
  /** Segment terminator and newline. */
  readonly end: string;
  readonly charset: Charset;
  /** Matches a text that cannot be written as it stands. */
  readonly suspect: RegExp;
  readonly refused: RegExp;
  readonly delimiters: RegExp;
}

/** An empty sheet. `delimiters` are all characters that data must not hold bare. */
export function newSheet(
  separators: Separators,
  repetition: string | null,
  newline: string,
  charset: Charset,
): Sheet {
  const { element, component, release, segment } = separators;
  const delimiters = characterClass([element, component, segment, repetition ?? '', release ?? ''].join(''));
  const pen: Pen = {
    element,
    component,
    repetition,
    release,
    end: segment + newline,
    charset,
    suspect: new RegExp(`${charset.refused}|${delimiters}`, 'u'),
    refused: new RegExp(charset.refused, 'u'),
    delimiters: new RegExp(delimiters, 'gu'),
  };
  return { pen, lines: [], faults: [], group: 0, message: 0, segment: 0 };
}

/** Writes one segment; what cannot be written becomes a fault of the sheet. */
export function put(sheet: Sheet, segment: OutSegment): void {
  sheet.segment++;
  const { element, end } = sheet.pen;
  let line = segment.tag;
  let gap = '';
  for (let index = 0; index < segment.values.length; index++) {
    gap += element;
    const text = elementText(sheet, segment, segment.values[index] as Value, index);
    if (text === '') continue;
    line += gap + text;
    gap = '';
  }
  sheet.lines.push(line + end);
}

/** One value as it is written: released where the standard can, a fault where it cannot. */
export function plainText(
  sheet: Sheet,
  tag: string,
  text: string,
  element: number,
  component?: number,
): string {
  if (!sheet.pen.suspect.test(text)) return text;
  const { pen } = sheet;
  const place = { tag, element, ...(component === undefined ? {} : { component }) };
  const refused = pen.refused.exec(text);
  if (refused !== null) {
    report(sheet, 'character-not-writable', place, {
      value: text,
      character: visible(refused[0]),
      charset: pen.charset.name,
    });
    return '';
  }
  const { release } = pen;
  if (release !== null) return text.replace(pen.delimiters, (character) => release + character);
  const delimiter = text.match(pen.delimiters)?.[0] ?? '';
  report(sheet, 'delimiter-in-data', place, { value: text, delimiter: visible(delimiter) });
  return '';
}

/** Adds a fault with the sheet's place. */
export function report(
  sheet: Sheet,
  code: Parameters<typeof fault>[0],
  place: { tag: string; element: number; component?: number },
  details: Readonly<Record<string, string>>,
): void {
  const { group, message, segment } = sheet;
  const at = {
    ...(group === 0 ? {} : { group }),
    ...(message === 0 ? {} : { message }),
    ...(message === 0 ? {} : { segment }),
    ...place,
  };
  sheet.faults.push(fault(code, { tag: place.tag, element: place.element, ...details }, at));
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
  if (!pattern.test(value)) report(sheet, 'envelope-not-writable', { tag, element }, { value, rule });
}

/** Cuts empty strings from the end, in place. */
export function cutEmpties(cells: string[]): void {
  let length = cells.length;
  while (length > 0 && cells[length - 1] === '') length--;
  cells.length = length;
}

/** A character as people can read it: control characters by their code. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0x20 && code !== 0x7f && (code < 0x80 || code > 0xa0)
    ? character
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function elementText(sheet: Sheet, segment: OutSegment, value: Value, index: number): string {
  const more = segment.repeats?.[index];
  const first = valueText(sheet, segment.tag, value, index + 1);
  if (more === undefined || more.length === 0) return first;
  const { repetition } = sheet.pen;
  if (repetition === null) {
    report(sheet, 'repetition-not-writable', { tag: segment.tag, element: index + 1 }, {});
    return first;
  }
  const cells = [first, ...more.map((each) => valueText(sheet, segment.tag, each, index + 1))];
  cutEmpties(cells);
  return cells.join(repetition);
}

function valueText(sheet: Sheet, tag: string, value: Value, element: number): string {
  if (typeof value === 'string') return plainText(sheet, tag, value, element);
  const cells = value.map((text, index) => plainText(sheet, tag, text, element, index + 1));
  cutEmpties(cells);
  return cells.join(sheet.pen.component);
}

function characterClass(characters: string): string {
  return `[${characters.replace(/[\\\]^-]/g, '\\$&')}]`;
}
