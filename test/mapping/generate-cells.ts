/** Which fields of one segment are there: as many as make a segment that the dictionary takes. */
import type { Frame } from '../../src/mapping/plan.ts';
import { rowOf, sameRow, type Written } from './generate-row.ts';
import { carry, decideOne, forget, isRequired, known, lacksObject, type State } from './generate-state.ts';
import { type CellNode, type Node, optionalKeys, type Use } from './generate-types.ts';

/** Chooses fields until the segment is one that the dictionary takes. */
export function decideCells(
  state: State,
  node: Node,
  frame: Frame,
  forced: boolean,
): { said: boolean; shell: boolean } {
  const free = freeUses(state, node, frame);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const chosen = choose(state, node, frame, free, shareOf(state, attempt));
    for (const { slot } of chosen) decideOne(state, frame, slot, true);
    const row = rowOf(node, frame);
    if (row.fits && (row.said || !forced || node.plan.constant)) {
      settle(state, node, frame, free);
      return { said: row.said, shell: true };
    }
    for (const { slot } of chosen) forget(state, frame, slot);
  }
  for (const use of free) without(state, frame, use);
  const row = rowOf(node, frame);
  if (row.said) settle(state, node, frame, []);
  return { said: row.said && row.fits, shell: row.fits };
}

/** What may stand in a choice: anything, or what goes before a field that is there and that another segment says already. */
function beforeOthers(
  state: State,
  { uses }: CellNode,
  chosen: readonly Use[],
  frame: Frame,
): readonly Use[] {
  const first = uses.findIndex(({ slot }) => slot.get(frame) !== undefined);
  if (first < 0) return chosen;
  const there = uses[first];
  if (there === undefined || known(state, frame, there.slot)?.carried !== true) return [];
  return chosen.filter(({ slot }) => uses.findIndex((use) => use.slot.name === slot.name) < first);
}

/** A row of a table gives its fields together. */
function withOthers([chosen]: readonly Use[], uses: readonly Use[]): Use[] {
  if (chosen === undefined) return [];
  return chosen.together === null ? [chosen] : uses.filter(({ together }) => together === chosen.together);
}

const mostAttempts = 16;

/** The field stays away for good, unless the document must have it: then another segment will say it. */
export function without(state: State, frame: Frame, { slot }: Use): void {
  if (known(state, frame, slot) !== undefined) return;
  if (optionalKeys(state.model.type, slot).some((optional) => optional)) decideOne(state, frame, slot, false);
}

/** How much of what may be there is tried: all of it first where the document is to be full, then less. */
function shareOf({ full, serial }: State, attempt: number): number {
  if (full ? attempt === 0 : attempt === 1) return 1;
  return (((serial + attempt) * 7) % 10) / 10;
}

/** What the segment does not carry is left out; the rest is noted as carried. */
function settle(state: State, node: Node, frame: Frame, free: readonly Use[]): void {
  const row = rowOf(node, frame);
  const shown = new Set<unknown>(row.values.flat());
  const together = new Set<unknown>();
  for (const use of usesIn(node.cells, frame)) {
    const { slot } = use;
    const found = known(state, frame, slot);
    if (found === undefined || !found.there || found.carried) continue;
    const isShown = shown.has(slot.get(frame)) || (use.together !== null && together.has(use.together));
    if (isShown || isCarried(node, frame, use, row)) {
      carry(state, found);
      together.add(use.together);
    } else if (free.some((other) => other.slot.name === slot.name)) forget(state, frame, slot);
  }
  for (const use of free) if (!maySayElsewhere(state, node, frame, use)) without(state, frame, use);
}

/** Without the value the segment would be another one. */
function isCarried(node: Node, frame: Frame, { slot }: Use, row: Written): boolean {
  const value = slot.get(frame);
  slot.set(frame, undefined);
  const bare = rowOf(node, frame);
  slot.set(frame, value);
  return !sameRow(row, bare);
}

/** Of a choice the first that has a value is written: those behind it may still stand in another segment. */
function maySayElsewhere({ model }: State, { cells }: Node, frame: Frame, { slot }: Use): boolean {
  const choice = cells.find(
    ({ shape, uses }) => shape === 'one' && uses.some((use) => use.slot.name === slot.name),
  );
  if (choice === undefined) return false;
  const here = choice.uses.filter((use) => use.slot.name === slot.name).length;
  const first = choice.uses.findIndex((use) => use.slot.get(frame) !== undefined);
  const own = choice.uses.findIndex((use) => use.slot.name === slot.name);
  return first >= 0 && first < own && (model.uses.get(slot.name)?.length ?? 0) > here;
}

function usesIn(cells: readonly CellNode[], frame: Frame): Use[] {
  const all = cells.flatMap((cell) => {
    if (cell.shape === 'repeat') return [];
    if (cell.shape !== 'per') return cell.uses;
    const arm = cell.arms.get(String(cell.decider?.get(frame))) ?? cell.arms.get('*');
    return arm === undefined ? [] : usesIn([arm], frame);
  });
  const written = all.filter((use) => !use.binding.onlyRead && isItsTurn(use, frame));
  return [...new Map(written.map((use) => [use.slot.name, use])).values()];
}

/** The arm of a choice within a choice that the deciding field names. */
function isItsTurn({ only }: Use, frame: Frame): boolean {
  if (only === null) return true;
  const decider = String(only.slot.get(frame));
  return only.value === decider || (only.value === '*' && !only.others.includes(decider));
}

export function freeUses(state: State, node: Node, frame: Frame): Use[] {
  return usesIn(node.cells, frame).filter(({ slot }) => known(state, frame, slot) === undefined);
}

/** Fields of a segment that shall be there: of a choice one, of pairs as many as there is room for. */
function choose(state: State, node: Node, frame: Frame, free: readonly Use[], share: number): Use[] {
  const { choices } = state;
  const names = new Set(free.map(({ slot }) => slot.name));
  const wanted = (use: Use) => isRequired(state, use) || share === 1 || dice(state) < share;
  return node.cells.flatMap((cell) => {
    const uses = usesIn([cell], frame).filter(({ slot }) => names.has(slot.name));
    const there = usesIn([cell], frame).length - uses.length;
    if (uses.length === 0) return [];
    if (cell.shape === 'both') return uses.every(wanted) ? uses : [];
    const start = cell.shape === 'all' ? 0 : choices.pick(uses.length);
    const turned = [...uses.slice(start), ...uses.slice(0, start)].filter(wanted);
    const filled =
      turned.length > 0 ? turned : uses.filter((use) => lacksObject(state, use, frame)).slice(0, 1);
    if (cell.shape === 'one') return withOthers(beforeOthers(state, cell, filled, frame).slice(0, 1), uses);
    return cell.shape === 'pairs' ? filled.slice(0, Math.max(0, cell.room - there)) : filled;
  });
}

/** From 0 to below 1, another one each time. */
function dice(state: State): number {
  state.serial += 1;
  const mixed = Math.imul(state.serial ^ (state.choices.pick(1000) << 10), 2_654_435_761) >>> 0;
  return mixed / 2 ** 32;
}
