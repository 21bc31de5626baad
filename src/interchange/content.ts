/** What segments say about each other: levels and their parents, totals, check digits of GTIN, GLN and SSCC. */
import type { FaultCode, FaultDetails, Position } from '../fault.ts';
import { addDecimals, formatDecimal, parseDecimal, sameDecimal, type WholeDecimal } from './decimal.ts';
import { detached } from './decode.ts';
import type { MessageRules } from './dictionary/dictionary.ts';
import type { Segment } from './event.ts';
import { valueAt } from './header.ts';
import { hasCheckDigit } from './value.ts';

type Report = (code: FaultCode, details: FaultDetails, segment: Segment, at: Position) => void;

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
export function compileContent(rules: MessageRules): (segments: readonly Segment[], report: Report) => void {
  const digits = compileCheckDigits(rules);
  const total = totals[rules.type];
  const tree = rules.type === '856' ? 'HL' : rules.type === 'DESADV' ? 'CPS' : null;
  return (segments, report) => {
    for (const segment of segments) digits.get(segment.tag)?.(segment, report);
    if (tree !== null) checkLevels(segments, tree, report);
    if (total !== undefined) checkTotals(segments, total, report);
  };
}

/** HL and CPS: ids are new, parents exist and lead outward. The parent id decides, never the order of the segments. */
function checkLevels(segments: readonly Segment[], tag: string, report: Report): void {
  const levels = segments.filter((segment) => segment.tag === tag);
  const parents = new Map<string, string>();
  const children = new Map<string, number>();
  for (const level of levels) {
    const id = valueAt(level.values, 1, 0);
    const parent = valueAt(level.values, 2, 0);
    if (parents.has(id)) report('level-id-repeated', { value: detached(id) }, level, { element: 1 });
    else parents.set(id, parent);
    children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const ended = new Set<string>();
  for (const level of levels) checkLevel(level, parents, children, ended, report);
}

function checkLevel(
  level: Segment,
  parents: ReadonlyMap<string, string>,
  children: ReadonlyMap<string, number>,
  ended: Set<string>,
  report: Report,
): void {
  const id = detached(valueAt(level.values, 1, 0));
  const parent = detached(valueAt(level.values, 2, 0));
  if (parent !== '' && !parents.has(parent)) {
    report('level-parent-unknown', { level: id, value: parent }, level, { element: 2 });
  }
  const circle = circleFrom(id, parents, ended);
  if (circle !== null) report('level-circle', { value: detached(circle) }, level, { element: 2 });
  const code = valueAt(level.values, 4, 0);
  const below = children.get(id) ?? 0;
  if (level.tag === 'HL' && (code === '0' || code === '1') && (code === '1') !== below > 0) {
    report('level-child-code', { level: id, value: code, received: below }, level, { element: 4 });
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

/** CTT (X12) and CNT (EDIFACT) against the lines. Exact decimals: totals of money-like quantities must not drift. */
function checkTotals(segments: readonly Segment[], total: Totals, report: Report): void {
  const lines = segments.filter((segment) => segment.tag === total.line).length;
  for (const segment of segments) {
    if (segment.tag === 'CTT') {
      compareLines(segment, valueAt(segment.values, 1, 0), 'CTT01', lines, { element: 1 }, report);
      compareQuantity(
        segments,
        segment,
        valueAt(segment.values, 2, 0),
        'CTT02',
        total,
        { element: 2 },
        report,
      );
    } else if (segment.tag === 'CNT') {
      const value = valueAt(segment.values, 1, 2);
      const at = { element: 1, component: 2 };
      if (valueAt(segment.values, 1, 1) === '2') compareLines(segment, value, 'CNT 2', lines, at, report);
      if (valueAt(segment.values, 1, 1) === '1') {
        compareQuantity(segments, segment, value, 'CNT 1', total, at, report);
      }
    }
  }
}

function compareLines(
  segment: Segment,
  value: string,
  tag: string,
  received: number,
  at: Position,
  report: Report,
): void {
  if (value === '' || Number(value) === received) return;
  report('line-total-mismatch', { tag, value: detached(value), received }, segment, at);
}

function compareQuantity(
  segments: readonly Segment[],
  segment: Segment,
  value: string,
  tag: string,
  { quantity }: Totals,
  at: Position,
  report: Report,
): void {
  const declared = parseDecimal(value);
  if (quantity === null || declared === null) return;
  let sum: WholeDecimal = { digits: 0n, scale: 0 };
  for (const one of segments) {
    if (one.tag !== quantity.tag) continue;
    const qualified = quantity.qualifier !== '';
    if (qualified && valueAt(one.values, quantity.element, 1) !== quantity.qualifier) continue;
    const text = valueAt(one.values, quantity.element, qualified ? 2 : 0);
    const amount = parseDecimal(text);
    if (amount === null && text !== '') return;
    if (amount !== null) sum = addDecimals(sum, amount);
  }
  if (sameDecimal(sum, declared)) return;
  report(
    'quantity-total-mismatch',
    { tag, value: detached(value), received: formatDecimal(sum) },
    segment,
    at,
  );
}

type Check = (segment: Segment, report: Report) => void;

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
function compileCheckDigits(rules: MessageRules): Map<string, Check> {
  const checks = new Map<string, Check>();
  if (rules.standard === 'edifact') {
    checks.set('LIN', (segment, report) => checkItem(segment, 3, report));
    checks.set('PIA', (segment, report) => {
      for (const element of [2, 3, 4, 5, 6]) checkItem(segment, element, report);
    });
    checks.set('NAD', checkParty);
    checks.set('GIN', checkGin);
    return checks;
  }
  for (const [tag, { elements }] of rules.segments) {
    const qualifiers = elements.filter((use, index) => {
      const number = numberOf[use.element?.id ?? ''];
      return number !== undefined && elements[index + 1]?.element?.id === number;
    });
    if (qualifiers.length === 0) continue;
    const places = qualifiers.map((use) => ({
      element: use.position + 1,
      numberings: x12Numbers[use.element?.id ?? ''] ?? {},
    }));
    checks.set(tag, (segment, report) => {
      for (const { element, numberings } of places) {
        if (element > segment.values.length) return;
        const numbering = numberings[valueAt(segment.values, element - 1, 0)];
        if (numbering !== undefined) compareDigit(segment, numbering, element, 0, report);
      }
    });
  }
  return checks;
}

/** C212: item number, its type, who maintains it. */
function checkItem(segment: Segment, element: number, report: Report): void {
  const type = valueAt(segment.values, element, 2);
  if (type === 'EN' || type === 'UP')
    compareDigit(segment, type === 'UP' ? gtin12 : gtin, element, 1, report);
}

/** NAD C082 with 3055 = 9 (GS1): a location number. */
function checkParty(segment: Segment, report: Report): void {
  if (valueAt(segment.values, 2, 3) === '9') compareDigit(segment, gln, 2, 1, report);
}

/** GIN with 7405 = BJ: serial shipping container codes, in pairs of first and last. */
function checkGin(segment: Segment, report: Report): void {
  if (valueAt(segment.values, 1, 0) !== 'BJ') return;
  for (const element of [2, 3, 4, 5, 6]) {
    for (const component of [1, 2]) compareDigit(segment, sscc, element, component, report);
  }
}

function compareDigit(
  segment: Segment,
  { name, lengths }: Numbering,
  element: number,
  component: number,
  report: Report,
): void {
  const value = valueAt(segment.values, element, component);
  if (value === '') return;
  // A label's number may carry its application identifier 00.
  const bare = name === 'SSCC' && value.length === 20 && value.startsWith('00') ? value.slice(2) : value;
  if (lengths.includes(bare.length) && hasCheckDigit(bare)) return;
  const details = {
    tag: segment.tag,
    element: String(element).padStart(2, '0'),
    name,
    value: detached(value),
  };
  report('check-digit-wrong', details, segment, component === 0 ? { element } : { element, component });
}
