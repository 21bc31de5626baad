/** A process that polls one mailbox, together with others: it writes down when a poll begins and ends. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/flow/context.ts';
import type { Lines } from '../../src/flow/lines.ts';
import { startPolling } from '../../src/flow/poll.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Endpoint } from '../../src/partner/endpoint.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { openStore } from '../../src/store/store.ts';
import type { Transport } from '../../src/transport/transport.ts';

const [url = '', holder = '', book = ''] = process.argv.slice(2);
/** Polls after which this process leaves the mailbox to the other. */
const polls = 5;

const store = openStore({ url, poolSize: 4 });
const endpoint = {
  ...{ name: 'acme-box', partners: ['acme'], type: 'folder', direction: 'in', in: 'in' },
  ...{ pattern: '*', every: '0s', carries: [] },
} as unknown as Endpoint;
let done = 0;
const transport: Transport = {
  async poll() {
    appendFileSync(book, `${holder} begins\n`);
    await sleep(5);
    appendFileSync(book, `${holder} ends\n`);
    done += 1;
    return 0;
  },
  close: async () => undefined,
};
const lines: Lines = {
  use: (_endpoint, work) => work(transport),
  renew: () => undefined,
  close: async () => undefined,
};
const context = {
  store,
  partners: partnersOf([], [endpoint]),
  log: createLogger('silent'),
  metrics: createMetrics(),
  now: () => new Date(),
} as unknown as Context;
const poller = startPolling(context, lines, holder, 2_000);
while (done < polls) await sleep(5);
await poller.close();
await store.close();
