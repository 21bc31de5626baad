/** What the rules said about one line, or about the order as a whole, put together. */
import type { Fault, FaultCode } from '../fault.ts';
import { parseDecimal } from './decimal.ts';
import type { OrderLine } from './order-line.ts';
import type { LineAction } from './order-response.ts';
import type { Finding, ItemFacts, LineCase, OrderCase } from './rules/rule.ts';
import { lineRules, orderRules } from './rules/rules.ts';

/** Quantities in millionths. */
export interface Answer {
  rejected: boolean;
  confirmed: bigint;
  backordered: bigint;
  cut: bigint;
  price: string | undefined;
  priceChanged: boolean;
  shipOn: string | undefined;
  dateChanged: boolean;
  backorderOn: string | undefined;
  readonly item: ItemFacts | null;
  readonly reasons: string[];
  readonly holds: Fault[];
  readonly faults: Fault[];
}

/** The item and the available stock that a line draws on. Stock in millionths by sku. */
export interface Supply {
  readonly items: readonly (ItemFacts | null)[];
  readonly available: ReadonlyMap<string, bigint>;
}

/** Asks the rules over the order as a whole. */
export function answerOrder(found: OrderCase, overrides: ReadonlySet<FaultCode>): Answer {
  const answer = emptyAnswer(null);
  for (const rule of orderRules) take(answer, rule(found), overrides);
  return answer;
}

/** Asks the rules over every line, in the order's sequence: what a line takes from stock, later lines no longer find. */
export function answerLines(
  found: OrderCase,
  whole: Answer,
  supply: Supply,
  overrides: ReadonlySet<FaultCode>,
): Answer[] {
  const left = new Map(supply.available);
  const seen = new Set<string>();
  return found.order.lines.map((line, at) => {
    const item = supply.items[at] ?? null;
    const answer = startFrom(whole, item);
    const available = item === null ? 0n : (left.get(item.sku) ?? 0n);
    const lineCase = caseOf(found, line, item, available, seen.has(line.number), whole);
    seen.add(line.number);
    for (const rule of lineRules) if (!answer.rejected) take(answer, rule(lineCase), overrides);
    settle(answer, lineCase.quantity);
    if (item !== null) left.set(item.sku, available - answer.confirmed);
    return answer;
  });
}

/** An answer in which every ordered quantity of the line is cut. */
export function rejectedAnswer(line: OrderLine, reason: string): Answer {
  const answer = { ...emptyAnswer(null), rejected: true, reasons: [reason] };
  settle(answer, parseDecimal(line.quantity));
  return answer;
}

/**
 * Fill or kill: unless every line ships in full, none does. Each line keeps the reasons that it has; those that could have
 * shipped say which one could not.
 */
export function completeOrNothing(
  lines: readonly OrderLine[],
  answers: readonly Answer[],
): readonly Answer[] {
  const short = lines.filter((line, at) => {
    const answer = answers[at];
    return answer?.rejected !== false || answer.confirmed !== parseDecimal(line.quantity);
  });
  if (short.length === 0) return answers;
  const numbers = short.map(({ number }) => number).join(', ');
  const killed = `The order ships complete or not at all, and line ${numbers} cannot ship in full.`;
  return answers.map((answer, at) => {
    const line = lines[at] as OrderLine;
    const reasons = short.includes(line) ? answer.reasons : [...answer.reasons, killed];
    const rejected = { ...answer, rejected: true, reasons };
    settle(rejected, parseDecimal(line.quantity));
    return rejected;
  });
}

/**
 * The one word for a line's answer. Several changes are 'changed'; a later date does not count beside a backorder, which
 * has its own date.
 */
export function actionOf(answer: Answer): LineAction {
  if (answer.rejected) return 'rejected';
  const waits = answer.backordered > 0n;
  const changes: LineAction[] = [];
  if (waits) changes.push(answer.confirmed > 0n ? 'partly-backordered' : 'backordered');
  if (answer.cut > 0n) changes.push('quantity-changed');
  if (answer.priceChanged) changes.push('price-changed');
  if (answer.dateChanged && !waits) changes.push('date-changed');
  if (changes.length > 1) return 'changed';
  return changes[0] ?? 'accepted';
}

function emptyAnswer(item: ItemFacts | null): Answer {
  return {
    rejected: false,
    confirmed: 0n,
    backordered: 0n,
    cut: 0n,
    price: undefined,
    priceChanged: false,
    shipOn: undefined,
    dateChanged: false,
    backorderOn: undefined,
    item,
    reasons: [],
    holds: [],
    faults: [],
  };
}

/** What was found for the whole order holds for the line; its holds and faults stay with the order. */
function startFrom(whole: Answer, item: ItemFacts | null): Answer {
  const { rejected, shipOn, dateChanged, reasons } = whole;
  return { ...emptyAnswer(item), rejected, shipOn, dateChanged, reasons: [...reasons] };
}

function caseOf(
  { order, policy, calendar, today }: OrderCase,
  line: OrderLine,
  item: ItemFacts | null,
  available: bigint,
  repeated: boolean,
  whole: Answer,
): LineCase {
  const quantity = parseDecimal(line.quantity);
  const shipOn = whole.shipOn ?? today;
  return { order, policy, calendar, today, line, quantity, item, available, repeated, shipOn };
}

function take(answer: Answer, finding: Finding | null, overrides: ReadonlySet<FaultCode>): void {
  if (finding?.kind === 'hold') takeHold(answer, finding, overrides);
  else if (finding !== null) takeFinding(answer, finding);
}

function takeFinding(answer: Answer, finding: Exclude<Finding, { kind: 'hold' }>): void {
  if (finding.reason !== undefined) answer.reasons.push(finding.reason);
  if (finding.kind === 'reject') {
    answer.rejected = true;
    if (finding.fault !== undefined) answer.faults.push(finding.fault);
  } else if (finding.kind === 'quantity') {
    const { confirmed, backordered, cut, backorderOn } = finding;
    Object.assign(answer, { confirmed, backordered, cut, backorderOn });
  } else if (finding.kind === 'price') {
    Object.assign(answer, { price: finding.price, priceChanged: finding.changed });
  } else {
    Object.assign(answer, { shipOn: finding.shipOn, dateChanged: finding.changed });
  }
}

function takeHold(
  answer: Answer,
  hold: Extract<Finding, { kind: 'hold' }>,
  overrides: ReadonlySet<FaultCode>,
): void {
  if (!overrides.has(hold.fault.code)) {
    answer.holds.push(hold.fault);
    answer.reasons.push(hold.fault.message);
    return;
  }
  answer.faults.push(hold.fault);
  if (hold.released === null) answer.reasons.push(`Released by a person: ${hold.fault.message}`);
  else take(answer, withoutFault(hold.released), overrides);
}

/** The hold's own fault is noted already. */
function withoutFault(finding: Finding): Finding {
  return finding.kind === 'reject' ? { kind: 'reject', reason: finding.reason } : finding;
}

/** A rejected line gives nothing: all that was ordered is cut, and no date or price is promised. */
function settle(answer: Answer, quantity: bigint): void {
  if (!answer.rejected) return;
  Object.assign(answer, {
    confirmed: 0n,
    backordered: 0n,
    cut: quantity > 0n ? quantity : 0n,
    price: undefined,
    priceChanged: false,
    shipOn: undefined,
    dateChanged: false,
    backorderOn: undefined,
  });
}
