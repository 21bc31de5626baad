/** POST /edi on the road: API keys from the store, bytes to receive, and what became of them for those who ask. */
import { BlockList, isIPv6 } from 'node:net';
import type { Endpoint } from '../partner/endpoint.ts';
import { findApiKey, noteApiKeyUsed } from '../store/api-keys.ts';
import { acknowledgmentsOf } from '../store/documents.ts';
import { transmissionBytes } from '../store/transmissions.ts';
import { apiKeyPrefix, verifyApiKey } from '../transport/apikey.ts';
import { type Became, type Caller, createEdiHandler, type Sender } from '../transport/http.ts';
import { Problem } from '../transport/problem.ts';
import type { Context } from './context.ts';
import { noteDiskFull, noteStored } from './disk.ts';
import type { Flow } from './flow.ts';
import { receive } from './receive.ts';

type HttpEndpoint = Extract<Endpoint, { readonly type: 'http' }>;

/** The handler that is mounted at /edi. */
export function openEdiDesk({
  context,
  spool,
}: Pick<Flow, 'context' | 'spool'>): ReturnType<typeof createEdiHandler> {
  const noteUse = useNotes(context);
  return createEdiHandler({
    async authenticate(key, sender) {
      const caller = await authenticate(context, key, sender);
      if (caller !== null) await noteUse(caller.prefix);
      return caller;
    },
    async receive(endpoint, arrival) {
      const receipt = await receive(context, endpoint, arrival);
      await noteStored(context);
      return receipt;
    },
    failed: (error) => noteDiskFull(context, error),
    spool,
    look: (endpoint, delivery) => look(context, endpoint, delivery),
    refused: (status) => context.metrics.ediRefused.inc({ status: String(status) }),
    log: context.log,
  });
}

async function authenticate(context: Context, key: string, sender: Sender): Promise<Caller | null> {
  const prefix = apiKeyPrefix(key);
  const row = prefix === null ? null : await findApiKey(context.store.db, prefix, context.now());
  if (prefix === null || row === null || !verifyApiKey(key, row.hash)) return null;
  const endpoint = context.partners.endpoint(row.endpoint);
  if (endpoint?.type !== 'http') return null;
  refuseElsewhere(context, endpoint, prefix, sender);
  return { endpoint: endpoint.name, prefix };
}

/** A key that is used from elsewhere may be in the wrong hands: we hear of it, and the sender hears little. */
function refuseElsewhere({ log }: Context, endpoint: HttpEndpoint, prefix: string, sender: Sender): void {
  const { addresses, certificates } = endpoint;
  const wrong =
    addresses.length > 0 && !isWithin(addresses, sender.address)
      ? 'address'
      : certificates.length > 0 && !certificates.map(digits).includes(sender.certificate ?? '')
        ? 'client certificate'
        : null;
  if (wrong === null) return;
  const seen = { endpoint: endpoint.name, prefix, ...sender };
  log.warn(seen, `an API key was used with another ${wrong} than partner.yaml allows`);
  throw new Problem(403, 'Forbidden', `This key may not be used with this ${wrong}`);
}

/** '192.0.2.0/24', '2001:db8::/32' or single addresses. */
function isWithin(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(net, familyOf(net));
    else list.addSubnet(net, Number(bits), familyOf(net));
  }
  return list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
const digits = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase();

const noteEveryMs = 60_000;

/** Notes when a key is used, once a minute at most: a row written for each request would cost more than it tells. */
function useNotes({ store, now, log }: Context): (prefix: string) => Promise<void> {
  const noted = new Map<string, number>();
  return async (prefix) => {
    const at = now();
    if (at.getTime() - (noted.get(prefix) ?? 0) < noteEveryMs) return;
    noted.set(prefix, at.getTime());
    const since = new Date(at.getTime() - noteEveryMs);
    await noteApiKeyUsed(store.db, prefix, at, since).catch((err: unknown) =>
      log.warn({ err, prefix }, 'it could not be noted that an API key was used'),
    );
  };
}

async function look({ store }: Context, endpoint: string, delivery: string): Promise<Became | null> {
  const found = await acknowledgmentsOf(store.db, delivery);
  if (found === null || found.endpoint !== endpoint) return null;
  if (!found.translated || found.pending) return { state: 'waiting' };
  if (found.held) return { state: 'held' };
  if (found.transmissions.length === 0) return { state: 'unanswered' };
  const parts = await Promise.all(found.transmissions.map((id) => transmissionBytes(store.db, id)));
  return { state: 'acknowledged', bytes: Buffer.concat(parts) };
}
