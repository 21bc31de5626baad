/** Which canonical fields stand at a position of a segment, as the guide says it. */
import type { SegmentRule } from '../../src/interchange/dictionary/dictionary.ts';
import { eachOf } from '../../src/mapping/each.ts';
import { plainField } from '../../src/mapping/field.ts';
import type {
  Arm,
  Binding,
  Cell,
  CellPosition,
  Entry,
  FieldBinding,
  Limits,
  Lookup,
  LookupBinding,
  Text,
} from '../../src/mapping/notation.ts';
import { resolvePath, type Scope } from '../../src/mapping/path.ts';
import { spotOf } from '../../src/mapping/spot.ts';
import { type CellNode, type Making, noteDecider, type Use } from './generate-types.ts';

export interface Own {
  readonly entry: Entry;
  readonly rule: SegmentRule;
  readonly scope: Scope;
  readonly siblings: readonly Entry[];
  readonly writes: boolean;
  readonly limits: readonly Limits[];
  readonly into: Making;
}

const nothing = { uses: [], room: 1, decider: null, arms: new Map<string, CellNode>(), list: [] } as const;

export function cellNode(cell: Cell, own: Own): CellNode {
  const { binding, position } = cell;
  const last = position.to ?? position.element;
  switch (binding.kind) {
    case 'field':
      return { ...nothing, cell, shape: 'all', uses: [useOf(binding, position, own)] };
    case 'lookup':
      return { ...nothing, cell, shape: 'one', uses: lookupUses(binding, position, own) };
    case 'limited':
      return cellNode({ ...cell, binding: binding.binding }, withLimits(own, binding.limits));
    case 'by':
      return { ...nothing, cell, shape: 'one', uses: armUses(binding.arms, position, own) };
    case 'pairs':
      return { ...nothing, cell, shape: 'pairs', ...pairsOf(binding.arms, position, own) };
    case 'period':
      return { ...nothing, cell, shape: 'both', uses: periodUses(binding, position, own) };
    case 'per': {
      const decider = resolvePath(binding.path, own.scope, own.into.problems);
      if (decider !== null) noteDecider(decider, own.scope, own.into);
      const arms = new Map(
        binding.arms.map(({ key, binding: arm }) => [key.value, cellNode({ ...cell, binding: arm }, own)]),
      );
      return { ...nothing, cell, shape: 'per', decider, arms };
    }
    case 'repeat': {
      const { of, components } = binding;
      const list = eachOf({ ...own.entry, each: binding.list, by: [] }, own.scope, own.into.problems);
      const places = Math.min(last, own.rule.elements.length) - position.element + 1;
      const room = Math.max(1, Math.floor(places / (components === null ? of.length : 1)));
      const inner = { ...own, scope: list?.scope ?? own.scope };
      const uses = of.map((field, index) => {
        const element = components === null ? position.element + index : position.element;
        const composite = own.rule.elements[element - 1]?.composite ?? null;
        const component = components?.[index] ?? (composite === null ? null : 1);
        return useOf(field, { element, component, to: null }, inner);
      });
      return { ...nothing, cell, shape: 'repeat', uses, room, list: list?.plan?.chain[0]?.keys ?? [] };
    }
    default:
      return { ...nothing, cell, shape: 'none' };
  }
}

function withLimits(own: Own, limits: Limits): Own {
  return { ...own, limits: [...own.limits, limits] };
}

function pairsOf(arms: readonly Arm[], position: CellPosition, own: Own): { uses: Use[]; room: number } {
  const last = Math.min(position.to ?? position.element, own.rule.elements.length);
  const elements = last - position.element + 1;
  if (own.into.file.standard === 'edifact')
    return {
      uses: armUses(arms, { element: position.element, component: 1, to: null }, own),
      room: elements,
    };
  const value = { element: position.element + 1, component: null, to: null };
  return { uses: armUses(arms, value, own), room: Math.floor(elements / 2) };
}

