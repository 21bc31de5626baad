/** Exact decimals for totals: digits times ten to the minus scale. */
export interface WholeDecimal {
  readonly digits: bigint;
  readonly scale: number;
}

const maxLength = 40;

/** Reads '-12.50', '12,5' or '3'; null when it is no decimal. */
export function parseDecimal(text: string): WholeDecimal | null {
  const parts = /^(-?)(\d*)(?:[.,](\d*))?$/.exec(text);
  if (parts === null || text.length > maxLength) return null;
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (whole + fraction === '') return null;
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

function addDecimals(a: WholeDecimal, b: WholeDecimal): WholeDecimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: scaled(a, scale) + scaled(b, scale), scale };
}

export function sameDecimal(a: WholeDecimal, b: WholeDecimal): boolean {
  const scale = Math.max(a.scale, b.scale);
  return scaled(a, scale) === scaled(b, scale);
}

/** '12.50' for 1250 at scale 2. */
export function formatDecimal({ digits, scale }: WholeDecimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function scaled({ digits, scale }: WholeDecimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

/** Adds decimals up exactly; whole numbers, which is what quantities mostly are, without BigInt. */
export class DecimalSum {
  #whole = 0;
  #rest: WholeDecimal = { digits: 0n, scale: 0 };

  /** @param amount of at most 15 digits */
  addWhole(amount: number): void {
    this.#whole += amount;
    if (this.#whole < 2 ** 52) return;
    this.#rest = this.total();
    this.#whole = 0;
  }

  /** False when the text is no decimal; nothing is added then. */
  add(text: string): boolean {
    const amount = parseDecimal(text);
    if (amount === null) return false;
    this.#rest = addDecimals(this.#rest, amount);
    return true;
  }

  total(): WholeDecimal {
    return addDecimals(this.#rest, { digits: BigInt(this.#whole), scale: 0 });
  }
}
