/** What is decided about a document that is being made: which fields are there, with which values, and what carries them. */
import type { Slot } from '../../src/mapping/path.ts';
import { climb } from '../../src/mapping/path.ts';
import type { Fields, Frame, ListPlan } from '../../src/mapping/plan.ts';
import { type Model, optionalKeys, type Use } from './generate-types.ts';
import { type Choices, valueFor } from './generate-values.ts';

export interface State {
  readonly model: Model;
  readonly standard: 'x12' | 'edifact';
  readonly choices: Choices;
  /** Everything that may be there is there. */
  readonly full: boolean;
  /** How many items a full list has. */
  readonly items: number;
  serial: number;
  /** How many fields are known to be carried. */
  carriedSoFar: number;
  /** Fields about which it is decided whether they are there, by the object that holds them. */
  readonly known: WeakMap<Fields, Map<string, Decided>>;
  readonly decided: Decided[];
  readonly lists: WeakMap<Fields, Map<string, Frame[]>>;
  readonly made: { readonly parent: Frame; readonly list: ListPlan; readonly items: Frame[] }[];
  /** Items that some segment says, with their place in the sequence of the message. */
  readonly said: WeakMap<Fields, number>;
}

export interface Decided {
  readonly frame: Frame;
  readonly slot: Slot;
  readonly there: boolean;
  /** A segment carries it, or reading finds it otherwise: by a condition or a default. */
  carried: boolean;
}

/** The schema, or the guide, demands the field, or something is written in its place where it has no value. */
export function isRequired(state: State, { slot, binding, limits }: Use): boolean {
  if (state.model.computed.has(slot.name)) return true;
  return (
    binding.required ||
    limits.some(({ otherwise }) => otherwise !== null) ||
    optionalKeys(state.model.type, slot).every((optional) => !optional)
  );
}

/** An object that the schema demands has nothing in it yet. */
export function lacksObject({ model }: State, { slot }: Use, frame: Frame): boolean {
  const [first] = optionalKeys(model.type, slot);
  return (
    slot.keys.length > 1 && first === false && climb(frame, slot.up).object[slot.keys[0] ?? ''] === undefined
  );
}

export function isOptionalList({ model }: State, path: string, list: ListPlan): boolean {
  const name = path === '' ? list.name : `${path}.${list.name}`;
  return optionalKeys(model.type, { name, keys: list.keys }).some((optional) => optional);
}

export function isOptional(state: State, slot: Slot): boolean {
  return optionalKeys(state.model.type, slot).some((optional) => optional);
}

export function decideDeciders(state: State, frame: Frame, path: string): void {
  for (const slot of state.model.deciders.get(path) ?? [])
    if (known(state, frame, slot) === undefined)
      decideOne(state, frame, slot, !isOptional(state, slot) || state.full || state.choices.chance());
}

export function known({ known: all }: State, frame: Frame, slot: Slot): Decided | undefined {
  return all.get(climb(frame, slot.up).object)?.get(slot.keys.join('.'));
}

/** Gives the field a value that fits wherever the guide writes it, or leaves it out for good. */
export function decideOne(state: State, frame: Frame, slot: Slot, there: boolean): Decided {
  const uses = state.model.uses.get(slot.name) ?? [];
  const spoken = state.model.spoken.get(slot.name);
  const wanted = uses.length === 0 ? spoken : undefined;
  state.serial += 1;
  const typed = uses.length === 0 ? [{ slot } as Use] : uses;
  const value =
    there && (uses.length > 0 || wanted !== undefined)
      ? valueFor(typed, state.standard, state.serial, state.choices, wanted)
      : undefined;
  if (value !== undefined) slot.set(frame, value);
  return remember(state, frame, slot, value !== undefined);
}

export function carry(state: State, decided: Decided): void {
  if (!decided.carried) state.carriedSoFar += 1;
  decided.carried = true;
}

export function remember(state: State, frame: Frame, slot: Slot, there: boolean): Decided {
  const { object } = climb(frame, slot.up);
  const fields = state.known.get(object) ?? new Map<string, Decided>();
  state.known.set(object, fields);
  const decided = { frame, slot, there, carried: false };
  fields.set(slot.keys.join('.'), decided);
  state.decided.push(decided);
  return decided;
}

export function forget(state: State, frame: Frame, slot: Slot): void {
  const { object } = climb(frame, slot.up);
  state.known.get(object)?.delete(slot.keys.join('.'));
  remove(object, slot.keys);
}

/** Takes a value away, and the objects that held nothing else. */
export function remove(object: Fields, [key = '', ...inner]: readonly string[]): void {
  if (inner.length > 0 && object[key] !== undefined) {
    remove(object[key] as Fields, inner);
    if (Object.keys(object[key] as Fields).length > 0) return;
  }
  delete object[key];
}
