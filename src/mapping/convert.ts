/** Numbers as the standards write them and as the canon holds them: exact in both directions, or undefined. No floats anywhere. */

const canonicalDecimal = /^-?\d{1,15}(\.\d{1,6})?$/;
const fractionDigits = 6;

/**
 * A number as received ('0012', '.5', '+3.50', EDIFACT '3,50') as a canonical decimal; the digits after the mark stay.
 * @param implied places of an implied point: '1234' with 2 is '12.34'; a value that has its own point keeps it
 */
export function readDecimal(raw: string, implied: number): string | undefined {
  if (implied === 0 && isPlain(raw)) return raw;
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

/** '12', '7': most quantities. */
function isPlain(raw: string): boolean {
  if (raw.length > 15 || (raw.charCodeAt(0) === 48 && raw.length > 1)) return false;
  for (let index = 0; index < raw.length; index++) {
    const digit = raw.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return false;
  }
  return raw !== '';
}

/** More places than the canon has are none when they are zeros. */
function withinCanon(fraction: string): string {
  const over = fraction.slice(fractionDigits);
  return over !== '' && /^0+$/.test(over) ? fraction.slice(0, fractionDigits) : fraction;
}

/** A canonical decimal without its point, of which so many places are implied; undefined when it has more places. */
export function writeImplied(value: string, implied: number): string | undefined {
  const [digits = '', fraction = ''] = value.split('.');
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > implied) return undefined;
  return `${digits}${kept.padEnd(implied, '0')}`.replace(/^(-?)0+(?=\d)/, '$1');
}

/** A canonical decimal with exactly so many places; undefined when it has more that are not zero. */
export function writePlaces(value: string, places: number): string | undefined {
  const [digits = '', fraction = ''] = value.split('.');
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > places) return undefined;
  return places === 0 ? digits : `${digits}.${kept.padEnd(places, '0')}`;
}
