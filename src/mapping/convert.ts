/** Numbers as the standards write them and as the canon holds them: exact in both directions, or undefined. No floats anywhere. */

const canonicalDecimal = /^-?\d{1,15}(\.\d{1,6})?$/;
const fractionDigits = 6;

/**
 * A number as received ('0012', '.5', '+3.50', EDIFACT '3,50') as a canonical decimal; the digits after the mark stay.
 * @param implied places of an implied point: '1234' with 2 is '12.34'; a value that has its own point keeps it
 */
export function readDecimal(raw: string, implied: number): string | undefined {
  if (implied === 0 && isPlainDecimal(raw)) return raw;
  const match = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(raw);
  if (match === null) return undefined;
  const [, sign, digits = '', given] = match;
  if (digits === '' && (given ?? '') === '') return undefined;
  const padded = implied > 0 && given === undefined ? digits.padStart(implied + 1, '0') : digits;
  const cut = implied > 0 && given === undefined ? padded.length - implied : padded.length;
  const whole = padded.slice(0, cut).replace(/^0+(?=\d)/, '') || '0';
  const fraction = withinCanon(given ?? padded.slice(cut));
  const minus = sign === '-' && /[1-9]/.test(whole + fraction) ? '-' : '';
  const text = `${minus}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  return canonicalDecimal.test(text) ? text : undefined;
}

/** '12', '3.50': most quantities and prices, which stay as they came. */
export function isPlainDecimal(raw: string): boolean {
  const point = raw.indexOf('.');
  const whole = point < 0 ? raw.length : point;
  if (whole < 1 || whole > 15 || (whole > 1 && raw.charCodeAt(0) === 48)) return false;
  if (point >= 0 && (raw.length === point + 1 || raw.length > point + 1 + fractionDigits)) return false;
  for (let index = 0; index < raw.length; index++) {
    const digit = raw.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9) && index !== point) return false;
  }
  return true;
}

/** More places than the canon has are none when they are zeros. */
function withinCanon(fraction: string): string {
  const over = fraction.slice(fractionDigits);
  return over !== '' && /^0+$/.test(over) ? fraction.slice(0, fractionDigits) : fraction;
}

/** A canonical decimal without its point, of which so many places are implied; undefined when it has more places. */
export function writeImplied(value: string, implied: number): string | undefined {
  const fixed = writePlaces(value, implied);
  if (fixed === undefined) return undefined;
  const digits = implied === 0 ? fixed : fixed.slice(0, -implied - 1) + fixed.slice(-implied);
  const first = digits.charCodeAt(0);
  return first === 48 || first === 45 ? digits.replace(/^(-?)0+(?=\d)/, '$1') : digits;
}

/** A canonical decimal with exactly so many places; undefined when it has more that are not zero. */
export function writePlaces(value: string, places: number): string | undefined {
  const point = value.indexOf('.');
  const whole = point < 0 ? value : value.slice(0, point);
  const has = point < 0 ? 0 : value.length - point - 1;
  for (let index = value.length - 1; index >= value.length - has + places; index--)
    if (value.charCodeAt(index) !== 48) return undefined;
  if (places === 0) return whole;
  if (has === places) return value;
  return `${whole}.${value.slice(value.length - has, value.length - Math.max(0, has - places)).padEnd(places, '0')}`;
}
