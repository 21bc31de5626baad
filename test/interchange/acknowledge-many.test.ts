import assert from 'node:assert/strict';
import { fault } from '../../src/fault.ts';
import { answerText, edifact, group, implied, message, orders, x12 } from './acknowledge-cases.ts';
import { eventsOf } from './samples.ts';

const wrong = (count: number, tag: string) =>
  Array.from({ length: count }, (_, at) =>
    fault('segment-unknown', { tag, type: '850' }, { segment: at + 3, tag }),
  );

/** The verdict of our own reader on an answer, and its segments by tag. */
async function read(text: string): Promise<{ verdicts: Set<string>; tags: Record<string, number> }> {
  const events = await eventsOf(text);
  const verdicts = new Set(events.flatMap((event) => ('verdict' in event ? [event.verdict] : [])));
  const tags: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const tag = line.slice(0, 3);
    tags[tag] = (tags[tag] ?? 0) + 1;
  }
  return { verdicts, tags };
}

describe('acknowledgments of very many faults', () => {
  const refused = (count: number, faults = wrong(count, 'ZZZ')) => message({ verdict: 'rejected', faults });

  it('a 997 names at most a hundred notes of a set, and our own reader takes it', async () => {
    const { verdicts, tags } = await read(
      answerText(x12({ groups: [group({ messages: [refused(5_000)] })] })),
    );
    assert.deepEqual([...verdicts], ['accepted']);
    assert.ok((tags.AK3 ?? 0) > 90 && (tags.AK3 ?? 0) <= 100, String(tags.AK3));
  });

  it('a 997 of many sets is bounded as a whole, and still names every set', async () => {
    const messages = Array.from({ length: 2_000 }, (_, at) =>
      message({ control: String(at + 1).padStart(4, '0'), verdict: 'rejected', faults: wrong(250, 'ZZZ') }),
    );
    const { verdicts, tags } = await read(answerText(x12({ groups: [group({ messages })] })));
    assert.deepEqual([...verdicts], ['accepted']);
    assert.deepEqual([tags.AK2, tags.AK5], [2_000, 2_000]);
    assert.ok((tags.AK3 ?? 0) <= 10_000);
  }).timeout(60_000);

  it('a 997 of a vast group names the sets that it does not simply accept', async () => {
    const messages = Array.from({ length: 30_000 }, (_, at) =>
      message({ control: String(at + 1).padStart(5, '0'), verdict: at === 29_999 ? 'rejected' : 'accepted' }),
    );
    const text = answerText(x12({ groups: [group({ messages, declaredMessages: messages.length })] }));
    assert.match(text, /AK2\*850\*30000~\nAK5\*R[^~]*~\nAK9\*P\*30000\*30000\*29999~/);
    assert.deepEqual((await read(text)).tags.AK2, 1);
  }).timeout(60_000);

  it('a CONTRL likewise', async () => {
    const faults = wrong(250, 'ZZZ');
    const messages = Array.from({ length: 1_000 }, (_, at) =>
      orders({ control: String(at + 1), verdict: 'rejected', faults }),
    );
    const { verdicts, tags } = await read(answerText(edifact({ groups: [implied(messages)] })));
    assert.deepEqual([...verdicts], ['accepted']);
    assert.equal(tags.UCM, 1_000);
    assert.ok((tags.UCS ?? 0) <= 10_000);
  }).timeout(60_000);
});
