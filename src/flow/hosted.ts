/** The built-in SFTP server of this process: its host keys, its desk on the road, and who tidies up. */
import { hostname } from 'node:os';
import { insertHostKey, listHostKeys } from '../store/hosted-accounts.ts';
import { takeLease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { type HostedServer, startHostedServer } from '../transport/sftp-server.ts';
import { hostKeyTypes, makeHostKey } from '../transport/sftp-server-keys.ts';
import type { Spool } from '../transport/spool.ts';
import type { Context } from './context.ts';
import { hostKeyBound } from './host-key.ts';
import { openHostedDesk } from './hosted-desk.ts';
import { dropOldFiles } from './hosted-out.ts';
import { KeysUnusable, type Vault } from './vault.ts';

export interface HostedTerms {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly vault: Vault;
}

export interface Hosted {
  readonly port: number;
  /** 'SHA256:…' of each host key, for partners to pin. */
  readonly fingerprints: readonly string[];
  /** Takes nobody more and ends what is being stored within the deadline. */
  close(deadlineMs: number): Promise<void>;
}

export interface ShownHostKey {
  readonly type: string;
  /** One line, as it stands in known_hosts after the host's name. */
  readonly publicKey: string;
  readonly fingerprint: string;
}

/** How often what is too old is taken away. */
const tidyMs = 10 * 60_000;

/**
 * Starts the server.
 * @throws KeysUnusable when the host keys cannot be unsealed; when the port is taken
 */
export async function openHosted(
  { context, spool }: { readonly context: Context; readonly spool: Spool },
  { host, port, vault }: HostedTerms,
): Promise<Hosted> {
  const keys = await openHostKeys(context.store, vault);
  const desk = openHostedDesk(context);
  const server = await startHostedServer({
    ...{ host, port, desk, spool, log: context.log, now: context.now },
    hostKeys: keys.map(({ privateKey }) => privateKey),
  });
  const tidying = startTidying(context);
  const count = watchConnections(context, server);
  const fingerprints = keys.map(({ fingerprint }) => fingerprint);
  context.log.info({ host, port: server.port, fingerprints }, 'SFTP: listening');
  return {
    port: server.port,
    fingerprints,
    async close(deadlineMs) {
      clearInterval(count);
      await Promise.all([server.close(deadlineMs), tidying.close()]);
    },
  };
}

/** The host keys as they may be shown; made if there are none. */
export async function shownHostKeys(store: Store, vault: Vault): Promise<readonly ShownHostKey[]> {
  await makeMissing(store, vault);
  return (await listHostKeys(store.db)).map((row) => ({
    ...{ type: row.type, publicKey: row.public_key, fingerprint: row.fingerprint },
  }));
}

async function openHostKeys(store: Store, vault: Vault) {
  await makeMissing(store, vault);
  const rows = await listHostKeys(store.db);
  return Promise.all(
    rows.map(async ({ type, fingerprint, sealed }) => {
      try {
        const plain = await vault.unseal(sealed, hostKeyBound({ type, fingerprint }));
        return { fingerprint, privateKey: plain.toString('utf8') };
      } catch (error) {
        if (!(error instanceof KeysUnusable)) throw error;
        const hint = 'For the host keys of the SFTP server: "portolan hosted new-host-keys".';
        throw new KeysUnusable(`${error.message} ${hint}`, { cause: error });
      }
    }),
  );
}

/** Processes that start together all make one; the first one that is kept holds for all. */
async function makeMissing({ db }: Store, vault: Vault): Promise<void> {
  const known = (await listHostKeys(db)).map(({ type }) => type);
  for (const type of hostKeyTypes) {
    if (known.includes(type)) continue;
    const { privateKey, publicKey, fingerprint } = makeHostKey(type);
    const sealed = await vault.seal(Buffer.from(privateKey), hostKeyBound({ type, fingerprint }));
    await insertHostKey(db, { type, public_key: publicKey, fingerprint, sealed });
  }
}

function watchConnections({ metrics }: Context, server: HostedServer): NodeJS.Timeout {
  const look = () => metrics.hostedConnections.set(server.connections());
  look();
  return setInterval(look, countMs).unref();
}

/** How often connections are counted for the metrics. */
const countMs = 5_000;

function startTidying(context: Context): { close(): Promise<void> } {
  const holder = `${hostname()} ${process.pid}`;
  let running = Promise.resolve();
  const tidy = async () => {
    try {
      if (await takeLease(context.store.db, 'hosted tidy', holder, tidyMs)) await dropOldFiles(context);
    } catch (err) {
      context.log.warn({ err }, 'hosted SFTP: old files not looked at, to be tried again');
    }
  };
  const begin = () => {
    running = running.then(tidy);
  };
  const timer = setInterval(begin, tidyMs);
  begin();
  return {
    close: () => {
      clearInterval(timer);
      return running;
    },
  };
}
