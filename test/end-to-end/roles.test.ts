/** Several processes share the road: by roles, and beside each other; they stop in an orderly way, and one may die. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Role } from '../../src/flow/flow.ts';
import { mailbox } from '../../src/simulator/carrier.ts';
import { openGateway, type Site } from './gateway.ts';
import { Member } from './member.ts';
import { x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { fillShelf, type Ground, layGround, quiet, until } from './road.ts';

describe('processes that share the road', function () {
  this.timeout(90_000);
  let ground: Ground;
  let site: Site;
  let peer: Peer;
  let port: number;
  const members: Member[] = [];

  before(async () => {
    ground = await layGround({ northgate: x12Terms('northgate', { them: 'NORTHGATE' }) });
    site = { ...ground.site, takeoverMs: 2_000 };
    const first = await openGateway(site, { roles: [] });
    await fillShelf(first.flow.context);
    const agreement = first.flow.context.partners.agreement('northgate/live');
    await first.close();
    assert(agreement !== null);
    port = await freePort();
    const key = await ground.key('northgate-http');
    const folder = join(site.home, 'northgate');
    const box = mailbox({ outgoing: join(folder, 'out'), incoming: join(folder, 'mail') });
    peer = new Peer(agreement, { ...box, send: (_name, bytes) => post(port, key, bytes) });
  });

  after(async () => {
    await Promise.all(members.map((member) => member.kill()));
    await ground?.remove();
  });

  async function start(roles: readonly Role[]): Promise<Member> {
    const member = new Member({ site, roles, port, journal: join(site.home, 'journal') });
    members.push(member);
    member.start();
    await until(`the process for ${roles} is ready`, async () => member.ready, 40_000);
    return member;
  }

  async function answered(orders: number): Promise<void> {
    await until(`${orders} orders are answered`, async () => {
      await peer.read({ acknowledge: false });
      return peer.kinds().filter((kind) => kind === '855').length >= orders;
    });
  }

  it('one receives and sends, one works: neither does the other’s part', async () => {
    const receiver = await start(['receive', 'send']);
    await peer.order('PO-1');
    const { store } = ground.database;
    assert.deepEqual(await store.db('orders'), []);
    const [row] = await store.db('ready');
    assert.equal(row.stage, 'translate');
    const worker = await start(['work']);
    await answered(1);
    assert.deepEqual(peer.wrong(), []);
    const pids = [receiver.pid, worker.pid];
    assert.deepEqual(await Promise.all([receiver.stop(), worker.stop()]), [0, 0]);
    for (const pid of pids) assert.throws(() => process.kill(pid as number, 0), { code: 'ESRCH' });
  });

  it('one is told to stop while it works: it ends what it does, and another goes on with the rest', async () => {
    const receiver = await start(['receive']);
    const leaving = await start(['work', 'send']);
    for (let number = 2; number <= 11; number += 1) await peer.order(`PO-${number}`);
    const stopped = leaving.stop();
    const staying = await start(['work', 'send']);
    assert.equal(await stopped, 0);
    await answered(11);
    assert.equal((await ground.database.store.db('orders')).length, 11);
    assert.deepEqual(peer.wrong(), []);
    assert.deepEqual(await Promise.all([receiver.stop(), staying.stop()]), [0, 0]);
  });

  it('one of two is killed while both work: the other does everything, once', async () => {
    const receiver = await start(['receive']);
    const [dying, living] = await Promise.all([start(['work', 'send']), start(['work', 'send'])]);
    for (let number = 12; number <= 16; number += 1) await peer.order(`PO-${number}`);
    await dying.kill();
    for (let number = 17; number <= 21; number += 1) await peer.order(`PO-${number}`);
    await answered(21);
    await quiet(ground.database.store);
    await peer.read({ acknowledge: false });
    const numbers = peer.judgements
      .filter(({ kind }) => kind === '855')
      .map(({ orderNumber }) => orderNumber);
    assert.equal(new Set(numbers.filter((number) => number !== undefined)).size, 21);
    assert.equal((await ground.database.store.db('orders')).length, 21);
    assert.deepEqual(peer.wrong(), []);
    assert.deepEqual(await Promise.all([receiver.stop(), living.stop()]), [0, 0]);
  });
});

async function post(port: number, key: string, bytes: Buffer): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`http://127.0.0.1:${port}/edi`, {
    method: 'POST',
    headers,
    body: new Uint8Array(bytes),
  });
  assert.equal(answer.status, 202, await answer.text());
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
