/** What segments say about each other: levels and their parents, totals. */
import type { Cursor } from './cursor.ts';
import { DecimalSum, formatDecimal, parseDecimal, sameDecimal, type WholeDecimal } from './decimal.ts';
import type { LoopUse, MessageRules } from './dictionary/dictionary.ts';
import type { Report } from './elements.ts';
import { keyOf, keyOfTag, type Tape } from './tape.ts';
import { digitsAt } from './value.ts';

/** What is known about the messages whose totals are checked: the lines' segments, and where their quantity is. */
interface Totals {
  /** Guides differ in what they count: any of these is right. */
  readonly lines: readonly string[];
  /** Segment and position of the quantities that are added up; absent: the total is not checked. */
  readonly quantity?: Quantity;
}

interface Quantity {
  readonly tag: string;
  readonly element: number;
  /** EDIFACT: the qualifier of the quantities meant. */
  readonly qualifier?: string;
}

const totals: Readonly<Record<string, Totals>> = {
  '810': { lines: ['IT1'], quantity: { tag: 'IT1', element: 2 } },
  '830': { lines: ['LIN'], quantity: { tag: 'FST', element: 1 } },
  '832': { lines: ['LIN'] },
  '846': { lines: ['LIN'], quantity: { tag: 'QTY', element: 2 } },
  '850': { lines: ['PO1'], quantity: { tag: 'PO1', element: 2 } },
  '852': { lines: ['LIN'] },
  '855': { lines: ['PO1'], quantity: { tag: 'PO1', element: 2 } },
  '856': { lines: ['HL', 'LIN'], quantity: { tag: 'SN1', element: 2 } },
  '860': { lines: ['POC'], quantity: { tag: 'POC', element: 3 } },
  '861': { lines: ['RCD'], quantity: { tag: 'RCD', element: 2 } },
  '865': { lines: ['POC'], quantity: { tag: 'POC', element: 3 } },
  '870': { lines: ['HL', 'PO1'] },
  DELFOR: { lines: ['LIN'] },
  DESADV: { lines: ['LIN'], quantity: { tag: 'QTY', element: 1, qualifier: '12' } },
  INVOIC: { lines: ['LIN'], quantity: { tag: 'QTY', element: 1, qualifier: '47' } },
  ORDCHG: { lines: ['LIN'], quantity: { tag: 'QTY', element: 1, qualifier: '21' } },
  ORDERS: { lines: ['LIN'], quantity: { tag: 'QTY', element: 1, qualifier: '21' } },
  ORDRSP: { lines: ['LIN'] },
  OSTRPT: { lines: ['LIN'] },
  RECADV: { lines: ['LIN'] },
  RETANN: { lines: ['LIN'] },
};

/** Messages whose segments form a tree: HL where X12 has it, CPS where the packages of EDIFACT enclose each other. */
const treesByConsignment: ReadonlySet<string> = new Set(['DESADV', 'RECADV']);

/** Compiles what a message type says of its segments as a whole. */
export function compileContent(rules: MessageRules): (tape: Tape, cursor: Cursor, report: Report) => void {
  const total = totals[rules.type];
  const tree = uses(rules.root, 'HL') ? 'HL' : treesByConsignment.has(rules.type) ? 'CPS' : null;
  return (tape, cursor, report) => {
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
      compareQuantity(
        tape,
        cursor,
        total,
        { segment, value, tag: 'CTT02', element: 2, component: 0 },
        report,
      );
    } else if (key === cnt) {
      const value = cursor.textAt(segment, 1, 2);
      const place = { segment, value, element: 1, component: 2 };
      const counted = cursor.textAt(segment, 1, 1);
      if (counted === '2') compareLines(tape, total, { ...place, tag: 'CNT 2' }, report);
      if (counted === '1') compareQuantity(tape, cursor, total, { ...place, tag: 'CNT 1' }, report);
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

function compareLines(tape: Tape, { lines }: Totals, declared: Declared, report: Report): void {
  const { segment, value, tag } = declared;
  if (!/^\d{1,15}$/.test(value)) return;
  const received = lines.map((line) => countOf(tape, line));
  if (received.includes(Number(value))) return;
  report('line-total-mismatch', { tag, value, received: received[0] }, segment, placeOf(declared));
}

function countOf(tape: Tape, tag: string): number {
  const key = keyOfTag(tag);
  let count = 0;
  for (let index = 0; index < tape.count; index += 1) if (keyOf(tape, index) === key) count += 1;
  return count;
}

function compareQuantity(
  tape: Tape,
  cursor: Cursor,
  { quantity }: Totals,
  declared: Declared,
  report: Report,
): void {
  const { segment, value, tag } = declared;
  const expected = parseDecimal(value);
  if (quantity === undefined || expected === null) return;
  const sum = sumOf(tape, cursor, quantity);
  if (sum === null || sameDecimal(sum.plain, expected) || (tag === 'CTT02' && sum.hash === hashOf(value)))
    return;
  const received = formatDecimal(sum.plain);
  report('quantity-total-mismatch', { tag, value, received }, segment, placeOf(declared));
}

/**
 * The sum of the quantities of all lines, and X12's hash total of them (element 347), which adds digits without points and
 * signs and keeps the last ten. Null when one of them is no number.
 */
function sumOf(
  tape: Tape,
  cursor: Cursor,
  { tag, element, qualifier }: Quantity,
): { plain: WholeDecimal; hash: number } | null {
  const sum = new DecimalSum();
  let hash = 0;
  const key = keyOfTag(tag);
  for (let segment = 0; segment < tape.count; segment += 1) {
    if (keyOf(tape, segment) !== key) continue;
    if (qualifier !== undefined && !(cursor.find(segment, element, 1) && cursor.equals(qualifier))) continue;
    if (!cursor.find(segment, element, qualifier === undefined ? 0 : 2)) continue;
    const length = cursor.to - cursor.from;
    const whole = length > 15 ? -1 : digitsAt(tape.bytes, tape.origin + cursor.from, length);
    if (whole >= 0) {
      sum.addWhole(whole);
      hash = (hash + whole) % hashSize;
    } else {
      const text = cursor.text(segment);
      if (!sum.add(text)) return null;
      hash = (hash + hashOf(text)) % hashSize;
    }
  }
  return { plain: sum.total(), hash };
}

const hashSize = 10_000_000_000;

function hashOf(text: string): number {
  return Number(text.replace(/\D/g, '').slice(-10));
}

function uses(loop: LoopUse, tag: string): boolean {
  return loop.members.some((member) => (member.kind === 'segment' ? member.tag === tag : uses(member, tag)));
}

function placeOf({ element, component }: Declared): { element: number; component?: number } {
  return component === 0 ? { element } : { element, component };
}
