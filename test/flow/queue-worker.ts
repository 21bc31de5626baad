/** A process that takes one job and never ends it: to be killed. Says `began <ids>` when it has begun. */
import { openQueue } from '../../src/flow/queue.ts';
import { createLogger } from '../../src/log.ts';

const [backend, stage, lockMs] = process.argv.slice(2) as [string, string, string];
const queue = await openQueue({
  ...(JSON.parse(backend) as { postgresUrl: string } | { redisUrl: string }),
  stages: [stage],
  log: createLogger('warn'),
  lockMs: Number(lockMs),
});
queue.work(stage, { concurrency: 1 }, async (ids) => {
  process.stdout.write(`began ${ids.join(' ')}\n`);
  await new Promise(() => {});
});
