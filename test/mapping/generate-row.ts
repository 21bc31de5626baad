/** One segment as the guide would write it: what is in it, whether the dictionary takes it so, and which fields it carries. */
import type { SyntaxRule } from '../../src/interchange/dictionary/dictionary.ts';
import type { Fields, Frame, Row } from '../../src/mapping/plan.ts';
import { hierarchyTags } from '../../src/mapping/structure.ts';
import type { Node } from './generate-types.ts';

export interface Written {
  readonly values: Row['values'];
  readonly said: boolean;
  /** The dictionary and the guide take it so. */
  readonly fits: boolean;
}

/** The segment of an entry for what stands in the frame now. */
export function rowOf({ plan, rule }: Node, frame: Frame): Written {
  const row: Row = { values: [], said: 0 };
  const context = { out: [], faults: [], guide: '', computing: { jobs: [], outcomes: null } };
  for (const write of plan.writeCells) write(row, frame, context);
  const items = (plan.repeat?.list(frame) as Fields[] | undefined) ?? [];
  plan.repeat?.write(row, items.slice(0, plan.repeat.perSegment), frame, context);
  for (const { element, components } of plan.wholes) {
    const value = row.values[element - 1];
    if (Array.isArray(value) && components.some((part) => (value[part] ?? '') === '')) drop(row, element);
  }
  for (const { all, drop: gone } of plan.syntax)
    if (!all.every((element) => isThere(row, element))) for (const element of gone) drop(row, element);
  const whole = rule.elements.every(
    ({ mandatory, position, composite }) =>
      (!mandatory || hierarchyTags.has(rule.tag) || isThere(row, position)) &&
      (composite === null ||
        !isThere(row, position) ||
        composite.syntax.every((syntax) => holds(syntax, (part) => partOf(row, position, part)))),
  );
  const fits =
    context.faults.length === 0 &&
    whole &&
    rule.syntax.every((syntax) => syntax.soft || holds(syntax, (element) => isThere(row, element)));
  return { values: row.values, said: row.said !== 0, fits };
}

export function sameRow(a: Written, b: Written): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ values }: Written): string {
  return values
    .map((value) => (Array.isArray(value) ? value.map((part) => part ?? '').join('\r') : (value ?? '')))
    .join('\n')
    .replace(/[\r\n]+$/, '');
}

function drop(row: Row, element: number): void {
  row.values[element - 1] = undefined;
  row.said &= ~(1 << (element & 31));
}

function isThere(row: Row, element: number): boolean {
  const value = row.values[element - 1];
  return Array.isArray(value) ? value.some((part) => (part ?? '') !== '') : (value ?? '') !== '';
}

function partOf(row: Row, element: number, part: number): boolean {
  const value = row.values[element - 1];
  return Array.isArray(value) ? (value[part - 1] ?? '') !== '' : part === 1 && (value ?? '') !== '';
}

function holds({ kind, positions }: SyntaxRule, there: (position: number) => boolean): boolean {
  const [first = 0, ...others] = positions;
  const count = positions.filter(there).length;
  switch (kind) {
    case 'P':
      return count === 0 || count === positions.length;
    case 'R':
      return count > 0;
    case 'E':
      return count <= 1;
    case 'C':
      return !there(first) || others.every(there);
    case 'L':
      return !there(first) || others.some(there);
  }
}