function armUses(arms: readonly Arm[], position: CellPosition, own: Own): Use[] {
  return arms.flatMap(({ key, binding }) => armUse(binding, key, position, own));
}

function armUse(binding: Binding, key: Text, position: CellPosition, own: Own): Use[] {
  if (binding.kind === 'field') return [useOf(binding, position, own)];
  if (binding.kind === 'period') return periodUses(binding, position, own);
  if (binding.kind === 'lookup') return lookupUses(binding, position, own);
  if (binding.kind === 'limited')
    return armUse(binding.binding, key, position, withLimits(own, binding.limits));
  if (binding.kind === 'per') {
    const decider = resolvePath(binding.path, own.scope, own.into.problems);
    if (decider !== null) noteDecider(decider, own.scope, own.into);
    const others = binding.arms.map((arm) => arm.key.value);
    return binding.arms.flatMap((arm) =>
      armUse(arm.binding, key, position, own).map((use) => ({
        ...use,
        only: decider === null ? null : { slot: decider, value: arm.key.value, others },
      })),
    );
  }
  return [];
}

function periodUses({ from, to }: Binding & { kind: 'period' }, position: CellPosition, own: Own): Use[] {
  return [from, to].map((path) => useOf(plainField(path), position, own));
}

/** Fields of the first row that has them all. */
function lookupUses(binding: LookupBinding, position: CellPosition, own: Own): Use[] {
  const table = own.into.tables.find(binding.table.value);
  const columns = binding.fields.map(({ column }) => table?.columns.indexOf(column.value) ?? -1);
  const row = table?.rows.find((cells) => columns.every((at) => (cells[at] ?? '') !== ''));
  return binding.fields.map(({ path }, index) =>
    useOf(plainField(path), position, own, {
      rows: [row?.[columns[index] ?? -1] ?? ''],
      together: binding.table.at,
    }),
  );
}

/** The values of a column that stand in it once. */
function columnOf({ table, canon }: Lookup, { tables }: Making): string[] {
  const found = tables.find(table.value);
  const at = found?.columns.indexOf(canon) ?? -1;
  const values = (found?.rows ?? []).map((row) => row[at] ?? '').filter((value) => value !== '');
  return values.filter((value) => values.indexOf(value) === values.lastIndexOf(value));
}

function useOf(
  binding: FieldBinding,
  position: CellPosition,
  own: Own,
  more: Pick<Use, 'rows' | 'together'> | null = null,
): Use {
  const { into, rule, scope, siblings, entry } = own;
  const spread = position.component !== null && position.to !== null;
  const slot = resolvePath(binding.path, scope, into.problems);
  const spot = spotOf(rule, { ...position, to: null }, binding.path.at, into.problems);
  if (slot === null || spot === null) throw new Error(`${binding.path.value}?`);
  const parts = spread ? partsOf(position, rule) : 1;
  const table = binding.codes === null ? binding.table : (into.file.codes.get(binding.codes.value) ?? null);
  const taken = new Set(
    siblings
      .slice(0, siblings.indexOf(entry))
      .filter((other) => other.tag === entry.tag)
      .flatMap((other) => other.cells.flatMap((cell) => constantAt(cell, position))),
  );
  const use = {
    slot,
    binding,
    spot: { ...spot, max: spot.max * parts },
    table,
    rows: binding.lookup === null ? null : columnOf(binding.lookup, into),
    only: null,
    together: null,
    limits: own.limits,
    place: binding.path.at,
    taken,
    ...more,
  };
  if (own.writes) into.uses.set(slot.name, [...(into.uses.get(slot.name) ?? []), use]);
  return use;
}

function partsOf({ element, component, to }: CellPosition, rule: SegmentRule): number {
  const last = Math.min(to ?? 1, rule.elements[element - 1]?.composite?.components.length ?? 1);
  return last - (component ?? 1) + 1;
}

function constantAt({ binding, position }: Cell, { element, component }: CellPosition): readonly string[] {
  if (binding.kind !== 'constant') return [];
  return position.element === element && position.component === component ? binding.values : [];
}
