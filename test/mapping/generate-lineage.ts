/** Lineage both ways: every canonical value has an origin, and every value of the message that the guide binds is one. */
import { isDeepStrictEqual } from 'node:util';
import type { Message, Segment } from '../../src/interchange/interchange.ts';
import type { Lineage } from '../../src/mapping/guide.ts';
import { valueAt } from '../../src/mapping/plan.ts';
import { nameOf } from './generate-coverage.ts';
import { nodesOf } from './generate-junk.ts';
import type { CellNode, Model, Node } from './generate-types.ts';

/** Every value of a document by its path. */
export function leavesOf(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || isDeepStrictEqual(value, []))
    return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, path === '' ? key : `${path}.${key}`)]),
  );
}

/** Canonical values that came from nowhere: not from a place of the message, not by a default, not by a condition. */
export function withoutOrigin(model: Model, document: object, lineage: readonly Lineage[]): string[] {
  const told = new Set(lineage.map(({ path }) => path));
  const given = givens.get(model) ?? givenNames(model);
  givens.set(model, given);
  return [...leavesOf(document).keys()].filter((path) => !told.has(path) && !given.has(nameOf(path)));
}

const givens = new WeakMap<Model, Set<string>>();

function givenNames({ root, defaults }: Model): Set<string> {
  const nodes = nodesOf(root);
  return new Set([
    ...[...defaults, ...nodes.flatMap((node) => node.defaults)].map(({ slot }) => slot.name),
    ...nodes.flatMap(({ when }) => when.map(({ slot }) => slot.name)),
  ]);
}

/** Values of the message that a field of the guide holds, and that have no lineage. */
export function withoutLineage(
  { root }: Model,
  { segments }: Message,
  lineage: readonly Lineage[],
): string[] {
  const told = new Set(
    lineage.map(({ at }) => placeOf(at.segment ?? 0, at.element ?? 0, at.component ?? null)),
  );
  const byTag = tagged(root);
  return segments.flatMap((segment) => {
    const matching = (byTag.get(segment.tag) ?? []).filter((node) => matches(node, segment));
    const [first, ...others] = matching.map(placesOf);
    const sure = [...(first ?? [])].filter(([key]) => others.every((other) => other.has(key)));
    return sure.flatMap(([, [element, component]]) => {
      const value = valueAt(segment, element, component);
      const there = value.trim() !== '' && !told.has(placeOf(segment.ordinal, element, component));
      return there ? [`${segment.tag} ${segment.ordinal}, element ${element}: ${value}`] : [];
    });
  });
}

const byRoot = new WeakMap<readonly Node[], Map<string, Node[]>>();

function tagged(root: readonly Node[]): Map<string, Node[]> {
  const known = byRoot.get(root);
  if (known !== undefined) return known;
  const made = new Map<string, Node[]>();
  for (const node of nodesOf(root)) made.set(node.entry.tag, [...(made.get(node.entry.tag) ?? []), node]);
  byRoot.set(root, made);
  return made;
}

function placeOf(segment: number, element: number, component: number | null): string {
  return `${segment}.${element}.${component ?? ''}`;
}

function matches({ plan, entry }: Node, segment: Segment): boolean {
  if (entry.ignore !== null) return true;
  return plan.constants.every(({ element, component, values }) =>
    values.includes(valueAt(segment, element, component)),
  );
}

type Places = Map<string, readonly [element: number, component: number | null]>;

/** Where the fields of an entry stand, each by itself. */
function placesOf(node: Node): Places {
  const known =
    places.get(node) ?? new Map(node.cells.flatMap(placesIn).map((place) => [place.join('.'), place]));
  places.set(node, known);
  return known;
}

const places = new WeakMap<Node, Places>();

function placesIn(cell: CellNode): (readonly [number, number | null])[] {
  if (cell.shape === 'pairs' || cell.shape === 'none') return [];
  if (cell.shape === 'per') return [...cell.arms.values()].flatMap(placesIn);
  return cell.uses.map(({ spot }) => [spot.element, spot.component] as const);
}
