/** A gateway's keys without the gateway: a database, a home, two AS2 partners, and a clock that the test sets. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../src/flow/context.ts';
import type { KeyOffice } from '../../src/flow/key-record.ts';
import { createKeyring, type Keyring } from '../../src/flow/keyring.ts';
import { openVault, type Vault } from '../../src/flow/vault.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { loadPartners } from '../../src/partner/load.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

/** An AS2 partner as its partner.yaml has it; its endpoint is `<name>-as2`. */
export function as2Terms(name: string, more: object = {}) {
  return {
    partner: 1,
    name,
    agreements: {
      live: {
        standard: 'x12',
        us: { qualifier: 'ZZ', id: 'SALTMARSH' },
        them: { qualifier: 'ZZ', id: name.toUpperCase() },
        version: { interchange: '00401', message: '004010' },
        acknowledge: { send: '997' },
        endpoint: `${name}-as2`,
      },
    },
    endpoints: {
      [`${name}-as2`]: {
        type: 'as2',
        us: 'SALTMARSH',
        them: name.toUpperCase(),
        url: `https://as2.${name}.example/as2`,
        ...more,
      },
    },
  };
}

export interface KeyDesk {
  readonly database: TestDatabase;
  /** PORTOLAN_HOME. */
  readonly home: string;
  readonly mappings: string;
  readonly context: Context;
  readonly office: KeyOffice;
  /** The clock stands until it is set. */
  readonly clock: { now: Date };
  /** The keys as another process has them, which has read nothing yet. */
  keyring(vault?: Vault): Keyring;
  vault(secret: string | null, home?: string): Vault;
  readonly warned: string[];
  /** No keys, no events, no faults, and the clock as at the beginning. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openKeyDesk(now: string): Promise<KeyDesk> {
  const folder: TestFolder = await testFolder('keys');
  const mappings = join(folder.path, 'mappings');
  const home = join(folder.path, 'home');
  await mkdir(home);
  for (const name of ['acme', 'bolt']) {
    await mkdir(join(mappings, name), { recursive: true });
    await writeFile(join(mappings, name, 'partner.yaml'), JSON.stringify(as2Terms(name)));
  }
  const { partners, problems } = await loadPartners(mappings, { demo: false });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const database = await freshDatabase();
  const clock = { now: new Date(now) };
  const warned: string[] = [];
  const vault = (secret: string | null, at = home): Vault =>
    openVault({ home: at, secret, resolve: async (text) => text, warn: (text) => warned.push(text) });
  const context: Context = {
    store: database.store,
    partners,
    guides: { all: [] } as unknown as Context['guides'],
    broken: new Map(),
    log: createLogger('silent'),
    metrics: createMetrics(),
    now: () => clock.now,
    gs1Prefix: null,
    poke: () => undefined,
  };
  return {
    database,
    home,
    mappings,
    context,
    office: { context, vault: vault(null) },
    clock,
    warned,
    vault,
    keyring: (other = vault(null)) =>
      createKeyring({ store: database.store, vault: other, now: context.now }),
    async clear() {
      await database.store.db.raw('truncate keys, events, faults, hosted_host_keys');
      clock.now = new Date(now);
    },
    async close() {
      await database.drop();
      await folder.remove();
    },
  };
}
