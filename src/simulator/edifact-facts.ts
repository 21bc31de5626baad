/** Reads CONTRL, ORDRSP and DESADV (D.96A) out of the segments that edifact's Parser gave, with what is wrong inside. */
import { Big } from 'big.js';
import { type Answer, at, cut, type Segment } from './answer.ts';
import {
  type AcknowledgmentFacts,
  amount,
  counted,
  type ItemIds,
  type NoticeFacts,
  type Outcome,
  present,
  type ResponseFacts,
  type ResponseLine,
  type ShippedItem,
  sum,
} from './facts.ts';

/** 0083 in UCI and UCM. */
const verdicts: Readonly<Record<string, AcknowledgmentFacts['verdict']>> = {
  '4': 'refused',
  '7': 'accepted',
  '8': 'noted',
};

/** CONTRL: UCI names the interchange, UCM every message. */
export function readControl({ segments, interchange }: Answer): AcknowledgmentFacts {
  const uci = segments.find(({ tag }) => tag === 'UCI');
  const code = at(uci, 4);
  const swapped = [
    `${at(uci, 2, 2)}/${at(uci, 2, 1)}` === interchange.receiver,
    `${at(uci, 3, 2)}/${at(uci, 3, 1)}` === interchange.sender,
  ];
  const problems = [
    ...(uci === undefined ? ['UCI is missing'] : []),
    ...(swapped.every(Boolean) ? [] : ['UCI does not repeat the sender and recipient of our interchange']),
  ];
  const messages = segments
    .filter(({ tag }) => tag === 'UCM')
    .map((ucm) => ({
      type: at(ucm, 2, 1),
      control: at(ucm, 1),
      verdict: verdicts[at(ucm, 3)] ?? ('unknown' as const),
      code: at(ucm, 3),
    }));
  return {
    control: at(uci, 1),
    verdict: verdicts[code] ?? 'unknown',
    code,
    messages,
    holdsForAll: code === '4' || code === '7',
    problems,
  };
}

/** BGM 1225. */
const responseOutcomes: Readonly<Record<string, ResponseFacts['outcome']>> = {
  '29': 'accepted',
  '44': 'accepted',
  '4': 'changed',
  '28': 'changed',
  '30': 'changed',
  '34': 'changed',
  '27': 'rejected',
  '12': 'held',
};

/** LIN 1229. */
const lineOutcomes: Readonly<Record<string, Outcome>> = {
  '1': 'changed',
  '3': 'changed',
  '6': 'changed',
  '5': 'accepted',
  '2': 'rejected',
  '7': 'rejected',
  '10': 'rejected',
  '4': 'held',
};

/** ORDRSP: BGM 231, RFF+ON, a LIN for every line, CNT. */
export function readOrderResponse({ segments }: Answer): ResponseFacts {
  const { heading, parts, totals } = sections(segments);
  const bgm = heading.find(({ tag }) => tag === 'BGM');
  const problems: string[] = [];
  if (at(bgm, 1) !== '231') problems.push(`BGM 1001 is '${at(bgm, 1)}', not 231 for an order response`);
  const lines = parts.map((part) => responseLine(part, problems));
  problems.push(...totalProblems(totals, lines.length, []));
  return {
    number: at(bgm, 2),
    orderNumber: reference(heading, 'ON'),
    orderedOn: orderDay(heading),
    code: at(bgm, 3),
    outcome: responseOutcomes[at(bgm, 3)] ?? 'unknown',
    lines,
    problems,
  };
}

function responseLine(part: readonly Segment[], problems: string[]): ResponseLine {
  const [lin] = part;
  const code = at(lin, 2);
  const outcome = lineOutcomes[code] ?? 'unknown';
  const name = `line ${at(lin, 1)}`;
  const [ordered, delivered, later] = [
    quantity(part, '21'),
    quantity(part, '113', '12'),
    quantity(part, '83'),
  ];
  const answered = delivered ?? ordered;
  const goes = outcome === 'accepted' || outcome === 'changed';
  if (goes && answered === undefined) problems.push(`${name}: QTY is missing`);
  const confirmed = goes && answered ? amount(at(answered, 1, 2), `${name}: QTY`, problems) : new Big(0);
  const backordered = later ? amount(at(later, 1, 2), `${name}: QTY+83`, problems) : new Big(0);
  return {
    number: at(lin, 1),
    ids: itemIds(part),
    ordered: delivered === undefined && outcome === 'changed' ? '' : at(ordered, 1, 2),
    unit: at(answered, 1, 3),
    price: price(part),
    codes: [code],
    outcomes: [outcome === 'changed' && confirmed.eq(0) && backordered.gt(0) ? 'backordered' : outcome],
    mayChangePrice: code === '3' || code === '6',
    confirmed,
    backordered,
  };
}

/** DESADV: BGM 351, the CPS tree; packages carry their SSCC in GIN+BJ, LIN the goods. */
export function readDespatchAdvice({ segments }: Answer): NoticeFacts {
  const end = segments.findIndex(({ tag }) => tag === 'CNT');
  const totals = end === -1 ? [] : segments.slice(end);
  const { head, parts } = cut(end === -1 ? segments : segments.slice(0, end), ({ tag }) => tag === 'CPS');
  const bgm = head.find(({ tag }) => tag === 'BGM');
  const problems: string[] = [];
  if (at(bgm, 1) !== '351') problems.push(`BGM 1001 is '${at(bgm, 1)}', not 351 for a despatch advice`);
  const order = reference(head, 'ON');
  const items = parts.flatMap((packing) => goods(packing, order, problems));
  problems.push(...treeProblems(parts), ...packageProblems(parts));
  problems.push(...totalProblems(totals, items.length, items));
  const orders = new Set(
    [order, ...items.map(({ orderNumber }) => orderNumber)].filter((number) => number !== ''),
  );
  return { number: at(bgm, 2), orderNumbers: [...orders], ssccs: parts.flatMap(ssccs), items, problems };
}

