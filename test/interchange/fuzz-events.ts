/** Reading for the tests of bad input, through the front door only, and events as text that can be compared. */
import type { Fault, Position } from '../../src/fault.ts';
import {
  type InterchangeEvent,
  isLoop,
  type Loop,
  type Message,
  type ReadOptions,
  type Segment,
} from '../../src/interchange/interchange.ts';

/** What readInterchanges does, and what the broken readers of fuzz-proof.test.ts pretend to do. */
export type Read = (source: Iterable<Uint8Array>, options?: ReadOptions) => AsyncIterable<InterchangeEvent>;

export async function eventsFrom(
  read: Read,
  chunks: Iterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<InterchangeEvent[]> {
  const events: InterchangeEvent[] = [];
  for await (const event of read(chunks, options)) events.push(event);
  return events;
}

/** The parts of a file between the places where it is cut. */
export function cutAt(file: Buffer, places: readonly number[]): Buffer[] {
  const all = [0, ...places, file.length];
  return all.slice(1).map((to, index) => file.subarray(all[index], to));
}

/** Everything that events say, as text: two readings are equal when their texts are. */
export function textOf(events: readonly InterchangeEvent[]): string {
  return events.map((event) => JSON.stringify(event.kind === 'message' ? whole(event) : event)).join('\n');
}

/** A message as text, its places counted from its own beginning: the same wherever it stands in a file. */
export function textOfMessage(message: Message): string {
  const { offset = 0, line = 1 } = message.at;
  const { message: _, ...rest } = moved(message.at, offset, line);
  const faults = message.faults.map((one) =>
    one.at === undefined ? one : { ...one, at: moved(one.at, offset, line) },
  );
  const segments = message.segments.map((one) => moved(one, offset, line));
  return JSON.stringify({ ...whole(message), at: rest, faults: faults.map(withoutMessage), segments });
}

function withoutMessage(fault: Fault): Fault {
  if (fault.at === undefined) return fault;
  const { message: _, ...at } = fault.at;
  return { ...fault, at };
}

function moved<T extends Position | Segment>(at: T, offset: number, line: number): T {
  const { offset: from, line: row } = at;
  return {
    ...at,
    ...(from === undefined ? {} : { offset: from - offset }),
    ...(row === undefined ? {} : { line: row - line }),
  };
}

/** Named one by one: segments and root are computed when they are asked for. */
function whole(message: Message): object {
  const { kind, type, control, version, release, segmentCount, segments, root, faults, verdict, at } =
    message;
  return {
    ...{ kind, type, control, version, release, segmentCount, faults, verdict, at },
    segments: segments.map(({ tag, values, repeats, offset, line, ordinal }) => {
      return { tag, values, repeats, offset, line, ordinal };
    }),
    root: root === null ? null : shapeOf(root),
  };
}

/** Loops by name, segments by ordinal. */
function shapeOf(loop: Loop): readonly unknown[] {
  return [loop.id, ...loop.members.map((member) => (isLoop(member) ? shapeOf(member) : member.ordinal))];
}
