/** Polling, against a mailbox and a clock that the test holds in its hands. */
import assert from 'node:assert/strict';
import { createPoll, type Mailbox, MailboxLost, refusalsPerPoll } from '../../src/transport/mailbox.ts';
import type { Spooled } from '../../src/transport/spool.ts';
import { FilesNotTaken, type NotTaken, type Receive } from '../../src/transport/transport.ts';
import type { Entry } from '../../src/transport/watch.ts';

/** A mailbox of files that are only names; a fetch of a name in `broken` fails with its error. */
function heldMailbox() {
  const files = new Map<string, Entry>();
  const broken = new Map<string, Error>();
  const received: string[] = [];
  const tried: string[] = [];
  let nowMs = 0;
  let stop = new AbortController();
  const box: Mailbox = {
    async list() {
      // A poll that would wait for a file to stand still is ended instead; what is ready is taken before.
      setImmediate(() => stop.abort());
      return [...files.values()];
    },
    async fetch(entry) {
      tried.push(entry.name);
      const error = broken.get(entry.name);
      if (error !== undefined) throw error;
      return copyOf(entry);
    },
    async clear(entry) {
      files.delete(entry.name);
    },
  };
  const terms = { endpoint: 'acme', pattern: '*', settleMs: 2_000, parallel: 4, now: () => nowMs };
  const poll = createPoll(box, terms);
  const receive: Receive = async (_endpoint, { name }) => {
    received.push(name);
    return { deliveryId: '1' };
  };
  return {
    received,
    tried,
    broken,
    drop(name: string, extra: Partial<Entry> = {}) {
      const entry = { name, size: 1, mtimeMs: files.size, identity: `${name}|1`, ...extra };
      files.set(name, entry);
    },
    pollAt(ms: number, how: Receive = receive) {
      nowMs = ms;
      stop = new AbortController();
      return poll(how, stop.signal);
    },
  };
}

function copyOf({ name, size, identity }: Entry): Spooled {
  const open = (): never => {
    throw new Error('nobody reads it');
  };
  return { name, size, source: identity, digest: Buffer.alloc(32), open, remove: async () => undefined };
}

describe('transport/mailbox', () => {
  it('takes a file that stood still for the settle time, however often it was listed', async () => {
    const held = heldMailbox();
    held.drop('slow.edi', { identity: 'half' });
    assert.equal(await held.pollAt(0), 0);
    assert.equal(await held.pollAt(300), 0);
    held.drop('slow.edi', { identity: 'whole' });
    assert.equal(await held.pollAt(2_100), 0);
    assert.equal(await held.pollAt(4_000), 0);
    assert.equal(await held.pollAt(4_100), 1);
  });

  it('takes a good file behind any number of failing ones', async () => {
    const held = heldMailbox();
    for (let index = 0; index < 30; index += 1) {
      held.drop(`bad-${index}.edi`, { complete: true });
      held.broken.set(`bad-${index}.edi`, new Error('permission denied'));
    }
    held.drop('good.edi', { complete: true });
    assert.equal((await failing(held.pollAt(0))).length, 30);
    assert.deepEqual(held.received, ['good.edi']);
  });

  it('tries a failing file again after a growing time, and calls a person at the third try', async () => {
    const held = heldMailbox();
    held.drop('bad.edi', { complete: true });
    held.broken.set('bad.edi', new Error('permission denied'));
    const seen = [];
    // The waits are 5 s and 10 s, spread by 20 %.
    for (const atMs of [0, 3_900, 6_100, 13_000, 18_200]) {
      const [file] = await failing(held.pollAt(atMs));
      seen.push([held.tried.length, file?.isTried, file?.needsPerson, file?.reason]);
    }
    assert.deepEqual(seen, [
      [1, true, false, 'permission denied'],
      [1, false, false, 'permission denied'],
      [2, true, false, 'permission denied'],
      [2, false, false, 'permission denied'],
      [3, true, true, 'permission denied'],
    ]);
    held.drop('bad.edi', { complete: true, identity: 'another file' });
    held.broken.clear();
    assert.equal(await held.pollAt(18_300), 1);
  });

  it('ends the poll when the mailbox is lost, and blames no file', async () => {
    const held = heldMailbox();
    held.drop('a.edi', { complete: true });
    held.broken.set('a.edi', new MailboxLost('cut'));
    await assert.rejects(held.pollAt(0), MailboxLost);
    held.broken.clear();
    assert.equal(await held.pollAt(1), 1);
  });

  it('ends the poll when nothing can be stored', async () => {
    const held = heldMailbox();
    for (let index = 0; index < 20; index += 1) held.drop(`${index}.edi`, { complete: true });
    let offered = 0;
    const refuse: Receive = async () => {
      offered += 1;
      throw new Error('the database is down');
    };
    await assert.rejects(held.pollAt(0, refuse), (error: Error) => {
      assert.ok(error instanceof AggregateError && !(error instanceof FilesNotTaken));
      assert.match(error.message, /10 files in a row.*database is down/);
      return true;
    });
    assert.equal(offered, refusalsPerPoll);
  });

  it('ends the poll when our disk is full, blames no file, and takes every one once there is room', async () => {
    const held = heldMailbox();
    for (let index = 0; index < 6; index += 1) held.drop(`${index}.edi`, { complete: true });
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    for (let index = 0; index < 6; index += 1) held.broken.set(`${index}.edi`, full);
    await assert.rejects(held.pollAt(0), { code: 'ENOSPC' });
    held.broken.clear();
    const noRoom: Receive = async () => {
      throw Object.assign(new Error('could not extend file'), { code: '53100' });
    };
    await assert.rejects(held.pollAt(1, noRoom), { code: '53100' });
    assert.equal(await held.pollAt(2), 6);
  });

  it('says which names it can never take, and takes the others', async () => {
    const held = heldMailbox();
    const names = [`${'n'.repeat(240)}.edi`, 'a/up.edi', 'back\\slash.edi'];
    for (const name of names) held.drop(name, { complete: true });
    held.drop('good.edi', { complete: true });
    const first = await failing(held.pollAt(0));
    assert.deepEqual(
      first.map(({ name }) => name),
      names,
    );
    assert.ok(
      first.every(({ isTried, needsPerson, reason }) => isTried && needsPerson && /UTF-8/.test(reason)),
    );
    assert.ok((await failing(held.pollAt(1e9))).every(({ isTried }) => !isTried));
    assert.deepEqual(held.tried, ['good.edi']);
  });
});

/** The files that a poll could not take. */
async function failing(poll: Promise<number>): Promise<readonly NotTaken[]> {
  const error = await poll.then(
    () => assert.fail('every file was taken'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FilesNotTaken);
  return error.files;
}
