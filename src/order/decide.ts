/**
 * The decision: what we answer to an order, line by line, and what is reserved for it.
 * Takes the order, what we know of its items and stock, the partner's policy and today. Gives the same decision for the
 * same input. What is wrong with the order is a fault in the decision; facts that do not fit the order are ours and throw.
 */
import type { Fault, FaultCode } from '../fault.ts';
import {
  type Answer,
  actionOf,
  answerLines,
  answerOrder,
  completeOrNothing,
  rejectedAnswer,
} from './answer.ts';
import { type Calendar, everyDay } from './calendar.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { type Ledger, type LineFate, openLedger, recordDecision, recordHold } from './ledger.ts';
import type { Order } from './order.ts';
import type { LineAction } from './order-response.ts';
import type { Policy } from './policy.ts';
import type { ItemFacts } from './rules/rule.ts';
import { isRefusal, type OrderState, type Refusal } from './transition.ts';

export interface OrderFacts {
  /** By line, in the order's sequence; null where the line names no item of ours. */
  readonly items: readonly (ItemFacts | null)[];
  /** On hand less reserved, by sku; an sku that is not listed has none. Several lines may share one. */
  readonly available: ReadonlyMap<string, string>;
}

export interface DecidedLine {
  readonly number: string;
  readonly action: LineAction;
  readonly confirmed: string;
  readonly backordered: string;
  readonly cut: string;
  /** The price at which we accept; left out when there is none. */
  readonly price?: string;
  readonly shipOn?: string;
  readonly backorderOn?: string;
  readonly reasons: readonly string[];
  readonly sku: string | null;
  readonly description?: string;
  readonly casePack?: string;
}

export interface Reservation {
  readonly sku: string;
  readonly quantity: string;
}

/** Plain JSON, stored beside the order. */
export interface Decision {
  readonly state: Extract<OrderState, 'accepted' | 'partially-accepted' | 'rejected' | 'held'>;
  readonly lines: readonly DecidedLine[];
  readonly ledger: Ledger;
  /** What to take from available stock, one entry per sku; empty while held. */
  readonly reservations: readonly Reservation[];
  /** Why a person must look; empty unless held. */
  readonly holds: readonly Fault[];
  /** What else is wrong with the order and was answered by the decision itself. */
  readonly faults: readonly Fault[];
  /** What holds for the order as a whole, in plain words. */
  readonly reasons: readonly string[];
}

export interface DecideOptions {
  /** Holds that a person has released: they no longer hold the order. */
  readonly overrides?: readonly FaultCode[];
  /** The ledger so far; left out: the order was only received. */
  readonly ledger?: Ledger;
  /** The days on which goods ship; left out: every day. */
  readonly calendar?: Calendar;
}

/**
 * Decides an order by the rules.
 * @param today the partner's calendar day, 'YYYY-MM-DD'
 * @throws Error when the facts do not fit the order, the order was decided before, or it is no original: what cancels,
 *   replaces or repeats another order is held before it comes here
 */
export function decideOrder(
  order: Order,
  facts: OrderFacts,
  policy: Policy,
  today: string,
  options: DecideOptions = {},
): Decision {
  if (facts.items.length !== order.lines.length)
    throw new Error('The facts must have one item for each line');
  if (order.purpose !== 'original') throw new Error(`An order to ${order.purpose} is not for the rules`);
  const overrides = new Set<FaultCode>(options.overrides ?? []);
  const ledger = options.ledger ?? openLedger(order);
  const found = { order, policy, calendar: options.calendar ?? everyDay, today };
  const whole = answerOrder(found, overrides);
  const supply = { items: facts.items, available: stockOf(facts) };
  const answers = answerLines(found, whole, supply, overrides);
  if ([whole, ...answers].some((answer) => answer.holds.length > 0))
    return held(order, ledger, whole, answers);
  const final = policy.shipComplete ? completeOrNothing(order.lines, answers) : answers;
  return settled(order, ledger, whole, final);
}

