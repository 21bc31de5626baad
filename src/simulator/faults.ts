/** What a partner gets wrong, on purpose: each kind gives the files to send and what is due for each of them. */
import { Big } from 'big.js';
import type { Expected, OrderFile, OrderSpec, TradingPartner } from './trading-partner.ts';

export const faultKinds = [
  'wrong-count',
  'duplicate-control',
  'same-bytes',
  'unknown-item',
  'unknown-sender',
  'truncated',
  'bad-element',
  'test-flag',
  'cancel',
  'change',
  'garbage',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * Writes the order with the fault in it.
 * @returns one file, or two where the fault lies in their being two, in the order of sending
 */
export function faulty(kind: FaultKind, partner: TradingPartner, spec: OrderSpec): readonly OrderFile[] {
  return makers[kind](partner, spec);
}

type Maker = (partner: TradingPartner, spec: OrderSpec) => readonly OrderFile[];

const refused = { acknowledgment: 'refused', response: false } as const;
const doubtful = { acknowledgment: 'either', response: false } as const;
const unanswered = { acknowledgment: 'none', response: false } as const;

const makers: Readonly<Record<FaultKind, Maker>> = {
  /** SE01 or UNT 0074 is one too high. */
  'wrong-count': (partner, spec) => [
    rewritten(
      partner.order(spec, refused),
      /(~SE\*|'\r\nUNT\+)(\d+)/,
      (lead, count) => lead + (Number(count) + 1),
    ),
  ],
  /** Another order under the control number of the one before. */
  'duplicate-control': (partner, spec) => {
    const first = partner.order(spec);
    const control = Number(first.expected.interchangeControl);
    const second = partner.order({ ...spec, number: `${spec.number}-B` }, { ...doubtful, control });
    return [first, { ...second, name: renamed(second.name, 'other') }];
  },
  /** The same bytes under another name. */
  'same-bytes': (partner, spec) => {
    const first = partner.order(spec);
    return [first, due({ ...first, name: renamed(first.name, 'again') }, doubtful)];
  },
  'unknown-item': (partner, spec) => [partner.order({ ...spec, lines: withStranger(spec) })],
  'unknown-sender': (partner, spec) => [
    partner.order(spec, {
      ...unanswered,
      sender: { qualifier: partner.standard === 'x12' ? 'ZZ' : '14', id: '0000000000000' },
    }),
  ],
  /** The last two fifths of the bytes are missing. */
  truncated: (partner, spec) => {
    const file = partner.order(spec, doubtful);
    return [{ ...file, bytes: file.bytes.subarray(0, Math.floor(file.bytes.length * 0.6)) }];
  },
  /** The first quantity is a word. */
  'bad-element': (partner, spec) => [
    rewritten(partner.order(spec, refused), /(~PO1\*[^*]*\*|QTY\+21:)([\d.]+)/, (lead) => `${lead}TWELVE`),
  ],
  'test-flag': (partner, spec) => [partner.order({ ...spec, test: true }, doubtful)],
  cancel: (partner, spec) => [partner.order(spec), partner.order({ ...spec, purpose: 'cancel' })],
  change: (partner, spec) => [
    partner.order(spec),
    partner.order({ ...spec, purpose: 'change', lines: oneMoreEach(spec) }),
  ],
  garbage: (partner, spec) => {
    const file = partner.order(spec, unanswered);
    const bytes = Buffer.from(
      `Dear supplier,\nplease send us the goods of order ${spec.number}.\nYours truly\n`,
    );
    return [{ ...file, name: renamed(file.name, 'letter'), bytes }];
  },
};

/** Throws when the place to spoil is not there: a fault that is none would prove nothing. */
function rewritten(
  file: OrderFile,
  place: RegExp,
  change: (lead: string, value: string) => string,
): OrderFile {
  const text = file.bytes.toString('latin1');
  if (!place.test(text)) throw new Error(`${file.name} has no place to spoil`);
  const spoilt = text.replace(place, (_, lead: string, value: string) => change(lead, value));
  return { ...file, bytes: Buffer.from(spoilt, 'latin1') };
}

function due(file: OrderFile, what: Pick<Expected, 'acknowledgment' | 'response'>): OrderFile {
  return { ...file, expected: { ...file.expected, ...what } };
}

function renamed(name: string, mark: string): string {
  return name.replace(/(\.\w+)$/, `-${mark}$1`);
}

/** The first line asks for an item that nobody sells: ids from a range that GS1 keeps for use inside a company. */
function withStranger(spec: OrderSpec): OrderSpec['lines'] {
  const [, ...others] = spec.lines;
  return [{ gtin: '2000000000008', sellerId: 'NO-SUCH-ITEM', quantity: '1', price: '1.00' }, ...others];
}

function oneMoreEach(spec: OrderSpec): OrderSpec['lines'] {
  return spec.lines.map((line) => ({ ...line, quantity: new Big(line.quantity).plus(1).toFixed() }));
}
