/** What the guides of a partner say of the places of a message: which codes they name, and which canonical fields stand there. */
import type { Binding, Cell, CellPosition, Entry, FieldBinding, GuideFile } from './mapping/notation.ts';
import type { Bound } from './mask-kinds.ts';

export interface GuidePlaces {
  /** @param message '850', 'ORDERS'; places of a message without a guide are bound to nothing */
  at(message: string, tag: string, element: number, component: number): Bound;
}

interface Places {
  readonly codes: Set<string>;
  readonly fields: Set<string>;
  readonly rows: Set<string>;
}

const nothing: Bound = { codes: new Set(), fields: new Set(), rows: new Set() };

/** The values of a column of a table that a guide names. */
export type ColumnOf = (guide: GuideFile, table: string, column: string) => readonly string[];
const mostElements = 40;

/** Gathers the places of some guides; where several bind one, all of them count. */
export function placesOf(guides: readonly GuideFile[], columnOf: ColumnOf = () => []): GuidePlaces {
  const places = new Map<string, Places>();
  const gathered = new Set<string>();
  const gather = (message: string) => {
    gathered.add(message);
    for (const guide of guides.filter((each) => each.message.value === message)) {
      const gatherer = new Gatherer(places, guide, columnOf);
      for (const entry of guide.segments) gatherer.entry(entry);
    }
  };
  return {
    at: (message, tag, element, component) => {
      if (!gathered.has(message)) gather(message);
      return (
        places.get(placeKey(message, tag, element, component)) ??
        places.get(placeKey(message, tag, element, 0)) ??
        nothing
      );
    },
  };
}

function placeKey(message: string, tag: string, element: number, component: number): string {
  return `${message} ${tag} ${element}.${component}`;
}

class Gatherer {
  readonly #places: Map<string, Places>;
  readonly #guide: GuideFile;
  readonly #columnOf: ColumnOf;

  constructor(places: Map<string, Places>, guide: GuideFile, columnOf: ColumnOf) {
    this.#places = places;
    this.#guide = guide;
    this.#columnOf = columnOf;
  }

  entry(entry: Entry): void {
    for (const cell of entry.cells) this.#cell(entry.tag, cell);
    for (const below of entry.below) this.entry(below);
  }

  #cell(tag: string, { position, binding }: Cell): void {
    const [codes, fields] = [codesOf(binding, this.#guide), fieldsOf(binding)];
    const more = binding.kind === 'pairs' ? binding.more : [];
    const rows = lookupsIn(binding).flatMap(([table, column]) => this.#columnOf(this.#guide, table, column));
    for (const place of [position, ...more]) this.#put(tag, place, codes, fields, rows);
    if (binding.kind === 'by')
      this.#put(
        tag,
        binding.qualifier,
        binding.arms.map(({ key }) => key.value),
        [],
      );
  }

  #put(
    tag: string,
    { element, component, to }: CellPosition,
    codes: readonly string[],
    fields: readonly string[],
    rows: readonly string[] = [],
  ): void {
    const whole = component === null;
    const last = Math.min(to ?? (whole ? element : component), mostElements);
    for (let at = whole ? element : component; at <= last; at += 1) {
      const key = whole
        ? placeKey(this.#guide.message.value, tag, at, 0)
        : placeKey(this.#guide.message.value, tag, element, at);
      const place = this.#places.get(key) ?? { codes: new Set(), fields: new Set(), rows: new Set() };
      this.#places.set(key, place);
      for (const code of codes) place.codes.add(code);
      for (const field of fields) place.fields.add(field);
      for (const row of rows) place.rows.add(row);
    }
  }
}

/** The codes that a binding names, in its own tables and in the guide's. */
function codesOf(binding: Binding, guide: GuideFile): string[] {
  switch (binding.kind) {
    case 'constant':
      return [...binding.values];
    case 'write':
      return [binding.value];
    case 'field':
      return tableOf(binding, guide);
    case 'by':
      return binding.arms.flatMap(({ binding: arm }) => codesOf(arm, guide));
    case 'pairs':
    case 'per':
      return binding.arms.flatMap(({ key, binding: arm }) => [
        ...(binding.kind === 'pairs' ? [key.value] : []),
        ...codesOf(arm, guide),
      ]);
    case 'repeat':
    case 'repeats':
      return binding.of.flatMap((field) => tableOf(field, guide));
    case 'limited':
      return [...(binding.limits.allow ?? []), ...codesOf(binding.binding, guide)];
    default:
      return [];
  }
}

function tableOf({ codes, table }: FieldBinding, guide: GuideFile): string[] {
  const lines = table ?? (codes === null ? [] : (guide.codes.get(codes.value) ?? []));
  return lines.map(({ code }) => code);
}

/** The canonical fields that stand in a binding. */
function fieldsOf(binding: Binding): string[] {
  switch (binding.kind) {
    case 'field':
      return [binding.path.value];
    case 'period':
      return [binding.from.value, binding.to.value];
    case 'by':
    case 'per':
    case 'pairs':
      return binding.arms.flatMap(({ binding: arm }) => fieldsOf(arm));
    case 'repeat':
    case 'repeats':
      return binding.of.map(({ path }) => path.value);
    case 'limited':
      return fieldsOf(binding.binding);
    case 'lookup':
      return binding.fields.map(({ path }) => path.value);
    case 'compute':
      return binding.path === null ? [] : [binding.path.value];
    default:
      return [];
  }
}

/** Tables and their columns by which values of a binding are looked up. */
function lookupsIn(binding: Binding): [string, string][] {
  switch (binding.kind) {
    case 'field':
      return binding.lookup === null ? [] : [[binding.lookup.table.value, binding.lookup.wire]];
    case 'lookup':
      return [[binding.table.value, binding.by.value]];
    case 'limited':
      return lookupsIn(binding.binding);
    case 'by':
    case 'per':
    case 'pairs':
      return binding.arms.flatMap(({ binding: arm }) => lookupsIn(arm));
    case 'repeat':
    case 'repeats':
      return binding.of.flatMap(lookupsIn);
    default:
      return [];
  }
}
