/** A guide held against messages: which of its lines they use, and what of them it does not read. */
import type { SegmentRule } from './interchange/dictionary/dictionary.ts';
import { isLoop, type Loop, type Message, type Segment } from './interchange/interchange.ts';
import type { Guide, Lineage, Unmapped } from './mapping/guide.ts';
import { hierarchyOf, isHierarchical, type Node, triggerOf } from './mapping/hierarchy.ts';
import { type Binding, type Entry, positionText, type Text } from './mapping/notation.ts';
import { valueAt } from './mapping/plan.ts';

/** A segment of a guide that reads or writes something. */
export interface Line {
  /** 'REF 01=DP' with the segments that it stands under: 'PO1 > REF 01=DP'. */
  readonly name: string;
  /** The fields it binds: 'department'. */
  readonly fields: readonly string[];
  /** 'mappings/standard/x12-004010/850.yaml:14' */
  readonly guide: string;
  readonly reads: boolean;
}

/** Data of one position that no line reads. */
export interface Leftover {
  /** Where: the same for all messages. */
  readonly key: string;
  /** Segments from the outermost loop to its own. */
  readonly path: readonly Step[];
  readonly element: number;
  readonly component: number | null;
  /** What the dictionary calls it: 'Reference identification'. */
  readonly name: string;
  /** The first value seen. */
  readonly value: string;
  readonly count: number;
  /**
   * free: a line may bind it, or leave it aside. taken: a line binds the position, but not this value (a price whose basis
   * it does not know). again: the segment's line had its segment already.
   */
  readonly why: 'free' | 'taken' | 'again';
}

/** A segment on the way to a leftover. */
export interface Step {
  readonly tag: string;
  /** What tells it from others of its tag, as a guide writes it: '"01": =ZZ'. Of an entry of the guide, or of its qualifier. */
  readonly constants: readonly (readonly [position: string, value: string])[];
  /** A line of the guide reads the segment, though not this value. */
  readonly known: boolean;
}

const linesByGuide = new WeakMap<Guide, readonly Line[]>();
const entries = new WeakMap<Line, { readonly entry: Entry; readonly within: string }>();

/** The lines of a guide that bind fields, top to bottom. */
export function linesOf(guide: Guide): readonly Line[] {
  const known = linesByGuide.get(guide);
  if (known !== undefined) return known;
  const lines = linesBelow(guide.whole.segments, '', '');
  linesByGuide.set(guide, lines);
  return lines;
}

function linesBelow(below: readonly Entry[], above: string, outer: string): Line[] {
  return below.flatMap((entry) => {
    if (entry.ignore !== null) return [];
    const name = above + nameOf(entry);
    const within =
      entry.each !== null ? '' : [outer, entry.within?.value ?? ''].filter((part) => part !== '').join('.');
    const fields = fieldsOf(entry).map(({ value }) => value);
    const further = linesBelow(entry.below, `${name} > `, within);
    if (fields.length === 0) return further;
    const guide = `${entry.at.file}:${entry.at.line}`;
    const line = { name, fields: [...new Set(fields)], guide, reads: entry.only !== 'write' };
    entries.set(line, { entry, within });
    return [line, ...further];
  });
}

/** 'REF 01=DP|DPT' */
function nameOf(entry: Entry): string {
  const constants = entry.cells.flatMap(({ position, binding }) =>
    binding.kind === 'constant' ? [`${positionText(position)}=${binding.values.join('|')}`] : [],
  );
  return [entry.tag, ...constants].join(' ');
}

function fieldsOf(entry: Entry): Text[] {
  return entry.cells.flatMap(({ binding }) => pathsIn(binding));
}

function pathsIn(binding: Binding): Text[] {
  switch (binding.kind) {
    case 'field':
      return [binding.path];
    case 'by':
    case 'per':
    case 'pairs':
      return binding.arms.flatMap((arm) => pathsIn(arm.binding));
    case 'repeat':
    case 'repeats':
      return binding.of.map(({ path }) => path);
    case 'limited':
      return pathsIn(binding.binding);
    case 'lookup':
      return binding.fields.map(({ path }) => path);
    case 'compute':
      return binding.path === null ? [] : [binding.path];
    case 'period':
      return [binding.from, binding.to];
    default:
      return [];
  }
}

/** The lines that gave a value, by the lineage of a message. */
export function usedLines(guide: Guide, lineage: readonly Lineage[]): Line[] {
  const found = new Set(lineage.map(({ path, guide: at }) => `${at} ${path.replace(/\.\d+(?=\.|$)/g, '')}`));
  const rows = [...found].map((row) => row.split(' ') as [string, string]);
  return linesOf(guide).filter((line) => {
    const { entry, within } = entries.get(line) as { entry: Entry; within: string };
    return entry.cells.some(({ at, binding }) =>
      pathsIn(binding).some((path) => {
        const tail = fullTail(path.value, within);
        const places = [at, path.at].map(({ file, line: row }) => `${file}:${row}`);
        return rows.some(
          ([place, full]) =>
            places.includes(place) && (full === tail || full.endsWith(`.${tail}`) || tail === ''),
        );
      }),
    );
  });
}

