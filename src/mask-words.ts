/**
 * Words in disguise: each run of letters or digits gets another of the same shape, the same one wherever it stands in a
 * file. The substitutes are drawn from the system's random source and kept nowhere: what a mask stood for can neither be
 * computed nor found by trying names.
 */
import { randomInt } from 'node:crypto';

const vowels = 'AEIOU';
const consonants = 'BDFGHJKLMNPRSTVZ';
/** Runs up to this length are dealt from all of their shape: there are few of them. */
const shortest = 3;
const mostTries = 200;
const byteOrderMark = '\xef\xbb\xbf';

/** Where substitutes are drawn apart: the same digits as a price and as an id have nothing to do with each other. */
type Space = 'word' | 'price';

export class Disguise {
  readonly #known = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #pools = new Map<string, string[]>();
  readonly #bytes = new Map<number, readonly number[]>();
  readonly #originals: ReadonlySet<string>;
  readonly #banned: RegExp;
  readonly #whole = new Map<string, string>();

  /**
   * @param originals runs that must not come out of any mask, as `runsOf` gives them
   * @param banned characters that no mask may have: separators that are letters or digits, if a file has such
   */
  constructor(originals: ReadonlySet<string>, banned = '') {
    this.#originals = originals;
    this.#banned = banned === '' ? /$^/ : new RegExp(`[${banned.replace(/[\W_]/g, '')}]`, 'i');
  }

  /** Fixes what a whole value becomes, wherever it stands. */
  fix(value: string, substitute: string): void {
    this.#whole.set(value, substitute);
  }

  /** What a whole value was fixed to become; undefined: nothing was. */
  fixed(value: string): string | undefined {
    return this.#whole.get(value);
  }

  /** Another one of a list, and from then on always the same; itself where the list has no more. */
  other(value: string, values: ReadonlySet<string>): string {
    const taken = new Set(this.#whole.values());
    const free = [...values].filter((each) => each !== value && !taken.has(each));
    const substitute = free.length === 0 ? value : (free[randomInt(free.length)] as string);
    this.#whole.set(value, substitute);
    return substitute;
  }

  /** A text of the same shape: letters for letters, digits for digits, capitals for capitals, all else as it is. */
  text(value: string): string {
    return value.replace(/[A-Za-z]+|\d+|[\x80-\xff]+/g, (run) => this.#run(run));
  }

  /** What cannot be understood: X for letters, 9 for digits, the rest as it is. */
  classes(value: string): string {
    return value
      .replace(/[A-Z]/g, 'X')
      .replace(/[a-z]/g, 'x')
      .replace(/\d/g, '9')
      .replace(/[\x80-\xff]+/g, (run) => this.#high(run));
  }

  /** A number of the same shape: sign, point and zeros at its ends stay; '12.50' and '12.5' become alike. */
  price(value: string): string {
    const digits = value.replace(/\D/g, '');
    const significant = significantOf(value);
    if (significant === '') return value;
    const mask = this.#digits(significant, 'price');
    const from = digits.search(/[1-9]/);
    const all = digits.slice(0, from) + mask + digits.slice(from + mask.length);
    let at = 0;
    return value.replace(/\d/g, () => all[at++] as string);
  }

  #run(run: string): string {
    if (run.charCodeAt(0) >= 0x80) return this.#high(run);
    return /^\d/.test(run) ? this.#number(run) : this.#letters(run);
  }

  #letters(run: string): string {
    const mask = this.#known.get(run.toUpperCase()) ?? this.#fresh(run.toUpperCase(), 'word', makeWord);
    return Array.from(run, (char, at) => {
      const letter = mask[at] as string;
      return char === char.toUpperCase() ? letter : letter.toLowerCase();
    }).join('');
  }

  /** Zeros in front stay, so that a number padded to another length is still the same number. */
  #number(run: string): string {
    const significant = run.replace(/^0+/, '');
    if (significant === '') return run;
    return run.slice(0, run.length - significant.length) + this.#digits(significant, 'word');
  }

