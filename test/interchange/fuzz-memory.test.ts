/** Memory does not grow with the file: streams of many megabytes that ask for it in every way, and the heap while they last. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import type { Limits } from '../../src/interchange/limits.ts';
import { edifact, isa, order, orders, x12 } from './samples.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const megabyte = 1_000_000;
const streamed = 6 * megabyte;
const mostGrown = 4 * megabyte;
/** How often the heap is looked at. */
const looks = 2;

/** So low that what is kept within them does not hide what is kept without any. */
const limits: Partial<Limits> = {
  segmentBytes: 100_000,
  segmentsPerMessage: 1_000,
  messageBytes: 200_000,
  linesPerMessage: 500,
  controlNumbers: 1_000,
};

const group = 'GS*PO*HARBORPINE*LANTERN*20261122*0915*41*X*004010~';
const start = `${isa}${group}ST*850*0001~BEG*00*SA*HP-1001**20261122~`;
const unb = 'UNB+UNOC:3+4012345000009:14+5412345000013:14+261122:0915+77';
const begun = (body: readonly string[]) => edifact(body).replace(/'UNT.*/s, "'");

/** A beginning, and what follows it again and again. */
const streams: Readonly<Record<string, readonly [first: string, again: (nth: number) => string]>> = {
  'a segment without an end': [`${start}MSG*`, () => 'x'.repeat(1_000)],
  'a segment of release characters': [`${begun(orders)}FTX+AAI+++`, () => '?'.repeat(1_001)],
  'a header without an end': [unb, () => '+4012345000009'.repeat(50)],
  'a BIN longer than it says': [`${start}BIN*5*`, () => 'x'.repeat(1_000)],
  'empty segments': [start, () => '~'.repeat(1_000)],
  'empty elements': [`${start}MSG`, () => '*'.repeat(1_000)],
  components: [`${begun(orders)}FTX+AAI+++`, () => ':x'.repeat(500)],
  'a message without an end': [start, (nth) => `REF*DP*${nth}~PO1*${nth}*24*EA*12.5**UP*036000291452~`],
  'levels without an end': [
    start.replaceAll('850', '856'),
    (nth) => `HL*${nth + 1}*${nth}*I~LIN**VN*ROPE-2~`,
  ],
  'faults without an end': [start, (nth) => `ZZZ*${nth}~BEG~`],
  'messages of one group': [
    `${isa}${group}`,
    (nth) => `ST*850*${nth}~BEG*00*SA*HP-1001**20261122~PO1*1*2*EA~SE*4*${nth}~`,
  ],
  'messages without a trailer': [`${isa}${group}`, (nth) => `ST*850*${nth}~BEG*00*SA*HP-${nth}**20261122~`],
  'groups of one interchange': [
    isa,
    (nth) => `GS*PO*HARBORPINE*LANTERN*20261122*0915*${nth}*X*004010~GE*0*${nth}~`,
  ],
  'TA1 without a group': [isa, (nth) => `TA1*${String(nth).padStart(9, '0')}*261122*0915*A*000~`],
  'segments outside of messages': [`${isa}${group}`, (nth) => `REF*DP*${nth}~`],
  interchanges: ['', () => x12(order)],
  'interchanges without a trailer': ['', () => `${edifact(orders).replace(/UNZ.*/s, '')}`],
  'letters that are no EDI': ['', (nth) => `Dear customer ${nth}, ISA and UNB will follow.\n`],
  'line ends': ['', () => '\r\n'.repeat(500)],
};

/** Bytes in use, of the heap and of buffers outside of it. */
function inUse(): number {
  collect();
  // The buffers that the first collection found are given back by the second.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Reads a stream; gives the most memory that was in use while it lasted, over what was in use before. */
async function grownBy(first: string, again: (nth: number) => string): Promise<number> {
  const before = inUse();
  let most = before;
  function* chunks(): Generator<Buffer> {
    yield Buffer.from(first);
    let nth = 0;
    for (let look = 0; look < looks; look += 1) {
      for (let bytes = 0; bytes < streamed / looks; ) {
        let text = '';
        while (text.length < 60_000) text += again(nth++);
        bytes += text.length;
        yield Buffer.from(text, 'latin1');
      }
      most = Math.max(most, inUse());
    }
  }
  let events = 0;
  for await (const event of readInterchanges(chunks(), { limits })) events += event.kind === 'stray' ? 0 : 1;
  assert.ok(events >= 0);
  return most - before;
}

describe('Memory, while a stream of 6 MB is read', () => {
  before(async () => {
    // What is loaded once is loaded.
    for await (const _ of readInterchanges([Buffer.from(x12(order) + edifact(orders))]));
  });

  for (const [name, [first, again]] of Object.entries(streams)) {
    it(name, async function () {
      this.timeout(0);
      const grown = await grownBy(first, again);
      assert.ok(grown < mostGrown, `it grew by ${Math.round(grown / megabyte)} MB`);
    });
  }
});
