import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createMetrics } from '../../src/metrics.ts';
import { type Gateway, openGateway, order850, stockUp } from './gateway.ts';

describe('health and metrics', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
  });
  after(() => gateway.close());

  it('is ready while every part is, and says which is not', async () => {
    assert.deepEqual((await gateway.get('/health/ready')).status, 200);
    gateway.state = { ok: false, parts: { database: 'ok', accepting: 'draining' } };
    const answer = await gateway.get('/health/ready');
    assert.deepEqual(
      [answer.status, answer.json],
      [503, { ok: false, parts: { database: 'ok', accepting: 'draining' } }],
    );
    assert.equal((await gateway.get('/health/live')).status, 200);
    gateway.state = { ok: true, parts: {} };
  });

  it('counts queues, overdue documents and what waits at each scrape', async () => {
    const { db } = gateway.context.store;
    await gateway.drop(order850({ control: 1, number: 'PO-1', price: '99.00' }));
    await db.raw(`update documents set due_at = now() - interval '1 hour'`);
    const { text } = await gateway.get('/metrics');
    assert.match(text, /portolan_ready\{stage="send",partner="harbor-and-pine"\} 1/);
    assert.match(text, /portolan_overdue\{partner="harbor-and-pine",kind="997"\} 1/);
    assert.match(text, /portolan_faults_waiting\{code="price-outside-tolerance"\} 1/);
    assert.match(text, /portolan_deliveries_total\{endpoint="harbor-and-pine-sftp"\} 1/);
    await db.raw('delete from ready');
    await db.raw('update faults set waiting = false');
    const later = (await gateway.get('/metrics')).text;
    assert.doesNotMatch(later, /portolan_ready\{|portolan_faults_waiting\{/);
  });

  it('lists every metric in docs/metrics.md, with its kind, help and labels', async () => {
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \| (.*) \|$/gm)].map((row) =>
      row.slice(1, 5),
    );
    const metrics = await createMetrics().registry.getMetricsAsJSON();
    const known = metrics.map((metric) => {
      const { labelNames } = createMetricsByName(metric.name);
      return [
        metric.name,
        String(metric.type),
        labelNames.map((name) => `\`${name}\``).join(', '),
        metric.help,
      ];
    });
    assert.deepEqual(
      listed.map((row) => [row[0], row[1], row[2], row[3]]),
      known,
    );
  });
});

function createMetricsByName(name: string): { labelNames: readonly string[] } {
  return createMetrics().registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] };
}
