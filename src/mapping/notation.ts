/**
 * The guide notation, version 1, as a tree: what a guide file says, with the place of every piece, before anything is
 * checked against the dictionary or the canonical documents. docs/mapping.md explains it with examples.
 */
import type { Place } from './problem.ts';

/** '02' is { element: 2 }, '02.1' { element: 2, component: 1 }; '04.1..5' and '06..' span several. */
export interface CellPosition {
  readonly element: number;
  readonly component: number | null;
  /** Last element (or component) of a span; null: just one; Infinity: as far as the segment goes. */
  readonly to: number | null;
}

/** A word or name with its place. */
export interface Text {
  readonly value: string;
  readonly at: Place;
}

/** One line of a code table: the code on the wire, and what it means; writing, any of `values` becomes the code. */
export interface CodeLine {
  readonly code: string;
  readonly values: readonly string[];
  readonly at: Place;
}

/** How a value looks on the wire; 'infer' takes it from the canonical field's type. */
export type Form = 'infer' | 'text' | 'decimal' | 'date' | 'datetime';

export interface FieldBinding {
  readonly kind: 'field';
  readonly path: Text;
  readonly form: Form;
  /** Code of the layout of a date, from EDIFACT's list 2379 or X12's element 1250. */
  readonly layout: string | null;
  /** IANA name of the zone of local times. */
  readonly zone: string | null;
  /** Element that holds the time of a datetime. */
  readonly time: number | null;
  /** Element that holds X12's time code of that time. */
  readonly timeCode: number | null;
  /** Places behind a point that is not written. */
  readonly implied: number | null;
  /** Places that are always written. */
  readonly places: number | null;
  /** Name of a table under `codes:`. */
  readonly codes: Text | null;
  readonly table: readonly CodeLine[] | null;
  readonly lookup: Lookup | null;
  readonly required: boolean;
  /** Cut to the element's greatest length when writing, instead of refusing. */
  readonly cut: boolean;
  /** Written in front, taken off when reading. */
  readonly prefix: string;
  /** Bound only to values of this length. */
  readonly length: number | null;
  /** A number whose sign is the other one on the wire. */
  readonly negated: boolean;
  /** It is read, and never written. */
  readonly onlyRead: boolean;
}

/** A table by which a field's value is found, from the column on the wire to the column in the canon, and back. */
export interface Lookup {
  readonly table: Text;
  readonly wire: string;
  readonly canon: string;
}

/** How a period is laid out: as with a field. */
export interface PeriodBinding extends Pick<FieldBinding, 'layout' | 'zone' | 'cut'> {
  readonly kind: 'period';
  readonly from: Text;
  readonly to: Text;
}

/** The partner's own limits on what may stand somewhere. */
export interface Limits {
  /** null: anything. */
  readonly allow: readonly string[] | null;
  /** null: whatever the standard allows. */
  readonly length: { readonly least: number; readonly most: number } | null;
  /** The partner's wording. */
  readonly says: string | null;
  /** What is written where the field has no value, whenever the segment is; null: nothing. */
  readonly otherwise: Text | null;
}

/** Fields that a row of a table gives; the first of them finds the row again when the message is written. */
export interface LookupBinding {
  readonly kind: 'lookup';
  readonly table: Text;
  /** The column on the wire. */
  readonly by: Text;
  readonly fields: readonly { readonly path: Text; readonly column: Text }[];
}

/** JSONata: `write` gives the text to write, `read` makes the value of `path` from the text that was read. */
export interface ComputeBinding {
  readonly kind: 'compute';
  readonly write: Text | null;
  readonly read: Text | null;
  readonly path: Text | null;
}

/** One arm of a choice: under this code or value, this binding. */
export interface Arm {
  readonly key: Text;
  readonly binding: Binding;
}

/** What one position of a segment holds. 'repeat': items side by side in elements; 'repeats': in repetitions of one element. */
export type Binding =
  | FieldBinding
  | { readonly kind: 'constant'; readonly values: readonly string[] }
  | { readonly kind: 'write'; readonly value: string }
  | { readonly kind: 'by'; readonly qualifier: CellPosition; readonly arms: readonly Arm[] }
  | { readonly kind: 'per'; readonly path: Text; readonly arms: readonly Arm[] }
  | {
      readonly kind: 'pairs';
      readonly arms: readonly Arm[];
      /** More places for pairs: W12 has them in 07..08 and in 21..22. */
      readonly more: readonly CellPosition[];
      /** Why what stands beside qualifier and value in a composite (C212: 1131, 3055) is not read; null: it is reported. */
      readonly beside: string | null;
    }
  | {
      readonly kind: 'repeat';
      readonly list: Text;
      readonly of: readonly FieldBinding[];
      /** Each field's component of the composites that are repeated; null: the fields stand in elements. */
      readonly components: readonly number[] | null;
    }
  | {
      readonly kind: 'repeats';
      readonly list: Text;
      readonly of: readonly FieldBinding[];
      readonly components: readonly number[] | null;
    }
  | {
      readonly kind: 'limited';
      readonly limits: Limits;
      readonly binding: Binding;
    }
  | PeriodBinding
  | LookupBinding
  | ComputeBinding
  | { readonly kind: 'count'; readonly of: Text }
  | { readonly kind: 'sum'; readonly of: Text }
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'none' };

