/**
 * `portolan inspect` for people: a tree of interchanges, groups and messages, each fault under the part that it belongs
 * to, with the segment as it was received and carets under the place. Runs of parts without faults are folded.
 */
import type { Fault } from './fault.ts';
import { Batch, emptiness, limits, maxFaults, type Out, type Source } from './inspect.ts';
import { Branch, type Emit } from './inspect-branch.ts';
import { Received } from './inspect-bytes.ts';
import { visible } from './inspect-columns.ts';
import { type Context, FaultText, type TextOptions } from './inspect-fault.ts';
import { foldedGroups, foldedInterchanges, foldedMessages } from './inspect-folded.ts';
import { kindOf } from './inspect-kind.ts';
import { countOf, Tally } from './inspect-tally.ts';
import { groupWords, interchangeWords, messageWords, ta1Words, typeWords } from './inspect-words.ts';
import {
  type GroupBegin,
  type GroupEnd,
  type InterchangeBegin,
  type InterchangeEnd,
  type InterchangeEvent,
  type Message,
  readInterchanges,
} from './interchange/interchange.ts';

/**
 * Writes what a file holds as an indented tree, while the file is read.
 * @param source the file's bytes
 * @param file its name as it shall be shown
 * @param tally counts what the file holds, meanwhile
 * @returns whether a fault of severity error was found
 * @throws what `out` throws; what the source throws, after what was read has been written
 */
export async function inspectText(
  source: Source,
  file: string,
  out: Out,
  options: TextOptions = {},
  tally: Tally = new Tally(),
): Promise<boolean> {
  const batch = new Batch(out);
  const received = new Received(source, () => batch.flush());
  const emit = (line: string) => void batch.add(`${line}\n`);
  const tree = new Tree(emit, new FaultText(received, options), tally);
  emit(visible(file));
  for await (const event of readInterchanges(received, { limits })) {
    tally.bytes = received.bytes;
    tally.add(event);
    tree.take(event);
    received.forget(tree.needed);
    if (batch.add('')) await batch.flush();
  }
  tree.end(emptiness(received, tally), kindOf(received.head));
  emit(`  ${sumOf(tally)}`);
  await batch.flush();
  if (received.failure !== null) throw received.failure;
  return tally.faults.error > 0;
}

/** '4,096 bytes, 1 interchange, 1 message, 10 segments: 1 error, no warnings, 2 notes' */
export function sumOf({ bytes, interchanges, groups, messages, segments, faults }: Tally): string {
  const held = [
    countOf(bytes, 'byte'),
    countOf(interchanges, 'interchange'),
    groups === 0 ? '' : countOf(groups, 'group'),
    countOf(messages, 'message'),
    countOf(segments, 'segment'),
  ];
  const { error, warning, info } = faults;
  const found = [countOf(error, 'error'), countOf(warning, 'warning'), countOf(info, 'note')];
  return `${held.filter((one) => one !== '').join(', ')}: ${found.join(', ')}`;
}

/** How often the same warning or note of messages is shown. */
const sameNotes = 3;

/** Takes events and writes the lines of the tree. */
class Tree {
  readonly #file: Branch;
  readonly #faults: FaultText;
  readonly #tally: Tally;
  #interchange: Branch | null = null;
  #group: Branch | null = null;
  #context: Context = { begin: null, headers: [] };
  #shown = 0;
  /** Warnings and notes that were shown, how often each, and how many were not shown again. */
  readonly #notes = new Map<string, number>();
  #repeated = 0;
  /** The bytes before this offset are needed no more. */
  needed = 0;

  constructor(emit: Emit, faults: FaultText, tally: Tally) {
    this.#file = new Branch(emit, { key: '', control: '' }, (run) => `  ${foldedInterchanges(run, faults)}`);
    this.#faults = faults;
    this.#tally = tally;
  }

  take(event: InterchangeEvent): void {
    if (event.kind === 'interchange') this.#openInterchange(event);
    else if (event.kind === 'group') this.#openGroup(event);
    else if (event.kind === 'message') this.#message(event);
    else if (event.kind === 'group-end') this.#closeGroup(event);
    else if (event.kind === 'interchange-end') this.#closeInterchange(event);
    else this.#show(this.#file, event.faults, 1, null);
  }

