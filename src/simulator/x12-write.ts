/**
 * Writes the partner's X12 004010 with node-x12's generator: 850, 860 and 997. The generator counts, pads the ISA and
 * refuses what does not fit; it writes data as it is, so data that holds a delimiter is refused here.
 */
import { Big } from 'big.js';
import type { Answer } from './answer.ts';
import { nodeX12 } from './node-x12.ts';
import type { Address, Addresses, OrderedLine, OrderSpec, PlaceSpec, Purpose } from './trading-partner.ts';

/** The partner's own delimiters; its answers may come with others. */
const delimiters = {
  elementDelimiter: '*',
  subElementDelimiter: '>',
  segmentTerminator: '~',
  repetitionDelimiter: 'U',
};

export interface X12Envelope {
  readonly addresses: Addresses;
  /** Stands in for the partner's own address. */
  readonly sender?: Address;
  /** ISA13 and GS06. */
  readonly control: number;
  readonly test: boolean;
  readonly at: Date;
}

/** A transaction set without ST and SE. */
export interface X12Set {
  readonly type: '850' | '860' | '997';
  readonly segments: readonly (readonly string[])[];
}

/** GS01 by transaction set (element 479). */
const functionalIds: Readonly<Record<X12Set['type'], string>> = { '850': 'PO', '860': 'PC', '997': 'FA' };

/**
 * One interchange with one group; ST02 counts from 0001. Throws when data holds a delimiter or does not fit an element.
 * @param sets at least one, all of one type
 */
export function writeX12(envelope: X12Envelope, sets: readonly [X12Set, ...X12Set[]]): Buffer {
  const notation = new nodeX12.JSEDINotation(isa(envelope), new nodeX12.X12SerializationOptions(delimiters));
  const group = notation.addFunctionalGroup(gs(envelope, sets[0].type));
  sets.forEach((set, index) => {
    const transaction = group.addTransaction([set.type, setControl(index)]);
    for (const [tag = '', ...elements] of set.segments) transaction.addSegment(tag, cleaned(tag, elements));
  });
  return Buffer.from(new nodeX12.X12Generator(notation).toString(), 'latin1');
}

/** ST02 of the set at this place in the group. */
export function setControl(index: number): string {
  return String(index + 1).padStart(4, '0');
}

function isa({ addresses, sender, control, test, at }: X12Envelope): string[] {
  const from = sender ?? addresses.partner;
  const to = addresses.gateway;
  const who = [from.qualifier, from.id, to.qualifier, to.id];
  const when = [compactDay(at).slice(2), compactTime(at)];
  return [
    '00',
    '',
    '00',
    '',
    ...who,
    ...when,
    'U',
    '00401',
    String(control).padStart(9, '0'),
    '0',
    test ? 'T' : 'P',
    '>',
  ];
}

function gs({ addresses, sender, control, at }: X12Envelope, type: X12Set['type']): string[] {
  const from = sender ?? addresses.partner;
  const to = addresses.gateway;
  const ids = [from.group ?? from.id, to.group ?? to.id];
  return [functionalIds[type], ...ids, compactDay(at), compactTime(at), String(control), 'X', '004010'];
}

function cleaned(tag: string, elements: readonly string[]): string[] {
  const used = elements.slice(0, elements.findLastIndex((value) => value !== '') + 1);
  for (const value of used)
    if (/[*>~\r\n]/.test(value))
      throw new RangeError(`${tag} cannot be written: '${value}' holds a delimiter`);
  return used;
}

/** BEG01 / BCH01, element 353. */
const purposes: Readonly<Record<Purpose, string>> = {
  original: '00',
  cancel: '01',
  change: '04',
  replace: '05',
  confirm: '06',
  duplicate: '07',
};

/** An 850, or an 860 when the purpose is a change (every quantity in it replaces the ordered one: POC02 = CA). */
export function orderSet(spec: OrderSpec, lines: readonly OrderedLine[]): X12Set {
  const change = spec.purpose === 'change';
  const purpose = purposes[spec.purpose ?? 'original'];
  const day = compact(spec.orderedOn);
  const heading = change
    ? ['BCH', purpose, 'SA', spec.number, '', '', day]
    : ['BEG', purpose, 'SA', spec.number, '', day];
  const segments = [heading, ...references(spec), ...dates(spec), ...places(spec)];
  for (const line of lines) segments.push(...(change ? changedLine(line) : orderLine(line)));
  segments.push(['CTT', String(lines.length), ...(change ? [] : [total(lines)])]);
  return { type: change ? '860' : '850', segments };
}

