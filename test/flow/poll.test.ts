/** Who polls, what becomes of files that cannot be taken, and how a poll ends; the mailbox is the test's own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/flow/context.ts';
import type { Lines } from '../../src/flow/lines.ts';
import { type Poller, startPolling } from '../../src/flow/poll.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Endpoint } from '../../src/partner/endpoint.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { listEndpointStates } from '../../src/store/endpoint-states.ts';
import { waitingFaults } from '../../src/store/faults.ts';
import { FilesNotTaken, type NotTaken, type Transport } from '../../src/transport/transport.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

/** `0s`: the next poll follows at once. */
const endpoint = {
  ...{ name: 'acme-box', partners: ['acme'], type: 'folder', direction: 'in', in: 'in' },
  ...{ pattern: '*', every: '0s', carries: [] },
} as unknown as Endpoint;

describe('polling', () => {
  let database: TestDatabase;
  let pollers: Poller[];
  beforeEach(async () => {
    database = await freshDatabase();
    pollers = [];
  });
  afterEach(async () => {
    await Promise.all(pollers.map((poller) => poller.close()));
    await database.drop();
  });

  /** Starts a poller of one mailbox, which is polled by the function given. */
  function start(poll: NonNullable<Transport['poll']>, holder = 'one', leaseMs = 60_000): Poller {
    const context = {
      store: database.store,
      partners: partnersOf([], [endpoint]),
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(),
    } as unknown as Context;
    const transport: Transport = { poll, close: async () => undefined };
    const lines: Lines = {
      use: (_endpoint, work) => work(transport),
      renew: () => undefined,
      close: async () => undefined,
    };
    const poller = startPolling(context, lines, holder, leaseMs);
    pollers.push(poller);
    return poller;
  }

  /** Polls some times, every time with these files left over. */
  async function pollWith(files: readonly NotTaken[], times: number): Promise<void> {
    const done = new AbortController();
    let polls = 0;
    const poller = start(async () => {
      polls += 1;
      if (polls > times) done.abort();
      throw new FilesNotTaken(endpoint.name, 1, files);
    });
    await once(done.signal, 'abort');
    await poller.close();
  }

  it('holds one fault for each file that cannot be taken, and goes on polling', async () => {
    const bad = { name: 'bad.edi', identity: 'bad|1', reason: 'permission denied', isTried: true };
    const young = { ...bad, name: 'young.edi', identity: 'young|1', needsPerson: false };
    // Six polls: had they counted as failed, the breaker would have opened at the third.
    await pollWith([{ ...bad, needsPerson: true }, young], 6);
    await pollWith([{ ...bad, needsPerson: true }, young], 2);
    const faults = await waitingFaults(database.store.db, 10, '0');
    assert.deepEqual(
      faults.map(({ code, endpoint: at, message }) => [code, at, message]),
      [['file-not-taken', 'acme-box', 'The file bad.edi at acme-box cannot be taken: permission denied.']],
    );
    await pollWith([{ ...bad, identity: 'bad|2', needsPerson: true }], 1);
    assert.equal((await waitingFaults(database.store.db, 10, '0')).length, 2);
    const [state] = await listEndpointStates(database.store.db);
    assert.match(state?.last_error ?? '', /bad\.edi.*permission denied/);
    assert.ok(state?.received_at instanceof Date);
  });

  it('tells a poll to stop when it is closed, and ends with it', async () => {
    const polling = new AbortController();
    const poller = start(async (_receive, signal) => {
      polling.abort();
      await once(signal, 'abort');
      throw signal.reason;
    });
    await once(polling.signal, 'abort');
    await poller.close();
    assert.deepEqual(await listEndpointStates(database.store.db), []);
  });

  it('keeps a mailbox while a poll takes longer than the lease', async () => {
    const until = async () => (await database.store.db('leases').first('until'))?.until as Date | undefined;
    const renewed = new AbortController();
    start(
      async (_receive, signal) => {
        const first = await until();
        while (!signal.aborted && (await until())?.getTime() === first?.getTime()) await sleep(20);
        renewed.abort();
        return 0;
      },
      'one',
      1_500,
    );
    await once(renewed.signal, 'abort');
  });

  it('stops a poll whose mailbox somebody else polls by now', async () => {
    const stopped = new AbortController();
    start(
      async (_receive, signal) => {
        await database.store.db('leases').update({ holder: 'two', until: new Date(Date.now() + 600_000) });
        if (!signal.aborted) await once(signal, 'abort');
        stopped.abort();
        return 0;
      },
      'one',
      600,
    );
    await once(stopped.signal, 'abort');
  });
});
