/** `scripts/bench road`: from the drop of many interchanges of orders to the last order response. See docs/benchmarks.md. */
import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { locateEmbedded } from '../src/store/embedded.ts';
import { openStore } from '../src/store/store.ts';
import { type Gateway, hasRedis, startGateway, startRedis } from './bench-gateway.ts';
import { type Home, makeHome, stockUp } from './bench-home.ts';
import { fdatasyncRate } from './bench-meter.ts';
import { measure, type RoadResult, type Size } from './bench-run.ts';

type Backend = 'postgres' | 'redis';

interface Run extends RoadResult {
  readonly queue: Backend;
  readonly processes: number;
  /** Before and after the run. */
  readonly fdatasyncPerSecond: readonly [number, number];
}

const { values } = parseArgs({
  options: {
    interchanges: { type: 'string', default: '20' },
    orders: { type: 'string', default: '1000' },
    lines: { type: 'string', default: '20' },
    runs: { type: 'string', default: '1' },
    processes: { type: 'string', default: '1' },
    profile: { type: 'string' },
    postgres: { type: 'boolean', default: false },
    redis: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const size: Size = {
  interchanges: count('interchanges'),
  orders: count('orders'),
  lines: count('lines'),
};
const processes = count('processes');

const runs: Run[] = [];
for (let round = count('runs'); round > 0; round--) {
  for (const queue of backends()) {
    const run = await benchmark(queue);
    runs.push(run);
    if (values.json) process.stdout.write(`${JSON.stringify(run)}\n`);
  }
}
say('', table(runs));
process.exitCode = runs.every((run) => run.complete) ? 0 : 1;

function count(name: 'interchanges' | 'orders' | 'lines' | 'runs' | 'processes'): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  say(`--${name} needs a whole number above 0`);
  process.exit(2);
}

function backends(): Backend[] {
  const both = values.postgres === values.redis;
  const wanted: Backend[] = [...(both || values.postgres ? ['postgres' as const] : [])];
  if (!both && values.postgres) return wanted;
  if (hasRedis()) return [...wanted, 'redis'];
  say('*** redis-server is not installed: nothing is measured with the queue on Redis ***');
  if (!both) process.exit(2);
  return wanted;
}

/** One run in a home of its own, which is removed afterwards. */
async function benchmark(queue: Backend): Promise<Run> {
  const home = await makeHome();
  say(
    `\n${size.interchanges} × ${size.orders} orders × ${size.lines} lines, queue on ${queue}, ` +
      `${processes} gateway process(es), ${cpus().length} cores, in ${home.directory}`,
  );
  const closers: (() => Promise<unknown>)[] = [() => rm(home.directory, { recursive: true, force: true })];
  try {
    const redis = queue === 'redis' ? await startRedis(home) : null;
    if (redis !== null) closers.push(() => redis.stop());
    const gateway = await startGateway({
      home,
      processes,
      redisUrl: redis?.url ?? null,
      profile: values.profile ?? null,
    });
    closers.push(() => gateway.stop());
    return await inRunning(queue, home, gateway);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function inRunning(queue: Backend, home: Home, gateway: Gateway): Promise<Run> {
  const store = openStore({ url: (await locateEmbedded(home.directory)) as string, poolSize: 2 });
  try {
    await stockUp(store);
    const before = fdatasyncRate(home.directory);
    const result = await measure({ home, gateway, store, size, say });
    const after = fdatasyncRate(home.directory);
    return { queue, processes, ...result, fdatasyncPerSecond: [before, after] };
  } finally {
    await store.close();
  }
}

function table(done: readonly Run[]): string {
  const rows: [string, (run: Run) => string | number][] = [
    ['orders/s, drop to last 855 written', (run) => run.ordersPerSecond],
    ['seconds until the last 855 is written', (run) => run.writtenSeconds],
    ['seconds until all 997 and 855 are sent', (run) => run.sentSeconds],
    ['fdatasync/s of the disk, before and after', (run) => run.fdatasyncPerSecond.join(' / ')],
    ['CPU seconds of the gateway', (run) => run.spent?.nodeCpu.toFixed(1) ?? '–'],
    ['CPU seconds of PostgreSQL', (run) => run.spent?.postgresCpu.toFixed(1) ?? '–'],
    ['peak RSS of the gateway, MB', (run) => run.spent?.nodeRssMb ?? '–'],
    ['peak memory of PostgreSQL, MB', (run) => run.spent?.postgresRssMb ?? '–'],
    ['WAL written, MB', (run) => run.walMb],
    ['database afterwards, MB', (run) => run.databaseMb],
    ['worst delay of the event loop, ms', (run) => Math.round(run.loop.maxMs)],
    ['most processor time of one turn of it, ms', (run) => Math.round(run.loop.turnCpuMs)],
    ['GET /health/live beside it, median / worst ms', (run) => run.health.join(' / ')],
    ['small orders beside it, drop to 855, median / worst s', (run) => run.corner.join(' / ')],
    ['complete', (run) => (run.complete ? 'yes' : `NO: ${run.missing}`)],
  ];
  const head = ['', ...done.map((run) => run.queue)];
  const cells = rows.map(([name, value]) => [name, ...done.map((run) => String(value(run)))]);
  return [head, ...cells]
    .map(([name, ...row]) => `${String(name).padEnd(56)}${row.map((cell) => cell.padStart(14)).join('')}`)
    .join('\n');
}

function say(...lines: string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}
