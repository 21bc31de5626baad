/** A TCP proxy that cuts connections. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** Cuts connections made from now on once this many bytes went through, both ways together; null: never. */
  cutAfter(bytes: number | null): void;
  /** Cuts all connections once this many more bytes went through, those that are open now too; null: never. */
  cutAfterMore(bytes: number | null): void;
  /** Connections made so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function startProxy(target: number): Promise<CuttingProxy> {
  let limit: number | null = null;
  /** Bytes left for all connections together; null: no end. */
  let shared: number | null = null;
  let made = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const most = limit;
    let through = 0;
    made += 1;
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
      from.on('data', (bytes: Buffer) => {
        const own = most === null ? bytes.length : Math.max(0, most - through);
        const left = Math.min(own, shared ?? own);
        through += bytes.length;
        if (shared !== null) shared = Math.max(0, shared - bytes.length);
        // The bytes up to the cut still arrive: that is how a real cut looks.
        if (bytes.length <= left) to.write(bytes);
        else to.end(bytes.subarray(0, left), () => from.destroy());
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (bytes) => {
      limit = bytes;
    },
    cutAfterMore: (bytes) => {
      shared = bytes;
    },
    connections: () => made,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
