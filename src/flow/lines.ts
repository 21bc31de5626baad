/** The open transports of this process: each endpoint is opened when it is first needed, and closed when it changes or the process ends. */
import type { Partners } from '../partner/partners.ts';
import { type Opening, openTransport } from '../transport/open.ts';
import type { Transport } from '../transport/transport.ts';

export interface Lines {
  /**
   * Does some work with the transport of an endpoint.
   * @throws when no endpoint has the name, or a secret of it cannot be resolved; else what the work throws
   */
  use<T>(endpoint: string, work: (line: Transport) => Promise<T>): Promise<T>;
  /** Endpoints that are no more what they were: the next use opens them anew. What is under way on them ends first. */
  renew(endpoints: readonly string[]): void;
  close(): Promise<void>;
}

interface Line {
  readonly opened: Promise<Transport>;
  users: number;
  /** Closed by its last user. */
  retired: boolean;
}

/** @param context its partners are looked at anew for each opening */
export function createLines(context: { readonly partners: Partners }, opening: Opening): Lines {
  const lines = new Map<string, Line>();
  const closing = new Set<Promise<void>>();
  const open = (name: string): Line => {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const endpoint = context.partners.endpoint(name);
    if (endpoint === null) throw new Error(`No partner names the endpoint ${name} any more: put it back`);
    const line = { opened: openTransport(endpoint, opening), users: 0, retired: false };
    lines.set(name, line);
    // A failed opening is not kept: the next use tries again.
    line.opened.catch(() => {
      if (lines.get(name) === line) lines.delete(name);
    });
    return line;
  };
  const end = (line: Line) => {
    const done = closeLine(line).finally(() => closing.delete(done));
    closing.add(done);
  };
  return {
    async use(name, work) {
      const line = open(name);
      line.users += 1;
      try {
        return await work(await line.opened);
      } finally {
        line.users -= 1;
        if (line.retired && line.users === 0) end(line);
      }
    },
    renew(names) {
      for (const name of names) {
        const line = lines.get(name);
        if (line === undefined) continue;
        lines.delete(name);
        line.retired = true;
        if (line.users === 0) end(line);
      }
    },
    async close() {
      const all = [...lines.values()];
      lines.clear();
      await Promise.all([...all.map(closeLine), ...closing]);
    },
  };
}

/** One that was never open needs no closing: whoever opened it was told why. */
async function closeLine({ opened }: Line): Promise<void> {
  const line = await opened.catch(() => null);
  await line?.close();
}