function references(spec: OrderSpec): string[][] {
  return [
    ...(spec.currency === undefined ? [] : [['CUR', 'BY', spec.currency]]),
    ...(spec.department === undefined ? [] : [['REF', 'DP', spec.department]]),
  ];
}

/** DTM01, element 374: 010 ship requested, 037 not before, 038 not later, 001 cancel after. */
function dates(spec: OrderSpec): string[][] {
  const wanted: [string, string | undefined][] = [
    ['010', spec.requestedOn],
    ['037', spec.shipNotBefore],
    ['038', spec.shipNotAfter],
    ['001', spec.cancelAfter],
  ];
  return wanted.flatMap(([qualifier, day]) => (day === undefined ? [] : [['DTM', qualifier, compact(day)]]));
}

function places({ shipTo }: OrderSpec): string[][] {
  return shipTo === undefined ? [] : [...party('ST', shipTo)];
}

function party(role: string, place: PlaceSpec): string[][] {
  const segments = [['N1', role, place.name, ...(place.code === undefined ? [] : ['92', place.code])]];
  if (place.street !== undefined) segments.push(['N3', place.street]);
  if (place.city !== undefined)
    segments.push(['N4', place.city, place.region ?? '', place.postcode ?? '', place.country ?? '']);
  return segments;
}

function orderLine(line: OrderedLine): string[][] {
  const what = [line.number, line.quantity, x12Unit(line), line.price ?? '', ''];
  return [['PO1', ...what, ...productIds(line)], ...description(line)];
}

/** POC: the unit is C001, written as its first component. */
function changedLine(line: OrderedLine): string[][] {
  const what = [line.number, 'CA', line.quantity, line.quantity, x12Unit(line), line.price ?? '', ''];
  return [['POC', ...what, ...productIds(line)], ...description(line)];
}

/** Pairs of PO106…: EN is a GTIN of 13 digits, UK one of 14, UP a UPC, VN the seller's number, IN the buyer's (element 235). */
function productIds(line: OrderedLine): string[] {
  const pairs: [string, string | undefined][] = [
    ['UP', line.upc],
    [line.gtin?.length === 14 ? 'UK' : 'EN', line.gtin],
    ['VN', line.sellerId],
    ['IN', line.buyerId],
  ];
  return pairs.flatMap(([qualifier, id]) => (id === undefined ? [] : [qualifier, id]));
}

function description(line: OrderedLine): string[][] {
  return line.description === undefined ? [] : [['PID', 'F', '', '', '', line.description]];
}

/** Element 355. */
export function x12Unit(line: { readonly unit: 'each' | 'case' }): string {
  return line.unit === 'case' ? 'CA' : 'EA';
}

function total(lines: readonly OrderedLine[]): string {
  return lines.reduce((sum, line) => sum.plus(line.quantity), new Big(0)).toFixed();
}

/** A 997 for one group that we sent: AK1, then AK2 and AK5 for every set; a set with problems is refused (AK502 = 5). */
export function acknowledgmentSet(answers: readonly Answer[]): X12Set {
  const group = answers[0]?.group;
  const refused = answers.filter(({ problems }) => problems.length > 0).length;
  const verdicts = answers.flatMap((answer) => [
    ['AK2', answer.kind, answer.control],
    answer.problems.length === 0 ? ['AK5', 'A'] : ['AK5', 'R', '5'],
  ]);
  const [all, accepted] = [String(answers.length), String(answers.length - refused)];
  const verdict = refused === 0 ? 'A' : refused === answers.length ? 'R' : 'P';
  return {
    type: '997',
    segments: [
      ['AK1', group?.type ?? '', group?.control ?? ''],
      ...verdicts,
      ['AK9', verdict, all, all, accepted],
    ],
  };
}

/** 'YYYY-MM-DD' as 'YYYYMMDD'. */
export function compact(day: string): string {
  return day.replaceAll('-', '');
}

/** The day of a moment in UTC, 'YYYYMMDD'. */
export function compactDay(at: Date): string {
  return compact(at.toISOString().slice(0, 10));
}

/** The time of a moment in UTC, 'HHMM'. */
export function compactTime(at: Date): string {
  return at.toISOString().slice(11, 16).replace(':', '');
}
