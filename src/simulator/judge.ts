/**
 * Holds what an answer says against what was ordered. Takes the facts of an answer; gives a summary and a list of problems,
 * each a sentence. What was confirmed and shipped is remembered, so that a ship notice can be held against its response.
 */
import { Big } from 'big.js';
import type {
  AcknowledgmentFacts,
  ItemIds,
  NoticeFacts,
  Outcome,
  ResponseFacts,
  ResponseLine,
  ShippedItem,
} from './facts.ts';
import type { OrderedLine, OrderFile } from './trading-partner.ts';

/** What the judge keeps between answers. */
export interface Memory {
  /** By order number, then line number. */
  readonly confirmed: Map<
    string,
    ReadonlyMap<string, { readonly confirmed: Big; readonly backordered: Big }>
  >;
  /** Shipped so far, by order and line number. */
  readonly shipped: Map<string, Big>;
  /** Which ship notice used an SSCC. */
  readonly ssccs: Map<string, string>;
}

export interface Finding {
  readonly orderNumber?: string;
  readonly says: string;
  readonly problems: readonly string[];
}

export function createMemory(): Memory {
  return { confirmed: new Map(), shipped: new Map(), ssccs: new Map() };
}

/** A 997 or CONTRL: it names what we sent, every message of it once, with the verdict that was due. */
export function judgeAcknowledgment(facts: AcknowledgmentFacts, sent: readonly OrderFile[]): Finding {
  const candidates = sent.filter(
    ({ expected }) => (expected.groupControl ?? expected.interchangeControl) === facts.control,
  );
  const findings = candidates.map((file) => acknowledged(facts, file));
  const best = findings.toSorted((a, b) => a.problems.length - b.problems.length)[0];
  if (best) return { ...best, problems: [...facts.problems, ...best.problems] };
  return {
    says: `for '${facts.control}'`,
    problems: [...facts.problems, `nothing was sent under control number '${facts.control}'`],
  };
}

function acknowledged(facts: AcknowledgmentFacts, { expected }: OrderFile): Finding {
  const { messageControl, type } = expected;
  const named = facts.messages.filter(({ control }) => control === messageControl);
  const strange = facts.messages.filter(
    (message) => message.control !== messageControl || message.type !== type,
  );
  const unnamed = facts.holdsForAll && named.length === 0;
  const verdict = named[0]?.verdict ?? facts.verdict;
  const problems = [
    ...strange.map((message) => `it answers ${message.type} ${message.control}, which was not sent`),
    ...(named.length === 1 || unnamed ? [] : [`${type} ${messageControl} is answered ${named.length} times`]),
    ...verdictProblems(expected.acknowledgment, verdict, named[0]?.code ?? facts.code),
    ...(named[0]?.verdict === 'accepted' && facts.verdict === 'refused'
      ? ['the message is accepted, the whole refused']
      : []),
  ];
  return {
    orderNumber: expected.orderNumber,
    says: `${type} of order ${expected.orderNumber} ${verdict}`,
    problems,
  };
}

function verdictProblems(due: string, verdict: AcknowledgmentFacts['verdict'], code: string): string[] {
  if (verdict === 'unknown') return [`'${code}' is no verdict`];
  if (due === 'none') return ['no acknowledgment was due'];
  if (due === 'either') return [];
  return (due === 'accepted') === (verdict === 'accepted')
    ? []
    : [`the verdict is ${verdict} (${code}), due was ${due}`];
}

/** An 855 or ORDRSP: the order's number, every line once, quantities, price, an allowed code. */
export function judgeResponse(
  facts: ResponseFacts,
  sent: readonly OrderFile[],
  allowed: readonly string[],
  memory: Memory,
): Finding {
  const file = sent.find(
    ({ expected }) => expected.orderNumber === facts.orderNumber && !isChange(expected.type),
  );
  const says = `order ${facts.orderNumber}: ${tally(facts.lines)}`;
  if (file === undefined)
    return { says, problems: [...facts.problems, `order '${facts.orderNumber}' was never sent`] };
  const { expected } = file;
  const problems = [
    ...facts.problems,
    ...(expected.response ? [] : ['no response was due to this order']),
    ...(facts.number === '' && facts.outcome === 'unknown' ? ['the response has no heading'] : []),
    ...headingProblems(facts, expected.orderedOn),
    ...facts.lines.flatMap((line) => lineProblems(line, expected.lines, allowed)),
    ...answeredOnce(facts.lines, expected.lines),
  ];
  if (problems.length === 0) remember(facts, memory);
  return { orderNumber: expected.orderNumber, says, problems };
}

function isChange(type: string): boolean {
  return type === '860' || type === 'ORDCHG';
}

function tally(lines: readonly ResponseLine[]): string {
  const counts = new Map<Outcome, number>();
  for (const line of lines) counts.set(overall(line), (counts.get(overall(line)) ?? 0) + 1);
  const words = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  return `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}: ${words.join(', ')}`;
}

