/** Sorts the values of an interchange: what of it must be masked, how, and what it is. */
import {
  type ElementRule,
  type ElementUse,
  loadRelease,
  releaseOf,
  type SegmentRule,
} from './interchange/dictionary/dictionary.ts';
import type { Separators, Standard } from './interchange/interchange.ts';
import { cutSegments, logicalText, type Part, type RawSegment, type Span } from './mask-cut.ts';
import type { GuidePlaces } from './mask-guide.ts';
import { type Kind, roleOf, sideOf, treatmentOf } from './mask-kinds.ts';

/** A value that matters: it is masked, or masked amounts are made of it. */
export interface Spot extends Span {
  /** As its reader understands it. */
  readonly logical: string;
  /** keep: only its amount matters. classes: X for letters, 9 for digits. address: one side's interchange id. */
  readonly how: 'keep' | 'words' | 'price' | 'classes' | 'row' | 'address' | 'qualifier';
  readonly kind: Kind;
  /** 'N1 02', 'NAD 04.1'. */
  readonly place: string;
  readonly side: 'sender' | 'receiver' | null;
  /** GS and UNG have ids of their own. */
  readonly group: boolean;
  /** What it counts for in its message's money. */
  readonly money: {
    readonly role: 'price' | 'quantity' | 'amount';
    readonly implied: number;
    readonly line: number;
  } | null;
  /** Where it stands in a table: all values of its column. */
  readonly rows: ReadonlySet<string> | null;
  /** Ordinal of its message in the interchange; 0 outside of messages. */
  readonly message: number;
}

interface Value extends Span {
  readonly element: number;
  readonly component: number | null;
  readonly rule: ElementRule | null;
}

/** Tables for what names no release that the dictionary has. */
const usual = { x12: '004010', edifact: 'D96A' } as const;
const serviceTables = 'service4';
const anything = /[A-Za-z0-9\x80-\xff]/;
const longestTag = 3;
/** Segments whose addresses are those of groups. */
const grouped: ReadonlySet<string> = new Set(['GS', 'UNG', 'UCF']);

export class Sorter {
  readonly #text: string;
  readonly #standard: Standard;
  readonly #separators: Separators;
  readonly #places: GuidePlaces;
  readonly #spots: Spot[] = [];
  #version = '';
  #type = '';
  #messages = 0;
  #within = false;
  #lines = 0;
  #tables: ReadonlyMap<string, SegmentRule>;

  constructor(text: string, standard: Standard, separators: Separators, places: GuidePlaces) {
    this.#text = text;
    this.#standard = standard;
    this.#separators = separators;
    this.#places = places;
    this.#tables = this.#tablesOf(null);
  }

  /** The values that matter, in the order of the file. */
  sort(within: Span): readonly Spot[] {
    for (const segment of cutSegments(this.#text, within, this.#separators)) this.#segment(segment);
    return this.#spots;
  }

  #segment(segment: RawSegment): void {
    this.#follow(segment);
    const rule = this.#tables.get(segment.tag) ?? null;
    if (segment.binary !== null) this.#add(segment.binary, 'BIN 02', 'classes', 'unknown');
    if (rule === null && segment.tag.length > longestTag)
      this.#add(segment.tagSpan, 'tag', 'words', 'unknown');
    const values = this.#valuesOf(segment, rule);
    const roles = values.map((value) => (value.rule === null ? null : roleOf(value.rule)));
    if (
      segment.tag === 'LIN'
        ? this.#standard === 'edifact'
        : roles.includes('price') && roles.includes('quantity')
    )
      this.#lines += 1;
    const counts = this.#standard === 'edifact' || roles.includes('price');
    for (const value of values) this.#value(segment, value, counts);
    if (segment.tag === 'SE' || segment.tag === 'UNT') this.#within = false;
  }

  /** Keeps up with what the service segments say. */
  #follow({ tag, parts }: RawSegment): void {
    const texts = (element: number) =>
      parts.filter((part) => part.element === element).map((part) => this.#logical(part));
    if (tag === 'GS') this.#version = texts(8)[0] ?? '';
    if (tag !== 'ST' && tag !== 'UNH') return;
    const [type = '', ...version] = texts(tag === 'ST' ? 1 : 2);
    this.#type = type;
    if (tag === 'UNH') this.#version = version.join(':');
    this.#messages += 1;
    this.#within = true;
    this.#lines = 0;
    this.#tables = this.#tablesOf(releaseOf(this.#standard, type, this.#version)?.release ?? null);
  }

  #tablesOf(release: string | null): ReadonlyMap<string, SegmentRule> {
    const tables = loadRelease(this.#standard, release ?? usual[this.#standard]);
    const service = this.#standard === 'edifact' ? loadRelease('edifact', serviceTables) : null;
    return new Map([...(tables?.segments ?? []), ...(service?.segments ?? [])]);
  }

  /** The values of a segment with what the dictionary says of each. X12 has components only where it declares them. */
  #valuesOf({ parts }: RawSegment, rule: SegmentRule | null): Value[] {
    const values: Value[] = [];
    for (const part of parts) {
      const use = rule?.elements[part.element - 1];
      const last = values.at(-1);
      const joins = last?.element === part.element && this.#isWhole(part, use);
      if (joins && last !== undefined) values[values.length - 1] = { ...last, to: part.to };
      else values.push(valueAt(part, use));
    }
    return values;
  }

