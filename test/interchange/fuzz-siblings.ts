/** Damage inside one message of several: whatever it is, it must not cost the messages beside it. */
import type { InterchangeBegin, Message } from '../../src/interchange/interchange.ts';
import { eventsFrom, type Read, textOfMessage } from './fuzz-events.ts';
import type { SampleFile } from './fuzz-fixtures.ts';
import type { Random } from './fuzz-random.ts';
import type { Edit } from './mutate.ts';

/** A file with at least three messages, and one of them to be damaged. */
export interface Family {
  readonly sample: SampleFile;
  /** Which of the file's messages, and how its segments lie: offsets of each, and the end of the last. */
  readonly child: number;
  readonly tags: readonly string[];
  readonly places: readonly number[];
  readonly separators: { readonly element: string; readonly segment: string };
}

/** Puts each message of each file thrice, and keeps the files whose segments stay where they are. */
export async function familiesOf(read: Read, samples: readonly SampleFile[]): Promise<readonly Family[]> {
  const families: Family[] = [];
  for (const { name, bytes } of samples) {
    const events = await eventsFrom(read, [bytes]);
    const codes = events.flatMap((event) => ('faults' in event ? event.faults.map(({ code }) => code) : []));
    if (codes.includes('line-wrapped') || codes.includes('file-truncated')) continue;
    let begin: InterchangeBegin | null = null;
    let nth = 0;
    for (const event of events) {
      if (event.kind === 'interchange') begin = event;
      if (event.kind !== 'message' || begin === null) continue;
      const family = familyOf({ name, bytes }, event, begin, nth);
      if (family !== null) families.push(family);
      nth += 1;
    }
  }
  return families;
}

function familyOf(
  { name, bytes }: SampleFile,
  { segments }: Message,
  { separators }: InterchangeBegin,
  nth: number,
): Family | null {
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || !/^(SE|UNT)$/.test(last?.tag ?? '')) return null;
  if (segments.some(({ tag }) => tag === 'BIN')) return null;
  let end = bytes.indexOf(separators.segment, last?.offset, 'latin1') + 1;
  if (end === 0) return null;
  while (bytes[end] === 10 || bytes[end] === 13) end += 1;
  const text = bytes.subarray(first.offset, end);
  const file = Buffer.concat([bytes.subarray(0, end), text, text, bytes.subarray(end)]);
  const places = [...segments.map(({ offset }) => offset + text.length), end + text.length];
  const tags = segments.map(({ tag }) => tag);
  return {
    sample: { name: `${name}, message ${nth + 1} thrice`, bytes: file },
    child: nth + 1,
    tags,
    places,
    separators,
  };
}

type Harm = (family: Family, nth: number, random: Random) => Omit<Edit, 'name'>;

const place = ({ places }: Family, nth: number) => places[nth] ?? 0;
const length = (family: Family, nth: number) => place(family, nth + 1) - place(family, nth);
const part = (family: Family, nth: number) =>
  family.sample.bytes.subarray(place(family, nth), place(family, nth + 1));

const harms: Readonly<Record<string, Harm>> = {
  'segment lost': (family, nth) => {
    return { at: place(family, nth), remove: length(family, nth), insert: Buffer.alloc(0) };
  },
  'segment doubled': (family, nth) => ({
    at: place(family, nth),
    remove: 0,
    insert: Buffer.from(part(family, nth)),
  }),
  'segment moved to the end': (family, nth) => {
    const end = family.places.at(-1) ?? 0;
    const moved = family.sample.bytes.subarray(place(family, nth + 1), end);
    return {
      at: place(family, nth),
      remove: end - place(family, nth),
      insert: Buffer.concat([moved, part(family, nth)]),
    };
  },
  'strange segment': (family, nth) => {
    const { element, segment } = family.separators;
    return { at: place(family, nth), remove: 0, insert: Buffer.from(`QQQ${element}1${segment}`, 'latin1') };
  },
  'empty segments': (family, nth, random) => {
    const count = random.once(100) ? 100_000 : 1 + random.below(400);
    return {
      at: place(family, nth),
      remove: 0,
      insert: Buffer.from(family.separators.segment.repeat(count), 'latin1'),
    };
  },
  'long value': (family, nth, random) => {
    const at = valueIn(family, nth);
    return {
      at,
      remove: 0,
      insert: Buffer.alloc(random.once(100) ? 1_300_000 : 1 + random.below(2_000), 'x'),
    };
  },
  'control characters': (family, nth, random) => {
    return { at: valueIn(family, nth), remove: 0, insert: Buffer.of(random.below(8), 0) };
  },
  'other letters': (family, nth, random) => {
    const text = part(family, nth).map((byte, index) =>
      index > 3 && /[A-Za-z0-9]/.test(String.fromCharCode(byte)) && random.once(4)
        ? 65 + random.below(26)
        : byte,
    );
    return { at: place(family, nth), remove: text.length, insert: Buffer.from(text) };
  },
};

/** Behind the first element separator of a segment, or behind its tag. */
function valueIn(family: Family, nth: number): number {
  const found = part(family, nth).indexOf(family.separators.element, 0, 'latin1');
  return place(family, nth) + (found < 0 ? (family.tags[nth]?.length ?? 0) : found + 1);
}

/** One harm to one segment of the family's child; its header stays. */
export function harm(family: Family, random: Random): Edit {
  const name = random.pick(Object.keys(harms));
  const nth = 1 + random.below(family.tags.length - 1);
  return { name, ...(harms[name] as Harm)(family, nth, random) };
}

/** Says which sibling is not read as in the undamaged file, or null. */
export function harmedSibling(
  before: readonly Message[],
  after: readonly Message[],
  child: number,
): string | null {
  if (before.length !== after.length)
    return `siblings: ${after.length} messages, ${before.length} without the damage`;
  for (const [index, one] of before.entries()) {
    if (index === child) continue;
    const [was, is] = [textOfMessage(one), textOfMessage(after[index] as Message)];
    if (was !== is)
      return `siblings: message ${index + 1} changed with message ${child + 1}: ${firstChange(was, is)}`;
  }
  return null;
}

/** Where two texts part, with a little around it. */
export function firstChange(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
  return `…${around(one)}… is …${around(other)}…`;
}