function overall({ outcomes }: ResponseLine): Outcome {
  const [first = 'unknown'] = outcomes;
  return new Set(outcomes).size > 1 ? 'changed' : first;
}

function headingProblems(facts: ResponseFacts, orderedOn: string): string[] {
  const day = orderedOn.replaceAll('-', '');
  const problems =
    facts.orderedOn === '' || facts.orderedOn === day
      ? []
      : [`it dates the order ${facts.orderedOn}, not ${day}`];
  const all = (outcome: Outcome) => facts.lines.every((line) => overall(line) === outcome);
  if (facts.outcome === 'unknown') problems.push(`'${facts.code}' is no outcome of a whole order`);
  if (facts.outcome === 'accepted' && !all('accepted'))
    problems.push(`the heading (${facts.code}) says accepted, a line does not`);
  if (facts.outcome === 'changed' && all('accepted'))
    problems.push(`the heading (${facts.code}) says changed, no line does`);
  if (facts.outcome === 'rejected' && !all('rejected'))
    problems.push(`the heading (${facts.code}) says rejected, a line does not`);
  return problems;
}

function answeredOnce(lines: readonly ResponseLine[], ordered: readonly OrderedLine[]): string[] {
  return ordered.flatMap(({ number }) => {
    const times = lines.filter((line) => line.number === number).length;
    return times === 1 ? [] : [`line ${number} is answered ${times} times`];
  });
}

function lineProblems(
  line: ResponseLine,
  ordered: readonly OrderedLine[],
  allowed: readonly string[],
): string[] {
  const order = ordered.find(({ number }) => number === line.number);
  if (order === undefined) return [`line ${line.number} was not ordered`];
  const problems = [
    ...(line.codes.length === 0 ? ['has no code'] : []),
    ...line.codes.filter((code) => !allowed.includes(code)).map((code) => `code '${code}' is not allowed`),
    ...idProblems(line.ids, order),
    ...quantityProblems(line, order),
    ...priceProblems(line, order),
  ];
  return problems.map((problem) => `line ${line.number}: ${problem}`);
}

function quantityProblems(line: ResponseLine, order: OrderedLine): string[] {
  const ordered = new Big(order.quantity);
  const { confirmed, backordered } = line;
  const problems: string[] = [];
  if (line.ordered !== '' && !sameNumber(line.ordered, order.quantity))
    problems.push(`it repeats the quantity as ${line.ordered}, ordered were ${order.quantity}`);
  if (confirmed.plus(backordered).gt(ordered))
    problems.push(
      `${confirmed} confirmed and ${backordered} on back order are more than the ${ordered} ordered`,
    );
  if (confirmed.lt(0) || backordered.lt(0)) problems.push('a quantity is below zero');
  if (overall(line) === 'accepted' && !confirmed.eq(ordered))
    problems.push(`accepted, but ${confirmed} of ${ordered} confirmed`);
  if (overall(line) === 'backordered' && backordered.eq(0)) problems.push('on back order without a quantity');
  if (line.codes.includes('IQ') && confirmed.eq(ordered))
    problems.push('IQ says that the quantity changed, it did not');
  return problems;
}

function priceProblems(line: ResponseLine, order: OrderedLine): string[] {
  if (line.price === '' || order.price === undefined || line.mayChangePrice) return [];
  return sameNumber(line.price, order.price) ? [] : [`the price is ${line.price}, ordered at ${order.price}`];
}

function sameNumber(a: string, b: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(a) && new Big(a).eq(b);
}

/** Every id that both name must be the same, and at least one must be named. A UPC is a GTIN without its leading zeros. */
function idProblems(ids: ItemIds, ordered: ItemIds): string[] {
  const { gtin = ordered.upc, upc = ordered.gtin } = ordered;
  const pairs: [string, string | undefined, string | undefined][] = [
    ['GTIN', ids.gtin?.padStart(14, '0'), gtin?.padStart(14, '0')],
    ['UPC', ids.upc?.padStart(14, '0'), upc?.padStart(14, '0')],
    ["seller's number", ids.sellerId, ordered.sellerId],
    ["buyer's number", ids.buyerId, ordered.buyerId],
  ];
  const shared = pairs.filter(([, given, wanted]) => given !== undefined && wanted !== undefined);
  if (shared.length === 0) return ['none of the item ids that were ordered is repeated'];
  return shared
    .filter(([, given, wanted]) => given !== wanted)
    .map(([name, given, wanted]) => `the item's ${name} is '${given}', ordered was '${wanted}'`);
}

function remember(facts: ResponseFacts, memory: Memory): void {
  const lines = facts.lines.map(
    ({ number, confirmed, backordered }) => [number, { confirmed, backordered }] as const,
  );
  memory.confirmed.set(facts.orderNumber, new Map(lines));
}

