/** What segments say about each other: levels and their parents, totals, check digits of GTIN, GLN and SSCC. */
import { Cursor } from './cursor.ts';
import { DecimalSum, formatDecimal, parseDecimal, sameDecimal } from './decimal.ts';
import type { MessageRules } from './dictionary/dictionary.ts';
import type { Report } from './elements.ts';
import { codeKey } from './plan.ts';
import { elementMark, firstMark, keyOf, keyOfTag, type Tape, tagOf } from './tape.ts';
import { hasCheckDigit } from './value.ts';

/** What is known about the messages whose totals are checked: the line's segment, and where its quantity is. */
interface Totals {
  readonly line: string;
  /** Segment and position of the quantities that are added up; null: the total is not checked. */
  readonly quantity: { readonly tag: string; readonly element: number; readonly qualifier: string } | null;
}

const totals: Readonly<Record<string, Totals>> = {
  '850': { line: 'PO1', quantity: { tag: 'PO1', element: 2, qualifier: '' } },
  '855': { line: 'PO1', quantity: { tag: 'PO1', element: 2, qualifier: '' } },
  '860': { line: 'POC', quantity: { tag: 'POC', element: 3, qualifier: '' } },
  '865': { line: 'POC', quantity: { tag: 'POC', element: 3, qualifier: '' } },
  '856': { line: 'HL', quantity: { tag: 'SN1', element: 2, qualifier: '' } },
  ORDERS: { line: 'LIN', quantity: { tag: 'QTY', element: 1, qualifier: '21' } },
  ORDCHG: { line: 'LIN', quantity: { tag: 'QTY', element: 1, qualifier: '21' } },
  ORDRSP: { line: 'LIN', quantity: null },
  DESADV: { line: 'LIN', quantity: { tag: 'QTY', element: 1, qualifier: '12' } },
};

/** Compiles the content checks of a message type. */
export function compileContent(rules: MessageRules): (tape: Tape, report: Report) => void {
  const digits = compileCheckDigits(rules);
  const total = totals[rules.type];
  const tree = rules.type === '856' ? 'HL' : rules.type === 'DESADV' ? 'CPS' : null;
  return (tape, report) => {
    const cursor = new Cursor(tape);
    for (let segment = 0; segment < tape.count; segment += 1) {
      digits.get(keyOf(tape, segment))?.({ tape, cursor, segment, report });
    }
    if (tree !== null) checkLevels(tape, cursor, tree, report);
    if (total !== undefined) checkTotals(tape, cursor, total, report);
  };
}

interface Level {
  readonly segment: number;
  readonly id: string;
  readonly parent: string;
  readonly childCode: string;
}

