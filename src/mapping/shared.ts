/**
 * Compiled segments that several guides have in common: what a partner does not touch is the very entry of the guide it
 * extends, and is compiled once for all of them. So five hundred partners cost little more than what they say themselves.
 */
import type { LoopUse, SegmentRule } from '../interchange/dictionary/dictionary.ts';
import type { Binding, CodeLine, Entry } from './notation.ts';
import type { Scope } from './path.ts';
import type { EntryPlan } from './plan.ts';

/** All that a compiled entry depends on besides itself. */
export interface Surroundings {
  readonly rule: SegmentRule;
  readonly loop: LoopUse | null;
  readonly scope: Scope;
  readonly depth: number;
  readonly codes: ReadonlyMap<string, readonly CodeLine[]>;
}

interface Shared {
  readonly rule: SegmentRule;
  readonly loop: LoopUse | null;
  readonly depth: number;
  readonly scope: string;
  /** Where the fields of the document come from: one object per canonical document. */
  readonly document: Scope['type'];
  readonly tables: readonly (readonly CodeLine[] | undefined)[];
  /** Kept by the guides that use it, and by nobody else: those not used for long are compiled again. */
  readonly plan: WeakRef<EntryPlan>;
}

const plans = new WeakMap<Entry, Shared[]>();

/** The entry as it was compiled before in the same surroundings; undefined: it was not. */
export function sharedPlan(entry: Entry, surroundings: Surroundings): EntryPlan | undefined {
  const known = plans.get(entry);
  if (known === undefined) return undefined;
  const { rule, loop, scope, depth, codes } = surroundings;
  const names = codeNames(entry);
  const key = scopeKey(scope);
  const document = documentOf(scope);
  const found = known.find(
    (each) =>
      each.rule === rule &&
      each.loop === loop &&
      each.depth === depth &&
      each.scope === key &&
      each.document === document &&
      names.every((name, index) => each.tables[index] === codes.get(name)) &&
      each.plan.deref() !== undefined,
  );
  return found?.plan.deref();
}

/** Remembers a compiled entry, in which nothing was wrong. */
export function sharePlan(
  entry: Entry,
  { rule, loop, scope, depth, codes }: Surroundings,
  plan: EntryPlan,
): void {
  const tables = codeNames(entry).map((name) => codes.get(name));
  const one = { rule, loop, depth, scope: scopeKey(scope), document: documentOf(scope), tables };
  const others = (plans.get(entry) ?? []).filter((each) => each.plan.deref() !== undefined);
  plans.set(entry, [...others, { ...one, plan: new WeakRef(plan) }]);
}

function documentOf(scope: Scope): Scope['type'] {
  return scope.parent === null ? scope.frameType : documentOf(scope.parent);
}

function scopeKey({ path, within, group }: Scope): string {
  const around = group === null ? '' : `${group.list} of ${scopeKey(group.outer)}`;
  return `${path.join('.')}/${within.join('.')}(${around})`;
}

const names = new WeakMap<Entry, readonly string[]>();

/** Code tables that an entry, or one under it, names. */
function codeNames(entry: Entry): readonly string[] {
  const known = names.get(entry);
  if (known !== undefined) return known;
  const own = entry.cells.flatMap(({ binding }) => namesIn(binding));
  const all = [...new Set([...own, ...entry.below.flatMap(codeNames)])];
  names.set(entry, all);
  return all;
}

function namesIn(binding: Binding): string[] {
  switch (binding.kind) {
    case 'field':
      return binding.codes === null ? [] : [binding.codes.value];
    case 'by':
    case 'per':
    case 'pairs':
      return binding.arms.flatMap((arm) => namesIn(arm.binding));
    case 'repeat':
    case 'repeats':
      return binding.of.flatMap(namesIn);
    case 'limited':
      return namesIn(binding.binding);
    default:
      return [];
  }
}
