/** Damaged files: whatever is answered to them is itself without fault, so that it never repeats what it reports. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { acknowledgeFile } from '../../src/acknowledge-file.ts';
import { eventsOf } from './samples.ts';

const home = new URL('./acknowledge-cases/', import.meta.url);
const mutations = 2_000;
const delimiters = "*~+:'>^?A0 \n";

/** Numbers from 0 up to but not including `most`, the same each time (mulberry32). */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}

function originals(): readonly Buffer[] {
  return readdirSync(home).flatMap((kind) =>
    readdirSync(new URL(`${kind}/`, home)).map((file) => {
      const text = readFileSync(new URL(`${kind}/${file}`, home), 'latin1');
      return Buffer.from(/<<< received\n([\s\S]*)>>> answer/.exec(text)?.[1] ?? '', 'latin1');
    }),
  );
}

/** One byte changed, some taken out, some twice, one made a delimiter, or the rest of another file behind it. */
function mutated(bytes: Buffer, other: Buffer, next: (most: number) => number): Buffer {
  const at = next(bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (next(5)) {
    case 0:
      return Buffer.concat([before, Buffer.of(next(256)), after.subarray(1)]);
    case 1:
      return Buffer.concat([before, after.subarray(1 + next(12))]);
    case 2:
      return Buffer.concat([before, before.subarray(-next(40)), after]);
    case 3:
      return Buffer.concat([
        before,
        Buffer.from(delimiters.charAt(next(delimiters.length))),
        after.subarray(1),
      ]);
    default:
      return Buffer.concat([before, other.subarray(next(other.length))]);
  }
}

describe('acknowledgments of damaged files', () => {
  it(`are without fault themselves, ${mutations} times`, async () => {
    const files = originals();
    const next = numbers(20_261_122);
    const pick = () => files[next(files.length)] as Buffer;
    let answered = 0;
    for (let count = 0; count < mutations; count += 1) {
      let bytes = pick();
      for (let times = next(3); times >= 0; times -= 1) bytes = mutated(bytes, pick(), next);
      const answer = await answerTo(bytes, next);
      if (answer.length > 0) answered += 1;
      assert.deepEqual(await faultsIn(answer), [], JSON.stringify(bytes.toString('latin1')));
    }
    assert.ok(answered > mutations / 2, String(answered));
  }).timeout(120_000);

  async function answerTo(bytes: Buffer, next: (most: number) => number): Promise<Buffer> {
    const ta1 = next(2) === 0 ? 'always' : 'requested';
    const ta1Envelope = next(2) === 0 ? 'own' : 'shared';
    const everyMessage = next(2) === 0;
    const source = (async function* () {
      yield bytes;
    })();
    const answer = await acknowledgeFile(source, {
      at: new Date('2026-11-22T03:04:05Z'),
      control: 17,
      terms: ({ standard }) => ({
        send: standard === 'x12' ? '999' : 'CONTRL',
        ta1,
        ta1Envelope,
        everyMessage,
      }),
    });
    return answer.bytes;
  }

  /** But for AK102, which must repeat GS06 also where it is no number, and for a release that we do not know. */
  async function faultsIn(answer: Buffer): Promise<string[]> {
    const events = answer.length === 0 ? [] : await eventsOf(answer);
    const faults = events.flatMap((event) => ('faults' in event ? event.faults : []));
    return faults
      .filter(({ severity, code }) => severity !== 'info' && code !== 'release-substituted')
      .filter(({ code, at }) => code !== 'number-invalid' || at?.tag !== 'AK1')
      .map(({ message }) => message);
  }
});
