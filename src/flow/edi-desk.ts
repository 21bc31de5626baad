/** POST /edi on the road: API keys from the store, bytes to receive, and the acknowledgment for those who wait for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findApiKey } from '../store/api-keys.ts';
import { acknowledgmentsOf } from '../store/documents.ts';
import { transmissionBytes } from '../store/transmissions.ts';
import { apiKeyPrefix, verifyApiKey } from '../transport/apikey.ts';
import { createEdiHandler } from '../transport/http.ts';
import type { Context } from './context.ts';
import type { Flow } from './flow.ts';
import { receive } from './receive.ts';

/** How often a waiting sender's acknowledgment is looked for. */
const lookMs = 100;

/** The handler that main mounts at /edi. */
export function openEdiDesk({ context, spool }: Flow): ReturnType<typeof createEdiHandler> {
  return createEdiHandler({
    authenticate: (key) => authenticate(context, key),
    receive: (endpoint, arrival) => receive(context, endpoint, arrival),
    spool,
    acknowledgment: (delivery, signal) => acknowledgment(context, delivery, signal),
    log: context.log,
  });
}

async function authenticate(context: Context, key: string): Promise<{ endpoint: string } | null> {
  const prefix = apiKeyPrefix(key);
  const row = prefix === null ? null : await findApiKey(context.store.db, prefix);
  if (row === null || !verifyApiKey(key, row.hash)) return null;
  return context.partners.endpoint(row.endpoint)?.type === 'http' ? { endpoint: row.endpoint } : null;
}

/** The bytes of the acknowledgments of a delivery, once all that are owed for it are written; null: none will come, or not in time. */
async function acknowledgment(
  context: Context,
  delivery: string,
  signal: AbortSignal,
): Promise<Buffer | null> {
  while (!signal.aborted) {
    const found = await acknowledgmentsOf(context.store.db, delivery);
    if (found.translated && found.transmissions.length === 0 && !found.pending) return null;
    if (found.translated && !found.pending) {
      return Buffer.concat(
        await Promise.all(found.transmissions.map((id) => transmissionBytes(context.store.db, id))),
      );
    }
    await sleep(lookMs);
  }
  return null;
}
