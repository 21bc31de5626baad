/**
 * Writes the partner's EDIFACT D.96A (EANCOM 97): ORDERS, ORDCHG and CONTRL, from plain templates. It shares no line with
 * the gateway's own writer, so that what the gateway reads was never written by it.
 */
import type { Answer } from './answer.ts';
import type { Address, Addresses, OrderedLine, OrderSpec, PlaceSpec, Purpose } from './trading-partner.ts';
import { compact, compactDay, compactTime } from './x12-write.ts';

export interface EdifactEnvelope {
  readonly addresses: Addresses;
  /** Stands in for the partner's own address. */
  readonly sender?: Address;
  /** UNB 0020. */
  readonly control: number;
  readonly test: boolean;
  readonly at: Date;
}

/** A message: its S009 and its segments between UNH and UNT, as text without terminators. */
export interface EdifactMessage {
  readonly version: string;
  readonly segments: readonly string[];
}

/** UNH 0062 of the one message in the interchange. */
export const messageReference = '1';

/** One interchange with one message, in ISO 8859-1 (UNOC, syntax 3). Throws for what 8859-1 cannot hold. */
export function writeEdifact(envelope: EdifactEnvelope, message: EdifactMessage): Buffer {
  const count = message.segments.length + 2;
  const segments = [
    unb(envelope),
    `UNH+${messageReference}+${message.version}`,
    ...message.segments,
    `UNT+${count}+${messageReference}`,
    `UNZ+1+${envelope.control}`,
  ];
  const text = `UNA:+.? '${segments.map((segment) => `${segment}'\r\n`).join('')}`;
  const strange = /[^\u0020-\u007e\u00a0-\u00ff\r\n]/u.exec(text);
  if (strange) throw new RangeError(`UNOC cannot hold '${strange[0]}'`);
  return Buffer.from(text, 'latin1');
}

/** 0035 is the eleventh element; the five before it are empty. */
function unb({ addresses, sender, control, test, at }: EdifactEnvelope): string {
  const from = address(sender ?? addresses.partner);
  const when = `${compactDay(at).slice(2)}:${compactTime(at)}`;
  return `UNB+UNOC:3+${from}+${address(addresses.gateway)}+${when}+${control}${test ? '++++++1' : ''}`;
}

function address({ id, qualifier }: Address): string {
  return qualifier === '' ? data(id) : `${data(id)}:${data(qualifier)}`;
}

/** BGM 1225. */
const purposes: Readonly<Record<Purpose, string>> = {
  original: '9',
  cancel: '1',
  change: '4',
  replace: '5',
  confirm: '6',
  duplicate: '7',
};

/** An ORDERS, or an ORDCHG when the purpose is a change (every quantity in it replaces the ordered one: 1229 = 3). */
export function orderMessage(
  spec: OrderSpec,
  lines: readonly OrderedLine[],
  addresses: Addresses,
): EdifactMessage {
  const change = spec.purpose === 'change';
  return {
    version: change ? 'ORDCHG:D:96A:UN:EAN008' : 'ORDERS:D:96A:UN:EAN008',
    segments: [
      ...heading(spec, change),
      ...parties(spec, addresses),
      ...(spec.currency === undefined ? [] : [`CUX+2:${data(spec.currency)}:9`]),
      ...lines.flatMap((line) => lineItem(line, change)),
      'UNS+S',
      `CNT+2:${lines.length}`,
    ],
  };
}

function heading(spec: OrderSpec, change: boolean): string[] {
  const purpose = purposes[spec.purpose ?? 'original'];
  const number = data(spec.number);
  const start = change ? `BGM+230+${number}-C+${purpose}` : `BGM+220+${number}+${purpose}`;
  return [start, ...dates(spec), ...(change ? [`RFF+ON:${number}`] : []), ...department(spec)];
}

/** DTM 2005: 137 document, 2 delivery requested, 37 ship not before, 38 ship not later, 61 cancel if not delivered by. */
function dates(spec: OrderSpec): string[] {
  const wanted: [string, string | undefined][] = [
    ['137', spec.orderedOn],
    ['2', spec.requestedOn],
    ['37', spec.shipNotBefore],
    ['38', spec.shipNotAfter],
    ['61', spec.cancelAfter],
  ];
  return wanted.flatMap(([qualifier, day]) =>
    day === undefined ? [] : [`DTM+${qualifier}:${compact(day)}:102`],
  );
}

/** RFF 1153 = DP. */
function department(spec: OrderSpec): string[] {
  return spec.department === undefined ? [] : [`RFF+DP:${data(spec.department)}`];
}

function parties(spec: OrderSpec, addresses: Addresses): string[] {
  const own = [`NAD+BY+${data(addresses.partner.id)}::9`, `NAD+SU+${data(addresses.gateway.id)}::9`];
  return spec.shipTo === undefined ? own : [...own, place('DP', spec.shipTo)];
}

function place(role: string, to: PlaceSpec): string {
  const id = to.gln === undefined ? '' : `${data(to.gln)}::9`;
  const name = [to.name, to.street, to.city, to.region, to.postcode, to.country].map((value) =>
    data(value ?? ''),
  );
  return trimmed(`NAD+${role}+${id}++${name.join('+')}`);
}

function lineItem(line: OrderedLine, change: boolean): string[] {
  const id = line.gtin ?? line.upc;
  const item = id === undefined ? '' : `${data(id)}:${line.gtin === undefined ? 'UP' : 'EN'}`;
  return [
    trimmed(`LIN+${data(line.number)}+${change ? '3' : ''}+${item}`),
    ...additionalId(line.sellerId, 'SA'),
    ...additionalId(line.buyerId, 'IN'),
    ...(line.description === undefined ? [] : [`IMD+F++:::${data(line.description)}`]),
    `QTY+21:${data(line.quantity)}:${edifactUnit(line)}`,
    ...(line.price === undefined ? [] : [`PRI+AAA:${data(line.price)}`]),
  ];
}

function additionalId(id: string | undefined, type: string): string[] {
  return id === undefined ? [] : [`PIA+1+${data(id)}:${type}`];
}

/** Element 6411. */
export function edifactUnit(line: { readonly unit: 'each' | 'case' }): string {
  return line.unit === 'case' ? 'CT' : 'PCE';
}

/**
 * A CONTRL for one interchange that we got (EANCOM 97: syntax message version 2). UCI 0083 = 7: acknowledged, and so is
 * every message that is not refused by a UCM of its own (4, 0085 = 12).
 * @param answers every message of that interchange, at least one
 */
export function controlMessage(answers: readonly [Answer, ...Answer[]]): EdifactMessage {
  const { control, sender, receiver } = answers[0].interchange;
  const messages = answers.map(({ control: reference, version, kind, problems }) => {
    const verdict = problems.length === 0 ? '7' : '4+12';
    return `UCM+${data(reference)}+${kind}:${version}+${verdict}`;
  });
  return {
    version: 'CONTRL:2:2:UN:EAN002',
    segments: [`UCI+${data(control)}+${party(sender)}+${party(receiver)}+7`, ...messages],
  };
}

/** 'qualifier/id' as 'id:qualifier'. */
function party(slashed: string): string {
  const [qualifier = '', id = ''] = slashed.split('/');
  return address({ qualifier, id });
}

/** Data with the release character before every service character. */
export function data(value: string): string {
  return value.replace(/[?':+]/g, '?$&');
}

function trimmed(segment: string): string {
  return segment.replace(/(?<!\?)\++$/, '');
}
