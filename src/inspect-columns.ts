/** How text stands on a terminal: what would be obeyed or is invisible is shown as a sign, and columns are counted. */

/** A piece of text and the columns that it takes. */
export interface Shown {
  readonly text: string;
  readonly columns: number;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\x20-\x7e]*$/;
/** Controls, characters that only steer others (direction marks, joiners), line separators, and what is no character. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;
/** Two columns wide: the scripts of East Asia with their signs, full-width forms, and pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303e\u30fb\u30fc\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]|\p{Extended_Pictographic}\ufe0f|.\ufe0f\u20e3/u;
/** Half-width forms are of the same scripts, and one column. */
const half = /^[\uff61-\uffdc]/;
const markOnly = /^[\p{Mn}\p{Me}]+$/u;

/**
 * Replaces what a terminal would obey instead of showing, and what nobody would see: control characters by the pictures
 * that Unicode has for them (␉, ␍, ␛), others by their number (<U+202E>).
 */
export function visible(text: string): string {
  return plain.test(text) ? text : text.replace(unseen, picture);
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The columns that visible text takes on a terminal. */
export function columnsOf(text: string): number {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += widthOf(segment);
  return columns;
}

function widthOf(grapheme: string): number {
  if (markOnly.test(grapheme)) return 0;
  return wide.test(grapheme) && !half.test(grapheme) ? 2 : 1;
}

/** The beginning of visible text, at most `most` columns of it; no character is cut in half. */
export function firstColumns(text: string, most: number): Shown {
  return gather(graphemesOf(text, most), most);
}

/** The end of visible text, at most `most` columns of it. */
export function lastColumns(text: string, most: number): Shown {
  const all = [...graphemesOf(text.slice(-mostOfCharacter * most), Number.POSITIVE_INFINITY)].reverse();
  const { text: back, columns } = gather(all, most, (kept, one) => one + kept);
  return { text: back, columns };
}

/** No character that people see is longer, of those that are worth being shown whole. */
const mostOfCharacter = 8;

function* graphemesOf(text: string, most: number): Generator<string> {
  const enough = Number.isFinite(most) ? text.slice(0, mostOfCharacter * most) : text;
  for (const { segment } of graphemes.segment(enough)) yield segment;
}

function gather(
  from: Iterable<string>,
  most: number,
  join = (kept: string, one: string) => kept + one,
): Shown {
  let text = '';
  let columns = 0;
  for (const one of from) {
    const width = widthOf(one);
    if (columns + width > most) break;
    text = join(text, one);
    columns += width;
  }
  return { text, columns };
}
