/** `portolan inspect`: what a file holds and what is wrong with it, for programs (JSON) and for people (text). */
import type { Fault, Position, Severity } from './fault.ts';
import { pointAt, printable } from './inspect-segment.ts';
import {
  type GroupBegin,
  type InterchangeBegin,
  type InterchangeEvent,
  type Message,
  readInterchanges,
  type Segment,
} from './interchange/interchange.ts';

/** Takes the output piece by piece; a promise it returns is waited for, so that memory stays bounded. */
export type Out = (text: string) => void | Promise<void>;

const maxFaults = 1_000;
/** All of them may be in one message. */
const limits = { faultsPerMessage: maxFaults };

/** Counts every fault and keeps the first ones. */
class FaultTally {
  readonly first: Fault[] = [];
  readonly count: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  add(event: InterchangeEvent): void {
    if (!('faults' in event)) return;
    for (const one of event.faults) {
      this.count[one.severity] += 1;
      if (this.first.length < maxFaults) this.first.push(one);
    }
  }
}

/**
 * Writes one line of JSON about a file while the file is read: its interchanges, then its first 1,000 faults, then their
 * number.
 * @param source the file's bytes
 * @param file its name as it shall be shown
 * @returns whether a fault of severity error was found
 */
export async function inspectJson(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  out: Out,
): Promise<boolean> {
  const counted = new CountedSource(source);
  const tally = new FaultTally();
  const line = new JsonLine();
  await out(`{"file":${JSON.stringify(file)},"interchanges":[`);
  for await (const event of readInterchanges(counted, { limits })) {
    tally.add(event);
    const piece = line.piece(event);
    if (piece !== '') await out(piece);
  }
  const { first, count } = tally;
  await out(`],"bytes":${counted.bytes},"faults":[`);
  for (const [index, one] of first.entries())
    await out(`${index === 0 ? '' : ','}${JSON.stringify(jsonFault(one))}`);
  await out(`],"faultCount":${JSON.stringify(count)}}\n`);
  return count.error > 0;
}

/** Passes a source's chunks on and counts their bytes. */
class CountedSource implements AsyncIterable<Uint8Array> {
  bytes = 0;
  readonly #source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }
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

function jsonFault({ code, severity, message, hint, at }: Fault): object {
  return { code, severity, message, hint, ...(at === undefined ? {} : { at }) };
}

/**
 * Writes what a file holds as an indented tree, each fault under the part that it belongs to, with its place and hint, and
 * the segment that it is in with a caret under the place.
 * @param colour severities and carets are coloured by ANSI escape sequences; everything else that is written is printable
 * @returns whether a fault of severity error was found
 */
export async function inspectText(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  out: Out,
  colour = false,
): Promise<boolean> {
  const counted = new CountedSource(source);
  const tally = new FaultTally();
  let opened: InterchangeBegin | null = null;
  await out(`${file}\n`);
  for await (const event of readInterchanges(counted, { limits })) {
    if (event.kind === 'interchange') opened = event;
    const shown = tally.first.length;
    tally.add(event);
    const faults = tally.first.slice(shown).flatMap((one) => faultLines(one, event, opened, colour));
    const lines = [printable(headline(event)), ...faults];
    const text = lines.filter((line) => line !== '').map((line) => `${indents[event.kind]}${line}\n`);
    if (text.length > 0) await out(text.join(''));
  }
  const { error, warning, info } = tally.count;
  const unshown = error + warning + info - tally.first.length;
  if (unshown > 0) await out(`  ${unshown} more faults are not shown\n`);
  await out(`  ${counted.bytes} bytes: ${error} errors, ${warning} warnings, ${info} notes\n`);
  return error > 0;
}

const indents: Readonly<Record<InterchangeEvent['kind'], string>> = {
  interchange: '  ',
  group: '    ',
  message: '      ',
  'group-end': '    ',
  'interchange-end': '  ',
  stray: '  ',
};

function headline(event: InterchangeEvent): string {
  switch (event.kind) {
    case 'interchange':
      return `${event.standard === 'x12' ? 'X12' : 'EDIFACT'} interchange ${event.control} from ${address(event.sender)} to ${address(event.receiver)}, ${event.version}${event.test ? ', test' : ''}`;
    case 'group':
      return event.type === null ? '' : `group ${event.control} ${event.type} ${event.version}`;
    case 'message':
      return `${event.type} ${event.control} (${event.version}): ${event.segmentCount} segments, ${event.verdict}`;
    default:
      return '';
  }
}

function address({ qualifier, id }: InterchangeBegin['sender']): string {
  return qualifier === '' ? id : `${qualifier}:${id}`;
}

function faultLines(
  one: Fault,
  event: InterchangeEvent,
  opened: InterchangeBegin | null,
  colour: boolean,
): string[] {
  const { code, severity, message, hint, at } = one;
  const paint = (text: string) => (colour ? `\x1b[${colours[severity]}m${text}\x1b[0m` : text);
  const said = printable(` ${code}${place(at)}: ${message}`);
  const segment = segmentOf(one, event, opened);
  const lines = [`  ${paint(severity)}${said}`];
  if (segment !== null && opened !== null && at !== undefined) {
    const [text, carets] = pointAt(segment, at, opened.separators);
    const mark = carets.trimStart();
    lines.push(`    ${text}`, `    ${' '.repeat(carets.length - mark.length)}${paint(mark)}`);
  }
  return [...lines, `    ${printable(hint)}`];
}

/** Bold red, yellow and cyan, in the numbers of ECMA-48. */
const colours: Readonly<Record<Severity, string>> = { error: '1;31', warning: '33', info: '36' };

/** The segment that a fault is in; null where there is none, or where it was not kept. */
function segmentOf({ at }: Fault, event: InterchangeEvent, opened: InterchangeBegin | null): Segment | null {
  if (event.kind === 'message' && at?.segment !== undefined) return event.segments[at.segment - 1] ?? null;
  const header = opened?.header;
  return event.kind === 'interchange-end' && header?.tag === at?.tag ? (header ?? null) : null;
}

function place(at: Position | undefined): string {
  if (at === undefined) return '';
  const { line, segment, tag, element, component } = at;
  const parts = [
    line === undefined ? '' : ` line ${line}`,
    segment === undefined ? '' : ` segment ${segment}`,
    tag === undefined ? '' : ` ${tag}${element === undefined ? '' : String(element).padStart(2, '0')}`,
    component === undefined ? '' : ` component ${component}`,
  ];
  return parts.join('') === '' ? '' : ` at${parts.join('')}`;
}
