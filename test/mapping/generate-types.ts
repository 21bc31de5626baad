/** A guide as the generator sees it: fields, segments and lists, with what the dictionary says of each place. */
import type { MessageRules, SegmentRule } from '../../src/interchange/dictionary/dictionary.ts';
import type { FieldType } from '../../src/mapping/canon.ts';
import type {
  Cell,
  CodeLine,
  Default,
  Entry,
  FieldBinding,
  GuideFile,
  Limits,
} from '../../src/mapping/notation.ts';
import type { Scope, Slot } from '../../src/mapping/path.ts';
import type { EachPlan, EntryPlan } from '../../src/mapping/plan.ts';
import type { Place, Problems } from '../../src/mapping/problem.ts';
import type { RuledSpot } from '../../src/mapping/spot.ts';
import type { GuideTables } from '../../src/mapping/tables.ts';

/** A canonical field at one place of a segment. */
export interface Use {
  readonly slot: Slot;
  readonly binding: FieldBinding;
  readonly spot: RuledSpot;
  readonly table: readonly CodeLine[] | null;
  /** Values that a table of the partner has for it; null: it may have any. */
  readonly rows: readonly string[] | null;
  /** Only where another field has this value: an arm of a choice within a choice. */
  readonly only: { readonly slot: Slot; readonly value: string; readonly others: readonly string[] } | null;
  /** Fields that one row of a table gives together. */
  readonly together: Place | null;
  /** What the partner agreed to. */
  readonly limits: readonly Limits[];
  readonly place: Place;
  /** What may not stand there, for a segment with it is read by another line of the guide. */
  readonly taken: ReadonlySet<string>;
}

/** all: fields side by side. one: at most one of them. pairs: as many as there is room. both: together or not at all. */
export interface CellNode {
  readonly cell: Cell;
  readonly shape: 'all' | 'one' | 'pairs' | 'both' | 'per' | 'repeat' | 'none';
  readonly uses: readonly Use[];
  readonly room: number;
  readonly decider: Slot | null;
  readonly arms: ReadonlyMap<string, CellNode>;
  readonly list: readonly string[];
}

export interface Condition {
  readonly slot: Slot;
  readonly values: readonly string[];
}

export interface ModelDefault {
  readonly slot: Slot;
  readonly of: Default;
  readonly scope: Scope;
}

export interface Node {
  readonly entry: Entry;
  readonly plan: EntryPlan;
  readonly rule: SegmentRule;
  readonly scope: Scope;
  readonly each: EachPlan | null;
  /** Fields by whose values the items of `each` are grouped. */
  readonly by: readonly Slot[];
  /** Its place among the segments of its loop; several entries may stand at one place. */
  readonly rank: number;
  /** How often the dictionary lets the segment stand at its place, and the partner this entry. */
  readonly room: number;
  readonly most: number;
  readonly when: readonly Condition[];
  readonly cells: readonly CellNode[];
  readonly below: readonly Node[];
  readonly defaults: readonly ModelDefault[];
  /** Its segment must come when its loop does: the dictionary or the partner demands it. */
  readonly forced: boolean;
}

export interface Model {
  readonly name: string;
  readonly type: FieldType;
  readonly root: readonly Node[];
  readonly defaults: readonly ModelDefault[];
  /** Places by the canonical name of the field that is written there: what a value has to fit. */
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  /** Fields that decide which others are written, by the path of the item that they are in. */
  readonly deciders: ReadonlyMap<string, readonly Slot[]>;
  /** Values that reading takes from the conditions of the guide, by the field's name. */
  readonly spoken: ReadonlyMap<string, ReadonlySet<string>>;
  /** Fields that reading computes where the message leaves them out: they are always there. */
  readonly computed: ReadonlySet<string>;
}

export interface Making {
  readonly file: GuideFile;
  readonly type: FieldType;
  readonly rules: MessageRules;
  readonly problems: Problems;
  readonly tables: GuideTables;
  readonly uses: Map<string, Use[]>;
  readonly deciders: Map<string, Slot[]>;
  readonly spoken: Map<string, Set<string>>;
}

/** Whether each of the slot's own keys may be left out. */
export function optionalKeys(
  type: FieldType,
  { name, keys }: Pick<Slot, 'name' | 'keys'>,
): readonly boolean[] {
  if (keys[0] === '.') return [false];
  const known = optional.get(type) ?? new Map<string, readonly boolean[]>();
  optional.set(type, known);
  const all = known.get(name) ?? optionalAlong(type, name);
  known.set(name, all);
  return all.slice(-keys.length);
}

const optional = new WeakMap<FieldType, Map<string, readonly boolean[]>>();

function optionalAlong(type: FieldType, name: string): boolean[] {
  let inside = type;
  return name.split('.').map((key) => {
    while (inside.kind === 'list') inside = inside.item;
    const field = inside.kind === 'object' ? inside.fields.get(key) : undefined;
    if (field === undefined) throw new Error(`${name}?`);
    inside = field.type;
    return field.optional;
  });
}

export function noteDecider(slot: Slot, scope: Scope, into: Making): void {
  let frame = scope;
  for (let left = slot.up; left > 0 && frame.parent !== null; left--) frame = frame.parent;
  const path = frame.path.join('.');
  const known = into.deciders.get(path) ?? [];
  into.deciders.set(path, known);
  if (!known.some(({ name }) => name === slot.name)) known.push({ ...slot, up: 0 });
}
