import assert from 'node:assert/strict';
import { Received } from '../src/inspect-bytes.ts';
import type { Separators } from '../src/interchange/interchange.ts';

const x12: Separators = {
  element: '*',
  component: '>',
  repetition: null,
  segment: '~',
  release: null,
  decimal: '.',
};
const edifact: Separators = { ...x12, element: '+', component: ':', segment: "'", release: '?' };

/** Passes a file on in chunks of a size, all of it. */
async function passed(file: string, size = 1_000_000): Promise<Received> {
  const bytes = Buffer.from(file, 'latin1');
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const received = new Received(chunks);
  for await (const chunk of received) assert.ok(chunk.length > 0);
  return received;
}

describe('the bytes of a file, kept', () => {
  const cases: readonly [string, string, number, Separators, string | null][] = [
    ['a segment', 'A*1~B*2~', 4, x12, 'B*2'],
    ['a segment before a line end', 'A*1~\r\nB*2\r\n~C~', 6, x12, 'B*2\r\n'],
    ['a segment that the file cuts', 'A*1~B*2\r\n', 4, x12, 'B*2'],
    ['a line', 'A*1\r\nB*2\r\nC', 5, { ...x12, segment: '\n' }, 'B*2'],
    ['a terminator that is released', "A+1'B+x?'y??'C'", 4, edifact, "B+x?'y??"],
    ['a binary segment', 'A*1~BIN*5*a~b~c~X~', 4, x12, 'BIN*5*a~b~c'],
    ['what is no binary segment, though it looks like one', 'A*1~BIN*x*a~b~', 4, x12, 'BIN*x*a'],
    ['nothing behind the end', 'A*1~', 4, x12, null],
  ];
  for (const [what, file, offset, separators, found] of cases) {
    for (const size of [1, 3, 1_000]) {
      it(`gives ${what}, in chunks of ${size}`, async () => {
        assert.equal((await passed(file, size)).segmentAt(offset, separators), found);
      });
    }
  }

  it('gives a long segment, and no more than a megabyte of one without an end', async () => {
    const long = `A*1~B*${'x'.repeat(300_000)}~C~`;
    assert.equal((await passed(long, 65_536)).segmentAt(4, x12)?.length, 300_002);
    assert.equal((await passed('A*1~'.padEnd(5_000_000, 'y'), 65_536)).segmentAt(4, x12)?.length, 1_048_576);
  });

  it('lets go of what is asked for no more, and of what is too far back', async () => {
    const received = await passed(`A*1~${'B*2~'.repeat(1_000)}`, 16);
    received.forget(100);
    assert.equal(received.segmentAt(4, x12), null);
    assert.equal(received.segmentAt(100, x12), 'B*2');
    const large = await passed('C*3~'.repeat(10_000_000), 65_536);
    assert.equal(large.segmentAt(0, x12), null);
    assert.equal(large.segmentAt(39_999_996, x12), 'C*3');
  });

  it('keeps the beginning, counts, and says when all that was passed on has been read', async () => {
    let times = 0;
    const received = new Received([Buffer.from('ISA'), Buffer.from('*'.repeat(50))], () => {
      times += 1;
    });
    for await (const chunk of received) assert.ok(chunk.length > 0);
    assert.equal(times, 2);
    assert.equal(received.bytes, 53);
    assert.equal(Buffer.from(received.head).toString(), `ISA${'*'.repeat(29)}`);
  });

  it('ends where the source fails, and keeps the reason', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('A');
      throw new Error('gone');
    }
    const received = new Received(failing());
    for await (const chunk of received) assert.equal(chunk.length, 1);
    assert.equal(received.failure?.message, 'gone');
  });
});
