/** Reads 997, 855 and 856 (004010) out of the segments that node-x12 gave, with what is wrong inside them. */
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

type MessageVerdictName = AcknowledgmentFacts['verdict'];

/** AK501 and AK901 (elements 717 and 715): A accepted, E and P with errors noted or in part, the rest refused. */
const verdicts: Readonly<Record<string, MessageVerdictName>> = {
  A: 'accepted',
  E: 'noted',
  P: 'noted',
  M: 'refused',
  R: 'refused',
  W: 'refused',
  X: 'refused',
};

/** 997: AK1 names the group, AK2 and AK5 every set, AK9 the count. */
export function read997({ segments }: Answer): AcknowledgmentFacts {
  const { head, parts } = cut(segments, ({ tag }) => tag === 'AK2');
  const ak1 = head.find(({ tag }) => tag === 'AK1');
  const ak9 = segments.at(-1)?.tag === 'AK9' ? segments.at(-1) : undefined;
  const messages = parts.map((part) => {
    const code = at(
      part.find(({ tag }) => tag === 'AK5'),
      1,
    );
    return { type: at(part[0], 1), control: at(part[0], 2), verdict: verdicts[code] ?? 'unknown', code };
  });
  const passed = messages.filter(({ verdict }) => verdict === 'accepted' || verdict === 'noted').length;
  const problems = [
    ...(ak1 === undefined ? ['AK1 is missing'] : []),
    ...(ak9 === undefined
      ? ['AK9 is missing or not last']
      : [...counted('AK903', at(ak9, 3), messages.length)]),
    ...(ak9 === undefined ? [] : counted('AK904', at(ak9, 4), passed)),
  ];
  return {
    control: at(ak1, 2),
    verdict: verdicts[at(ak9, 1)] ?? 'unknown',
    code: at(ak9, 1),
    messages,
    holdsForAll: at(ak9, 1) === 'R' && messages.length === 0,
    problems,
  };
}

/** BAK02, element 587. */
const responseOutcomes: Readonly<Record<string, ResponseFacts['outcome']>> = {
  AD: 'accepted',
  AT: 'accepted',
  AC: 'changed',
  AH: 'held',
  AK: 'none',
  RD: 'rejected',
  RF: 'rejected',
  RJ: 'rejected',
};

/** ACK01, element 668. BP is both: a part confirmed, the rest on back order. */
const lineOutcomes: Readonly<Record<string, Outcome>> = {
  AC: 'accepted',
  AR: 'accepted',
  IA: 'accepted',
  BP: 'changed',
  DR: 'changed',
  IC: 'changed',
  IE: 'changed',
  IP: 'changed',
  IQ: 'changed',
  IS: 'changed',
  SP: 'changed',
  IB: 'backordered',
  IF: 'held',
  IH: 'held',
  IW: 'held',
};

function lineOutcome(code: string): Outcome {
  return lineOutcomes[code] ?? (/^(ID|IR|R[1-8])$/.test(code) ? 'rejected' : 'unknown');
}

/** 855: BAK, a PO1 loop with its ACK for every line, CTT. */
export function read855({ segments }: Answer): ResponseFacts {
  const ctt = segments.find(({ tag }) => tag === 'CTT');
  const { head, parts } = cut(
    segments.filter(({ tag }) => tag !== 'CTT'),
    ({ tag }) => tag === 'PO1',
  );
  const bak = head.find(({ tag }) => tag === 'BAK');
  const problems: string[] = bak === undefined ? ['BAK is missing'] : [];
  const lines = parts.map((part) => responseLine(part, problems));
  if (ctt !== undefined) problems.push(...counted('CTT01', at(ctt, 1), lines.length));
  if (at(ctt, 2) !== '') {
    const hash = sum(lines.map(({ ordered }) => amount(ordered, 'PO102', problems)));
    problems.push(...counted('CTT02', at(ctt, 2), hash));
  }
  return {
    number: at(bak, 8),
    orderNumber: at(bak, 3),
    orderedOn: at(bak, 4),
    code: at(bak, 2),
    outcome: responseOutcomes[at(bak, 2)] ?? 'unknown',
    lines,
    problems,
  };
}

function responseLine(part: readonly Segment[], problems: string[]): ResponseLine {
  const [po1] = part;
  const acks = part.filter(({ tag }) => tag === 'ACK');
  const name = `line ${at(po1, 1)}`;
  const codes = acks.map((ack) => at(ack, 1));
  const quantity = (ack: Segment) => amount(at(ack, 2) || at(po1, 2), `${name}: ACK02`, problems);
  const of = (...wanted: Outcome[]) => acks.filter((ack) => wanted.includes(lineOutcome(at(ack, 1))));
  const confirmed = sum(of('accepted', 'changed').map(quantity));
  const backordered = sum(of('backordered').map(quantity));
  const rest = codes.includes('BP') && !codes.includes('IB');
  for (const ack of acks)
    if (at(ack, 3) !== '' && at(ack, 3) !== at(po1, 3))
      problems.push(`${name}: ACK03 is ${at(ack, 3)}, PO103 ${at(po1, 3)}`);
  return {
    number: at(po1, 1),
    ids: productIds(po1, 6),
    ordered: at(po1, 2),
    unit: at(po1, 3),
    price: at(po1, 4),
    codes,
    outcomes: codes.map(lineOutcome),
    mayChangePrice: codes.some((code) => code === 'IP' || code === 'IC'),
    confirmed,
    backordered: rest ? amount(at(po1, 2), `${name}: PO102`, problems).minus(confirmed) : backordered,
  };
}

