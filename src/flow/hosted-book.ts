/** What happened at the built-in SFTP server: in the timeline, the log and the metrics. */
import { insertEvents, type NewEvent } from '../store/events.ts';
import { documentsNamed } from '../store/hosted-files.ts';
import type { HostedNotice } from '../transport/sftp-server-desk.ts';
import { aboutDocument } from './answer.ts';
import type { Context } from './context.ts';

export interface HostedBook {
  /** Keeps what was done with a file. @throws the database's errors */
  keep(notice: HostedNotice, deliveryId?: string): Promise<void>;
  /** Keeps what happened at the door, as soon as may be; who comes every minute is written down once in a while. */
  note(notice: HostedNotice): void;
}

/** How long the same at the door is not written down again, in milliseconds. */
const quietMs = { login: 60 * 60_000, other: 10 * 60_000 } as const;
/** Most that are remembered for it. */
const remembered = 5_000;

export function createHostedBook(context: Context): HostedBook {
  const { store, log, metrics } = context;
  const written = new Map<string, number>();
  const isNews = ({ kind, endpoint, from, how }: HostedNotice): boolean => {
    // Whoever has no account here is anybody: the metrics count them, and the log has them.
    if (endpoint === null) return false;
    const key = [kind, endpoint, from, how].join(' ');
    const before = written.get(key);
    const now = performance.now();
    if (before !== undefined && now - before < (kind === 'login' ? quietMs.login : quietMs.other))
      return false;
    written.delete(key);
    written.set(key, now);
    if (written.size > remembered) written.delete(written.keys().next().value as string);
    return true;
  };
  return {
    async keep(notice, deliveryId) {
      metrics.hostedFiles.inc({ endpoint: notice.endpoint ?? '', what: notice.kind });
      await store.transaction(async (tx) => {
        const event = eventOf(context, notice, deliveryId);
        const documents = isOfOurs(notice) ? await documentsNamed(tx, notice.endpoint, notice.name) : [];
        const each = documents.map((document) => ({ ...event, ...aboutDocument(document) }));
        await insertEvents(tx, each.length === 0 ? [event] : each);
      });
    },
    note(notice) {
      metrics.hostedLogins.inc({ endpoint: notice.endpoint ?? '', result: notice.kind });
      log[notice.kind === 'login' ? 'debug' : 'info'](notice, `hosted SFTP: ${notice.kind}`);
      if (!isNews(notice)) return;
      store
        .transaction((tx) => insertEvents(tx, [eventOf(context, notice)]))
        .catch((err: unknown) => log.error({ err, notice }, 'hosted SFTP: not written down'));
    },
  };
}

/** A file in out/ is an interchange of ours: its documents' timelines tell of it. */
function isOfOurs(
  notice: HostedNotice,
): notice is HostedNotice & { readonly endpoint: string; readonly name: string } {
  const { kind, endpoint, name } = notice;
  return (kind === 'fetched' || kind === 'taken-away') && endpoint !== null && name !== undefined;
}

function eventOf({ partners }: Context, notice: HostedNotice, deliveryId?: string): NewEvent {
  const { kind, ...data } = notice;
  const all = partners.endpoint(notice.endpoint ?? '')?.partners ?? [];
  return {
    kind: `hosted-${kind}`,
    partner: all.length === 1 ? (all[0] as string) : null,
    delivery_id: deliveryId ?? null,
    data,
  };
}
