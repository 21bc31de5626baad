/**
 * A process that feeds and runs the stage `decide` until nothing is left that it could run, and may be killed by its work:
 * a step that meets the subject 13 ends the process; an act writes a line to a file, and the process ends before `after`
 * the first time.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { runBatch, runSingles } from '../../src/flow/batch.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { feedReady } from '../../src/store/ready.ts';
import { openStore } from '../../src/store/store.ts';

const [url, mode, file] = process.argv.slice(2) as [string, 'batch' | 'singles', string];
const stage = 'decide';
const store = openStore({ url });
const common = {
  store,
  stage,
  log: createLogger('silent'),
  metrics: createMetrics(),
  now: () => new Date(),
  limits: { leaseMs: 1 },
  onQuarantine: async (
    tx: Parameters<Parameters<typeof store.transaction>[0]>[0],
    row: { subject: string },
  ) => {
    await tx('quarantines').insert({ subject: row.subject });
  },
};

for (;;) {
  const jobs = await feedReady(store.db, { stage, jobs: 4, batchSize: 50, leaseMs: 1, now: new Date() });
  if (jobs.length === 0) break;
  for (const job of jobs) await run(job.map((row) => row.id));
}
await store.close();

function run(ids: readonly string[]): Promise<void> {
  if (mode === 'batch') {
    return runBatch({
      ...common,
      ids,
      step: async (tx, rows) => {
        await tx('effects').insert(rows.map(({ subject }) => ({ subject })));
        if (rows.some((row) => row.subject === '13')) die();
      },
    });
  }
  return runSingles({
    ...common,
    ids,
    before: async (_tx, row) => `bytes of ${row.subject}`,
    act: async (bytes) => appendFileSync(file, `${bytes}\n`),
    after: async (tx, row) => {
      await tx('effects').insert({ subject: row.subject });
      if (existsSync(`${file}.killed`)) return;
      writeFileSync(`${file}.killed`, '');
      die();
    },
  });
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
