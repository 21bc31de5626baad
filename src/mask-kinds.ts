/**
 * What may stay as it is in a masked file, and what the rest is called. Everything is masked that is not plainly a code, a
 * date, a quantity or a number of structure: what nobody knows is taken for a name.
 */
import type { ElementRule } from './interchange/dictionary/dictionary.ts';

export type Kind = 'name' | 'address' | 'contact' | 'id' | 'price' | 'text' | 'interchange id' | 'unknown';
export type Treatment =
  | { readonly how: 'keep' }
  | { readonly how: 'words' | 'price' | 'classes'; readonly kind: Kind }
  | { readonly how: 'row'; readonly kind: Kind; readonly rows: ReadonlySet<string> };

/** What a guide says of a place, as far as it matters here. */
export interface Bound {
  /** Codes that it names there. */
  readonly codes: ReadonlySet<string>;
  /** Canonical fields that it reads there. */
  readonly fields: ReadonlySet<string>;
  /** Values that it looks up there in a table: one of them becomes another. */
  readonly rows: ReadonlySet<string>;
}

const keep: Treatment = { how: 'keep' };

/** Numbers of structure and quantities: counts, levels, positions, control numbers, packs, weights. */
const counted = words(
  '2 28 96 97 123 329 350 354 347 447 480 554 628 719 721 722 725 734 1705 I11 I12 I16 ' +
    '65 80 81 82 183 189 213 289 330 339 342 356 357 358 380 382 383 384 385 386 395 398 406 408 413 416 466 472 ' +
    '477 622 646 649 657 663 664 667 671 677 713 733 739 740 741 757 765 784 810 876 880 884 885 931 932 1018 351 ' +
    '0020 0036 0048 0060 0062 0070 0074 0096 0098 0104 0136 0138 ' +
    '1050 1082 1156 1218 1220 1222 2152 6060 6064 6066 6152 6162 6314 6348 6426 6428 6432 7106 7164 7166 7224 5284 5394',
);
/** Days and times that are not of a type of their own. */
const dated = words('1251 2380 0017 0019 0338 I08 I09');
/** What a standard defines for its own envelopes, without a list in the dictionary. */
const service = words(
  '0001 0002 0007 0025 0029 0031 0035 0038 0051 0052 0054 0057 0065 0073 0076 0080 0081 0083 0085 0110 0133 0013 0135 ' +
    '143 479 I01 I03 I05 I10 I11 I13 I14 I15 I17 I18 I65',
);
const priced = words(
  '212 237 258 343 359 360 362 389 390 391 418 419 420 421 427 610 655 782 858 881 5004 5118 5420',
);
const named = words('93 60 174 790 1035 1036 1037 3036 3124 3128 3192 3412 3432 8212');
const addressed = words('19 116 156 166 310 3042 3164 3222 3223 3224 3225 3229 3232 3233 3251 3436 1038');
const reached = words('364 3148');
const texts = words(
  '3 61 79 87 352 369 387 724 742 933 961 1271 1551 4078 4276 4294 4400 4440 7008 7102 7110 9012',
);
const parties = words('I06 I07 142 124 0004 0010 0008 0014 0040 0042 0044 0046');
/** Codes of two or three characters that say where somebody is. */
const telling = words('156 1000');

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

const number = /^[+-]?\d*[.,]?\d*(E[+-]?\d{1,3})?$/;

/**
 * What becomes of a value.
 * @param rule what the dictionary says of its place; null: nothing is known about it
 */
export function treatmentOf(value: string, rule: ElementRule | null, bound: Bound): Treatment {
  if (bound.codes.has(value)) return keep;
  if (bound.rows.has(value)) return { how: 'row', kind: 'id', rows: bound.rows };
  if (rule === null) return { how: 'words', kind: 'unknown' };
  const { id } = rule;
  if (staysCode(value, rule) || staysNumber(value, rule, bound)) return keep;
  if ((priced.has(id) || isPrice(bound) || isNumeric(rule)) && number.test(value))
    return { how: 'price', kind: 'price' };
  return { how: isNumeric(rule) || isDated(rule, bound) ? 'classes' : 'words', kind: kindOf(rule) };
}

/** The longest word of an envelope: UNH 0065, 0057. */
const longestWord = 6;

/** A code of the list, a short code of a list that we do not have, or one of the envelope's own words. */
function staysCode(value: string, { id, codes, type, max }: ElementRule): boolean {
  if (codes?.meanings.has(value) === true) return true;
  const bare = value.replace(/[^A-Za-z0-9\x80-\xff]/g, '');
  if (service.has(id)) return bare.length <= longestWord;
  if (id === '480')
    return (
      /^\d{3}[A-Z0-9]{0,9}$/.test(bare) ||
      (!/[A-Za-z\x80-\xff]{4}/.test(value) && bare.replace(/\D/g, '').length <= mostDigits)
    );
  if (id === '721' || id === '447') return /^[A-Z0-9]{1,4}$/.test(value);
  const isCode = type === 'ID' || ((type === 'an' || type === 'a') && max <= 3);
  return isCode && !telling.has(id) && /^[A-Za-z0-9]{1,3}$/.test(value);
}

function staysNumber(value: string, rule: ElementRule, bound: Bound): boolean {
  if (isDated(rule, bound)) return /^[\d:.TZ+-]{1,35}$/.test(value);
  if (!counted.has(rule.id) && !onlyHas(bound, quantities)) return false;
  return number.test(value.replace(/[^ -~]/g, '')) && value.replace(/\D|^0+/g, '').length <= mostDigits;
}

function isDated({ id, type }: ElementRule, bound: Bound): boolean {
  return type === 'DT' || type === 'TM' || dated.has(id) || onlyHas(bound, days);
}

/** Whether the fields of a place are all of a kind: a REF may hold a quantity here, and there the number of an account. */
function onlyHas({ fields }: Bound, kind: RegExp): boolean {
  return fields.size > 0 && [...fields].every((path) => kind.test(path));
}

/** More digits than any count has are an id in the wrong place. */
const mostDigits = 10;
/** Canonical fields by the last word of their path. */
const days = /(On|At|NotBefore|NotAfter|After|Date)$/;
const quantities = /(quantity|ordered|confirmed|backordered|cut|packSize|weight|(?<!ac|dis)count)$/i;
const prices = /(price|amount|total|charge|allowance)$/i;

function isPrice({ fields }: Bound): boolean {
  return [...fields].some((path) => prices.test(path));
}

function isNumeric({ type }: ElementRule): boolean {
  return type === 'R' || type === 'N' || type === 'n';
}

/** The word for what stands somewhere. */
export function kindOf({ id }: ElementRule): Kind {
  if (parties.has(id)) return 'interchange id';
  if (named.has(id)) return 'name';
  if (addressed.has(id)) return 'address';
  if (reached.has(id)) return 'contact';
  if (texts.has(id)) return 'text';
  return priced.has(id) ? 'price' : 'id';
}

/** Whose address an element holds, of an interchange or of a group. */
export function sideOf({ id }: ElementRule): 'sender' | 'receiver' | null {
  if (['I06', '142', '0004', '0040'].includes(id)) return 'sender';
  return ['I07', '124', '0010', '0044'].includes(id) ? 'receiver' : null;
}

/** Whether an element holds money that lines add up to, and whether it is the price of a unit or how many there are. */
export function roleOf({ id }: ElementRule): 'price' | 'quantity' | 'amount' | null {
  if (id === '212' || id === '5118') return 'price';
  if (['330', '358', '380', '382', '6060'].includes(id)) return 'quantity';
  return ['610', '782', '5004'].includes(id) ? 'amount' : null;
}
