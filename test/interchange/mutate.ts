/** Damage done to files: each mutation gives one edit, so that the damage can be said in a line and made smaller. */
import type { Random } from './fuzz-random.ts';

/** `remove` bytes at `at` give way to `insert`. */
export interface Edit {
  readonly name: string;
  readonly at: number;
  readonly remove: number;
  readonly insert: Buffer;
}

/** @param others what may be spliced in */
type Mutation = (file: Buffer, random: Random, others: readonly Buffer[]) => Omit<Edit, 'name'>;

/** The separators that a file seems to have, as character codes; good enough to do harm at the right places. */
export interface Marks {
  readonly element: number;
  readonly component: number;
  readonly repetition: number;
  readonly segment: number;
}

export function marksOf(file: Buffer): Marks {
  const isa = file.indexOf('ISA');
  const una = file.indexOf('UNA');
  if (isa >= 0 && (una < 0 || isa < una)) {
    const element = file[isa + 3] ?? 42;
    let last = isa;
    for (let n = 0; n < 16; n += 1) last = Math.max(0, file.indexOf(element, last + 1));
    const end = file[last + 2] ?? 126;
    return { element, component: file[last + 1] ?? 62, repetition: 94, segment: end === 13 ? 10 : end };
  }
  const at = (index: number, usual: number) => (una < 0 ? usual : (file[una + index] ?? usual));
  return { element: at(4, 43), component: at(3, 58), repetition: 42, segment: at(8, 39) };
}

export function applied(file: Buffer, edit: Edit): Buffer {
  const { at, remove, insert } = edit;
  return Buffer.concat([file.subarray(0, at), insert, file.subarray(at + remove)]);
}

/** 'nul at 233: 1 byte instead of 0'. */
export function sayEdit({ name, at, remove, insert }: Edit): string {
  return `${name} at ${at}: ${insert.length} bytes instead of ${remove}`;
}

const noiseOf = (random: Random, length: number) =>
  Buffer.from(Array.from({ length }, () => random.below(256)));
const insertion = (at: number, insert: Buffer | string) => {
  return { at, remove: 0, insert: typeof insert === 'string' ? Buffer.from(insert, 'latin1') : insert };
};
const anywhere = (file: Buffer, random: Random) => random.below(file.length + 1);

/** Index behind a terminator: where a segment starts. */
function segmentStart(file: Buffer, random: Random): number {
  const from = random.below(file.length + 1);
  const found = file.indexOf(marksOf(file).segment, from);
  return found < 0 ? file.length : found + 1;
}

/** Where a segment starts, and the length of it with its terminator. */
function segmentAt(file: Buffer, random: Random): { at: number; length: number } {
  const at = segmentStart(file, random);
  const end = file.indexOf(marksOf(file).segment, at);
  return { at, length: (end < 0 ? file.length : end + 1) - at };
}

