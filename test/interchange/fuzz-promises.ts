/** What the reader promises of any bytes at all: events in order, faults of the table with a true place, nothing without limit. */
import { type Fault, faultTable, type Position } from '../../src/fault.ts';
import type { InterchangeEvent, Message, Segment, Verdict } from '../../src/interchange/interchange.ts';
import type { Limits } from '../../src/interchange/limits.ts';

/** Says the first promise that the events of a file break, or null. */
export function brokenPromise(
  events: readonly InterchangeEvent[],
  file: Buffer,
  limits: Limits,
): string | null {
  const places = new Places(file);
  if (events.length > 4 * file.length + 4) return `events: ${events.length} of ${file.length} bytes`;
  const nesting = brokenNesting(events);
  if (nesting !== null) return nesting;
  for (const event of events) {
    const broken = brokenIn(event, places, limits);
    if (broken !== null) return broken;
  }
  return null;
}

const opens: Readonly<Record<string, string>> = { interchange: '', group: 'interchange' };
const closes: Readonly<Record<string, string>> = { 'group-end': 'group', 'interchange-end': 'interchange' };

/** Every interchange and group is closed, in order; a message stands in a group, a stray outside of everything. */
function brokenNesting(events: readonly InterchangeEvent[]): string | null {
  const open: string[] = [];
  for (const [index, { kind }] of events.entries()) {
    const around = open.at(-1) ?? '';
    const fits =
      kind === 'stray'
        ? around === ''
        : kind === 'message'
          ? around === 'group'
          : around === (opens[kind] ?? closes[kind]);
    if (!fits) return `nesting: event ${index} is ${kind} in ${around === '' ? 'nothing' : around}`;
    if (kind in opens) open.push(kind);
    else if (kind in closes) open.pop();
  }
  return open.length === 0 ? null : `nesting: ${open.join(' and ')} not closed`;
}

function brokenIn(event: InterchangeEvent, places: Places, limits: Limits): string | null {
  const of = (broken: string | null) => (broken === null ? null : `${broken} (${event.kind})`);
  if ('at' in event) {
    const at = places.broken(event.at);
    if (at !== null) return of(at);
  }
  if ('faults' in event) {
    const broken = brokenFaults(event.faults, places, limits);
    if (broken !== null) return of(broken);
  }
  if ('verdict' in event && event.verdict !== verdictOf(event.faults)) {
    return of(`verdict: ${event.verdict}, but the faults say ${verdictOf(event.faults)}`);
  }
  if (event.kind === 'message') return of(brokenMessage(event, places, limits));
  if (event.kind === 'interchange-end') {
    if (event.ta1.length > limits.ta1PerInterchange) return of(`limit: ${event.ta1.length} TA1 are kept`);
    if (event.begin >= event.end || event.end > places.length) {
      return of(`place: interchange from ${event.begin} to ${event.end} of ${places.length}`);
    }
    return of(firstOf(event.ta1, (one) => brokenSegment(one, places, limits)));
  }
  return event.kind === 'interchange' ? of(brokenSegment(event.header, places, limits)) : null;
}

/** error → rejected, warning → noted, else accepted. */
function verdictOf(faults: readonly Fault[]): Verdict {
  const worst = new Set(faults.map((one) => one.severity));
  return worst.has('error') ? 'rejected' : worst.has('warning') ? 'noted' : 'accepted';
}

const longestMessage = 10_000;
const longestValue = 99;

function brokenFaults(faults: readonly Fault[], places: Places, limits: Limits): string | null {
  if (faults.length > limits.faultsPerMessage + 1) return `limit: ${faults.length} faults are kept`;
  return firstOf(faults, (one) => {
    if (!(one.code in faultTable)) return `code: ${one.code} is not in the table`;
    if (!['error', 'warning', 'info'].includes(one.severity)) return `severity: ${one.severity}`;
    if (one.message === '' || one.message.length > longestMessage) {
      return `sentence: ${one.code} has ${one.message.length} characters`;
    }
    if (one.value !== undefined && [...one.value].length > longestValue)
      return `value: too long in ${one.code}`;
    if (one.at === undefined) return null;
    const at = places.broken(one.at);
    return at === null ? null : `${at} of ${one.code}`;
  });
}