/** CPS 7164 is a level's id, 7166 its parent's. */
function treeProblems(packings: readonly (readonly Segment[])[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const [cps] of packings) {
    const [id, parent] = [at(cps, 1), at(cps, 2)];
    if (ids.has(id)) problems.push(`CPS 7164 '${id}' is used twice`);
    if (parent === '' && ids.size > 0) problems.push(`CPS ${id} has no parent, and is not the first`);
    if (parent !== '' && !ids.has(parent))
      problems.push(`CPS ${id}: its parent ${parent} does not stand before it`);
    ids.add(id);
  }
  return packings.length === 0 ? ['CPS is missing'] : problems;
}

/** Goods stand in a package that has an SSCC. */
function packageProblems(packings: readonly (readonly Segment[])[]): string[] {
  return packings
    .filter((packing) => packing.some(({ tag }) => tag === 'LIN') && ssccs(packing).length === 0)
    .map(([cps]) => `CPS ${at(cps, 1)}: goods without an SSCC (GIN+BJ)`);
}

function ssccs(packing: readonly Segment[]): string[] {
  const marks = packing.filter((segment) => segment.tag === 'GIN' && ['BJ', 'AW'].includes(at(segment, 1)));
  return marks.flatMap((gin) => gin.elements.slice(1).flatMap((range) => range.filter((id) => id !== '')));
}

function goods(packing: readonly Segment[], order: string, problems: string[]): ShippedItem[] {
  return cut(packing, ({ tag }) => tag === 'LIN').parts.map((part) => {
    const despatched = quantity(part, '12');
    const name = `LIN ${at(part[0], 1)}`;
    if (despatched === undefined) problems.push(`${name}: QTY+12 is missing`);
    const rff = part.find((segment) => segment.tag === 'RFF' && at(segment, 1, 1) === 'ON');
    return {
      orderNumber: at(rff, 1, 2) || order,
      lineNumber: at(rff, 1, 3),
      ids: itemIds(part),
      quantity: despatched ? amount(at(despatched, 1, 2), `${name}: QTY+12`, problems) : new Big(0),
      unit: at(despatched, 1, 3),
    };
  });
}

function sections(segments: readonly Segment[]) {
  const end = segments.findIndex(({ tag }) => tag === 'UNS');
  const { head, parts } = cut(end === -1 ? segments : segments.slice(0, end), ({ tag }) => tag === 'LIN');
  return { heading: head, parts, totals: end === -1 ? [] : segments.slice(end + 1) };
}

/** CNT 6069: 2 is the number of lines, 1 the sum of the quantities. */
function totalProblems(totals: readonly Segment[], lines: number, items: readonly ShippedItem[]): string[] {
  const count = (qualifier: string) =>
    totals.find((segment) => segment.tag === 'CNT' && at(segment, 1, 1) === qualifier);
  const [rows, quantities] = [count('2'), count('1')];
  return [
    ...(rows === undefined ? [] : counted('CNT+2', at(rows, 1, 2), lines)),
    ...(quantities === undefined || items.length === 0
      ? []
      : counted('CNT+1', at(quantities, 1, 2), sum(items.map((item) => item.quantity)))),
  ];
}

function reference(segments: readonly Segment[], qualifier: string): string {
  return at(
    segments.find((segment) => segment.tag === 'RFF' && at(segment, 1, 1) === qualifier),
    1,
    2,
  );
}

/** The DTM+171 that follows RFF+ON. */
function orderDay(heading: readonly Segment[]): string {
  const place = heading.findIndex((segment) => segment.tag === 'RFF' && at(segment, 1, 1) === 'ON');
  const next = place === -1 ? undefined : heading[place + 1];
  return next?.tag === 'DTM' && at(next, 1, 1) === '171' ? at(next, 1, 2) : '';
}

function quantity(part: readonly Segment[], ...qualifiers: string[]): Segment | undefined {
  for (const qualifier of qualifiers) {
    const found = part.find((segment) => segment.tag === 'QTY' && at(segment, 1, 1) === qualifier);
    if (found) return found;
  }
  return undefined;
}

/** PRI 5125: AAA, else AAB, AAE or AAF. */
function price(part: readonly Segment[]): string {
  const prices = part.filter(({ tag }) => tag === 'PRI');
  const best = prices.find((pri) => at(pri, 1, 1) === 'AAA') ?? prices[0];
  return at(best, 1, 2);
}

/** LIN C212 and PIA C212: 7143 says whose number it is. */
function itemIds(part: readonly Segment[]): ItemIds {
  const ids = part.flatMap((segment) => {
    if (segment.tag === 'LIN') return [segment.elements[2] ?? []];
    return segment.tag === 'PIA' ? segment.elements.slice(1) : [];
  });
  const find = (...types: string[]) => ids.find(([, type = '']) => types.includes(type))?.[0] ?? '';
  return present({
    gtin: find('EN', 'SRV'),
    upc: find('UP'),
    sellerId: find('SA'),
    buyerId: find('IN', 'BP'),
  });
}