/** HL and CPS: ids are new, parents exist and lead outward. The parent id decides, never the order of the segments. */
function checkLevels(tape: Tape, cursor: Cursor, tag: string, report: Report): void {
  const levels: Level[] = [];
  const key = keyOfTag(tag);
  for (let segment = 0; segment < tape.count; segment += 1) {
    if (keyOf(tape, segment) !== key) continue;
    const [id, parent] = [cursor.textAt(segment, 1, 0), cursor.textAt(segment, 2, 0)];
    levels.push({ segment, id, parent, childCode: tag === 'HL' ? cursor.textAt(segment, 4, 0) : '' });
  }
  const parents = new Map<string, string>();
  const children = new Map<string, number>();
  for (const { segment, id, parent } of levels) {
    if (parents.has(id)) report('level-id-repeated', { value: id }, segment, { element: 1 });
    else parents.set(id, parent);
    children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const ended = new Set<string>();
  for (const level of levels) checkLevel(level, parents, children, ended, report);
}

function checkLevel(
  { segment, id, parent, childCode }: Level,
  parents: ReadonlyMap<string, string>,
  children: ReadonlyMap<string, number>,
  ended: Set<string>,
  report: Report,
): void {
  if (parent !== '' && !parents.has(parent)) {
    report('level-parent-unknown', { level: id, value: parent }, segment, { element: 2 });
  }
  const circle = circleFrom(id, parents, ended);
  if (circle !== null) report('level-circle', { value: circle }, segment, { element: 2 });
  const below = children.get(id) ?? 0;
  if ((childCode === '0' || childCode === '1') && (childCode === '1') !== below > 0) {
    report('level-child-code', { level: id, value: childCode, received: below }, segment, { element: 4 });
  }
}

/**
 * Follows the parents outward from a level; gives a level of the circle that they lead into, or null. `ended` remembers
 * the levels already followed: a circle is found once, and the work stays proportional to the levels.
 */
function circleFrom(id: string, parents: ReadonlyMap<string, string>, ended: Set<string>): string | null {
  const path = new Set<string>();
  let at: string | undefined = id;
  while (at !== undefined && at !== '' && !ended.has(at) && !path.has(at)) {
    path.add(at);
    at = parents.get(at);
  }
  for (const one of path) ended.add(one);
  return at !== undefined && path.has(at) ? at : null;
}

const ctt = keyOfTag('CTT');
const cnt = keyOfTag('CNT');

/** CTT (X12) and CNT (EDIFACT) against the lines. Exact decimals: totals of money-like quantities must not drift. */
function checkTotals(tape: Tape, cursor: Cursor, total: Totals, report: Report): void {
  for (let segment = 0; segment < tape.count; segment += 1) {
    const key = keyOf(tape, segment);
    if (key === ctt) {
      const lines = cursor.textAt(segment, 1, 0);
      compareLines(tape, total, { segment, value: lines, tag: 'CTT01', element: 1, component: 0 }, report);
      const value = cursor.textAt(segment, 2, 0);
      compareQuantity(tape, total, { segment, value, tag: 'CTT02', element: 2, component: 0 }, report);
    } else if (key === cnt) {
      const value = cursor.textAt(segment, 1, 2);
      const place = { segment, value, element: 1, component: 2 };
      const counted = cursor.textAt(segment, 1, 1);
      if (counted === '2') compareLines(tape, total, { ...place, tag: 'CNT 2' }, report);
      if (counted === '1') compareQuantity(tape, total, { ...place, tag: 'CNT 1' }, report);
    }
  }
}

/** A total as declared, and where. */
interface Declared {
  readonly segment: number;
  readonly value: string;
  readonly tag: string;
  readonly element: number;
  readonly component: number;
}

function compareLines(tape: Tape, { line }: Totals, declared: Declared, report: Report): void {
  const { segment, value, tag } = declared;
  const key = keyOfTag(line);
  let received = 0;
  for (let index = 0; index < tape.count; index += 1) if (keyOf(tape, index) === key) received += 1;
  if (!/^\d{1,15}$/.test(value) || Number(value) === received) return;
  report('line-total-mismatch', { tag, value, received }, segment, placeOf(declared));
}

function compareQuantity(tape: Tape, { quantity }: Totals, declared: Declared, report: Report): void {
  const { segment, value, tag } = declared;
  const expected = parseDecimal(value);
  if (quantity === null || expected === null) return;
  const sum = sumOf(tape, quantity);
  if (sum === null || sameDecimal(sum, expected)) return;
  report('quantity-total-mismatch', { tag, value, received: formatDecimal(sum) }, segment, placeOf(declared));
}

/** The sum of the quantities of all lines; null when one of them is no number. */
function sumOf(tape: Tape, { tag, element, qualifier }: NonNullable<Totals['quantity']>) {
  const cursor = new Cursor(tape);
  const sum = new DecimalSum();
  const key = keyOfTag(tag);
  for (let segment = 0; segment < tape.count; segment += 1) {
    if (keyOf(tape, segment) !== key) continue;
    if (qualifier !== '' && cursor.textAt(segment, element, 1) !== qualifier) continue;
    const text = cursor.textAt(segment, element, qualifier === '' ? 0 : 2);
    if (text !== '' && !sum.add(text)) return null;
  }
  return sum.total();
}

function placeOf({ element, component }: Declared): { element: number; component?: number } {
  return component === 0 ? { element } : { element, component };
}

/** What a check of one segment needs. */
interface At {
  readonly tape: Tape;
  readonly cursor: Cursor;
  readonly segment: number;
  readonly report: Report;
}

type Check = (at: At) => void;

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
function compileCheckDigits(rules: MessageRules): ReadonlyMap<number, Check> {
  if (rules.standard === 'edifact') return edifactChecks;
  const checks = new Map<number, Check>();
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
    if (numbering !== undefined) compareDigit(at, numbering, wanted + 1, 0);
  }
}

interface Pair {
  readonly element: number;
  readonly numberings: ReadonlyMap<number, Numbering>;
}

const edifactChecks: ReadonlyMap<number, Check> = new Map<number, Check>([
  [keyOfTag('LIN'), (at) => checkItem(at, 3)],
  [keyOfTag('PIA'), (at) => checkEach(at, checkItem)],
  [keyOfTag('NAD'), checkParty],
  [keyOfTag('GIN'), checkGin],
]);

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

function compareDigit(at: At, { name, lengths }: Numbering, element: number, component: number): void {
  const { tape, cursor, segment, report } = at;
  if (!cursor.find(segment, element, component)) return;
  const { bytes, origin } = tape;
  const to = origin + cursor.to;
  let from = origin + cursor.from;
  // A label's number may carry its application identifier 00.
  if (name === 'SSCC' && to - from === 20 && bytes[from] === 48 && bytes[from + 1] === 48) from += 2;
  if (lengths.includes(to - from) && hasCheckDigit(bytes, from, to)) return;
  const value = cursor.text(segment);
  const details = { tag: tagOf(tape, segment), element: String(element).padStart(2, '0'), name, value };
  report('check-digit-wrong', details, segment, component === 0 ? { element } : { element, component });
}
