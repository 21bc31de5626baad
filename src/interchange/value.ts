/**
 * What a value must look like: dates, times, numbers, check digits. Values are bytes of the tape between two indexes; a
 * function whose name ends in `Text` takes a string.
 */

type Bytes = Uint8Array;

const zero = 48;
const nine = 57;
const minus = 45;

/** The number that `count` digits make; -1 when one of them is no digit. */
export function digitsAt(bytes: Bytes, from: number, count: number): number {
  let number = 0;
  for (let index = from; index < from + count; index += 1) {
    const code = bytes[index] as number;
    if (code < zero || code > nine) return -1;
    number = number * 10 + code - zero;
  }
  return number;
}

/** A date of 6 (YYMMDD) or 8 digits (YYYYMMDD) that exists. */
export function isDate(bytes: Bytes, from: number, to: number): boolean {
  const length = to - from;
  if (length !== 6 && length !== 8) return false;
  const date = digitsAt(bytes, from, length);
  if (date < 0) return false;
  const day = date % 100;
  const month = Math.floor(date / 100) % 100;
  const year = Math.floor(date / 10_000);
  return isDay(length === 6 ? 2000 + year : year, month, day);
}

/** A time HHMM, HHMMSS, or with one or two decimals of a second behind that. */
export function isTime(bytes: Bytes, from: number, to: number): boolean {
  const length = to - from;
  if (length !== 4 && (length < 6 || length > 8)) return false;
  const hours = digitsAt(bytes, from, 2);
  const minutes = digitsAt(bytes, from + 2, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  if (length === 4) return true;
  const seconds = digitsAt(bytes, from + 4, 2);
  return seconds >= 0 && seconds < 60 && digitsAt(bytes, from + 6, length - 6) >= 0;
}

export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (
    day <=
    (month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
  );
}

/** GS1 check digit (GTIN, GLN, SSCC): weights 3 and 1 from the right. False also when it is not 8 to 18 digits. */
export function hasCheckDigit(bytes: Bytes, from: number, to: number): boolean {
  const length = to - from;
  if (length < 8 || length > 18) return false;
  let sum = 0;
  let weight = 1;
  for (let index = to - 1; index >= from; index -= 1) {
    const digit = (bytes[index] as number) - zero;
    if (digit < 0 || digit > 9) return false;
    sum += digit * weight;
    weight = 4 - weight;
  }
  return sum % 10 === 0;
}

/** Digits with an optional leading minus. */
export function isInteger(bytes: Bytes, from: number, to: number): boolean {
  let index = bytes[from] === minus ? from + 1 : from;
  if (index === to) return false;
  for (; index < to; index += 1) {
    const code = bytes[index] as number;
    if (code < zero || code > nine) return false;
  }
  return true;
}

/**
 * How many digits a decimal has; -1 when it is none.
 * @param mark character code of the decimal mark
 * @param exponents an X12 R may have one: 12.5E-3
 */
export function decimalDigits(
  bytes: Bytes,
  from: number,
  to: number,
  mark: number,
  exponents: boolean,
): number {
  let digits = 0;
  let marks = 0;
  for (let index = bytes[from] === minus ? from + 1 : from; index < to; index += 1) {
    const code = bytes[index] as number;
    if (code >= zero && code <= nine) digits += 1;
    else if (code === mark && marks === 0) marks = 1;
    else return exponents && digits > 0 ? exponentDigits(bytes, from, to) : -1;
  }
  return digits === 0 ? -1 : digits;
}

/** The digits of a number such as 12.5E-3; -1 when it is none. */
function exponentDigits(bytes: Bytes, from: number, to: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  return /^-?\d*\.?\d*E-?\d+$/.test(text) ? text.replace(/[^\d]/g, '').length : -1;
}

/** `isDate` of a string. */
export function isDateText(text: string): boolean {
  return isDate(Buffer.from(text, 'latin1'), 0, text.length);
}

/** `isTime` of a string. */
export function isTimeText(text: string): boolean {
  return isTime(Buffer.from(text, 'latin1'), 0, text.length);
}

/** The key of the one to three bytes between two indexes. */
export function codeKey(bytes: Uint8Array, from: number, to: number): number {
  let key = 1;
  for (let index = from; index < to; index += 1) key = key * 256 + (bytes[index] as number);
  return key;
}
