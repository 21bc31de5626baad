/** Values that fit every place where a guide writes a field: by element type, length, code table, date format and decimals. */
import type { CodeLine, Limits } from '../../src/mapping/notation.ts';
import type { Use } from './generate-types.ts';

/** Where the generator's decisions come from: random, or one after the other so that none is left out. */
export interface Choices {
  /** 0 to below `of`. */
  pick(of: number): number;
  /** Whether something that may be left out is there. */
  chance(): boolean;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
/** Some characters that need care: EDIFACT releases its separators, so they may stand in data; X12 has no way to. */
const marks = { x12: ' .,-()/&', edifact: " .,-()/&+:?'" };

/** Fields whose values have a form of their own, whatever the element takes. */
const shapes: Readonly<Record<string, (serial: number, choices: Choices) => string>> = {
  gtin: (serial, { pick }) => gs1([13, 14][pick(2)] ?? 13, serial),
  upc: (serial) => gs1(12, serial),
  gln: (serial) => gs1(13, serial),
  sscc: (serial) => gs1(18, serial),
  ssccTo: (serial) => gs1(18, serial),
  pallet: (serial) => gs1(18, serial),
  duns: (serial) => String(100_000_000 + serial),
  currency: (_serial, { pick }) => ['USD', 'EUR'][pick(2)] ?? 'USD',
  country: (_serial, { pick }) => ['US', 'DE'][pick(2)] ?? 'US',
};

function gs1(length: number, serial: number): string {
  const body = `4000001${String(serial).padStart(length - 8, '0')}`;
  const sum = [...body]
    .reverse()
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/**
 * A value for a field; undefined when none fits all its places.
 * @param uses everywhere the field is written
 * @param serial makes it different from others
 */
export function valueFor(
  uses: readonly Use[],
  standard: 'x12' | 'edifact',
  serial: number,
  choices: Choices,
  wanted: ReadonlySet<string> | undefined,
): string | undefined {
  const type = uses[0]?.slot.type;
  const rows = uses.find((use) => use.rows !== null && use.rows !== undefined)?.rows;
  if (rows !== undefined && rows !== null) return rows[choices.pick(rows.length)];
  const coded = uses.filter(({ table }) => table !== null);
  if (coded.length > 0 || type?.kind === 'choice') return codedValue(uses, wanted, choices);
  if (type?.kind === 'decimal') return decimalFor(uses, serial, choices);
  const day = new Date(Date.UTC(2024, 0, 1 + choices.pick(1500), choices.pick(24), choices.pick(60)));
  if (type?.kind === 'date') return day.toISOString().slice(0, 10);
  if (type?.kind === 'datetime') return `${day.toISOString().slice(0, 16)}:00Z`;
  return textFor(uses, standard, serial, choices);
}

/** The values that every code table can say and understand again. */
export function codedValues(uses: readonly Use[]): string[] {
  const [first, ...others] = uses.map(said);
  return (first ?? []).filter((value) => others.every((more) => more.includes(value)));
}

const sayables = new WeakMap<Use, string[]>();

function said(use: Use): string[] {
  const values = sayables.get(use) ?? sayable(use);
  sayables.set(use, values);
  return values;
}

function codedValue(
  uses: readonly Use[],
  wanted: ReadonlySet<string> | undefined,
  { pick }: Choices,
): string | undefined {
  const type = uses[0]?.slot.type;
  const coded = uses.filter(({ table }) => table !== null);
  const all = coded.length > 0 ? codedValues(coded) : type?.kind === 'choice' ? [...(wanted ?? [])] : [];
  const spoken = wanted === undefined ? all : all.filter((value) => wanted.has(value));
  const values = spoken.length > 0 ? spoken : all;
  return values[pick(values.length)];
}

function sayable({ table, taken, slot: { type }, spot, limits }: Use): string[] {
  const lines = table ?? [];
  const values = new Set(lines.flatMap((line) => line.values));
  return [...values].filter((value) => {
    const code = codeOf(lines, value);
    if (code === undefined || taken.has(code) || code.length > spot.max || !isAgreed(code, limits))
      return false;
    if (type.kind === 'choice' && !type.values.includes(value)) return false;
    return lines.find((line) => line.code === code)?.values[0] === value;
  });
}

function isAgreed(text: string, limits: readonly Limits[]): boolean {
  return limits.every(
    ({ allow, length }) =>
      (allow === null || allow.includes(text)) &&
      (length === null || (text.length >= length.least && text.length <= length.most)),
  );
}

function codeOf(lines: readonly CodeLine[], value: string): string | undefined {
  return lines.find((line) => line.code !== '*' && line.values.includes(value))?.code;
}

function decimalFor(uses: readonly Use[], serial: number, { pick }: Choices): string {
  const implied = uses.flatMap(({ spot }) => (spot.implied === null ? [] : [spot.implied]));
  const always = uses.flatMap(({ binding }) => binding.places ?? binding.implied ?? []);
  const places = implied[0] ?? always[0] ?? [0, 0, 1, 2][pick(4)] ?? 0;
  const room = Math.min(...uses.map(({ spot }) => spot.max), 9);
  const whole = Math.max(1, room - places);
  const fits = 10 ** Math.min(whole, 6);
  const value = String(1 + ((serial * 37 + pick(fits)) % (fits - 1)));
  if (places === 0 || room <= places) return value;
  const fraction = String(1 + pick(9)).padStart(places, '0');
  return `${value}.${fraction}`;
}

function textFor(
  uses: readonly Use[],
  standard: 'x12' | 'edifact',
  serial: number,
  choices: Choices,
): string | undefined {
  const lengths = uses.flatMap(({ limits, binding }) =>
    limits.flatMap(({ length }) =>
      length === null
        ? []
        : [{ least: length.least - binding.prefix.length, most: length.most - binding.prefix.length }],
    ),
  );
  const least = Math.max(
    1,
    ...uses.map(({ spot, binding }) => spot.rule.min - binding.prefix.length),
    ...lengths.map((length) => length.least),
  );
  const most = Math.min(
    60,
    ...uses.map(({ spot, binding }) => spot.max - binding.prefix.length),
    ...lengths.map((length) => length.most),
  );
  const allowed = uses.flatMap(({ limits }) =>
    limits.flatMap(({ allow }) => (allow === null ? [] : [allow])),
  );
  if (allowed.length > 0) {
    const values = (allowed[0] ?? []).filter((value) => uses.every(({ limits }) => isAgreed(value, limits)));
    return values[choices.pick(values.length)];
  }
  const taken = new Set(uses.flatMap((use) => [...use.taken]));
  const closed = uses.find(({ spot }) => spot.rule.codes?.closed === true)?.spot.rule.codes;
  if (closed !== undefined && closed !== null) {
    const codes = [...closed.meanings.keys()].filter((code) => !taken.has(code) && code.length <= most);
    return codes[choices.pick(codes.length)];
  }
  const shape = shapes[uses[0]?.slot.keys.at(-1) ?? ''];
  if (shape !== undefined) {
    const shaped = shape(serial, choices);
    if (shaped.length >= least && shaped.length <= most) return shaped;
  }
  const types = new Set(uses.map(({ spot }) => spot.rule.type));
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = written(types, standard, least, most, serial + attempt, choices);
    if (!taken.has(text)) return text;
  }
  return undefined;
}

function written(
  types: ReadonlySet<string>,
  standard: 'x12' | 'edifact',
  least: number,
  most: number,
  serial: number,
  { pick }: Choices,
): string {
  const numeric = ['N', 'n', 'R'].some((type) => types.has(type));
  const code = types.has('ID');
  const own = numeric ? String(1 + serial) : types.has('a') ? letters(serial) : serial.toString(36);
  const edge = numeric
    ? digits.slice(1)
    : types.has('a')
      ? upper
      : code
        ? upper + digits
        : lower + upper + digits;
  const inner = numeric ? digits : code || types.has('a') ? edge : edge + marks[standard];
  const length = Math.max(least, Math.min(most, own.length + 1 + pick(Math.max(1, most))));
  const id = (code ? own.toUpperCase() : own).slice(-Math.max(1, length - 1));
  let text = edge[pick(edge.length)] ?? 'A';
  while (text.length < length - id.length) text += inner[pick(inner.length)] ?? 'b';
  return `${text}${id}`.slice(0, Math.max(least, Math.min(most, length)));
}

function letters(serial: number): string {
  return [...serial.toString(26)].map((digit) => upper[Number.parseInt(digit, 26)] ?? 'A').join('');
}
