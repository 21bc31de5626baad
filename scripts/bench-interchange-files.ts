/**
 * The files of `scripts/bench interchange`: purchase orders as trading partners send them, clean against the dictionary,
 * with another buyer, other items and other quantities in each. The same files every time: chance is seeded.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { gs1CheckDigit } from '../src/order/shipment/sscc.ts';

/** What a reader must find in a file: counted while writing, by no reader. Messages are counted with ST/SE or UNH/UNT. */
export interface Contents {
  messages: number;
  segments: number;
  /** Elements, or components where there are any, that are not empty. */
  values: number;
  /** Characters of these values, release characters not counted. */
  characters: number;
}

export interface MadeFile extends Contents {
  readonly bytes: number;
}

export type Standard = 'x12' | 'edifact';

/** Element values of one segment without its tag; an EDIFACT composite is an array. */
type Segment = readonly [tag: string, ...values: (string | readonly string[])[]];

/** Gives numbers from 0 up to, not including, `below`. */
export type Dice = (below: number) => number;

/** One order of so many lines, with its header and trailer segments; `ordinal` counts from 1. */
export type MakeMessage = (dice: Dice, ordinal: number, lines: number) => Segment[];

export interface Style {
  /** Header and trailer of the interchange (and group), as text. */
  readonly header: string;
  trailer(messages: number): string;
  readonly element: string;
  readonly component: string;
  readonly segment: string;
  /** Characters that a release character must stand before; null where data holds none. */
  readonly released: RegExp | null;
  readonly message: MakeMessage;
}

const seed = 20_260_101;

/** Writes a file of one interchange, and counts what is in it. */
export async function makeFile(
  path: string,
  style: Style,
  messages: number,
  lines: number,
): Promise<MadeFile> {
  const file = createWriteStream(path, 'latin1');
  const found: Contents = { messages, segments: 0, values: 0, characters: 0 };
  const dice = diceOf(seed);
  let bytes = 0;
  const put = async (text: string) => {
    bytes += text.length;
    if (!file.write(text)) await once(file, 'drain');
  };
  await put(style.header);
  for (let ordinal = 1; ordinal <= messages; ordinal++)
    await put(textOf(style, style.message(dice, ordinal, lines), found));
  await put(style.trailer(messages));
  file.end();
  await once(file, 'close');
  return { bytes, ...found };
}

function textOf(style: Style, segments: readonly Segment[], found: Contents): string {
  let text = '';
  for (const [tag, ...values] of segments) {
    found.segments += 1;
    text += tag;
    for (const value of values) {
      const parts = typeof value === 'string' ? [value] : value;
      text += style.element + parts.map((part) => partOf(style, part, found)).join(style.component);
    }
    text += style.segment;
  }
  return text;
}

function partOf({ released }: Style, value: string, found: Contents): string {
  if (value === '') return '';
  found.values += 1;
  found.characters += value.length;
  return released === null ? value : value.replace(released, '?$&');
}

/** Mulberry32: small, and spread well enough for prices and names. */
function diceOf(start: number): Dice {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * below) / 4_294_967_296) | 0;
  };
}

export function pick<T>(dice: Dice, among: readonly T[]): T {
  return among[dice(among.length)] as T;
}

/** So many digits. */
export function digits(dice: Dice, count: number): string {
  let text = '';
  while (text.length < count) text += dice(10);
  return text;
}

/** A GS1 key (GTIN, GLN) of the prefix and chance, `length` digits with a right check digit. */
export function gs1Key(dice: Dice, prefix: string, length: number): string {
  const first = prefix + digits(dice, length - 1 - prefix.length);
  return first + gs1CheckDigit(first);
}

/** A day of 2026 as CCYYMMDD. */
export function day(dice: Dice): string {
  return `2026${String(1 + dice(12)).padStart(2, '0')}${String(1 + dice(28)).padStart(2, '0')}`;
}

/** A price between 0.50 and 250.49, in cents. */
export const cents = (dice: Dice): number => 50 + dice(25_000);

export const money = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

const materials = [
  'COTTON',
  'OAK',
  'STEEL',
  'GLASS',
  'CERAMIC',
  'LINEN',
  'BAMBOO',
  'COPPER',
  'LEATHER',
  'WOOL',
];
const things = [
  'SAUCEPAN WITH LID',
  'BATH TOWEL',
  'PICTURE FRAME',
  'TABLE LAMP',
  'STORAGE BASKET',
  'WALL CLOCK',
  'SERVING TRAY',
  'DOOR MAT',
  'CUSHION COVER',
  'WATER CARAFE',
  'BREAD KNIFE',
  'LAUNDRY HAMPER',
];
const looks = [
  'NATURAL',
  'MATTE BLACK',
  'SLATE GREY',
  'IVORY',
  'FOREST GREEN',
  'TERRACOTTA',
  'NAVY',
  'CLEAR',
];

export const description = (dice: Dice): string =>
  `${pick(dice, materials)} ${pick(dice, things)} ${10 + dice(90)}CM ${pick(dice, looks)}`;