  #digits(significant: string, space: Space): string {
    const known = this.#known.get(`${space} ${significant}`);
    if (known !== undefined) return known;
    return this.#fresh(significant, space, space === 'price' ? makePrice : makeNumber);
  }

  /** Draws a mask that no other run has, and that is no run of the original. */
  #fresh(run: string, space: Space, make: (run: string) => string): string {
    const key = /^\d/.test(run) ? `${space} ${run}` : run;
    const mask = run.length <= shortest ? this.#deal(run, space) : this.#draw(run, space, make);
    this.#known.set(key, mask);
    return mask;
  }

  #draw(run: string, space: Space, make: (run: string) => string): string {
    let mask = make(run);
    for (let tries = 0; tries < mostTries && this.#refuses(mask, space); tries += 1) mask = make(run);
    this.#used.add(`${space} ${mask}`);
    return mask;
  }

  #refuses(mask: string, space: Space): boolean {
    return this.#originals.has(mask) || this.#used.has(`${space} ${mask}`) || this.#banned.test(mask);
  }

  /** Of a short shape: first those that the original has not, then, when there are no more, the others. */
  #deal(run: string, space: Space): string {
    const shape = `${space} ${/^\d/.test(run) ? 'digits' : 'letters'} ${run.length}`;
    let pool = this.#pools.get(shape);
    if (pool === undefined) {
      const all = mixed(allOf(run, space).filter((each) => !this.#banned.test(each)));
      const taken = (each: string) => this.#originals.has(each);
      pool = [...all.filter(taken), ...all.filter((each) => !taken(each))];
      this.#pools.set(shape, pool);
    }
    return pool.pop() ?? run;
  }

  /** Bytes above 7F: where they are UTF-8 they stay so, and every byte stays in its half of its block of 64. */
  #high(run: string): string {
    if (run === byteOrderMark) return run;
    const bytes = Buffer.from(run, 'latin1');
    const utf8 = isUtf8Text(bytes);
    const masked = bytes.map((byte, at) => {
      const last = at + 1 === bytes.length || (bytes[at + 1] as number) >= 0xc0;
      if (utf8) return last ? (byte & 0xe0) | this.#other(byte & 31, 32) : byte;
      return byte < 0xa0 ? byte : 0xe0 | this.#other(byte & 15, 16);
    });
    return Buffer.from(masked).toString('latin1');
  }

  /** A secret order of so many numbers. */
  #other(value: number, size: number): number {
    let order = this.#bytes.get(size);
    if (order === undefined) {
      order = mixed(Array.from({ length: size }, (_, at) => at));
      this.#bytes.set(size, order);
    }
    return order[value] as number;
  }
}

/** The runs of a value that masks must not repeat: upper case, numbers without zeros in front, a price as one number. */
export function runsOf(value: string): string[] {
  const runs = value.toUpperCase().match(/[A-Z]+|\d+/g) ?? [];
  const numbers = runs.map((run) => run.replace(/^0+/, ''));
  return /^[+-]?\d*[.,]?\d*$/.test(value.trim()) ? [...numbers, significantOf(value)] : numbers;
}

/** The digits of a price that its mask replaces: without the zeros at its ends. */
function significantOf(price: string): string {
  return price.replace(/\D/g, '').replace(/^0+|0+$/g, '');
}

function isUtf8Text(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // Not UTF-8: one byte a character.
    return false;
  }
}

function pick(from: string): string {
  return from[randomInt(from.length)] as string;
}

/** Consonants and vowels in turn: it can be read aloud, and looks like what it is. */
function makeWord(run: string): string {
  return Array.from(run, (_, at) => pick(at % 2 === 0 ? consonants : vowels)).join('');
}

function makePrice(run: string): string {
  return Array.from(run, (_, at) =>
    pick(at === 0 || at === run.length - 1 ? '123456789' : '0123456789'),
  ).join('');
}

/** As many digits; where the run ends with a right check digit so does this, and where it does not this does not. */
function makeNumber(run: string): string {
  for (;;) {
    const mask = pick('123456789') + Array.from(run.slice(1), () => pick('0123456789')).join('');
    if (
      isRight(gs1, mask) === isRight(gs1, run) &&
      (run.length !== 9 || isRight(luhn, mask) === isRight(luhn, run))
    )
      return mask;
  }
}

function isRight(sum: (digits: string) => number, digits: string): boolean {
  return sum(digits) % 10 === 0;
}

/** GS1 General Specifications 7.9: weights 3 and 1 in turn from the right. Zeros in front make no difference. */
function gs1(digits: string): number {
  return Array.from(digits)
    .reverse()
    .reduce((sum, digit, at) => sum + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
}

/** ISO/IEC 7812-1 annex B, which D-U-N-S numbers have ended with. */
function luhn(digits: string): number {
  return Array.from(digits)
    .reverse()
    .reduce((sum, digit, at) => {
      const twice = Number(digit) * (at % 2 === 0 ? 1 : 2);
      return sum + (twice > 9 ? twice - 9 : twice);
    }, 0);
}

function allOf(run: string, space: Space): string[] {
  const first = /^\d/.test(run) ? '123456789' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const next = /^\d/.test(run) ? '0123456789' : first;
  let all = Array.from(first);
  for (let length = 1; length < run.length; length += 1)
    all = all.flatMap((start) => Array.from(next, (char) => start + char));
  return space === 'price' ? all.filter((each) => !each.endsWith('0')) : all;
}

function mixed<T>(all: readonly T[]): T[] {
  const order = [...all];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}
