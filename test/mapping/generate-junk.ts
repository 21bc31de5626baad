/** Values in elements that a guide does not bind: each has to be reported, with its place. */
import type { ElementRule } from '../../src/interchange/dictionary/dictionary.ts';
import type { OutSegment } from '../../src/interchange/write.ts';
import type { Model, Node } from './generate-types.ts';

export interface Junk {
  readonly tag: string;
  readonly element: number;
  readonly value: string;
  /** Ordinal of the segment, ST and UNH being 1. */
  readonly segment: number;
}

/** The segments with a value in every element that no line of the guide for that segment binds. */
export function withJunk(
  model: Model,
  segments: readonly OutSegment[],
): { segments: OutSegment[]; junk: Junk[] } {
  const junk: Junk[] = [];
  const nodes = nodesOf(model.root);
  const planted = segments.map((segment, index) => {
    const { tag } = segment;
    const same = nodes.filter((node) => node.entry.tag === tag);
    const values = [...segment.values];
    for (const use of same[0]?.rule.elements ?? []) {
      const element = use.position;
      const bound = same.some(({ plan }) => (plan.cover[element - 1] ?? 0) !== 0);
      if (bound || (values[element - 1] ?? '') !== '' || same.some((node) => node.entry.ignore !== null))
        continue;
      const rule = use.element ?? use.composite?.components[0]?.element;
      if (rule === undefined) continue;
      const value = junkFor(rule);
      while (values.length < element) values.push('');
      values[element - 1] = use.composite === null ? value : [value];
      junk.push({ tag, element, value, segment: index + 2 });
    }
    return { ...segment, values };
  });
  return { segments: planted, junk };
}

export function nodesOf(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...nodesOf(node.below)]);
}

function junkFor({ type, min, max, codes }: ElementRule): string {
  const [code] = codes?.closed === true ? codes.meanings.keys() : [];
  if (code !== undefined) return code;
  if (type === 'DT') return '20260101'.slice(0, Math.max(6, max));
  if (type === 'TM') return '1200';
  const whole = ['N', 'n', 'R'].includes(type) ? '7'.repeat(Math.max(1, min)) : 'JUNK'.padEnd(min, 'K');
  return whole.slice(0, max);
}
