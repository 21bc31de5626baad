/**
 * Backs a database up and restores it, in a process of its own: `backup-memory.ts URL FILE`. Prints by how many bytes its
 * memory grew at most.
 */
import { existsSync, readFileSync } from 'node:fs';
import { backup, restore } from '../../src/store/backup.ts';
import { openStore } from '../../src/store/store.ts';

const [url = '', file = ''] = process.argv.slice(2);
const store = openStore({ url });
await store.db.raw('select 1');
const start = process.memoryUsage().rss;
await backup(store, file);
await restore(store, file, { replace: true });
await store.close();
console.log(peak() - start);

/** Of this process alone: what getrusage tells on Linux begins at that of the process that started it. */
function peak(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return Number(own ?? process.resourceUsage().maxRSS) * 1_024;
}
