/** What this process answers over HTTP or HTTPS: senders at their paths, people at all others. */
import type { Config } from './config.ts';
import { createConsole } from './console/console.ts';
import { noteDiskFull } from './flow/disk.ts';
import { openEdiDesk } from './flow/edi-desk.ts';
import type { Flow } from './flow/flow.ts';
import type { Logger } from './log.ts';
import { StartError } from './start-error.ts';
import { schemaState } from './store/migrate.ts';
import type { Store } from './store/store.ts';
import { createAs2Handler } from './transport/as2/handler.ts';
import { type Handler, type Listener, listen, TlsUnusable } from './transport/listener.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly store: Store;
  readonly flow: Flow;
  readonly log: Logger;
}

export interface Served {
  /** Such as http://127.0.0.1:8080 */
  readonly url: string;
  /** Says that it drains, takes no more requests, and gives those under way a moment. */
  close(): Promise<void>;
}

/** Time for requests under way. */
const lastRequestMs = 1_000;

/**
 * Serves what the roles of this process ask for; null: nothing.
 * @throws StartError when the port is taken, or the TLS files cannot be used
 */
export async function serve(options: ServeOptions): Promise<Served | null> {
  const { config, store, flow, log } = options;
  const receives = config.roles.includes('receive');
  const shows = config.roles.includes('console');
  if (!receives && !shows) return null;
  const state = { draining: false };
  const desks = receives ? openDesks(flow) : {};
  const page = shows
    ? createConsole({
        context: flow.context,
        adminToken: config.adminToken,
        ready: () => readiness(store, state),
      })
    : notHere;
  const { url, close } = await openPort(config, log, (request, response) => {
    const [, first = ''] = /^\/([^/?]*)/.exec(request.url ?? '') ?? [];
    const desk = Object.hasOwn(desks, first) ? desks[first] : undefined;
    (desk ?? page)(request, response);
  });
  log.info({ url }, 'listening');
  return {
    url,
    close: () => {
      state.draining = true;
      return close(lastRequestMs);
    },
  };
}

/** What senders may post to, by the first part of the path. */
function openDesks(flow: Flow): Readonly<Record<string, Handler>> {
  const { as2: desk, workshop, context } = flow;
  const failed = (error: unknown) => noteDiskFull(context, error);
  return { edi: openEdiDesk(flow), as2: createAs2Handler({ desk, workshop, log: context.log, failed }) };
}

const notHere: Handler = (_request, response) => response.writeHead(404).end();

async function openPort(config: Config, log: Logger, handle: Handler): Promise<Listener> {
  const { host, port } = config;
  try {
    return await listen({ host, port, tls: tlsOf(config), handle, log });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new StartError(portTaken(config));
    throw error instanceof TlsUnusable ? new StartError(`${error.message}. ${tlsHint}`) : error;
  }
}

const tlsHint = 'PORTOLAN_TLS_CERT, PORTOLAN_TLS_KEY and PORTOLAN_TLS_CLIENTS name PEM files.';

function tlsOf({ tlsCert, tlsKey, tlsClients }: Config) {
  if (tlsCert === null && tlsKey === null && tlsClients === null) return null;
  if (tlsCert === null || tlsKey === null)
    throw new StartError('For HTTPS both PORTOLAN_TLS_CERT and PORTOLAN_TLS_KEY are needed.');
  return { certificate: tlsCert, key: tlsKey, clients: tlsClients };
}

function portTaken({ host, port }: Config): string {
  return `Port ${port} of ${host} is taken by another program: choose another with --port or PORTOLAN_PORT.`;
}

async function readiness(store: Store, state: { draining: boolean }) {
  const database = await databaseState(store);
  const accepting = state.draining ? 'draining' : 'ok';
  return { ok: database === 'ok' && !state.draining, parts: { database, accepting } };
}

async function databaseState(store: Store): Promise<string> {
  try {
    const schema = await schemaState(store);
    return schema.ready ? 'ok' : `schema misses ${schema.missing.join(', ')}`;
  } catch {
    return 'does not answer';
  }
}
