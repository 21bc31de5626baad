/** Asynchronous MDNs that are posted to /as2. */
import assert from 'node:assert/strict';
import type { As2Limits } from '../../../src/transport/as2/limits.ts';
import {
  agreedWith,
  closePoster,
  deliver,
  type House,
  memoryDesk,
  mirrored,
  openHouse,
  pack,
  post,
} from './http-house.ts';

describe('POST /as2 takes MDNs', () => {
  const ours = agreedWith('US', 'THEM');
  const payload = Buffer.from('ISA*00*~');
  const ask = { how: 'async', signed: true } as const;
  let house: House;
  let other: House;

  const start = async (limits: Partial<As2Limits> = {}) => {
    house = await openHouse([ours], { limits });
    other = await openHouse([mirrored(ours, { deliverMdnTo: house.url })]);
  };
  afterEach(async () => {
    await house.close();
    await other.close();
    assert.deepEqual([house.left.size, house.errors], [0, []]);
  });
  after(() => closePoster());

  const statusOf = (posting: Promise<unknown>) =>
    posting.then(
      () => 200,
      (error: { status: number }) => error.status,
    );

  it('for a message that waits for one, once', async () => {
    await start();
    await post(other.url, await pack(house.desk, ours, { payload, ask }));
    const [queued] = other.desk.queue;
    assert.ok(queued !== undefined);
    assert.equal((await deliver(other.desk))[0]?.status, 200);
    other.desk.queue.push(queued);
    await deliver(other.desk);
    assert.deepEqual(
      house.desk.arrived.map(({ verdict, pending }) => [verdict.kind, pending.settled]),
      [
        ['confirmed', false],
        ['confirmed', true],
      ],
    );
    assert.deepEqual(house.desk.arrived[0]?.evidence.body, queued.answer.body);
  });

  it('from those that it only sends to', async () => {
    house = await openHouse([{ ...ours, receives: false }]);
    other = await openHouse([mirrored(ours, { deliverMdnTo: house.url })]);
    await post(other.url, await pack(house.desk, ours, { payload, ask }));
    assert.equal((await deliver(other.desk))[0]?.status, 200);
    assert.equal(house.desk.arrived[0]?.verdict.kind, 'confirmed');
  });

  it('and turns away those about nothing of ours, few at a time', async () => {
    await start({ strangerRate: { burst: 1, perSecond: 0.001, callers: 10 } });
    await post(other.url, await pack(memoryDesk([]), ours, { payload, ask }));
    const [queued] = other.desk.queue;
    assert.ok(queued !== undefined);
    assert.equal(await statusOf(deliver(other.desk)), 422);
    other.desk.queue.push(queued);
    assert.equal(await statusOf(deliver(other.desk)), 429);
    assert.deepEqual(
      house.desk.notices.map(({ kind }) => kind),
      ['stray-mdn'],
    );
    assert.equal(house.desk.arrived.length, 0);
  });

  it('and tells of those that are not proved', async () => {
    await start();
    await post(other.url, await pack(house.desk, { ...ours, pinned: [] }, { payload, ask }));
    assert.equal(await statusOf(deliver(other.desk)), 422);
    assert.equal(house.desk.notices[0]?.kind, 'untrusted-mdn');
    assert.match(house.desk.notices[0]?.reason ?? '', /does not count/);
  });

  it('but no larger than they may be', async () => {
    await start({ mdnBytes: 1_000 });
    await post(other.url, await pack(house.desk, ours, { payload, ask }));
    assert.equal(await statusOf(deliver(other.desk)), 413);
  });
});
