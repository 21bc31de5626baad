/** Reads mutants and holds the reader to its promises; what breaks one is made as small as it can be. */
import { isUtf8 } from 'node:buffer';
import type { InterchangeEvent, Message } from '../../src/interchange/interchange.ts';
import { defaultLimits, type Limits } from '../../src/interchange/limits.ts';
import { cutAt, eventsFrom, type Read, textOf } from './fuzz-events.ts';
import type { SampleFile } from './fuzz-fixtures.ts';
import { bytesOf, limitsOf, type Mutant, mutantOf, sayMutant } from './fuzz-mutants.ts';
import { brokenPromise } from './fuzz-promises.ts';
import { type Random, randomFrom, seedOf } from './fuzz-random.ts';
import { type Family, familiesOf, firstChange, harm, harmedSibling } from './fuzz-siblings.ts';

export interface Finding {
  readonly number: number;
  /** Kind and details: 'throws: RangeError …', 'cuts: …', 'siblings: …'. */
  readonly complaint: string;
  /** The mutation that shows it, as small as it could be made. */
  readonly mutation: string;
}

export interface FuzzOrder {
  readonly read: Read;
  readonly samples: readonly SampleFile[];
  readonly seed: number;
  /** Numbers of the first mutant, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** A mutant, and whether its other messages are compared with those of the undamaged file. */
interface Trial {
  readonly mutant: Mutant;
  readonly family: Family | null;
}

/** One in so many damages the inside of one message only. */
const siblingsEvery = 4;

/** Makes the trials of a seed by their numbers. */
export async function trials(order: Omit<FuzzOrder, 'from' | 'to'>): Promise<(number: number) => Trial> {
  const { read, samples, seed } = order;
  const families = await familiesOf(read, samples);
  return (number) => {
    const mutant = mutantOf(seed, number, samples);
    if (number % siblingsEvery !== 0 || families.length === 0) return { mutant, family: null };
    const family = families[(number / siblingsEvery) % families.length] as Family;
    const random = randomFrom(seedOf(seed, -number));
    return { mutant: { ...mutant, sample: family.sample, edits: [harm(family, random)], random }, family };
  };
}

/**
 * Tries mutants until one breaks a promise.
 * @param started told each number before it is tried, so that a watcher knows where the reader hangs
 */
export async function fuzz(order: FuzzOrder, started: (number: number) => void): Promise<Finding | null> {
  const make = await trials(order);
  for (let number = order.from; number < order.to; number += 1) {
    started(number);
    const trial = make(number);
    const complaint = await complaintOf(order.read, trial);
    if (complaint !== null)
      return { number, complaint, mutation: await smallest(order.read, trial, complaint) };
  }
  return null;
}

async function complaintOf(read: Read, { mutant, family }: Trial): Promise<string | null> {
  const bytes = bytesOf(mutant);
  const limits = limitsOf(mutant);
  const complaint = await complaintAbout(read, bytes, limits, [anyWay(bytes, mutant.random)]);
  if (complaint !== null || family === null) return complaint;
  const before = messagesIn(await eventsFrom(read, [family.sample.bytes], { limits }));
  return harmedSibling(before, messagesIn(await eventsFrom(read, [bytes], { limits })), family.child);
}

const messagesIn = (events: readonly InterchangeEvent[]): Message[] =>
  events.filter((event) => event.kind === 'message');

/** How a file comes: cut at places, and worked on in blocks of so many bytes. */
interface Way {
  readonly cuts: readonly number[];
  readonly blockBytes: number;
}

const whole: Way = { cuts: [], blockBytes: defaultLimits.blockBytes };
const shortFile = 4_000;

function anyWay(bytes: Buffer, random: Random): Way {
  const cuts = Array.from({ length: random.below(20) }, () => random.below(bytes.length + 1));
  const sorted = cuts.sort((a, b) => a - b);
  if (bytes.length > shortFile) return { cuts: sorted, blockBytes: 20_000 + random.below(60_000) };
  return { cuts: sorted, blockBytes: random.once(8) ? 1 : 1 + random.below(300) };
}

/** Says which promise the reading of a file breaks, or null. */
async function complaintAbout(
  read: Read,
  bytes: Buffer,
  limits: Limits,
  ways: readonly Way[],
): Promise<string | null> {
  try {
    const events = await eventsFrom(read, [bytes], { limits: { ...limits, ...whole } });
    const broken = brokenPromise(events, bytes, limits);
    if (broken !== null) return broken;
    const expected = textOf(events);
    for (const { cuts, blockBytes } of ways) {
      const again = textOf(await eventsFrom(read, cutAt(bytes, cuts), { limits: { ...limits, blockBytes } }));
      if (again !== expected) return `cuts: in blocks of ${blockBytes} bytes ${firstChange(expected, again)}`;
    }
    return null;
  } catch (error) {
    return `throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** How much may be read to make a finding smaller. */
const mostReadings = 1_500;
const mostBytes = 100_000_000;

/** The mutant's edits and, where fewer bytes break the same promise, those bytes. */
async function smallest(read: Read, { mutant, family }: Trial, complaint: string): Promise<string> {
  const said = sayMutant(mutant);
  if (family !== null && complaint.startsWith('siblings')) return said;
  const limits = limitsOf(mutant);
  let bytes = bytesOf(mutant);
  let [readings, volume] = [0, 0];
  const stillBreaks = async (less: Buffer) => {
    readings += 1;
    volume += less.length;
    const sizes = less.length > shortFile ? [65_536, 20_000] : [1, 2, 3, 7];
    const found = await complaintAbout(
      read,
      less,
      limits,
      sizes.map((blockBytes) => ({ cuts: [], blockBytes })),
    );
    return found !== null && kindOf(found) === kindOf(complaint);
  };
  if (!(await stillBreaks(bytes))) return said;
  for (let size = bytes.length >> 1; size > 0; size = size >> 1) {
    for (let at = 0; at < bytes.length && readings < mostReadings && volume < mostBytes; ) {
      const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      if (await stillBreaks(less)) bytes = less;
      else at += size;
    }
  }
  return `${said}\n  as few as ${bytes.length} bytes show it: ${shown(bytes)}`;
}

/** A complaint without its numbers and excerpts. */
const kindOf = (complaint: string) => complaint.replace(/\d+|….*/gs, '').slice(0, longestKind);
const longestKind = 100;

function shown(bytes: Buffer): string {
  const most = 300;
  const text = bytes.subarray(0, most).toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  return JSON.stringify(text) + (bytes.length > most ? ' …' : '');
}
