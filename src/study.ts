/**
 * What a sample file is: whose it is, which messages it holds, which standard guide fits each best, and what that guide does
 * not cover. `portolan partner new` stands on it.
 */
import type { Fault } from './fault.ts';
import {
  type GroupBegin,
  type InterchangeBegin,
  type Message,
  readInterchanges,
} from './interchange/interchange.ts';
import { readAcknowledgment } from './interchange/verdict.ts';
import type { Guide, Guides } from './mapping/guide.ts';
import { type Leftover, type Line, leftoversOf, linesOf, usedLines, valuesIn } from './study-guide.ts';

/** One pair of addresses in a sample, with what its first interchange says of how it is written. */
export interface SampleAddress {
  readonly begin: InterchangeBegin;
  readonly group: GroupBegin | null;
  /** Whether the sample shows what we send: then its sender is us. */
  readonly ours: boolean;
  /** The version of its first message: GS08, or UNH S009. */
  readonly version: string;
}

export interface Candidate {
  readonly guide: Guide;
  /** Values that a line reads, or leaves aside on purpose. */
  readonly read: number;
  /** Faults of severity error. */
  readonly errors: number;
}

/** All messages of one type and release in a sample. */
export interface StudiedMessage {
  readonly standard: InterchangeBegin['standard'];
  readonly type: string;
  /** The dictionary's release that read it; null: the type is not known. */
  readonly release: string | null;
  readonly count: number;
  /** An acknowledgment of the syntax is read without a guide. */
  readonly acknowledgment: boolean;
  /** What we send, as a retailer's specification shows it. */
  readonly ours: boolean;
  /** Values in the sample, service segments left out. */
  readonly values: number;
  /** The standard guides of the type, the best first; those of its own release before others. */
  readonly candidates: readonly Candidate[];
  /** What the best guide does not read. */
  readonly leftovers: readonly Leftover[];
  /** Lines of the best guide that the sample has nothing for. */
  readonly unused: readonly Line[];
  readonly faults: readonly Fault[];
  /** What the best guide cannot take: such messages would wait for a person. Faults of the standard are not among them. */
  readonly refused: readonly Fault[];
}

export interface Study {
  readonly addresses: readonly SampleAddress[];
  readonly messages: readonly StudiedMessage[];
  /** Faults outside of messages. */
  readonly faults: readonly Fault[];
}

/** Messages of an order's life that a supplier sends. */
const suppliers = new Set([
  ...['855', '856', '865', '810', '846', '940', '943'],
  ...['ORDRSP', 'DESADV', 'INVOIC', 'INVRPT', 'INSDES'],
]);
/** Services of the standards, of no message's data. */
const serviceTags = new Set(['ST', 'SE', 'UNH', 'UNT']);

/**
 * Reads a sample and tries the standard guides on each message.
 * @throws only what the source throws; what is wrong with the sample is among its faults
 */
export async function studySample(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  guides: Guides,
): Promise<Study> {
  const addresses = new Map<string, SampleAddress>();
  const kinds = new Map<string, Kind>();
  const faults: Fault[] = [];
  let begin: InterchangeBegin | null = null;
  let group: GroupBegin | null = null;
  for await (const event of readInterchanges(source)) {
    if (event.kind === 'interchange') [begin, group] = [event, null];
    else if (event.kind === 'group') group = event;
    else if (event.kind === 'message' && begin !== null) {
      const ours = suppliers.has(event.type);
      const { standard, sender, receiver, application } = begin;
      const pair = ours ? [receiver, sender] : [sender, receiver];
      const key = JSON.stringify([standard, pair, application]);
      if (!addresses.has(key)) addresses.set(key, { begin, group, ours, version: event.version });
      const name = `${standard} ${event.release} ${event.type}`;
      const kind = kinds.get(name) ?? newKind(event, standard, ours, guides);
      kinds.set(name, kind);
      await addMessage(kind, event);
    } else if ('faults' in event) faults.push(...event.faults);
  }
  return {
    addresses: [...addresses.values()],
    messages: [...kinds.values()].map(studied),
    faults,
  };
}

/** A kind of message while its messages come. */
interface Kind {
  readonly head: Pick<StudiedMessage, 'standard' | 'type' | 'release' | 'acknowledgment' | 'ours'>;
  readonly trials: readonly Trial[];
  count: number;
  values: number;
  readonly faults: Fault[];
}

/** What one guide made of them. */
interface Trial {
  readonly guide: Guide;
  unread: number;
  readonly errors: Fault[];
  readonly leftovers: Map<string, Leftover>;
  readonly used: Set<Line>;
}

function newKind(
  message: Message,
  standard: StudiedMessage['standard'],
  ours: boolean,
  guides: Guides,
): Kind {
  const { type, release } = message;
  const fitting = guides
    .in('standard')
    .filter((guide) => guide.standard === standard && guide.message === type);
  const acknowledgment = fitting.length === 0 && readAcknowledgment(message) !== null;
  return {
    head: { standard, type, release, acknowledgment, ours },
    trials: fitting.map((guide) => ({ guide, unread: 0, errors: [], leftovers: new Map(), used: new Set() })),
    count: 0,
    values: 0,
    faults: [],
  };
}

async function addMessage(kind: Kind, message: Message): Promise<void> {
  kind.count++;
  kind.faults.push(...message.faults);
  if (kind.head.acknowledgment) return;
  for (const segment of message.segments) if (!serviceTags.has(segment.tag)) kind.values += valuesIn(segment);
  for (const trial of kind.trials) await addTrial(trial, message);
}

async function addTrial(trial: Trial, message: Message): Promise<void> {
  const { unmapped, faults } = await trial.guide.read(message);
  trial.unread += unmapped.length;
  trial.errors.push(...faults.filter(({ severity }) => severity === 'error'));
  for (const leftover of leftoversOf(unmapped, message, trial.guide)) {
    const before = trial.leftovers.get(leftover.key);
    trial.leftovers.set(
      leftover.key,
      before === undefined ? leftover : { ...before, count: before.count + leftover.count },
    );
  }
  for (const line of usedLines(trial.guide, await trial.guide.lineage(message))) trial.used.add(line);
}

function studied({ head, trials, count, values, faults }: Kind): StudiedMessage {
  const rank = ({ guide, unread, errors }: Trial) =>
    [guide.release === head.release ? 0 : 1, errors.length, unread] as const;
  const sorted = [...trials].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first[0] - second[0] || first[1] - second[1] || first[2] - second[2];
  });
  const [best] = sorted;
  return {
    ...head,
    count,
    values,
    faults,
    candidates: sorted.map(({ guide, unread, errors }) => ({
      guide,
      read: values - unread,
      errors: errors.length,
    })),
    refused: best?.errors ?? [],
    leftovers: best === undefined ? [] : [...best.leftovers.values()],
    unused: best === undefined ? [] : unusedIn(best),
  };
}

/** A line of a part that two entries of the same name take is one line for people: told once, and not when one of them is used. */
function unusedIn({ guide, used }: Trial): Line[] {
  const keyOf = (line: Line) => `${line.name} ${line.guide}`;
  const told = new Set([...used].map(keyOf));
  return linesOf(guide).filter((line) => {
    const isNew = !told.has(keyOf(line));
    told.add(keyOf(line));
    return isNew;
  });
}
