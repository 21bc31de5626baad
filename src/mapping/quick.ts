/**
 * The short way of a value into the document: for fields that nothing special is said of, and values with nothing wrong. It
 * gives up before it has changed anything; then the long way is gone, which says what is the matter.
 */
import type { Codec } from './codec.ts';
import { isPlainDecimal } from './convert.ts';
import type { Slot } from './path.ts';
import type { Fields, Frame } from './plan.ts';

/** What the short way has to know of a field. */
export interface Quick {
  readonly plain: Codec['plain'];
  readonly meanings: ReadonlyMap<string, string> | null;
  readonly codec: Codec;
  /** The object that holds the field; null: it stands in the item itself. */
  readonly holder: string | null;
  readonly key: string;
}

/** null: the field lies too deep, or in what stands around the item. */
export function quickWay(codec: Codec, { up, keys }: Slot): Quick | null {
  const [first = '', second] = keys;
  if (up > 0 || keys.length > 2) return null;
  const { plain, meanings = null } = codec;
  const [holder, key] = second === undefined ? [null, first] : [first, second];
  return { plain, meanings, codec, holder, key };
}

/** Takes a value; false: it takes the long way. */
export function takeQuickly(quick: Quick, raw: string, format: string, { object }: Frame): boolean {
  const value = decode(quick, raw, format);
  if (value === undefined) return false;
  const { holder, key } = quick;
  let into = object;
  if (holder !== null) {
    into = object[holder] as Fields;
    if (into === undefined) {
      into = {};
      object[holder] = into;
    }
  }
  const old = into[key];
  if (old === undefined) into[key] = value;
  return old === undefined || old === value;
}

function decode({ plain, meanings, codec }: Quick, raw: string, format: string): string | undefined {
  switch (plain) {
    case 'text':
      return raw;
    case 'decimal':
      return isPlainDecimal(raw) ? raw : undefined;
    case 'code':
      return meanings?.get(raw);
    default:
      return codec.leaves?.(raw, format) === true ? undefined : codec.decode(raw, format);
  }
}
