/**
 * A gateway's built-in SFTP server in a process of its own, which a test kills: argv[2] is the URL of the database, argv[3] its
 * home, argv[4] the public key of the partner acme, argv[5] a kill point. Prints its port; ends at the end of its input.
 */
import { join } from 'node:path';
import type { Context } from '../../src/flow/context.ts';
import { openHosted } from '../../src/flow/hosted.ts';
import { openVault } from '../../src/flow/vault.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type Endpoint, endpoint as endpointTerms } from '../../src/partner/endpoint.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { openStore } from '../../src/store/store.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { readKillPoint, watchedStore } from './kill-points.ts';

const [, , url = '', home = '', publicKey = '', point] = process.argv;
const terms = endpointTerms.parse({ type: 'hosted', keys: [publicKey] });
const acme: Endpoint = { ...terms, name: 'acme', owner: 'acme', partners: ['acme'] };
const store = watchedStore(openStore({ url }), readKillPoint(point), join(home, 'journal'));
const context = {
  ...{ store, partners: partnersOf([], [acme]), log: createLogger('silent'), metrics: createMetrics() },
  ...{ now: () => new Date(), poke: () => undefined },
} as unknown as Context;
const spool = await openSpool(join(home, 'spool'));
const resolve = async (text: string) => text;
const vault = openVault({ home, secret: null, resolve, warn: () => undefined });
const hosted = await openHosted({ context, spool }, { host: '127.0.0.1', port: 0, vault });
process.stdout.write(`${JSON.stringify({ port: hosted.port, fingerprints: hosted.fingerprints })}\n`);
process.stdin.resume().once('end', () => void hosted.close(1_000).then(() => store.close()));
