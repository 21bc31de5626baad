/** The open transports of this process: each endpoint is opened when it is first needed, and closed with the process. */
import type { Partners } from '../partner/partners.ts';
import { type Opening, openTransport } from '../transport/open.ts';
import type { Transport } from '../transport/transport.ts';

export interface Lines {
  /** @throws when no endpoint has the name, or a secret of it cannot be resolved */
  open(endpoint: string): Promise<Transport>;
  close(): Promise<void>;
}

export function createLines(partners: Partners, opening: Opening): Lines {
  const lines = new Map<string, Promise<Transport>>();
  return {
    open(name) {
      const known = lines.get(name);
      if (known !== undefined) return known;
      const endpoint = partners.endpoint(name);
      if (endpoint === null) throw new Error(`No partner names the endpoint ${name} any more: put it back`);
      const opened = openTransport(endpoint, opening);
      lines.set(name, opened);
      // A failed opening is not kept: the next use tries again.
      opened.catch(() => lines.delete(name));
      return opened;
    },
    async close() {
      const opened = await Promise.allSettled(lines.values());
      lines.clear();
      await Promise.all(opened.map((line) => (line.status === 'fulfilled' ? line.value.close() : undefined)));
    },
  };
}
