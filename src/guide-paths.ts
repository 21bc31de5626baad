/** Canonical paths as pages show them: lists with [], from the document's root. */

import type { Entry } from './mapping/notation.ts';

/** The canonical place of what stands in an entry and below it: 'lines[]', 'lines[].shipTo'. */
export function pathBelow({ each, within }: Entry, path: string): string {
  const list = each === null ? path : joined(path, `${each.value.split('.').join('[].')}[]`);
  return within === null ? list : joined(list, within.value);
}

/** A field's whole path. '/currency' is the document's own; '.' is the item itself. */
export function joined(path: string, field: string): string {
  if (field.startsWith('/')) return field.slice(1);
  if (field === '.') return path;
  return path === '' ? field : `${path}.${field}`;
}
