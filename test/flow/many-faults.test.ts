/** A file of many faults costs no more than one of few: what is kept, answered and shown has limits. */
import assert from 'node:assert/strict';
import { Desk, set, x12 } from './steps.ts';

describe('a file of very many faults', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());

  const junk = Array.from({ length: 250 }, () => 'ZZZ*1');
  const wrong = (at: number) =>
    set('850', String(at).padStart(4, '0'), [`BEG*00*SA*X${at}**20261122`, ...junk]);
  const many = (count: number) => Array.from({ length: count }, (_, at) => wrong(at + 1));

  it('keeps the first faults of a message, says how many more, and waits once', async () => {
    assert.equal(await desk.give('acme-box', x12(many(1), 1)), 'rejected');
    const rows = await desk.rows<{ code: string; waiting: boolean; message: string }>(
      'select code, waiting, message from faults order by id',
    );
    assert.equal(rows.length, 21);
    assert.equal(rows.filter(({ waiting }) => waiting).length, 1);
    assert.match(rows.at(-1)?.message ?? '', /^2\d\d further faults/);
    const [message] = await desk.rows<{ kept: number }>(
      'select jsonb_array_length(faults) as kept from messages',
    );
    assert.equal(message?.kept, 21);
  });

  it('has a ceiling for a whole interchange, and its 997 leaves', async () => {
    await desk.rows('delete from faults');
    // Processor time, which other work on the machine does not lengthen.
    let longest = 0;
    let last = process.cpuUsage();
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(last);
      longest = Math.max(longest, (user + system) / 1000);
      last = process.cpuUsage();
    }, 5);
    assert.equal(await desk.give('acme-box', x12(many(400), 2)), 'rejected');
    clearInterval(timer);
    assert.ok(longest < 2_000, `one turn of the loop took ${longest} ms`);
    const rows = await desk.rows<{ code: string; waiting: boolean }>(
      'select code, waiting from faults order by id',
    );
    assert.equal(rows.length, 2_001);
    assert.deepEqual(rows.at(-1), { code: 'faults-cut', waiting: true });
    const [answer] = await desk.rows('select state from documents order by id desc limit 1');
    assert.deepEqual(answer, { state: 'written' });
  }).timeout(90_000);

  it('an order of more lines than the canon holds is refused', async () => {
    const lines = Array.from({ length: 10_001 }, () => 'PO1*1*1*EA*12.50**EN*4099999000113');
    const file = x12([set('850', '0001', ['BEG*00*SA*BIG**20261122', ...lines])], 3);
    assert.equal(await desk.give('acme-box', file), 'rejected');
    const [found] = await desk.rows(`select waiting from faults where code = 'lines-too-many'`);
    assert.deepEqual(found, { waiting: true });
  });
});
