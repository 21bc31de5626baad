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
}

const nothing: Bound = { codes: new Set(), fields: new Set() };
const mostElements = 40;

/** Gathers the places of some guides; where several bind one, all of them count. */
export function placesOf(guides: readonly GuideFile[]): GuidePlaces {
  const places = new Map<string, Places>();
  for (const guide of guides) {
    const gather = new Gatherer(places, guide);
    for (const entry of guide.segments) gather.entry(entry);
  }
  return {
    at: (message, tag, element, component) =>
      places.get(placeKey(message, tag, element, component)) ??
      places.get(placeKey(message, tag, element, 0)) ??
      nothing,
  };
}

function placeKey(message: string, tag: string, element: number, component: number): string {
  return `${message} ${tag} ${element}.${component}`;
}

class Gatherer {
  readonly #places: Map<string, Places>;
  readonly #guide: GuideFile;

  constructor(places: Map<string, Places>, guide: GuideFile) {
    this.#places = places;
    this.#guide = guide;
  }

  entry(entry: Entry): void {
    for (const cell of entry.cells) this.#cell(entry.tag, cell);
    for (const below of entry.below) this.entry(below);
  }

  #cell(tag: string, { position, binding }: Cell): void {
    const [codes, fields] = [codesOf(binding, this.#guide), fieldsOf(binding)];
    const more = binding.kind === 'pairs' ? binding.more : [];
    for (const place of [position, ...more]) this.#put(tag, place, codes, fields);
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
  ): void {
    const whole = component === null;
    const last = Math.min(to ?? (whole ? element : component), mostElements);
    for (let at = whole ? element : component; at <= last; at += 1) {
      const key = whole
        ? placeKey(this.#guide.message.value, tag, at, 0)
        : placeKey(this.#guide.message.value, tag, element, at);
      const place = this.#places.get(key) ?? { codes: new Set(), fields: new Set() };
      this.#places.set(key, place);
      for (const code of codes) place.codes.add(code);
      for (const field of fields) place.fields.add(field);
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