  #openInterchange(event: InterchangeBegin): void {
    const name = { key: interchangeWords(event, true), control: event.control };
    this.#interchange = new Branch(this.#file, name, (run) => `    ${foldedGroups(run, this.#faults)}`);
    this.#interchange.line(`  ${interchangeWords(event)}`);
    this.#context = { begin: event, headers: [] };
    this.#remember(event.header.tag, event.header.offset);
  }

  #openGroup(event: GroupBegin): void {
    if (this.#interchange === null) return;
    const words = groupWords(event, this.#context.begin);
    const name = { key: `${event.type} ${event.version}`, control: event.control ?? '' };
    this.#group = new Branch(this.#interchange, name, (run) => `      ${foldedMessages(run, this.#faults)}`);
    if (words !== '') this.#group.line(`    ${words}`);
    if (event.type !== null && event.at.offset !== undefined) this.#remember('group', event.at.offset);
  }

  /** Keeps a header: its faults come with the trailer. */
  #remember(tag: string, offset: number): void {
    const { begin, headers } = this.#context;
    this.needed = offset;
    if (begin === null) return;
    const text = this.#faults.segmentAt(offset, begin);
    const others = headers.filter((one) => one.tag !== tag);
    this.#context = { begin, headers: text === null ? others : [...others, { tag, offset, text }] };
  }

  #message(message: Message): void {
    const { begin } = this.#context;
    const group = this.#group;
    if (begin === null || group === null) return;
    const { type, control, version, release, verdict, segmentCount, faults } = message;
    const line = `      ${messageWords(message, begin.standard)}: ${this.#faults.verdict(verdict)}`;
    const news = this.#shown < maxFaults ? faults.filter((one) => this.#isNews(one)) : [];
    if (news.length > 0) {
      group.dirty(line);
      this.#show(group, news, 4, message);
    } else {
      const contents = typeWords({ type, release }, begin.standard);
      const counts = { messages: 1, segments: segmentCount, verdicts: { [verdict]: 1 } };
      group.part({ key: version, contents, control, lines: [line], ...counts });
    }
    this.needed = message.at.offset ?? this.needed;
  }

  /** Whether a fault of a message shall be shown: a warning or note that many messages have is shown a few times. */
  #isNews({ code, severity, message }: Fault): boolean {
    if (severity === 'error') return true;
    const note = `${code} ${message}`;
    const times = this.#notes.get(note) ?? 0;
    if (times < sameNotes && this.#notes.size < maxFaults) this.#notes.set(note, times + 1);
    if (times >= sameNotes) this.#repeated += 1;
    return times < sameNotes;
  }

  #closeGroup({ faults, verdict }: GroupEnd): void {
    const group = this.#group;
    if (group === null) return;
    this.#show(group, faults, 3, null);
    if (verdict === 'rejected')
      group.dirty(`      all of group ${visible(group.name.control)}: ${this.#faults.verdict(verdict)}`);
    group.close();
    this.#group = null;
  }

  #closeInterchange({ faults, verdict, ta1 }: InterchangeEnd): void {
    const interchange = this.#interchange;
    if (interchange === null) return;
    for (const one of ta1) interchange.line(`    ${ta1Words(one)}`);
    this.#show(interchange, faults, 2, null);
    if (verdict === 'rejected')
      interchange.dirty(
        `    all of interchange ${visible(interchange.name.control)}: ${this.#faults.verdict(verdict)}`,
      );
    interchange.close();
    this.#interchange = null;
    this.#context = { begin: null, headers: [] };
  }

  #show(branch: Branch, faults: readonly Fault[], depth: number, message: Message | null): void {
    const shown = faults.slice(0, maxFaults - this.#shown);
    this.#shown += shown.length;
    if (shown.length === 0) return;
    for (const line of this.#faults.lines(shown, this.#context, message))
      branch.dirty(`${'  '.repeat(depth)}${line}`);
  }

  /** @param looksLike what the file is by its first bytes, if it holds no interchange */
  end(empty: Fault | null, looksLike: string | null): void {
    if (empty !== null) this.#show(this.#file, [empty], 1, null);
    if (this.#tally.interchanges === 0 && looksLike !== null)
      this.#file.dirty(`  It looks like ${looksLike}.`);
    this.#file.close();
    if (this.#repeated > 0)
      this.#file.line(
        `  ${countOf(this.#repeated, 'warning or note', 'warnings and notes')} like those above: not shown again`,
      );
    const unshown = this.#tally.faultCount - this.#shown - this.#repeated;
    if (unshown > 0) this.#file.line(`  ${countOf(unshown, 'more fault is', 'more faults are')} not shown`);
  }
}
