import assert from 'node:assert/strict';
import { Progress, type ProgressOptions } from '../src/inspect-progress.ts';
import { Tally } from '../src/inspect-tally.ts';

const erased = '\r\x1b[2K';

/** A progress on a screen that keeps what is written, with a clock that stands still until it is moved. */
function opened(more: Partial<ProgressOptions> = {}, columns = 80) {
  const written: string[] = [];
  const tally = new Tally();
  const time = { now: 1_000 };
  const progress = new Progress({
    screen: { columns, write: (text: string) => written.push(text) },
    file: 'orders.edi',
    tally,
    total: 480_000_000,
    clock: () => time.now,
    ...more,
  });
  return { progress, written, tally, time };
}

describe('progress', () => {
  it('shows nothing of what is read quickly', () => {
    const { progress, written, time } = opened();
    progress.show();
    time.now += 499;
    progress.show();
    progress.erase();
    assert.deepEqual(written, []);
  });

  it('shows bytes, share, rate, messages and faults, and is gone at the end', () => {
    const { progress, written, tally, time } = opened();
    time.now += 2_000;
    Object.assign(tally, { bytes: 124_800_000, messages: 12_000 });
    tally.faults.error = 1;
    progress.show();
    assert.deepEqual(written, [`${erased}orders.edi: 124.8 MB, 26 %, 62.4 MB/s, 12,000 messages, 1 fault`]);
    progress.erase();
    progress.erase();
    assert.deepEqual(written.slice(1), [erased]);
  });

  it('is drawn at most five times a second', () => {
    const { progress, written, time } = opened();
    for (let ms = 0; ms < 10_000; ms += 1) {
      time.now += 1;
      progress.show();
    }
    assert.ok(written.length > 40 && written.length <= 50, String(written.length));
  });

  it('has no share where nobody knows the size, as on standard input', () => {
    const { progress, written, tally, time } = opened({ file: '-', total: null });
    time.now += 1_000;
    tally.bytes = 5_000_000;
    progress.show();
    assert.deepEqual(written, [`${erased}-: 5.0 MB, 5.0 MB/s, 0 messages, 0 faults`]);
  });

  it('never says more than 100 %: a file may grow', () => {
    const { progress, written, tally, time } = opened({ total: 10 });
    time.now += 1_000;
    tally.bytes = 1_000_000;
    progress.show();
    assert.match(written.join(), / 100 %,/);
  });

  for (const columns of [0, 30, 50, 80]) {
    it(`stays on one line of ${columns} columns`, () => {
      const { progress, written, time } = opened({ file: `日本\x1b[2J${'long'.repeat(30)}.edi` }, columns);
      time.now += 1_000;
      progress.show();
      const line = (written[0] ?? '').slice(erased.length);
      assert.ok(line.length > 0 && line.length < (columns || 80), line);
      assert.doesNotMatch(line, /\p{Cc}/u);
    });
  }

  it('passes a source on, and shows how far it has been read after each chunk', async () => {
    const { progress, written, tally, time } = opened();
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const byte of [1, 2, 3]) yield Uint8Array.of(byte);
    }
    const passed: number[] = [];
    for await (const chunk of progress.through(source())) {
      time.now += 1_000;
      tally.bytes += 1_000_000;
      passed.push(...chunk);
    }
    assert.deepEqual(passed, [1, 2, 3]);
    assert.deepEqual(
      written.map((text) => /[\d.]+ MB,/.exec(text)?.[0]),
      ['1.0 MB,', '2.0 MB,', '3.0 MB,'],
    );
  });
});
