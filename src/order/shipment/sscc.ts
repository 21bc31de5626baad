/**
 * SSCC-18, the number of a logistic unit: extension digit, GS1 company prefix, serial reference, check digit
 * (GS1 General Specifications, application identifier 00). Without the identifier itself.
 */

const dataDigits = 17;
const prefixShape = /^\d{7,10}$/;

/** How many serials a company prefix leaves: they count from 0 to one less. @throws Error for a prefix of wrong length */
export function ssccSerials(gs1Prefix: string): bigint {
  if (!prefixShape.test(gs1Prefix))
    throw new Error(`A GS1 company prefix has 7 to 10 digits, not '${gs1Prefix}'`);
  return 10n ** BigInt(dataDigits - 1 - gs1Prefix.length);
}

/**
 * Makes an SSCC of 18 digits.
 * @param extensionDigit 0 to 9, at the choice of who makes the number
 * @param gs1Prefix the company prefix, 7 to 10 digits
 * @param serial from 0, below ssccSerials(gs1Prefix); never use one twice
 * @throws Error when a part does not fit: the counter ran out, or the prefix is mistyped
 */
export function sscc(extensionDigit: number, gs1Prefix: string, serial: number | bigint): string {
  if (!Number.isInteger(extensionDigit) || extensionDigit < 0 || extensionDigit > 9) {
    throw new Error(`The extension digit is 0 to 9, not ${extensionDigit}`);
  }
  const serials = ssccSerials(gs1Prefix);
  if (typeof serial === 'number' && !Number.isSafeInteger(serial)) throw new Error(`${serial} is no serial`);
  if (serial < 0n || serial >= serials) {
    throw new Error(`The serial ${serial} is outside 0 to ${serials - 1n}, which prefix ${gs1Prefix} leaves`);
  }
  const reference = String(serial).padStart(dataDigits - 1 - gs1Prefix.length, '0');
  const data = `${extensionDigit}${gs1Prefix}${reference}`;
  return `${data}${gs1CheckDigit(data)}`;
}

/**
 * The GS1 check digit (modulo 10, weights 3 and 1 from the right) of the digits before it.
 * @param digits without the check digit, such as 17 for an SSCC or 13 for a GTIN-14
 */
export function gs1CheckDigit(digits: string): string {
  let sum = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    sum += Number(digits[digits.length - place]) * (place % 2 === 1 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}