/** Decides a held order again, its holds released by a person. New facts may hold it for another reason. */
export function releaseHold(
  order: Order,
  facts: OrderFacts,
  policy: Policy,
  today: string,
  before: Decision,
  calendar: Calendar = everyDay,
): Decision {
  const overrides = before.holds.map((hold) => hold.code);
  return decideOrder(order, facts, policy, today, { overrides, ledger: before.ledger, calendar });
}

/**
 * A person rejects the whole order: every line is answered as rejected, with the reason given.
 * @param ledger the ledger of the held order; left out: the order was only received
 * @throws Error when the order was decided before
 */
export function rejectOrder(order: Order, reason: string, ledger: Ledger = openLedger(order)): Decision {
  const answers = order.lines.map((line) => rejectedAnswer(line, reason));
  return settled(order, ledger, { reasons: [reason], faults: [] }, answers);
}

function stockOf(facts: OrderFacts): ReadonlyMap<string, bigint> {
  const stock = new Map<string, bigint>();
  for (const [sku, text] of facts.available) {
    const quantity = parseDecimal(text);
    stock.set(sku, quantity > 0n ? quantity : 0n);
  }
  return stock;
}

function settled(
  order: Order,
  before: Ledger,
  whole: Pick<Answer, 'reasons' | 'faults'>,
  answers: readonly Answer[],
): Decision {
  const ledger = possible(recordDecision(before, answers.map(fateOf)));
  return {
    state: ledger.state as Decision['state'],
    lines: answers.map((answer, at) => decidedLine(order.lines[at]?.number ?? '', answer)),
    ledger,
    reservations: reservationsOf(answers),
    holds: [],
    faults: [...whole.faults, ...answers.flatMap((answer) => answer.faults)],
    reasons: whole.reasons,
  };
}

function held(order: Order, before: Ledger, whole: Answer, answers: readonly Answer[]): Decision {
  const all = [whole, ...answers];
  return {
    state: 'held',
    lines: answers.map((answer, at) => heldLine(order.lines[at]?.number ?? '', answer)),
    ledger: possible(recordHold(before)),
    reservations: [],
    holds: all.flatMap((answer) => answer.holds),
    faults: all.flatMap((answer) => answer.faults),
    reasons: whole.reasons,
  };
}

/** The caller decides only what is undecided: a refusal here is a step that ran where it must not. */
function possible(outcome: Ledger | Refusal): Ledger {
  if (isRefusal(outcome)) throw new Error(outcome.refused.join(' '));
  return outcome;
}

function fateOf({ confirmed, backordered, cut }: Answer): LineFate {
  return { confirmed, backordered, cut };
}

function decidedLine(number: string, answer: Answer): DecidedLine {
  const { price, shipOn, backorderOn } = answer;
  return {
    number,
    action: actionOf(answer),
    confirmed: formatDecimal(answer.confirmed),
    backordered: formatDecimal(answer.backordered),
    cut: formatDecimal(answer.cut),
    ...(price === undefined ? {} : { price }),
    ...(shipOn === undefined || answer.confirmed === 0n ? {} : { shipOn }),
    ...(backorderOn === undefined ? {} : { backorderOn }),
    reasons: answer.reasons,
    ...itemOf(answer),
  };
}

/** Nothing is promised yet; the reasons say what the rules found so far. */
function heldLine(number: string, answer: Answer): DecidedLine {
  const nothing = { confirmed: '0', backordered: '0', cut: '0' };
  return { number, action: 'held', ...nothing, reasons: answer.reasons, ...itemOf(answer) };
}

function itemOf({ item }: Answer): Pick<DecidedLine, 'sku' | 'description' | 'casePack'> {
  return {
    sku: item?.sku ?? null,
    ...(item?.description === undefined ? {} : { description: item.description }),
    ...(item?.casePack === undefined ? {} : { casePack: item.casePack }),
  };
}

function reservationsOf(answers: readonly Answer[]): Reservation[] {
  const bySku = new Map<string, bigint>();
  for (const { item, confirmed } of answers) {
    if (item !== null && confirmed > 0n) bySku.set(item.sku, (bySku.get(item.sku) ?? 0n) + confirmed);
  }
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity: formatDecimal(quantity) }));
}
