/** Numbers in the decimal mark of their interchange (ISO 9735, UNA 3): callers give them with a point. */
import type { ElementRule, MessageRules } from './dictionary/dictionary.ts';
import type { Value } from './event.ts';
import type { OutSegment } from './write.ts';

/** The segments with a comma in each number, as the dictionary knows which elements are numbers; text stays as it is. */
export function withDecimalComma(
  segments: readonly OutSegment[],
  { segments: rules }: MessageRules,
): readonly OutSegment[] {
  return segments.map((segment) => {
    const rule = rules.get(segment.tag);
    if (rule === undefined) return segment;
    const marked = (value: Value, index: number): Value => {
      const { element = null, composite = null } = rule.elements[index] ?? {};
      if (typeof value === 'string') return number(value, composite?.components[0]?.element ?? element);
      return value.map((text, at) => number(text, composite?.components[at]?.element ?? null));
    };
    const { repeats } = segment;
    const values = segment.values.map(marked);
    if (repeats === undefined) return { ...segment, values };
    const entries = Object.entries(repeats).map(([index, all]) => [
      index,
      all.map((value) => marked(value, Number(index))),
    ]);
    return { ...segment, values, repeats: Object.fromEntries(entries) };
  });
}

function number(text: string, element: ElementRule | null): string {
  return element?.type === 'n' ? text.replace('.', ',') : text;
}