/** Index behind a separator of elements: where a value starts. */
function valueStart(file: Buffer, random: Random): number {
  const found = file.indexOf(marksOf(file).element, random.below(file.length + 1));
  return found < 0 ? file.length : found + 1;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-';
const headers = [
  'ISA*',
  'GS*PO*A*B',
  'ST*850*0001',
  'SE*2*0001',
  'GE*1*1',
  'IEA*1*1',
  'TA1*1',
  'BIN*7*a~b',
  'HL*1*9*S',
]
  .concat(["UNA:+.? '", 'UNB+UNOC:3+A+B+261122:0915+1', 'UNH+1+ORDERS:D:96A:UN', 'UNT+2+1', 'UNZ+1+1'])
  .concat(['UNG+ORDERS', 'UNE+1+1', 'CPS+1+1', 'UNS+S', 'CNT+2:9']);

const small: Readonly<Record<string, Mutation>> = {
  flip: (file, random) => {
    const at = random.below(file.length);
    return { at, remove: 1, insert: Buffer.of((file[at] ?? 0) ^ (1 << random.below(8))) };
  },
  byte: (file, random) => ({ at: random.below(file.length), remove: 1, insert: noiseOf(random, 1) }),
  cut: (file, random) => {
    const at = anywhere(file, random);
    return { at, remove: file.length - at, insert: Buffer.alloc(0) };
  },
  behead: (file, random) => ({ at: 0, remove: anywhere(file, random), insert: Buffer.alloc(0) }),
  'take out': (file, random) => {
    const at = random.below(file.length);
    return { at, remove: 1 + random.below(Math.min(60, file.length - at)), insert: Buffer.alloc(0) };
  },
  'segment out': (file, random) => {
    const { at, length } = segmentAt(file, random);
    return { at, remove: length, insert: Buffer.alloc(0) };
  },
  duplicate: (file, random) => {
    const from = random.below(file.length);
    return insertion(anywhere(file, random), file.subarray(from, from + 1 + random.below(200)));
  },
  'segment twice': (file, random) => {
    const { at, length } = segmentAt(file, random);
    return insertion(at, Buffer.concat(new Array(1 + random.below(30)).fill(file.subarray(at, at + length))));
  },
  'segment elsewhere': (file, random) => {
    const { at, length } = segmentAt(file, random);
    return insertion(segmentStart(file, random), file.subarray(at, at + length));
  },
  splice: (file, random, others) => {
    const other = random.pick(others);
    const at = anywhere(file, random);
    return { at, remove: file.length - at, insert: other.subarray(anywhere(other, random)) };
  },
  'part of another': (file, random, others) => {
    const other = random.pick(others);
    const from = anywhere(other, random);
    return insertion(anywhere(file, random), other.subarray(from, from + random.below(300)));
  },
  'delimiters swapped': (file, random) => {
    const { element, component, repetition, segment } = marksOf(file);
    const one = random.pick([element, component, segment]);
    const two = random.pick([element, component, repetition, segment, 63, 13, 10, 32, 65, 0, 255]);
    const at = random.once(2) ? 0 : anywhere(file, random);
    const insert = file.subarray(at).map((byte) => (byte === one ? two : byte === two ? one : byte));
    return { at, remove: file.length - at, insert: Buffer.from(insert) };
  },
  'long value': (file, random) =>
    insertion(valueStart(file, random), random.pick([...letters]).repeat(1 + random.below(3_000))),
  'empty segments': (file, random) =>
    insertion(segmentStart(file, random), Buffer.alloc(1 + random.below(300), marksOf(file).segment)),
  'empty elements': (file, random) =>
    insertion(valueStart(file, random), Buffer.alloc(1 + random.below(300), marksOf(file).element)),
  'empty components': (file, random) =>
    insertion(valueStart(file, random), Buffer.alloc(1 + random.below(100), marksOf(file).component)),
  repetitions: (file, random) => {
    const { repetition } = marksOf(file);
    return insertion(
      valueStart(file, random),
      `A${String.fromCharCode(repetition)}`.repeat(1 + random.below(100)),
    );
  },
  releases: (file, random) => insertion(anywhere(file, random), '?'.repeat(1 + random.below(5))),
  nul: (file, random) => insertion(anywhere(file, random), Buffer.alloc(1 + random.below(3))),
  'control character': (file, random) => insertion(anywhere(file, random), Buffer.of(random.below(32))),
  'line end': (file, random) => insertion(anywhere(file, random), random.pick(['\n', '\r\n', '\r', '\n\n'])),
  noise: (file, random) => insertion(anywhere(file, random), noiseOf(random, 1 + random.below(40))),
  letters: (file, random) =>
    insertion(
      anywhere(file, random),
      Buffer.from(random.pick(['é', 'Ł', 'Ж', '漢', '\u{1f6a2}', '\ufeff', '\ufffd'])),
    ),
  'wrong UTF-8': (file, random) =>
    insertion(anywhere(file, random), random.pick(['\xc3', '\xc3\x28', '\xe2\x82', '\xff\xfe', '\x80'])),
  header: (file, random) =>
    insertion(
      segmentStart(file, random),
      `${random.pick(headers)}${String.fromCharCode(marksOf(file).segment)}`.replace(/[*+]/g, () =>
        String.fromCharCode(marksOf(file).element),
      ),
    ),
  'ISA of any shape': (file, random) => {
    const isa = `ISA${Array.from({ length: random.below(20) }, () => `*${'0'.repeat(random.below(16))}`).join('')}`;
    return insertion(
      random.once(2) ? 0 : segmentStart(file, random),
      `${isa}${random.pick(['>~', '>', '', '*~', '\n'])}`,
    );
  },
  'UNA of any shape': (file, random) => {
    const una = Buffer.concat([Buffer.from('UNA'), noiseOf(random, random.below(8))]);
    return insertion(
      random.once(2) ? 0 : segmentStart(file, random),
      random.once(2) ? una : `UNA${":+.? '".repeat(2)}`,
    );
  },
  'number of any size': (file, random) =>
    insertion(
      valueStart(file, random),
      random.pick(['-', '9'.repeat(40), '1e400', '00000000000000000000', 'NaN', '.', '-.']),
    ),
};

/** Kinds of damage that need many bytes: a few of them in each thousand. */
const large: Readonly<Record<string, Mutation>> = {
  'giant element': (file, random) => insertion(valueStart(file, random), Buffer.alloc(1_300_000, 'x')),
  'a hundred thousand empty segments': (file, random) =>
    insertion(segmentStart(file, random), Buffer.alloc(100_000, marksOf(file).segment)),
  'endless segment': (file, random) => {
    const at = valueStart(file, random);
    return {
      at,
      remove: file.length - at,
      insert: Buffer.alloc(3_000_000, random.pick(['x', '?', 'A*', ':'])),
    };
  },
  'deep levels': (file, random) => {
    const { element, segment } = marksOf(file);
    const tag = file.includes('UNB') ? 'CPS' : 'HL';
    const [e, s] = [String.fromCharCode(element), String.fromCharCode(segment)];
    const level = (n: number) => `${tag}${e}${n + 2}${e}${n + 1}${tag === 'HL' ? `${e}I` : ''}${s}`;
    return insertion(segmentStart(file, random), Array.from({ length: 30_000 }, (_, n) => level(n)).join(''));
  },
  'many interchanges': (file) => insertion(file.length, Buffer.concat(new Array(200).fill(file))),
  'many elements': (file, random) =>
    insertion(valueStart(file, random), Buffer.alloc(300_000, marksOf(file).element)),
  'many components': (file, random) =>
    insertion(valueStart(file, random), Buffer.alloc(300_000, marksOf(file).component)),
  'many repetitions': (file, random) =>
    insertion(valueStart(file, random), `1${String.fromCharCode(marksOf(file).repetition)}`.repeat(150_000)),
  'many headers': (file, random) =>
    insertion(
      segmentStart(file, random),
      `${random.pick(headers)}${String.fromCharCode(marksOf(file).segment)}`.repeat(8_000),
    ),
  'much noise': (file, random) => insertion(anywhere(file, random), noiseOf(random, 200_000)),
};

export const smallMutations = Object.keys(small);
export const largeMutations = Object.keys(large);

/** Makes the edit of a mutation. An empty file gets a letter first: there is nothing to damage in nothing. */
export function mutate(name: string, file: Buffer, random: Random, others: readonly Buffer[]): Edit {
  const mutation = small[name] ?? large[name];
  if (mutation === undefined) throw new Error(`There is no mutation ${name}.`);
  if (file.length === 0) return { name, at: 0, remove: 0, insert: Buffer.from('I') };
  return { name, ...mutation(file, random, others) };
}
