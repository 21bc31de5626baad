/** A guide compiled: what reading and writing walk over. Made once at load by compile.ts; nothing here is looked up again. */
import type { Fault, FaultCode, FaultDetails, Position } from '../fault.ts';
import { fault } from '../fault.ts';
import type { Message, Segment } from '../interchange/interchange.ts';
import type { OutSegment } from '../interchange/write.ts';
import type { Computing } from './computing.ts';
import type { Unmapped } from './guide.ts';
import type { Place } from './problem.ts';

export type Fields = Record<string, unknown>;

/** The part of the document that an entry reads into or writes from: the document itself, or one item of a list. */
export interface Frame {
  readonly object: Fields;
  readonly parent: Frame | null;
  /** The list in the parent's object that this is an item of, 'cartons' or 'shipTo.contacts'; '' for the document. */
  readonly list: string;
  index: number;
  /** Writing: the items of the group that this stands for; the first of them gives the fields. */
  readonly members?: readonly Frame[];
  /** Reading: the group that this stands for. */
  readonly group?: Group;
}

/** A group while it is read: what its segments say is given to every item under it. */
export interface Group {
  readonly entry: EntryPlan;
  readonly each: EachPlan;
  /** The group around this group. */
  readonly around: Frame | null;
  /** Outside all the lists that the group walks. */
  readonly outer: Frame;
  /** Number of traces before the group began. */
  readonly traced: number;
  /** Traces of what the group itself says, once an item has asked for them. */
  rows: readonly Trace[] | null;
  /** Items read under it; without any, the group is an item itself. */
  items: number;
}

/** One canonical value and where it came from; `keys` is its path below the frame. */
export interface Trace {
  readonly frame: Frame;
  readonly keys: string;
  readonly at: Position;
  readonly guide: Place;
  /** There is something, but it could not be read. */
  readonly failed?: true;
}

export interface ReadContext {
  readonly message: Message;
  readonly faults: Fault[];
  readonly unmapped: Unmapped[];
  /** null unless lineage was asked for. */
  readonly trace: Trace[] | null;
  /** Fields that are filled when all of the message has been read, where it gave them no value. */
  readonly late: (() => void)[];
  readonly computing: Computing;
}

export interface WriteContext {
  readonly out: OutSegment[];
  readonly faults: Fault[];
  readonly guide: string;
  readonly computing: Computing;
}

/** A segment being written; holes are filled at the end. `said`: a bit for each element that a canonical value went into. */
export interface Row {
  readonly values: (string | string[] | undefined)[];
  said: number;
  /** Repetitions of an element beyond the first, by index into `values`. */
  repeats?: Record<number, (string | string[])[]>;
}

/** The bit of an element in `said`; no segment has more than 31 elements. */
export function saidBit(element: number): number {
  return 1 << (element & 31);
}

export type ReadCell = (segment: Segment, frame: Frame, context: ReadContext) => void;
export type WriteCell = (row: Row, frame: Frame, context: WriteContext) => void;
/** Sets a field where the message gave it no value. */
export type SetDefault = (frame: Frame, context: ReadContext) => void;
export type Getter = (frame: Frame) => unknown;

/** A qualifier: the segment is this entry's only when the position holds one of the values. */
export interface Constant {
  readonly element: number;
  readonly component: number | null;
  readonly values: readonly string[];
}

export interface RequiredCell {
  readonly element: number;
  readonly component: number | null;
  readonly name: string;
  /** 'mappings/acme/850.yaml:12', and the partner's wording, for faults. */
  readonly guide: string;
  readonly says: string;
}

/** A list in what a frame holds. */
export interface ListPlan {
  /** 'cartons', 'shipTo.contacts' */
  readonly name: string;
  readonly keys: readonly string[];
}

export interface EachPlan {
  /** Lists from the outermost: orders, then cartons, walks the cartons of all orders. */
  readonly chain: readonly ListPlan[];
  /** Under a group: how many lists of the chain are the group's own; its items are walked, not the lists. */
  readonly given: number;
  /** The fields by whose values the items are grouped; null: every item by itself. */
  readonly by: readonly Getter[] | null;
  /** The items are plain values, not objects; they stand in the frame under '.'. */
  readonly plain: boolean;
}

/** The list of an object; undefined when it has none. */
export function listIn(object: Fields, { keys }: ListPlan): unknown[] | undefined {
  let value: unknown = object;
  for (const key of keys) value = (value as Fields | undefined)?.[key];
  return value as unknown[] | undefined;
}

/** The list of an object, made where it has none. */
export function listMade(object: Fields, list: ListPlan): unknown[] {
  const holder = holderMade(object, list);
  const key = list.keys[list.keys.length - 1] as string;
  holder[key] ??= [];
  return holder[key] as unknown[];
}

/** Puts an item at the end of the list of an object, and gives its index. Most lists of lines stay at one: an empty one would grow to many. */
export function append(object: Fields, list: ListPlan, item: unknown): number {
  const holder = holderMade(object, list);
  const key = list.keys[list.keys.length - 1] as string;
  const known = holder[key] as unknown[] | undefined;
  if (known !== undefined) return known.push(item) - 1;
  holder[key] = [item];
  return 0;
}

function holderMade(object: Fields, { keys }: ListPlan): Fields {
  const last = keys.length - 1;
  let holder = object;
  for (let index = 0; index < last; index++) {
    const key = keys[index] as string;
    holder[key] ??= {};
    holder = holder[key] as Fields;
  }
  return holder;
}

/** A span of elements that holds the items of a list: SDQ's locations and quantities. */
export interface RepeatPlan {
  /** The element in which the first item stands. */
  readonly first: number;
  readonly list: Getter;
  readonly perSegment: number;
  readonly write: (row: Row, items: readonly Fields[], frame: Frame, context: WriteContext) => void;
}

