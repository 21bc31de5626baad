/**
 * `createdAt datetime(04)`, `createdAt datetime(04, 05) zone(America/Chicago)`: the day here, the time in another element
 * (X12 373 and 337), and what zone that time is of in a third (623).
 */
import type { Segment } from '../interchange/interchange.ts';
import { type CellPlan, type CellScope, missing, requiredPart } from './cell.ts';
import { instantText, readTime, wallClock } from './dates.ts';
import { zoneOf } from './field-codec.ts';
import { layoutByLength, layouts } from './layouts.ts';
import { midnight } from './moment.ts';
import type { CellPosition, FieldBinding } from './notation.ts';
import { resolvePath } from './path.ts';
import { put, type Row, readFault, reportUnmapped, saidBit, textAt } from './plan.ts';
import { leaveTrace, store } from './ports.ts';
import type { Place } from './problem.ts';
import { checkFit, type RuledSpot, spotOf } from './spot.ts';
import { readTimeCode, timeCodeOf, type Zone } from './zone.ts';

/** Where the parts of an instant stand. */
interface Parts {
  readonly day: RuledSpot;
  readonly clock: RuledSpot;
  readonly code: RuledSpot | null;
  readonly zone: Zone | null;
  /** Seconds are written when there are any. */
  readonly seconds: boolean;
}

export function instantCell(
  binding: FieldBinding,
  time: number,
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const parts = partsOf(binding, time, position, at, into);
  const slot = resolvePath(binding.path, into.scope, into.problems);
  if (parts === null || slot === null) return null;
  const { day, clock, code } = parts;
  checkFit(slot.type, 'datetime', slot.name, day, at, into.problems);
  const { required } = requiredPart(binding, day, at);
  const place = binding.path.at;
  return {
    read: (segment, frame, context) => {
      const raw = textAt(segment, day.element, null);
      const hours = textAt(segment, clock.element, null);
      if (raw === '') {
        if (hours !== '') reportUnmapped(context, segment, clock.element, null, hours);
        if (required !== undefined) readFault(context, 'value-missing', segment, day, missing(required));
        return;
      }
      const value = readParts(parts, raw, hours, segment);
      if (typeof value === 'string') store(value, raw, slot, segment, frame, context, day, place);
      else {
        const { spot, ...details } = value;
        readFault(context, 'value-unreadable', segment, spot, details);
        if (context.trace !== null) leaveTrace(slot, segment, frame, context, day, place, true);
      }
    },
    early: (row, frame) => {
      const value = slot.get(frame);
      if (typeof value === 'string' && value !== '') writeParts(parts, value, row);
    },
    cover: [day, clock, ...(code === null ? [] : [code])].map(({ element }) => [element, null] as const),
    ...(required === undefined ? {} : { required }),
    field: true,
  };
}

function partsOf(
  { path, timeCode, zone, cut }: FieldBinding,
  time: number,
  position: CellPosition,
  at: Place,
  into: CellScope,
): Parts | null {
  const { rule, problems } = into;
  const plain = { component: null, to: null };
  const day = spotOf(rule, position, at, problems);
  const clock = spotOf(rule, { ...plain, element: time }, at, problems);
  const code = timeCode === null ? null : spotOf(rule, { ...plain, element: timeCode }, at, problems);
  if (day === null || clock === null || (timeCode !== null && code === null)) return null;
  checkPart(clock, '337', 'time', at, into);
  if (code !== null) checkPart(code, '623', 'time code', at, into);
  return { day, clock, code, zone: zoneOf(zone, path.at, into), seconds: !cut && clock.max >= 6 };
}

function checkPart(
  { rule, tag, element }: RuledSpot,
  id: string,
  what: string,
  at: Place,
  into: CellScope,
): void {
  if (rule.id === id) return;
  const fitting = into.rule.elements.flatMap((use, index) => (use.element?.id === id ? [index + 1] : []));
  const hint =
    fitting.length === 0
      ? `${tag} has none.`
      : `${tag} has it in element ${fitting.map((each) => String(each).padStart(2, '0')).join(', ')}.`;
  into.problems.add(at, `${tag} element ${element} (${rule.id}, ${rule.name}) holds no ${what}.`, hint);
}

interface Unreadable {
  readonly spot: RuledSpot;
  readonly value: string;
  readonly expected: string;
}

function readParts(
  { day, clock, code, zone }: Parts,
  raw: string,
  hours: string,
  segment: Segment,
): string | Unreadable {
  const date = layoutByLength(raw.length)?.read(raw);
  if (date === undefined || date.time !== midnight) return { spot: day, value: raw, expected: 'a date' };
  const time = hours === '' ? { time: midnight, fraction: '' } : readTime(hours);
  if (time === undefined) return { spot: clock, value: hours, expected: 'a time as HHMM or HHMMSS' };
  const letters = code === null ? '' : textAt(segment, code.element, null);
  const told = readTimeCode(letters);
  if (told === undefined)
    return { spot: code ?? clock, value: letters, expected: 'a time code of element 623' };
  const offset = typeof told === 'number' ? told : null;
  return instantText(
    { time: time.time, offset },
    date.first,
    typeof told === 'object' ? told : zone,
    time.fraction,
  );
}

function writeParts({ day, clock, code, zone, seconds }: Parts, value: string, row: Row): void {
  let wall = wallClock(value, zone);
  if (code !== null) {
    const letters = zone === null ? 'UT' : timeCodeOf(zone, wall.offset);
    if (letters === null) wall = wallClock(value, null);
    put(row, code.element, null, letters ?? 'UT');
  }
  const layout = layouts.get(day.max < 8 ? '101' : '102');
  put(row, day.element, null, layout?.write(wall.day, midnight, 0, false, true) ?? '');
  const second = wall.time.slice(6, 8);
  put(
    row,
    clock.element,
    null,
    wall.time.slice(0, 2) + wall.time.slice(3, 5) + (seconds && second !== '00' ? second : ''),
  );
  row.said |= saidBit(day.element);
}
