/**
 * A process of the gateway for tests: argv[2] is its site and share as JSON. It says 'ready URL' on its output, stops in an
 * orderly way at SIGTERM, and dies at its kill point, if it was given one.
 */
import type { Role } from '../../src/flow/flow.ts';
import { openGateway, type Site } from './gateway.ts';
import { readKillPoint, watchedStore } from './kill-points.ts';

export interface Share {
  readonly site: Site;
  readonly roles: readonly Role[];
  /** Of POST /edi. */
  readonly port: number;
  readonly journal: string;
}

const { site, roles, port, journal } = JSON.parse(process.argv[2] ?? '') as Share;
const parent = process.ppid;
// A test that was cut short leaves no process behind.
setInterval(() => {
  if (process.ppid !== parent) process.exit(3);
}, 1_000).unref();

const point = readKillPoint(process.env.PORTOLAN_TEST_KILL);
const opened = await openGateway(site, {
  roles,
  port,
  watch: (store) => watchedStore(store, point, journal),
});
process.once('SIGTERM', () => void opened.close().then(() => process.disconnect?.()));
process.stdout.write(`ready ${opened.url ?? '-'}\n`);
