/** Which bound fields and loops of a guide some message has carried, told by the lineage that reading gives. */
import type { Lineage } from '../../src/mapping/guide.ts';
import type { Slot } from '../../src/mapping/path.ts';
import type { CellNode, Model, Node, Use } from './generate-types.ts';
import { codedValues } from './generate-values.ts';

/** Something that a guide binds, and how it shows that a message carried it. */
export interface Bound {
  /** 'mappings/acme/850.yaml:21 lines.price' */
  readonly name: string;
  readonly keys: readonly string[];
  /** It is only written, so that reading never tells of it: the document tells. */
  readonly field: string | null;
}

export interface Coverage {
  readonly bound: readonly Bound[];
  readonly seen: Set<string>;
}

type Uses = Pick<Model, 'uses'>;

export function coverageOf({ root, uses }: Model): Coverage {
  const bound = root.flatMap((node) => boundIn(node, false, { uses }));
  return { bound: [...new Map(bound.map((one) => [one.name, one])).values()], seen: new Set() };
}

/** What the guide binds outside of lines that are only read. */
function boundIn(node: Node, silent: boolean, model: Uses): Bound[] {
  const { entry } = node;
  if (entry.ignore !== null || entry.only === 'read' || isNever(node, model)) return [];
  return boundBy(
    node,
    silent || entry.only === 'write',
    (below, quiet) => boundIn(below, quiet, model),
    model,
  );
}

/** Where the dictionary lets so few segments stand, others may leave room for one item only. */
const crowded = 12;

/** What one line binds, and what stands under it. */
export function boundBy(
  node: Node,
  silent: boolean,
  inner: (node: Node, silent: boolean) => Bound[],
  model: Uses,
): Bound[] {
  const { entry, each, scope } = node;
  const at = `${entry.at.file}:${entry.at.line}`;
  const below = node.below.flatMap((child) => inner(child, silent));
  const cells = node.cells.flatMap((cell) => boundAt(cell, silent, model));
  const own = [...cells, ...below];
  const loops =
    each === null || node.most === 1 || own.length === 0
      ? []
      : [
          {
            name: `${at} each ${scope.path.join('.')}`,
            keys: [node.room < crowded ? (own[0]?.keys[0] ?? '') : `${scope.path.join('.')} twice`],
            field: null,
          },
        ];
  return [...own, ...loops];
}

/** Its conditions ask for values that the guide has no code for: a partner took away what stands under them. */
function isNever({ when }: Node, model: Uses): boolean {
  return when.some(({ slot, values }) => !values.some((value) => isSaid(slot, value, model)));
}

function isSaid({ name }: Slot, value: string, { uses }: Uses): boolean {
  const coded = (uses.get(name) ?? []).filter(({ table }) => table !== null);
  return (
    coded.length === 0 ||
    ['nonzero', 'present', 'absent'].includes(value) ||
    codedValues(coded).includes(value)
  );
}

function boundAt(cell: CellNode, silent: boolean, model: Uses): Bound[] {
  const arms = [...cell.arms].filter(
    ([value]) => cell.decider === null || value === '*' || isSaid(cell.decider, value, model),
  );
  const all = [...cell.uses.filter((use) => isSayable(use, model)), ...arms.flatMap(([, arm]) => arm.uses)];
  const uses = all.filter(({ binding }) => !binding.onlyRead);
  const byName = new Map<string, Use[]>();
  for (const use of uses) byName.set(use.slot.name, [...(byName.get(use.slot.name) ?? []), use]);
  return [...byName].map(([name, same]) => ({
    name: `${placeOf(same[0])} ${name}`,
    keys: same.map((use) => (use.together === null ? `${placeOf(use)} ${name}` : name)),
    field: silent ? name : null,
  }));
}

function isSayable({ only }: Use, model: Uses): boolean {
  return only === null || only.value === '*' || isSaid(only.slot, only.value, model);
}

function placeOf(use: Use | undefined): string {
  return use === undefined ? '' : `${use.place.file}:${use.place.line}`;
}

/** Takes up what a message carried. */
export function cover({ seen }: Coverage, lineage: readonly Lineage[]): void {
  for (const { path, guide } of lineage) {
    const name = nameOf(path);
    seen.add(`${guide} ${name}`);
    seen.add(name);
    const keys = path.split('.');
    for (const [index, key] of keys.entries())
      if (/^[1-9]\d*$/.test(key)) seen.add(`${nameOf(keys.slice(0, index).join('.'))} twice`);
  }
}

/** What no message carried yet. */
export function missing({ bound, seen }: Coverage): Bound[] {
  return bound.filter(
    ({ keys, field }) => !keys.some((key) => seen.has(key)) && (field === null || !seen.has(field)),
  );
}

/** A path without its indexes. */
export function nameOf(path: string): string {
  return path
    .split('.')
    .filter((key) => !/^\d+$/.test(key))
    .join('.');
}
