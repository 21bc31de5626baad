/** `portolan inspect` for programs: what a file holds and what is wrong with it, as one line of JSON. */
import { type Fault, fault } from './fault.ts';
import { Received } from './inspect-bytes.ts';
import { Tally } from './inspect-tally.ts';
import {
  type GroupBegin,
  type InterchangeBegin,
  type InterchangeEvent,
  type Message,
  readInterchanges,
} from './interchange/interchange.ts';

/** Takes the output piece by piece; a promise it returns is waited for, so that memory stays bounded. */
export type Out = (text: string) => void | Promise<void>;
export type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Faults of one file that are shown; the others are counted. */
export const maxFaults = 1_000;
/** All of them may be in one message. */
export const limits = { faultsPerMessage: maxFaults };

/** Collects small pieces of output into large ones. */
export class Batch {
  readonly #out: Out;
  #text = '';

  constructor(out: Out) {
    this.#out = out;
  }

  /** @returns whether there is enough to be written now */
  add(text: string): boolean {
    this.#text += text;
    return this.#text.length >= batchLength;
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.#out(text);
  }
}

const batchLength = 65_536;

/**
 * Writes one line of JSON about a file while the file is read: its interchanges, then its first 1,000 faults, then their
 * number. What was read is written whenever more bytes are needed, and when 64 KB of it have come together.
 * @param source the file's bytes
 * @param file its name as it shall be shown
 * @param tally counts what the file holds, meanwhile
 * @returns whether a fault of severity error was found
 * @throws what `out` throws; what the source throws, after a line that holds what was read and has `error`
 */
export async function inspectJson(
  source: Source,
  file: string,
  out: Out,
  tally: Tally = new Tally(),
): Promise<boolean> {
  const batch = new Batch(out);
  const received = new Received(source, () => batch.flush(), false);
  const line = new JsonLine();
  const faults: string[] = [];
  batch.add(`{"file":${JSON.stringify(file)},"interchanges":[`);
  for await (const event of readInterchanges(received, { limits })) {
    tally.bytes = received.bytes;
    tally.add(event);
    if ('faults' in event && event.faults.length > 0) keepFaults(event.faults, faults);
    if (batch.add(line.piece(event))) await batch.flush();
  }
  const empty = emptiness(received, tally);
  if (empty !== null) keepFaults([empty], faults);
  batch.add(`],"bytes":${received.bytes},"faults":[`);
  for (const [index, one] of faults.entries())
    if (batch.add(index === 0 ? one : `,${one}`)) await batch.flush();
  const failure = received.failure === null ? '' : `,"error":${JSON.stringify(received.failure.message)}`;
  batch.add(`],"faultCount":${JSON.stringify(tally.faults)}${failure}}\n`);
  await batch.flush();
  if (received.failure !== null) throw received.failure;
  return tally.faults.error > 0;
}

/** As text, which does not hold on to the bytes that a fault's sentences quote. */
function keepFaults(faults: readonly Fault[], kept: string[]): void {
  for (const one of faults.slice(0, maxFaults - kept.length)) {
    const { code, severity, message, hint, at } = one;
    kept.push(JSON.stringify({ code, severity, message, hint, ...(at === undefined ? {} : { at }) }));
  }
}

/** The fault of a file that was read to its end and in which there is nothing, not even something wrong; counted. */
export function emptiness(received: Received, tally: Tally): Fault | null {
  tally.bytes = received.bytes;
  if (tally.interchanges > 0 || tally.faultCount > 0 || received.failure !== null) return null;
  const one = fault('file-empty', { count: received.bytes });
  tally.faults[one.severity] += 1;
  return one;
}

/** The pieces of JSON that events become, with the commas and brackets between them. */
class JsonLine {
  #interchanges = 0;
  #groups = 0;
  #messages = 0;

  piece(event: InterchangeEvent): string {
    switch (event.kind) {
      case 'interchange':
        this.#groups = 0;
        return `${this.#interchanges++ === 0 ? '' : ','}${interchangeHead(event)}"groups":[`;
      case 'group':
        this.#messages = 0;
        return `${this.#groups++ === 0 ? '' : ','}${groupHead(event)}"messages":[`;
      case 'message':
        return `${this.#messages++ === 0 ? '' : ','}${messageJson(event)}`;
      case 'group-end':
      case 'interchange-end':
        return ']}';
      case 'stray':
        return '';
    }
  }
}

function interchangeHead(event: InterchangeBegin): string {
  const { standard, control, sender, receiver, version, test } = event;
  return `${JSON.stringify({ standard, control, sender, receiver, version, test }).slice(0, -1)},`;
}

function groupHead({ type, control, version }: GroupBegin): string {
  return `${JSON.stringify({ type, control, version }).slice(0, -1)},`;
}

function messageJson({ type, control, version, segmentCount, at }: Message): string {
  return JSON.stringify({ type, control, version, segments: segmentCount, offset: at.offset });
}
