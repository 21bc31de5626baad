/**
 * The port that senders and people come to: HTTP behind a proxy, or HTTPS by ourselves. Certificates are looked at again
 * every few seconds, so that a renewed one is shown without a restart.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Logger } from '../log.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** PEM files. */
export interface TlsFiles {
  /** Our certificate, followed by those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose client certificates are asked for; null: none are. Who shows none is let in all the same. */
  readonly clients: string | null;
}

export interface ListenTerms {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** null: HTTP. */
  readonly tls: TlsFiles | null;
  /** Answers every request; one that waits with `Expect: 100-continue`, too: it writes 100 itself, once it wants the body. */
  readonly handle: Handler;
  readonly log: Logger;
  /** How often the PEM files are looked at, in milliseconds. */
  readonly lookMs?: number;
}

export interface Listener {
  /** Such as https://127.0.0.1:8443 */
  readonly url: string;
  /** Takes no more connections, and ends those that are left after a while, given in milliseconds. */
  close(lastRequestMs: number): Promise<void>;
}

/** Named limits of the port. Times are in milliseconds. */
export const listenerLimits = {
  /** Until the headers of a request are complete; looked at every `checkMs`. */
  headersMs: 20_000,
  checkMs: 5_000,
  /** Until a request is complete. */
  requestMs: 600_000,
  handshakeMs: 20_000,
  /** All headers of a request together, in bytes; more is answered 431. */
  headerBytes: 16 * 1024,
  /** Connections of one process at once; more are closed as they come. */
  connections: 2_000,
  lookMs: 10_000,
} as const;

const serverOptions = {
  headersTimeout: listenerLimits.headersMs,
  requestTimeout: listenerLimits.requestMs,
  connectionsCheckingInterval: listenerLimits.checkMs,
  maxHeaderSize: listenerLimits.headerBytes,
};

/**
 * Starts to listen.
 * @throws TlsUnusable; what listen throws, such as EADDRINUSE
 */
export async function listen(terms: ListenTerms): Promise<Listener> {
  const { server, stopLooking } = await makeServer(terms);
  server.maxConnections = listenerLimits.connections;
  server.on('request', terms.handle).on('checkContinue', terms.handle);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(terms.port, terms.host, resolve);
    });
  } catch (error) {
    stopLooking();
    throw error;
  }
  const close = (lastRequestMs: number) => {
    stopLooking();
    return closeServer(server, lastRequestMs);
  };
  return { url: urlOf(terms, server), close };
}

/** The PEM files cannot be used: the text says which, and why. */
export class TlsUnusable extends Error {
  override readonly name = 'TlsUnusable';
}

async function makeServer(
  terms: ListenTerms,
): Promise<{ server: Server | TlsServer; stopLooking: () => void }> {
  if (terms.tls === null) return { server: createServer(serverOptions), stopLooking: () => undefined };
  const first = await readTls(terms.tls);
  const server = createTlsServer({
    ...serverOptions,
    ...first,
    handshakeTimeout: listenerLimits.handshakeMs,
    requestCert: terms.tls.clients !== null,
    // Node would also refuse who shows none; what is shown is judged below.
    rejectUnauthorized: false,
  });
  server.on('secureConnection', (socket) => refuseUnknown(socket));
  const timer = watchTls(terms, terms.tls, server, first);
  return { server, stopLooking: () => clearInterval(timer) };
}

/** A client certificate that is shown must be one of an authority of ours: a stranger's says nothing. */
function refuseUnknown(socket: TLSSocket): void {
  const isShown = socket.getPeerX509Certificate() !== undefined;
  if (isShown && !socket.authorized) socket.destroy();
}

/** Takes up changed PEM files; a pair that does not fit yet (the key comes after the certificate) leaves the former in place. */
function watchTls(terms: ListenTerms, files: TlsFiles, server: TlsServer, first: SecureContextOptions) {
  let shown = digestOf(first);
  let complained = '';
  let isLooking = false;
  const look = async () => {
    try {
      const next = await readTls(files);
      complained = '';
      if (digestOf(next) === shown) return;
      server.setSecureContext(next);
      shown = digestOf(next);
      terms.log.info('the TLS certificate was renewed');
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== complained) terms.log.error(`The former TLS certificate stays: ${reason}`);
      complained = reason;
    }
  };
  return setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  }, terms.lookMs ?? listenerLimits.lookMs).unref();
}

function digestOf({ cert, key, ca }: SecureContextOptions): string {
  return [cert, key, ca].map(String).join('\0');
}

async function readTls({ certificate, key, clients }: TlsFiles): Promise<SecureContextOptions> {
  const options: SecureContextOptions = {
    cert: await readPem(certificate),
    key: await readPem(key),
    ...(clients === null ? {} : { ca: await readPem(clients) }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(options);
    return options;
  } catch (error) {
    const names = [certificate, key, ...(clients === null ? [] : [clients])].join(' and ');
    throw new TlsUnusable(`${names} cannot be used for TLS: ${(error as Error).message}`, { cause: error });
  }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TlsUnusable(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function closeServer(server: Server | TlsServer, lastRequestMs: number): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), lastRequestMs).unref();
  });
}

function urlOf({ host, tls }: ListenTerms, server: Server | TlsServer): string {
  const { port } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'http' : 'https'}://${shown}:${port}`;
}
