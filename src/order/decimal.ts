/**
 * Exact decimals: a bigint of millionths. Six fraction digits are what the canonical documents allow (`decimal` in
 * order.ts), so every quantity and price fits without rounding, and comparing and adding are single operations.
 */
const scale = 1_000_000n;
const fractionDigits = 6;
const wholeShape = /^\d+$/;
/** A whole number of so many digits is exact in millionths as a double too: 10^9 × 10^6 is below 2^53. */
const shortDigits = 9;
const shape = /^(-?)(\d+)(?:\.(\d{1,6}))?$/;

/**
 * Reads '12' or '3.50' into millionths.
 * @throws Error when the text is no decimal of at most six fraction digits: callers have checked it against the schema
 */
export function parseDecimal(text: string): bigint {
  // Most quantities of a ledger are 0, most others short and whole: they need no pattern.
  if (text === '0') return 0n;
  if (text.length <= shortDigits && wholeShape.test(text)) return BigInt(Number(text) * 1_000_000);
  const match = shape.exec(text);
  if (match === null)
    throw new Error(`'${text}' is not a decimal with at most ${fractionDigits} fraction digits`);
  const [, sign, whole, fraction = ''] = match;
  const value = BigInt(`${whole}${fraction.padEnd(fractionDigits, '0')}`);
  return sign === '-' ? -value : value;
}

/** Writes millionths as a decimal without trailing zeros: 3500000n is '3.5'. */
export function formatDecimal(value: bigint): string {
  if (value === 0n) return '0';
  if (value < 0n) return `-${formatDecimal(-value)}`;
  const whole = String(value / scale);
  const rest = value % scale;
  if (rest === 0n) return whole;
  return `${whole}.${String(rest).padStart(fractionDigits, '0').replace(/0+$/, '')}`;
}

/** The largest whole multiple of `step` that is not above `value`; both in millionths, `step` above zero. */
export function wholeMultiple(value: bigint, step: bigint): bigint {
  return value - (value % step);
}

/**
 * Sums factors pairwise exactly and rounds the sum once, half away from zero, to hundredths.
 * @param pairs quantity and price, each in millionths
 * @returns a decimal with two fraction digits, such as '1200.50'
 */
export function sumOfProducts(pairs: Iterable<readonly [bigint, bigint]>): string {
  let sum = 0n;
  for (const [a, b] of pairs) sum += a * b;
  const magnitude = sum < 0n ? -sum : sum;
  const cents = (magnitude + productHalfCent) / (2n * productHalfCent);
  const text = String(cents).padStart(3, '0');
  return `${sum < 0n && cents > 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** Half a hundredth at the scale of a product of two millionths (10^12). */
const productHalfCent = 5_000_000_000n;
