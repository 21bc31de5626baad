/** Polling, against a mailbox and a clock that the test holds in its hands. */
import assert from 'node:assert/strict';
import { createPoll, type Entry, type Mailbox } from '../../src/transport/mailbox.ts';
import type { Spooled } from '../../src/transport/spool.ts';
import type { Receive } from '../../src/transport/transport.ts';

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
});
