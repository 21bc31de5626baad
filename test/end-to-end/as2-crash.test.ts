/**
 * AS2 under kill -9: the supplier's process dies between every two of its steps while it takes an order and answers it, and
 * the order is there once, answered once, with one receipt for each message.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPair, type Pair, retailerCarrier, type Side } from './as2-pair.ts';
import { interrupted, type KillPoint } from './kill-points.ts';
import { Member } from './member.ts';
import { Peer } from './peer.ts';
import { until } from './road.ts';
import { agreementOf, threeLines } from './travel.ts';

const deaths: readonly KillPoint[] = [
  // Taking the order: the bytes stored, looked at, judged; the MDN on its way, but not noted as sent.
  { step: 'as2-begin', count: 1, moment: 'after-commit' },
  { step: 'as2-judge', count: 1, moment: 'after-commit' },
  { step: 'mdn', count: 2, moment: 'before-commit' },
  // Answering it: the message frozen, posted, but what came of it not written.
  { step: 'as2-make', count: 1, moment: 'after-commit' },
  { step: 'as2-settle', count: 1, moment: 'before-commit' },
];

describe('AS2 and kill -9', function () {
  this.timeout(450_000);
  let pair: Pair;
  let member: Member;

  before(async () => {
    const later = { mdn: { ask: 'async', returnTo: 'env:OURS' } };
    const supplier = { mdn: { ask: 'sync', deliverTo: 'env:THEIRS' } };
    pair = await openPair({ supplier, retailer: later, takeoverMs: 500 });
    const { gateway, ground } = pair.supplier;
    const port = Number(new URL(gateway.url as string).port);
    await gateway.close();
    const share = { site: ground.site, port, journal: join(ground.site.home, 'journal') };
    member = new Member(
      { ...share, roles: ['receive', 'work', 'send'] },
      deaths.map((at) => ({ at })),
    );
  });
  after(async () => {
    await member?.kill();
    await pair?.retailer.gateway.close();
    await pair?.retailer.ground.remove();
    await pair?.supplier.ground.remove();
  });

  it('takes an order once and answers it once, wherever the process dies', async () => {
    const { supplier, retailer } = pair;
    const { store } = supplier.ground.database;
    const peer = new Peer(agreementOf(supplier.gateway, 'northgate'), retailerCarrier(pair));
    member.start();
    await peer.order('PO-1', { lines: threeLines() });
    await holdTranslate(supplier);
    let seen = 0;
    const isOver = async () => {
      await sleep(lookMs);
      // The order is read once its receipt is given: whatever comes sooner, each death has its turn.
      if (member.left === deathsOfSending) await releaseTranslate(supplier);
      if (!member.ready) return false;
      if (member.kills > seen) await takeOver(supplier);
      seen = member.kills;
      await hurry(supplier);
      await hurry(retailer);
      await peer.read();
      const states = await store.db('documents').whereNot({ kind: '997' }).pluck('state');
      const open = await retailer.gateway.store.db('as2_messages').where({ direction: 'out' }).pluck('state');
      const ours = await store.db('as2_messages').where({ direction: 'out' }).pluck('state');
      const isDelivered = (state: string) => state === 'delivered';
      const isAnswered = states.includes('confirmed') && ours.length > 1;
      return member.left === 0 && isAnswered && [...ours, ...open].every(isDelivered);
    };
    await until('the response is confirmed, and every death has come', isOver, 400_000);
    assert.equal(member.kills, deaths.length);
    assert.deepEqual(member.troubles, []);
    const journal = interrupted(await readFile(join(supplier.ground.site.home, 'journal'), 'utf8'));
    for (const { step } of deaths) assert(journal.has(step), `${step} was never interrupted`);
    await assertOnce(pair);
  });
});

/** The last of them. */
const deathsOfSending = 2;

async function holdTranslate({ ground }: Side): Promise<void> {
  await ground.database.store.db.raw(`
    create function later() returns trigger language plpgsql as $$ begin new.not_before = 'infinity'; return new; end $$;
    create trigger later before insert on ready for each row when (new.stage = 'translate') execute function later()`);
}

async function releaseTranslate({ ground }: Side): Promise<void> {
  await ground.database.store.db.raw(`
    drop trigger if exists later on ready;
    update ready set not_before = '-infinity' where not_before = 'infinity'`);
}

/** Starting a process anew takes seconds; nobody looks for much else meanwhile. */
const lookMs = 300;

/** Waits are minutes long; here nobody has that much time. */
async function hurry({ ground, gateway }: Side): Promise<void> {
  const { db } = ground.database.store;
  await db.raw(`update ready set not_before = '-infinity' where failures > 0 and not quarantined`);
  await db.raw('delete from breakers');
  gateway.flow.context.poke('send');
}

/** What the dead process held is nobody's any more: here nobody waits for the end of its leases. */
async function takeOver({ ground, gateway }: Side): Promise<void> {
  await ground.database.store.db('ready').update({ running_until: null, taken_until: null });
  gateway.flow.context.poke('send');
}

async function assertOnce({ supplier, retailer }: Pair): Promise<void> {
  const { db } = supplier.ground.database.store;
  const theirs = retailer.ground.database.store.db;
  const [order] = await theirs('as2_messages').where({ direction: 'out' }).orderBy('id');
  const taken = await db('as2_messages').where({ direction: 'in', message_id: order.message_id });
  assert.equal(taken.filter(({ state }) => state === 'accepted').length, 1);
  assert.equal((await db('orders')).length, 1);
  assert.equal((await db('deliveries').whereNot({ name: '' })).length, await countOut(theirs));
  // Whichever receipt they had, it is the one that is stored.
  const accepted = taken.find(({ state }) => state === 'accepted');
  const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(sha(order.mdn), sha(accepted.mdn));
  // What left is there once, however often it was posted.
  const left = await db('as2_messages').where({ direction: 'out' });
  const arrived = await theirs('as2_messages').where({ direction: 'in', state: 'accepted' });
  assert.deepEqual(left.map((row) => row.message_id).sort(), arrived.map((row) => row.message_id).sort());
  assert(left.every(({ state }) => state === 'delivered'));
  assert(
    left.some(({ times }) => times > 1),
    'nothing was posted twice',
  );
  assert.equal((await theirs('deliveries')).length, left.length);
}

/** Messages that the retailer sent: the order, and its acknowledgments. */
async function countOut(theirs: Side['gateway']['store']['db']): Promise<number> {
  return (await theirs('as2_messages').where({ direction: 'out' })).length;
}