function brokenMessage(message: Message, places: Places, limits: Limits): string | null {
  const { segments, segmentCount } = message;
  if (segments.length > limits.segmentsPerMessage) return `limit: ${segments.length} segments are kept`;
  if (segmentCount < segments.length) return `count: ${segmentCount} of ${segments.length} segments`;
  if (segments[0]?.offset !== message.at.offset) return `place: the message starts at ${message.at.offset}`;
  const parts = segments.reduce((sum, one) => sum + partsOf(one), 0);
  if (parts > limits.partsPerMessage + limits.partsPerSegment) return `limit: ${parts} parts are kept`;
  let before = -1;
  return firstOf(segments, (one, index) => {
    if (one.ordinal !== index + 1) return `ordinal: segment ${index + 1} says ${one.ordinal}`;
    if (one.offset <= before) return `place: segment ${one.ordinal} at ${one.offset}, behind ${before}`;
    before = one.offset;
    return brokenSegment(one, places, limits);
  });
}

/** What is counted besides the elements: the tag, and one more that shows that the limit is passed. */
const besides = 2;

function brokenSegment(segment: Segment, places: Places, limits: Limits): string | null {
  const { values, repeats } = segment;
  if (values.length > limits.elementsPerSegment + besides) return `limit: ${values.length} elements are kept`;
  let length = segment.tag.length;
  for (const value of values) length += typeof value === 'string' ? value.length : value.join('').length;
  const parts = partsOf(segment);
  if (parts > limits.partsPerSegment + besides) return `limit: ${parts} parts of one segment are kept`;
  if (length > limits.segmentBytes) return `limit: ${length} characters of one segment are kept`;
  for (const [index, all] of Object.entries(repeats ?? {})) {
    const first = JSON.stringify(values[Number(index)]);
    if (first !== JSON.stringify(all[0])) return `repeats: the first is not the value of element ${index}`;
  }
  return places.broken(segment);
}

/** Elements, components and repetitions. */
function partsOf({ values, repeats }: Segment): number {
  const all = values.flatMap((value, index) => repeats?.[index] ?? [value]);
  return all.flat().length;
}

function firstOf<T>(list: readonly T[], broken: (one: T, index: number) => string | null): string | null {
  for (const [index, one] of list.entries()) {
    const found = broken(one, index);
    if (found !== null) return found;
  }
  return null;
}

/** Places in a file: an offset inside of it, and the line that this offset is on. */
class Places {
  readonly length: number;
  readonly #lineEnds: number[] = [];

  constructor(file: Buffer) {
    this.length = file.length;
    for (let at = file.indexOf(10); at >= 0; at = file.indexOf(10, at + 1)) this.#lineEnds.push(at);
  }

  broken({ offset, line, ...ordinals }: Position | Segment): string | null {
    if (offset === undefined) return line === undefined ? null : 'place: a line without an offset';
    if (!Number.isInteger(offset) || offset < 0 || offset > this.length) return `place: offset ${offset}`;
    if (line !== this.#lineAt(offset))
      return `place: line ${line} at offset ${offset} on ${this.#lineAt(offset)}`;
    for (const [name, ordinal] of Object.entries(ordinals)) {
      if (typeof ordinal === 'number' && (!Number.isInteger(ordinal) || ordinal < 0)) {
        return `place: ${name} ${ordinal}`;
      }
    }
    return null;
  }

  /** Lines count from 1; the line end itself belongs to the line that it ends. */
  #lineAt(offset: number): number {
    let [from, to] = [0, this.#lineEnds.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#lineEnds[middle] as number) < offset) from = middle + 1;
      else to = middle;
    }
    return from + 1;
  }
}
