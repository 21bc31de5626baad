/** Lineage for people: where each canonical value came from, and what became of each value of the message. */
import { visible } from './inspect-columns.ts';
import type { MessageRules } from './interchange/dictionary/dictionary.ts';
import type { Segment } from './interchange/interchange.ts';
import type { Lineage, Unmapped } from './mapping/guide.ts';
import { elementName } from './study-guide.ts';

/** One message with what its guide made of it. */
export interface Traced {
  readonly document: unknown;
  readonly lineage: readonly Lineage[];
  readonly unmapped: readonly Unmapped[];
  readonly segments: readonly Segment[];
  readonly rules: Pick<MessageRules, 'segments'>;
}

/** A table of columns: as wide as their widest cell, but the last. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(mostWide, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

/** A cell wider than this pushes what follows. */
const mostWide = 44;

/** 'lines.0.price  3.50  PO1 04, line 22  mappings/standard/x12-004010/850.yaml:57', a row for each canonical value. */
export function valueRows({ document, lineage }: Pick<Traced, 'document' | 'lineage'>): string[] {
  const rows = lineage.map(({ path, at, guide }) => [
    path,
    visible(valueText(valueAt(document, path))),
    `${placeName(at.tag ?? '', at.element, at.component)}, line ${at.line ?? '?'}`,
    guide,
  ]);
  return rows.length === 0 ? [] : table([['field', 'value', 'from', 'by'], ...rows]);
}

function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const key of path.split('.'))
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return value;
}

function valueText(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Service segments hold nothing of the document. */
const serviceTags = new Set(['ST', 'SE', 'UNH', 'UNT']);

/**
 * 'line 22  PO1 04  Unit price  3.50  lines.0.price', a row for each value of the message in its order. 'not read': no line
 * of the guide reads it. '·': it has no field of its own: a qualifier, a constant, or left aside on purpose.
 */
export function elementRows({ lineage, unmapped, segments, rules }: Omit<Traced, 'document'>): string[] {
  const fields = new Map<string, string[]>();
  for (const { path, at } of lineage) {
    const key = keyOf(at.segment, at.element, at.component);
    fields.set(key, [...(fields.get(key) ?? []), path]);
  }
  const unread = new Set(unmapped.map(({ at, element, component }) => keyOf(at.segment, element, component)));
  const rows = segments.flatMap((segment) => {
    if (serviceTags.has(segment.tag)) return [];
    return cellsOf(segment).map(({ element, component, value }) => {
      // A composite with one component may stand as a plain value.
      const others = component === undefined ? [1] : component === 1 ? [undefined] : [];
      const keys = [component, ...others].map((each) => keyOf(segment.ordinal, element, each));
      const paths = [...new Set(keys.flatMap((key) => fields.get(key) ?? []))];
      const fate =
        paths.length > 0 ? paths.join(', ') : keys.some((key) => unread.has(key)) ? 'not read' : '·';
      const name = elementName(rules.segments.get(segment.tag), element, component ?? null);
      return [String(segment.line), placeName(segment.tag, element, component), name, visible(value), fate];
    });
  });
  return rows.length === 0 ? [] : table([['line', 'element', 'name', 'value', 'field'], ...rows]);
}

interface CellOf {
  readonly element: number;
  readonly component?: number | undefined;
  readonly value: string;
}

function cellsOf({ values, repeats }: Segment): CellOf[] {
  return values.flatMap((first, index) => {
    const all = repeats?.[index] ?? [first];
    return all.flatMap((value): CellOf[] => {
      if (typeof value === 'string') return value === '' ? [] : [{ element: index + 1, value }];
      return value.flatMap((part, at) =>
        part === '' ? [] : [{ element: index + 1, component: at + 1, value: part }],
      );
    });
  });
}

function keyOf(segment?: number, element?: number, component?: number): string {
  return `${segment}/${element}/${component ?? ''}`;
}

/** 'PO1 04', 'DTM 01.2' */
export function placeName(tag: string, element?: number, component?: number): string {
  if (element === undefined) return tag;
  return `${tag} ${String(element).padStart(2, '0')}${component === undefined ? '' : `.${component}`}`;
}