/** Unless all of these elements have a value, those are not written. */
export interface SyntaxPlan {
  readonly all: readonly number[];
  readonly drop: readonly number[];
}

/** Unless the composite has all of these components (counted from 0), it is not written. */
export interface WholePlan {
  readonly element: number;
  readonly components: readonly number[];
}

/** What a partner demands of a segment beyond the standard. */
export interface Agreed {
  /** Why it must come; null: it need not. */
  readonly must: string | null;
  readonly most: number | null;
  readonly says: string;
  /** 'mappings/acme/850.yaml:12' */
  readonly guide: string;
}

export interface EntryPlan {
  readonly tag: string;
  readonly place: Place;
  /** Id of the loop that it opens; '' for none. */
  readonly loop: string;
  /** How many segments it takes in one loop. */
  readonly times: number;
  readonly agreed: Agreed | null;
  /** The partner's wording for faults of the segment. */
  readonly says: string | null;
  /** HL and CPS: has levels under it. */
  readonly level: boolean;
  readonly constants: readonly Constant[];
  readonly ignore: boolean;
  readonly only: 'read' | 'write' | null;
  readonly each: EachPlan | null;
  readonly repeat: RepeatPlan | null;
  readonly when: readonly {
    readonly holds: (frame: Frame) => boolean;
    readonly set: (frame: Frame) => void;
  }[];
  readonly readCells: readonly ReadCell[];
  /** Constants and fields first, then what depends on them. */
  readonly writeCells: readonly WriteCell[];
  /** Bit c-1 of item e-1: component c of element e is bound. */
  readonly cover: readonly number[];
  readonly required: readonly RequiredCell[];
  readonly syntax: readonly SyntaxPlan[];
  readonly wholes: readonly WholePlan[];
  /** Without fields and children, or with a total, a segment is always written. */
  readonly constant: boolean;
  /** Keys of what the frame holds, without any of which there is nothing to write; null: not known. */
  readonly sources: readonly string[] | null;
  readonly defaults: readonly SetDefault[];
  readonly children: LevelPlan;
  /** HL and CPS: how deep this level stands. */
  readonly depth: number | null;
}

/** An entry that may take a segment of its level. */
export interface Candidate {
  readonly entry: EntryPlan;
  /** Its place among the entries of the level. */
  readonly index: number;
  /** How many segments it takes in one loop, by the guide and by what is agreed. */
  readonly most: number;
}

export interface LevelPlan {
  readonly entries: readonly EntryPlan[];
  readonly byTag: ReadonlyMap<string, readonly Candidate[]>;
  /** Of tags that the guide has at several places of the level, such as INVOIC's TAX: the entries of each, by 'TAX SG50'. */
  readonly byPlace: ReadonlyMap<string, readonly Candidate[]>;
  readonly requiring: readonly Candidate[];
  /** Entries of which something is agreed. */
  readonly agreed: readonly Candidate[];
  /** A zero for each entry: what they have taken when a loop begins. */
  readonly noneTaken: readonly number[];
  /** Something has to come. */
  readonly demanding: boolean;
}

export const allComponents = -1;

/** The value at a position; '' when there is none. */
export function valueAt(segment: Segment, element: number, component: number | null): string {
  const value = segment.values[element - 1];
  if (value === undefined) return '';
  if (typeof value === 'string') return component === null || component === 1 ? value : '';
  return value[(component ?? 1) - 1] ?? '';
}

/** The same without blanks around it, which few have: ends that are ASCII and no blanks are seen sooner than `trim` sees them. */
export function textAt(segment: Segment, element: number, component: number | null): string {
  const value = valueAt(segment, element, component);
  const last = value.length - 1;
  if (last < 0 || (isVisible(value.charCodeAt(0)) && isVisible(value.charCodeAt(last)))) return value;
  return value.trim();
}

function isVisible(code: number): boolean {
  return code > 32 && code < 127;
}

export function put(row: Row, element: number, component: number | null, text: string): void {
  const at = element - 1;
  if (component === null) {
    row.values[at] = text;
    return;
  }
  const old = row.values[at];
  const parts = Array.isArray(old) ? old : [];
  if (typeof old === 'string') parts[0] = old;
  parts[component - 1] = text;
  row.values[at] = parts;
}

/** Where a value of a message stands. */
export function positionOf(
  context: ReadContext,
  segment: Segment,
  element?: number,
  component?: number | null,
): Position {
  return {
    ...context.message.at,
    offset: segment.offset,
    line: segment.line,
    segment: segment.ordinal,
    tag: segment.tag,
    ...(element === undefined ? {} : { element }),
    ...(component === undefined || component === null ? {} : { component }),
  };
}

export function reportUnmapped(
  context: ReadContext,
  segment: Segment,
  element: number,
  component: number | null,
  value: string,
): void {
  const { tag } = segment;
  const part = component === null ? {} : { component };
  context.unmapped.push({
    tag,
    element,
    ...part,
    value,
    at: positionOf(context, segment, element, component),
  });
}

export function readFault(
  context: ReadContext,
  code: FaultCode,
  segment: Segment,
  cell: { readonly element: number; readonly component: number | null },
  details: FaultDetails,
): void {
  const at = positionOf(context, segment, cell.element, cell.component);
  context.faults.push(fault(code, { tag: segment.tag, element: cell.element, ...details }, at));
}

export function writeFault(
  context: WriteContext,
  code: FaultCode,
  tag: string,
  cell: { readonly element: number; readonly component: number | null },
  details: FaultDetails,
): void {
  const { element, component } = cell;
  const at = { tag, element, ...(component === null ? {} : { component }) };
  context.faults.push(fault(code, { guide: context.guide, tag, element, ...details }, at));
}
