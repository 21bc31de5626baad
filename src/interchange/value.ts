/** What a value must look like: dates, times, numbers, check digits. */

/** A date of 6 (YYMMDD) or 8 digits (YYYYMMDD) that exists. */
export function isDate(text: string): boolean {
  if (!/^(\d{6}|\d{8})$/.test(text)) return false;
  const year = text.length === 8 ? Number(text.slice(0, 4)) : 2000 + Number(text.slice(0, 2));
  const rest = text.slice(-4);
  return isDay(year, Number(rest.slice(0, 2)), Number(rest.slice(2)));
}

/** A time HHMM, HHMMSS, or with one or two decimals of a second behind that. */
export function isTime(text: string): boolean {
  if (!/^\d{4}(\d\d(\d{1,2})?)?$/.test(text)) return false;
  return Number(text.slice(0, 2)) < 24 && Number(text.slice(2, 4)) < 60 && Number(text.slice(4, 6)) < 60;
}

export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** GS1 check digit (GTIN, GLN, SSCC): weights 3 and 1 from the right. False also when it is not all digits. */
export function hasCheckDigit(text: string): boolean {
  if (!/^\d{8,18}$/.test(text)) return false;
  let sum = 0;
  for (let index = text.length - 2, weight = 3; index >= 0; index -= 1, weight = 4 - weight) {
    sum += (text.charCodeAt(index) - 48) * weight;
  }
  return (10 - (sum % 10)) % 10 === text.charCodeAt(text.length - 1) - 48;
}

/** Digits with an optional leading minus. */
export function isInteger(text: string): boolean {
  let index = text.charCodeAt(0) === 45 ? 1 : 0;
  if (index === text.length) return false;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** How many digits a decimal has; -1 when it is none. `mark` is the decimal mark; an X12 R may have an exponent. */
export function decimalDigits(text: string, mark: number): number {
  let digits = 0;
  let marks = 0;
  for (let index = text.charCodeAt(0) === 45 ? 1 : 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
    else if (code === mark && marks === 0) marks = 1;
    else
      return mark === 46 && digits > 0 && /^-?\d*\.?\d*E-?\d+$/.test(text)
        ? text.replace(/[^\d]/g, '').length
        : -1;
  }
  return digits === 0 ? -1 : digits;
}
