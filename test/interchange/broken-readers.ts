/** Readers with the defects that real ones had: the fuzzer proves on them that it finds such things. */
import {
  type InterchangeEvent,
  type Message,
  type ReadOptions,
  readInterchanges,
} from '../../src/interchange/interchange.ts';
import type { Read } from './fuzz-events.ts';

/** The bytes in the blocks that the reader works on. */
function* blocksOf(source: Iterable<Uint8Array>, options: ReadOptions): Generator<Buffer> {
  const size = options.limits?.blockBytes ?? 65_536;
  for (const chunk of source) {
    for (let from = 0; from < chunk.length; from += size)
      yield Buffer.from(chunk.subarray(from, from + size));
  }
}

/** Two packages of today: a release character that ends a chunk is forgotten. */
const forgetsRelease: Read = (source, options = {}) => {
  function* changed(): Generator<Buffer> {
    for (const block of blocksOf(source, options)) yield block.at(-1) === 63 ? block.subarray(0, -1) : block;
  }
  return readInterchanges(changed(), options);
};

/** A UNA of which only a part has come is taken for no UNA at all. */
const needsWholeUna: Read = (source, options = {}) => {
  function* changed(): Generator<Buffer> {
    let first = true;
    for (const block of blocksOf(source, options)) {
      const part = first && block.length < 9 && block.toString('latin1').startsWith('UNA');
      yield part ? Buffer.alloc(block.length, ' ') : block;
      first = false;
    }
  }
  return readInterchanges(changed(), options);
};

/** Takes the terminator from byte 105 of whatever starts with ISA. */
async function* throwsOnShortIsa(
  source: Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  const file = Buffer.concat([...source]);
  if (file.toString('latin1', 0, 3) === 'ISA') file.readUInt8(105);
  yield* readInterchanges([file], options);
}

/** Keeps a segment whole, however long it is. */
const keepsEndlessSegments: Read = (source, options = {}) =>
  readInterchanges(source, {
    ...options,
    limits: { ...options.limits, segmentBytes: Number.POSITIVE_INFINITY },
  });

/** Skips empty segments by looking at the same one again. */
async function* loopsOnEmptySegments(
  source: Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  const file = Buffer.concat([...source]);
  let at = file.indexOf('~~~');
  while (at >= 0) at = file.indexOf('~~~', at);
  yield* readInterchanges([file], options);
}

let readings = 0;

/** Sorts faults by a number that every reading of the process counts on. */
async function* sortsByCounter(
  source: Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  readings += 1;
  const turned = readings % 2 === 0;
  for await (const event of readInterchanges(source, options)) {
    yield turned && event.kind === 'message' ? withFaults(event, event.faults.toReversed()) : event;
  }
}

function withFaults(message: Message, faults: Message['faults']): Message {
  const { segments, root } = message;
  return { ...message, segments, root, faults };
}

/** Without SE the next ST does not open a message: it is a segment like any other of the open one. */
async function* swallowsNextMessage(
  source: Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  let swallow = false;
  for await (const event of readInterchanges(source, options)) {
    if (event.kind !== 'message') yield event;
    else if (swallow) swallow = false;
    else {
      swallow = event.faults.some(({ code }) => code === 'message-trailer-missing');
      yield event;
    }
  }
}

/** Holds on to every message that it ever read. */
const everything: Message[] = [];
async function* remembersAll(
  source: Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  for await (const event of readInterchanges(source, options)) {
    if (event.kind === 'message')
      everything.push(structuredClone({ ...event, segments: event.segments, root: null }));
    yield event;
  }
}

export const brokenReaders: Readonly<Record<string, Read>> = {
  forgetsRelease,
  needsWholeUna,
  throwsOnShortIsa,
  keepsEndlessSegments,
  loopsOnEmptySegments,
  sortsByCounter,
  swallowsNextMessage,
  remembersAll,
};