/** Pairs of qualifier (235) and id (234) from the given element on. */
function productIds(segment: Segment | undefined, first: number): ItemIds {
  const find = (...qualifiers: string[]) => {
    for (let element = first; element <= (segment?.elements.length ?? 0); element += 2)
      if (qualifiers.includes(at(segment, element))) return at(segment, element + 1);
    return '';
  };
  return present({
    gtin: find('EN', 'UK'),
    upc: find('UP'),
    sellerId: find('VN', 'VP', 'VA'),
    buyerId: find('IN', 'BP', 'SK'),
  });
}

interface Level {
  readonly id: string;
  readonly parent: string;
  /** HL03: S shipment, O order, T tare, P pack, I item. */
  readonly code: string;
  readonly hasChild: string;
  readonly segments: readonly Segment[];
}

/** Which level may stand under which, for the structures 0001 (S-O-P-I) and 0004 (S-O-I), with tares between. */
const parentsOf: Readonly<Record<string, readonly string[]>> = {
  S: [''],
  O: ['S'],
  T: ['O'],
  P: ['O', 'T'],
  I: ['P', 'O', 'T'],
};

/** 856: BSN, then the HL levels; the parent's id decides where a level stands, never its place in the file. */
export function read856({ segments }: Answer): NoticeFacts {
  const ctt = segments.find(({ tag }) => tag === 'CTT');
  const { head, parts } = cut(
    segments.filter(({ tag }) => tag !== 'CTT'),
    ({ tag }) => tag === 'HL',
  );
  const bsn = head.find(({ tag }) => tag === 'BSN');
  const levels = parts.map(level);
  const problems = [...(bsn === undefined ? ['BSN is missing'] : []), ...treeProblems(levels)];
  if (ctt !== undefined) problems.push(...counted('CTT01', at(ctt, 1), levels.length));
  const items = levels.filter(({ code }) => code === 'I').map((item) => shippedItem(item, levels, problems));
  if (at(ctt, 2) !== '')
    problems.push(...counted('CTT02', at(ctt, 2), sum(items.map(({ quantity }) => quantity))));
  return {
    number: at(bsn, 2),
    orderNumbers: levels.filter(({ code }) => code === 'O').map((order) => at(find(order, 'PRF'), 1)),
    ssccs: levels.filter(({ code }) => code === 'P' || code === 'T').map(sscc),
    items,
    problems,
  };
}

function level(segments: readonly Segment[]): Level {
  const [hl] = segments;
  return { id: at(hl, 1), parent: at(hl, 2), code: at(hl, 3), hasChild: at(hl, 4), segments };
}

function treeProblems(levels: readonly Level[]): string[] {
  const problems: string[] = [];
  const byId = new Map<string, Level>();
  for (const { id, parent, code, ...rest } of levels) {
    const above = parent === '' ? '' : byId.get(parent)?.code;
    if (byId.has(id)) problems.push(`HL01 '${id}' is used twice`);
    if (above === undefined) problems.push(`HL ${id}: its parent ${parent} does not stand before it`);
    else if (parentsOf[code]?.includes(above) !== true)
      problems.push(`HL ${id}: a level ${code} cannot stand under ${above === '' ? 'nothing' : above}`);
    byId.set(id, { id, parent, code, ...rest });
  }
  for (const { id, hasChild } of levels) {
    const children = levels.some(({ parent }) => parent === id);
    if (hasChild !== '' && (hasChild === '1') !== children)
      problems.push(`HL ${id}: HL04 is ${hasChild}, but it has ${children ? 'children' : 'none'}`);
  }
  if (levels.filter(({ code }) => code === 'S').length !== 1)
    problems.push('there is not exactly one shipment level');
  return problems;
}

function find({ segments }: Level, tag: string): Segment | undefined {
  return segments.find((segment) => segment.tag === tag);
}

/** MAN*GM, else MAN*AA or UC (element 88). */
function sscc(pack: Level): string {
  const marks = pack.segments.filter(({ tag }) => tag === 'MAN');
  return at(
    marks.find((mark) => ['GM', 'AA', 'UC'].includes(at(mark, 1))),
    2,
  );
}

function shippedItem(item: Level, levels: readonly Level[], problems: string[]): ShippedItem {
  const [lin, sn1] = [find(item, 'LIN'), find(item, 'SN1')];
  const order = ancestor(item, 'O', levels);
  if (order === undefined) problems.push(`HL ${item.id}: the item stands in no order`);
  return {
    orderNumber: order === undefined ? '' : at(find(order, 'PRF'), 1),
    lineNumber: at(lin, 1) || at(sn1, 1),
    ids: productIds(lin, 2),
    quantity:
      sn1 === undefined ? missing(item, problems) : amount(at(sn1, 2), `HL ${item.id}: SN102`, problems),
    unit: at(sn1, 3),
  };
}

function missing(item: Level, problems: string[]): Big {
  problems.push(`HL ${item.id}: SN1 is missing`);
  return new Big(0);
}

/** Climbs by parent id; a chain longer than the number of levels is a circle. */
function ancestor(from: Level, code: string, levels: readonly Level[]): Level | undefined {
  let current: Level | undefined = from;
  for (let steps = 0; current !== undefined && steps <= levels.length; steps++) {
    if (current.code === code) return current;
    const above: string = current.parent;
    current = levels.find(({ id }) => id === above);
  }
  return undefined;
}
