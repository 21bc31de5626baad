/** Totals in a masked file: what was the sum of the lines, or the amount of one, is so again with the masked prices. */

/** A number that has a part in the money of a message. */
export interface Figure {
  readonly role: 'price' | 'quantity' | 'amount';
  readonly text: string;
  /** Digits after the point that is not written (X12 N elements). */
  readonly implied: number;
  /** The line that it belongs to, counted from 1; an amount to the last line so far. */
  readonly line: number;
}

interface Line {
  quantity: bigint | null;
  price: Figure | null;
}

const scale = 6;

/**
 * The amounts that follow from masked prices.
 * @param figures of one message, in their order
 * @param maskOf what the text of a price becomes
 * @returns for those amounts that were a sum of lines or the amount of a line: their new text
 */
export function recomputed(
  figures: readonly Figure[],
  maskOf: (price: string) => string,
): ReadonlyMap<Figure, string> {
  const lines = linesOf(figures);
  const before = lines.map((line) => productOf(line, (text) => text));
  const after = lines.map((line) => productOf(line, maskOf));
  const found = new Map<Figure, string>();
  for (const figure of figures.filter(({ role }) => role === 'amount')) {
    const value = millionths(figure.text, figure.implied);
    const total = value === null || value === 0n ? null : explain(value, figure.line - 1, before, after);
    const text = total === null ? null : written(total, figure);
    if (text !== null) found.set(figure, text);
  }
  return found;
}

/** The first quantity and the first price of each line. */
function linesOf(figures: readonly Figure[]): Line[] {
  const lines: Line[] = [];
  for (const figure of figures) {
    const { role, line } = figure;
    if (role === 'amount' || line < 1) continue;
    while (lines.length < line) lines.push({ quantity: null, price: null });
    const found = lines[line - 1] as Line;
    if (role === 'price') found.price ??= figure;
    else found.quantity ??= millionths(figure.text, figure.implied);
  }
  return lines;
}

/** In hundredths, half away from zero; null where the line has no quantity or no price. */
function productOf({ quantity, price }: Line, maskOf: (price: string) => string): bigint | null {
  const each = price === null ? null : millionths(maskOf(price.text), price.implied);
  return quantity === null || each === null ? null : hundredths(quantity * each, 2 * scale);
}

/** What a total is with the masked prices, when the lines explain what it was. */
function explain(
  value: bigint,
  own: number,
  before: readonly (bigint | null)[],
  after: readonly (bigint | null)[],
): bigint | null {
  const cents = hundredths(value, scale);
  if (cents * 10n ** BigInt(scale - 2) !== value) return null;
  if (own >= 0 && before[own] === cents) return after[own] ?? null;
  return sumOf(before) === cents ? sumOf(after) : null;
}

function sumOf(values: readonly (bigint | null)[]): bigint {
  return values.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n);
}

function hundredths(value: bigint, from: number): bigint {
  const unit = 10n ** BigInt(from - 2);
  return (value + (value < 0n ? -unit / 2n : unit / 2n)) / unit;
}

/** Millionths; null: no number. */
function millionths(text: string, implied: number): bigint | null {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(text) ?? [];
  if (whole + fraction === '' || fraction.length + implied > scale) return null;
  const digits = BigInt(whole + fraction) * 10n ** BigInt(scale - fraction.length - implied);
  return sign === '-' ? -digits : digits;
}

/** With as many digits after the point as the original had; null where they are too few. */
function written(cents: bigint, { text, implied }: Figure): string | null {
  const point = /[.,]/.exec(text)?.[0] ?? '';
  const places = implied > 0 ? implied : point === '' ? 0 : text.length - text.indexOf(point) - 1;
  const value = cents * 10n ** BigInt(scale - 2);
  const unit = 10n ** BigInt(scale - places);
  if (value % unit !== 0n) return null;
  const digits = String(value / unit).padStart(places + 1, '0');
  if (implied > 0 || places === 0) return digits;
  return `${digits.slice(0, -places)}${point}${digits.slice(-places)}`;
}