export interface Cell {
  readonly position: CellPosition;
  readonly binding: Binding;
  readonly at: Place;
}

/** A canonical field that takes a value when the message gave none. */
export interface Default {
  readonly path: Text;
  readonly value: DefaultValue;
}

/** A text ('0'), another field, an empty list ('[]'), a difference (first field minus the others), or one of these per value of a field. */
export type DefaultValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'from'; readonly path: Text }
  | { readonly kind: 'list' }
  | { readonly kind: 'compute'; readonly expression: Text }
  | Difference
  | {
      readonly kind: 'per';
      readonly path: Text;
      readonly arms: readonly { readonly key: string; readonly value: DefaultValue }[];
    };

export interface Difference {
  readonly kind: 'difference';
  readonly fields: readonly Text[];
}

/**
 * A field has one of these values ('nonzero': a decimal other than 0; 'present', 'absent': whether it has any). Reading sets
 * the first, where nothing else did.
 */
export interface Condition {
  readonly path: Text;
  readonly values: readonly string[];
}

/** A segment of the guide, with what stands under it. */
export interface Entry {
  readonly tag: string;
  readonly at: Place;
  /** The part under `parts:` that this entry takes; null once it is laid under it. */
  readonly like: Text | null;
  /** The object whose fields stand in this segment, and in all under it. */
  readonly within: Text | null;
  /** Repeats once for each item of this canonical list; 'orders.cartons' walks the cartons of all orders. */
  readonly each: Text | null;
  /** Fields by whose values the items of `each` are grouped: once for each group. */
  readonly by: readonly Text[];
  /** The partner's wording of why the segment must come when its loop does. */
  readonly must: Text | null;
  /** How often the segment may come at its place; Infinity: as often as it likes. Without `each`, that is once. */
  readonly most: { readonly times: number; readonly at: Place } | null;
  /** The partner's wording of what is agreed of this segment; faults of it repeat it. */
  readonly says: string | null;
  /** Written only while all of these hold. */
  readonly when: readonly Condition[];
  readonly only: 'read' | 'write' | null;
  /** Why the segment, and all under it, is not read. */
  readonly ignore: string | null;
  readonly remove: boolean;
  readonly defaults: readonly Default[];
  readonly cells: readonly Cell[];
  readonly below: readonly Entry[];
}

/** Which message a guide is of. */
export interface GuideHead {
  readonly standard: 'x12' | 'edifact';
  readonly release: string;
  readonly message: Text;
  readonly canonical: Text;
}

/** What guides say apart from their head, in a file or as a whole. */
export interface GuideBody {
  readonly name: string;
  readonly at: Place;
  readonly extends: Text | null;
  readonly codes: ReadonlyMap<string, readonly CodeLine[]>;
  readonly defaults: readonly Default[];
  readonly segments: readonly Entry[];
}

/** A guide file as parsed. Without a head it is a base, for others to extend. */
export interface GuideSource extends GuideBody {
  readonly head: GuideHead | null;
  /** Bodies of segments by name, for `like`; their tag is ''. */
  readonly parts: ReadonlyMap<string, Entry>;
}

/** A whole guide: `extends` and `like` are applied. */
export type GuideFile = GuideHead & GuideBody;

/** A position as the guide writes it: '02', '02.1', '06..'. */
export function positionText({ element, component, to }: CellPosition): string {
  const start = String(element).padStart(2, '0') + (component === null ? '' : `.${component}`);
  if (to === null) return start;
  return `${start}..${to === Number.POSITIVE_INFINITY ? '' : to}`;
}

/** The constants that say which segment of its kind an entry is: '01=ST'. */
export function constantsOf(entry: Entry): string[] {
  return entry.cells
    .flatMap(({ position, binding }) =>
      binding.kind === 'constant' ? [`${positionText(position)}=${binding.values[0]}`] : [],
    )
    .sort();
}

/** An entry's tag and constants, 'N1 01=ST': the key by which `extends` finds it. */
export function qualifiersOf(entry: Entry): string {
  return [entry.tag, ...constantsOf(entry)].join(' ');
}