/** The end of a field's whole path. A plain item ('.') has no name of its own. */
function fullTail(path: string, within: string): string {
  if (path.startsWith('/')) return path.slice(1);
  return [within, path === '.' ? '' : path].filter((part) => part !== '').join('.');
}

/** What no line of the guide reads, by position, with the way to it. */
export function leftoversOf(unmapped: readonly Unmapped[], message: Message, guide: Guide): Leftover[] {
  const ways = message.root === null ? new Map<number, Way>() : waysIn(message.root, guide);
  const bySegment = new Map<number, number>();
  for (const { at } of unmapped) bySegment.set(at.segment ?? 0, (bySegment.get(at.segment ?? 0) ?? 0) + 1);
  const found = new Map<string, Leftover>();
  for (const { tag, element, component = null, value, at } of unmapped) {
    const way = ways.get(at.segment ?? 0) ?? { path: [{ tag, constants: [], known: false }], values: 0 };
    const why = whyUnread(way, element, component, bySegment.get(at.segment ?? 0) ?? 0);
    const key = JSON.stringify([way.path, element, component, why]);
    const before = found.get(key);
    const name = elementName(guide.rules.segments.get(tag), element, component);
    const count = (before?.count ?? 0) + 1;
    const { path } = way;
    found.set(key, { key, path, element, component, name, value: before?.value ?? value, count, why });
  }
  return [...found.values()];
}

function whyUnread(
  { entry, values, path }: Way,
  element: number,
  component: number | null,
  unread: number,
): Leftover['why'] {
  if (entry === undefined || path.some(({ known }) => !known)) return 'free';
  if (unread === values) return 'again';
  const isTaken = entry.cells.some(
    ({ position, binding }) =>
      binding.kind !== 'none' &&
      (position.component === null || component === null
        ? position.element <= element &&
          element <= (position.component === null ? (position.to ?? position.element) : position.element)
        : position.element === element &&
          position.component <= component &&
          component <= (position.to ?? position.component)),
  );
  return isTaken ? 'taken' : 'free';
}

/** What the dictionary calls a position of a segment. */
export function elementName(
  rule: SegmentRule | undefined,
  element: number,
  component: number | null,
): string {
  const use = rule?.elements[element - 1];
  if (use?.element) return use.element.name;
  return use?.composite?.components[(component ?? 1) - 1]?.element.name ?? 'data';
}

/** How a segment is reached, and the entry that is about it. */
interface Way {
  readonly path: readonly Step[];
  readonly entry?: Entry | undefined;
  /** How many values the segment has. */
  readonly values: number;
}

/** The way to each segment of a message, by its ordinal. */
function waysIn(root: Loop, guide: Guide): Map<number, Way> {
  const ways = new Map<number, Way>();
  walk(root, 0, hierarchyOf(root.members), guide.whole.segments, [], guide, ways);
  return ways;
}

function walk(
  loop: Loop,
  from: number,
  nodes: readonly Node[],
  level: readonly Entry[],
  above: readonly Step[],
  guide: Guide,
  ways: Map<number, Way>,
): void {
  const enter = (segment: Segment, opened: Loop | null, below: readonly Node[]) => {
    const entry = level.find(
      (one) => one.tag === segment.tag && one.only !== 'write' && hasConstants(one, segment),
    );
    const path = [...above, stepTo(segment, entry, guide)];
    ways.set(segment.ordinal, { path, entry, values: valuesIn(segment) });
    if (opened !== null) walk(opened, 1, below, entry?.below ?? [], path, guide, ways);
  };
  for (const member of loop.members.slice(from)) {
    if (!isLoop(member)) enter(member, null, []);
    else if (!isHierarchical(member)) {
      const trigger = triggerOf(member);
      if (trigger !== undefined) enter(trigger, member, []);
    }
  }
  for (const node of nodes) enter(node.trigger, node.loop, node.children);
}

/** How many values a segment has, components and repetitions counted. */
export function valuesIn({ values, repeats }: Segment): number {
  const further = Object.values(repeats ?? {}).flatMap((all) => all.slice(1));
  return [...values, ...further].flat().filter((value) => value !== '').length;
}

function hasConstants(entry: Entry, segment: Segment): boolean {
  return entry.cells.every(({ position: { element, component }, binding }) => {
    if (binding.kind !== 'constant') return true;
    return binding.values.includes(valueAt(segment, element, component));
  });
}

function stepTo(segment: Segment, entry: Entry | undefined, guide: Guide): Step {
  const { tag } = segment;
  if (entry === undefined)
    return { tag, constants: qualifierOf(segment, guide.rules.segments.get(tag)), known: false };
  const constants = entry.cells.flatMap(({ position, binding }): [string, string][] =>
    binding.kind === 'constant' ? [[positionText(position), `=${binding.values.join('|')}`]] : [],
  );
  return { tag, constants, known: true };
}

/** The code in the first element (or its first component), which says what the segment is about. */
function qualifierOf(segment: Segment, rule: SegmentRule | undefined): [string, string][] {
  const use = rule?.elements[0];
  const composite = use?.composite ?? null;
  const element = use?.element ?? composite?.components[0]?.element;
  const value = valueAt(segment, 1, composite === null ? null : 1);
  if (element?.codes == null || !/^\w+$/.test(value)) return [];
  return [[composite === null ? '01' : '01.1', `=${value}`]];
}
