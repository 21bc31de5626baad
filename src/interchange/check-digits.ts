/** Check digits of GTIN, GLN and SSCC, where a qualifier says that a number is one. */
import type { Cursor } from './cursor.ts';
import type { MessageRules } from './dictionary/dictionary.ts';
import type { Report } from './elements.ts';
import { elementMark, firstMark, keyOfTag, type Tape, tagOf } from './tape.ts';
import { codeKey, hasCheckDigit } from './value.ts';

/** What a check of one segment needs. */
export interface At {
  tape: Tape;
  readonly cursor: Cursor;
  readonly report: Report;
  segment: number;
}

/** Checks the numbers of one segment. */
export type NumberCheck = (at: At) => void;

interface Numbering {
  readonly name: string;
  readonly lengths: readonly number[];
}

const gtin8: Numbering = { name: 'GTIN-8', lengths: [8] };
const gtin12: Numbering = { name: 'GTIN-12', lengths: [12] };
const gtin13: Numbering = { name: 'GTIN-13', lengths: [13] };
const gtin14: Numbering = { name: 'GTIN-14', lengths: [14] };
const gtin: Numbering = { name: 'GTIN', lengths: [8, 12, 13, 14] };
const gln: Numbering = { name: 'GLN', lengths: [13] };
const sscc: Numbering = { name: 'SSCC', lengths: [18] };

/** X12 qualifiers whose number ends with a check digit: element 235 (items), 66 (parties), 88 (marks). */
const x12Numbers: Readonly<Record<string, Readonly<Record<string, Numbering>>>> = {
  '235': { UP: gtin12, UA: gtin12, EN: gtin13, EO: gtin8, UK: gtin14 },
  '66': { UL: gln },
  '88': { GM: sscc, AA: sscc, UC: gtin14 },
};
const numberOf: Readonly<Record<string, string>> = { '235': '234', '66': '67', '88': '87' };

/** Finds, for each segment, the qualifiers that are followed by the number they qualify. */
export function compileCheckDigits(rules: MessageRules): ReadonlyMap<number, NumberCheck> {
  if (rules.standard === 'edifact') return edifactChecks;
  const checks = new Map<number, NumberCheck>();
  for (const [tag, { elements }] of rules.segments) {
    const places = elements.flatMap((use, index) => {
      const qualifier = use.element?.id ?? '';
      const number = numberOf[qualifier];
      if (number === undefined || elements[index + 1]?.element?.id !== number) return [];
      const numberings = Object.entries(x12Numbers[qualifier] ?? {});
      return [
        {
          element: use.position,
          numberings: new Map(numberings.map(([code, one]) => [keyOfTag(code), one])),
        },
      ];
    });
    if (places.length > 0) checks.set(keyOfTag(tag), (at) => checkPairs(at, places));
  }
  return checks;
}

/** Qualifiers of two characters, each with its number behind it: one walk along the segment. */
function checkPairs(at: At, places: readonly Pair[]): void {
  const { tape, segment } = at;
  const { marks, bytes, origin } = tape;
  const last = firstMark(tape, segment + 1) - 1;
  let mark = firstMark(tape, segment);
  let element = 1;
  for (const { element: wanted, numberings } of places) {
    for (; element < wanted && mark < last; element += 1) {
      do mark += 1;
      while (((marks[mark] as number) & 3) !== elementMark);
    }
    if (mark >= last) return;
    const from = (marks[mark] as number) >>> 2;
    if ((marks[mark + 1] as number) >>> 2 !== from + 3) continue;
    const key = (bytes[origin + from + 1] as number) | ((bytes[origin + from + 2] as number) << 8);
    const numbering = numberings.get(key);
    if (numbering !== undefined && mark + 2 <= last)
      compareBetween(at, numbering, from + 4, mark + 2, wanted + 1);
  }
}

/** Compares the number from a position up to a mark, or as far as its element goes. */
function compareBetween(at: At, numbering: Numbering, from: number, mark: number, element: number): void {
  const { tape, cursor } = at;
  let end = mark;
  while (((tape.marks[end] as number) & 3) !== elementMark) end += 1;
  cursor.from = from;
  cursor.to = (tape.marks[end] as number) >>> 2;
  if (cursor.to > from) compareFound(at, numbering, element, 0);
}

interface Pair {
  readonly element: number;
  readonly numberings: ReadonlyMap<number, Numbering>;
}

const edifactChecks: ReadonlyMap<number, NumberCheck> = new Map<number, NumberCheck>([
  [keyOfTag('LIN'), (at) => checkItem(at, 3)],
  [keyOfTag('PIA'), (at) => checkEach(at, checkItem)],
  [keyOfTag('NAD'), checkParty],
  [keyOfTag('GIN'), checkGin],
]);

/** EDIFACT: the data element that holds the number. */
const numberIn: Readonly<Record<string, string>> = { LIN: '7140', PIA: '7140', NAD: '3039', GIN: '7402' };

function checkEach(at: At, check: (at: At, element: number) => void): void {
  for (const element of [2, 3, 4, 5, 6]) check(at, element);
}

const keyEn = codeKey(Buffer.from('EN'), 0, 2);
const keyUp = codeKey(Buffer.from('UP'), 0, 2);

/** C212: item number, its type, who maintains it. */
function checkItem(at: At, element: number): void {
  const { tape, cursor, segment } = at;
  if (!cursor.find(segment, element, 2) || cursor.to - cursor.from !== 2) return;
  const type = codeKey(tape.bytes, tape.origin + cursor.from, tape.origin + cursor.to);
  if (type === keyEn || type === keyUp) compareDigit(at, type === keyUp ? gtin12 : gtin, element, 1);
}

/** NAD C082 with 3055 = 9 (GS1): a location number. */
function checkParty(at: At): void {
  if (at.cursor.textAt(at.segment, 2, 3) === '9') compareDigit(at, gln, 2, 1);
}

/** GIN with 7405 = BJ: serial shipping container codes, in pairs of first and last. */
function checkGin(at: At): void {
  if (at.cursor.textAt(at.segment, 1, 0) !== 'BJ') return;
  checkEach(at, (_, element) => {
    for (const component of [1, 2]) compareDigit(at, sscc, element, component);
  });
}

function compareDigit(at: At, numbering: Numbering, element: number, component: number): void {
  if (at.cursor.find(at.segment, element, component)) compareFound(at, numbering, element, component);
}

/** Compares the number at the cursor. */
function compareFound(at: At, { name, lengths }: Numbering, element: number, component: number): void {
  const { tape, cursor, segment, report } = at;
  const { bytes, origin } = tape;
  const to = origin + cursor.to;
  let from = origin + cursor.from;
  // A label's number may carry its application identifier 00.
  if (name === 'SSCC' && to - from === 20 && bytes[from] === 48 && bytes[from + 1] === 48) from += 2;
  if (lengths.includes(to - from) && hasCheckDigit(bytes, from, to)) return;
  const value = cursor.text(segment);
  // X12 counts positions, EDIFACT names data elements; the item's, party's or package's number is a component.
  const place =
    component === 0 ? String(element).padStart(2, '0') : ` ${numberIn[tagOf(tape, segment)] ?? ''}`;
  const details = { tag: tagOf(tape, segment), element: place, name, value };
  report('check-digit-wrong', details, segment, component === 0 ? { element } : { element, component });
}