  #isWhole(part: Part, use: ElementUse | undefined): boolean {
    if (this.#standard === 'edifact' || (use !== undefined && use.composite !== null)) return false;
    return use === undefined || use.repeat === 1 || part.component > 1;
  }

  #value({ tag }: RawSegment, value: Value, counts: boolean): void {
    const { element, component, rule } = value;
    const logical = this.#logical(value);
    if (!anything.test(logical)) return;
    const place = `${tag} ${String(element).padStart(2, '0')}${component === null ? '' : `.${component}`}`;
    const side = rule === null ? null : sideOf(rule);
    if (side !== null) {
      this.#add(value, place, 'address', 'interchange id', {
        side: turned(side, tag),
        group: grouped.has(tag),
      });
      return;
    }
    if (rule !== null && (rule.id === 'I05' || rule.id === '0007')) {
      this.#add(value, place, 'qualifier', 'interchange id', { side: besides(tag, element) });
      return;
    }
    const bound = this.#places.at(this.#type, tag, element, component ?? 1);
    const treatment = treatmentOf(logical.trim(), rule, bound);
    const role = rule === null || !this.#within || !counts ? this.#amountOnly(rule) : roleOf(rule);
    const implied = rule?.type === 'N' ? rule.decimals : 0;
    const money = role === null ? null : { role, implied, line: this.#lines };
    if (treatment.how === 'row') this.#add(value, place, 'row', treatment.kind, { rows: treatment.rows });
    else if (treatment.how !== 'keep') this.#add(value, place, treatment.how, treatment.kind, { money });
    else if (money !== null) this.#add(value, place, 'keep', 'price', { money });
  }

  #amountOnly(rule: ElementRule | null): 'amount' | null {
    return rule !== null && this.#within && roleOf(rule) === 'amount' ? 'amount' : null;
  }

  #add(
    { from, to }: Span,
    place: string,
    how: Spot['how'],
    kind: Kind,
    more: Partial<Pick<Spot, 'side' | 'group' | 'money' | 'rows'>> = {},
  ): void {
    const logical = this.#logical({ from, to });
    const message = this.#within ? this.#messages : 0;
    this.#spots.push({
      from,
      to,
      logical,
      how,
      kind,
      place,
      message,
      side: null,
      group: false,
      money: null,
      rows: null,
      ...more,
    });
  }

  #logical(span: Span): string {
    return logicalText(this.#text, span, this.#separators);
  }
}

function valueAt(part: Part, use: ElementUse | undefined): Value {
  const { from, to, element, component } = part;
  if (use?.composite != null)
    return { from, to, element, component, rule: use.composite.components[component - 1]?.element ?? null };
  return { from, to, element, component: null, rule: component === 1 ? (use?.element ?? null) : null };
}

/** Whose qualifier it is. */
function besides(tag: string, element: number): 'sender' | 'receiver' {
  const first = tag === 'ISA' ? element === 5 : element === 2;
  return first === answers.has(tag) ? 'receiver' : 'sender';
}

/** Segments that repeat the addresses of what they answer: there, the sender is the receiver. */
const answers: ReadonlySet<string> = new Set(['UCI', 'UCF']);

function turned(side: 'sender' | 'receiver', tag: string): 'sender' | 'receiver' {
  if (!answers.has(tag)) return side;
  return side === 'sender' ? 'receiver' : 'sender';
}