/**
 * An 856 or DESADV: the order's number, SSCCs that are right and new, and for every line, with earlier notices, at least
 * what was confirmed and at most what was confirmed and put on back order.
 */
export function judgeNotice(facts: NoticeFacts, sent: readonly OrderFile[], memory: Memory): Finding {
  const goods = facts.items.map((item) => ({ item, ...placeOf(item, sent) }));
  const problems = [
    ...facts.problems,
    ...facts.orderNumbers.flatMap((number) => orderProblems(number, sent, memory)),
    ...(facts.orderNumbers.length === 0 ? ['it names no order'] : []),
    ...(facts.items.length === 0 ? ['it holds no goods'] : []),
    ...ssccProblems(facts, memory),
    ...goods.flatMap(({ problems }) => problems),
  ];
  const shipped = totals(goods, memory);
  for (const number of facts.orderNumbers) problems.push(...shippedProblems(number, shipped, memory));
  if (problems.length === 0) keep(facts, shipped, memory);
  const [orderNumber] = facts.orderNumbers;
  const says = `order ${facts.orderNumbers.join(', ')}: ${facts.ssccs.length} packages, ${facts.items.length} items`;
  return { ...(orderNumber === undefined ? {} : { orderNumber }), says, problems };
}

function orderProblems(number: string, sent: readonly OrderFile[], memory: Memory): string[] {
  if (!sent.some(({ expected }) => expected.orderNumber === number))
    return [`order '${number}' was never sent`];
  return memory.confirmed.has(number) ? [] : [`order ${number} ships before a right response came`];
}

interface Place {
  readonly line: OrderedLine | undefined;
  readonly problems: readonly string[];
}

/** The ordered line by its number where the notice gives it, else by the item's ids. */
function placeOf(item: ShippedItem, sent: readonly OrderFile[]): Place {
  const lines = sent.find(({ expected }) => expected.orderNumber === item.orderNumber)?.expected.lines ?? [];
  const byNumber = lines.find(({ number }) => number === item.lineNumber);
  const line =
    byNumber ??
    (item.lineNumber === '' ? lines.find((other) => idProblems(item.ids, other).length === 0) : undefined);
  const name = `order ${item.orderNumber}, line ${item.lineNumber || '?'}`;
  if (line === undefined) return { line, problems: [`${name}: the item was not ordered`] };
  const problems = idProblems(item.ids, line).map((problem) => `${name}: ${problem}`);
  return {
    line,
    problems: item.quantity.gt(0) ? problems : [...problems, `${name}: it ships ${item.quantity}`],
  };
}

function totals(goods: readonly (Place & { item: ShippedItem })[], memory: Memory): Map<string, Big> {
  const shipped = new Map(memory.shipped);
  for (const { item, line } of goods) {
    const key = lineKey(item.orderNumber, line?.number ?? item.lineNumber);
    shipped.set(key, item.quantity.plus(shipped.get(key) ?? 0));
  }
  return shipped;
}

function lineKey(order: string, line: string): string {
  return JSON.stringify([order, line]);
}

function shippedProblems(order: string, shipped: ReadonlyMap<string, Big>, memory: Memory): string[] {
  return [...(memory.confirmed.get(order) ?? [])].flatMap(([line, { confirmed, backordered }]) => {
    const total = shipped.get(lineKey(order, line)) ?? new Big(0);
    if (total.gte(confirmed) && total.lte(confirmed.plus(backordered))) return [];
    return [`order ${order}, line ${line}: ${total} shipped, ${confirmed} confirmed`];
  });
}

function ssccProblems(facts: NoticeFacts, memory: Memory): string[] {
  return facts.ssccs.flatMap((written, place) => {
    const sscc = written.length === 20 && written.startsWith('00') ? written.slice(2) : written;
    if (!/^\d{18}$/.test(sscc)) return [`SSCC '${written}' is not of 18 digits`];
    const usedBy = memory.ssccs.get(sscc);
    return [
      ...(checkDigitIsRight(sscc) ? [] : [`SSCC ${sscc}: the check digit is wrong`]),
      ...(facts.ssccs.indexOf(written) === place ? [] : [`SSCC ${sscc} is used twice`]),
      ...(usedBy === undefined ? [] : [`SSCC ${sscc} was used in ship notice ${usedBy}`]),
    ];
  });
}

/** GS1 modulo 10: from the right, weights 3 and 1 in turn, the check digit itself counting once. */
export function checkDigitIsRight(digits: string): boolean {
  const weighed = [...digits].reverse().map((digit, place) => Number(digit) * (place % 2 === 0 ? 1 : 3));
  return weighed.reduce((total, next) => total + next, 0) % 10 === 0;
}

function keep(facts: NoticeFacts, shipped: ReadonlyMap<string, Big>, memory: Memory): void {
  for (const [line, total] of shipped) memory.shipped.set(line, total);
  for (const sscc of facts.ssccs) memory.ssccs.set(sscc.slice(-18), facts.number);
}
