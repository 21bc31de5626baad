/** Two houses that speak AS2 over real HTTP on loopback; each keeps its desk in memory and tells what happened there. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kept, Packing, Piece, Workshop } from '../../../src/transport/as2/as2.ts';
import type {
  Agreed,
  As2Desk,
  Before,
  MdnEvidence,
  Notice,
  Opened,
  Pending,
  RawRequest,
  StoredMdn,
  Verdict,
} from '../../../src/transport/as2/desk.ts';
import { createAs2Handler } from '../../../src/transport/as2/handler.ts';
import type { As2Terms } from '../../../src/transport/as2/handler-terms.ts';
import { judgeMdn } from '../../../src/transport/as2/judge.ts';
import { newMessageId } from '../../../src/transport/as2/names.ts';
import { collect, createWorkshop, pieceOf } from '../../../src/transport/as2/piece.ts';
import { createPoster, type Posted, type Poster, type Target } from '../../../src/transport/as2/post.ts';
import { writeReceiptRequest } from '../../../src/transport/as2/receipt-request.ts';
import { as2Headers } from '../../../src/transport/as2/request.ts';
import { wrap } from '../../../src/transport/as2/wrap.ts';
import { ownKey } from './certificates.ts';

export const noQuirks: Packing['quirks'] = {
  digestSpelling: 'sha-256',
  transferEncoding: 'binary',
  quoteFilename: true,
  algorithmProtection: true,
};
export const usual: Packing = {
  sign: 'sha-256',
  signature: 'pkcs1',
  encrypt: 'aes-256-cbc',
  keyTransport: 'pkcs1',
  compress: 'none',
  quirks: noQuirks,
};

/** One request that a desk has begun, and what became of it. */
export interface Row {
  readonly id: string;
  readonly request: Omit<RawRequest, 'body'>;
  state: 'begun' | 'accepted' | 'refused' | 'repeat' | 'conflict';
  modifier: string;
  payload: string;
  opened: Opened | null;
  answer: StoredMdn | null;
}

export interface MemoryDesk extends As2Desk {
  readonly partnerships: Agreed[];
  readonly rows: Row[];
  readonly notices: Notice[];
  readonly waiting: Map<string, Pending>;
  readonly arrived: { pending: Pending; verdict: Verdict; evidence: MdnEvidence }[];
  /** Asynchronous MDNs to be posted. */
  readonly queue: { readonly to: Agreed; readonly answer: StoredMdn }[];
}

/** What a partnership of `us` with `them` is in these tests: two keys, everything demanded that is usual. */
export function agreedWith(us: string, them: string, change: Partial<Agreed> = {}): Agreed {
  return {
    endpoint: `as2-${them}`,
    receives: true,
    us,
    them,
    demands: {
      signed: true,
      encrypted: true,
      digests: ['sha-256', 'sha-384', 'sha-512'],
      ciphers: ['aes-256-cbc', 'aes-192-cbc', 'aes-128-cbc', 'aes-256-gcm', 'aes-192-gcm', 'aes-128-gcm'],
      expired: false,
      mostBytes: 8 * 1024 * 1024,
    },
    signWith: ownKey('us').own,
    openWith: [ownKey('us').own],
    pinned: [ownKey('partner').certificate],
    encryptTo: ownKey('partner').certificate,
    deliverMdnTo: null,
    packing: { signature: 'pkcs1', quirks: noQuirks },
    ...change,
  };
}

/** The same agreement from the other side: its keys are the others'. */
export function mirrored(agreed: Agreed, change: Partial<Agreed> = {}): Agreed {
  return agreedWith(agreed.them, agreed.us, {
    demands: agreed.demands,
    signWith: ownKey('partner').own,
    openWith: [ownKey('partner').own],
    pinned: [ownKey('us').certificate],
    encryptTo: ownKey('us').certificate,
    ...change,
  });
}

/** A desk that promises what the real one promises, as long as the process lives. */
export function memoryDesk(partnerships: Agreed[]): MemoryDesk {
  const rows: Row[] = [];
  const queue: MemoryDesk['queue'] = [];
  const same = (a: Row['request'], b: Row['request']) =>
    a.us === b.us && a.them === b.them && a.messageId === b.messageId;
  const acceptedLike = (request: Row['request']) =>
    rows.find((row) => row.state === 'accepted' && same(row.request, request));
  const rowOf = (id: string) => rows[Number(id)] as Row;
  const agreedOf = ({ us, them }: { us: string; them: string }) =>
    partnerships.find((one) => one.us === us && one.them === them) ?? null;
  const finish = async (id: string, change: Partial<Row>) => {
    const row = Object.assign(rowOf(id), change);
    if (row.opened !== null) row.payload = (await collect(row.opened.payload.read())).toString('latin1');
    const to = agreedOf(row.request);
    if (row.answer?.how === 'async' && to !== null) queue.push({ to, answer: row.answer });
  };
  const beforeOf = ({ opened, answer }: Row): Before => ({
    digest: (opened as Opened).digest,
    mic: opened?.mic ?? null,
    answer,
  });
  const desk: MemoryDesk = {
    partnerships,
    rows,
    queue,
    notices: [],
    waiting: new Map(),
    arrived: [],
    partnership: async (names) => names.map(agreedOf).find((agreed) => agreed !== null) ?? null,
    begin: async ({ body: _, ...request }) => {
      const known = acceptedLike(request);
      if (known?.request.digest.equals(request.digest)) {
        const to = agreedOf(request);
        if (known.answer?.how === 'async' && to !== null) queue.push({ to, answer: known.answer });
        return { state: 'answered', answer: known.answer };
      }
      const id = String(rows.length);
      rows.push({ id, request, state: 'begun', modifier: '', payload: '', opened: null, answer: null });
      return { state: 'fresh', id, before: known === undefined ? null : beforeOf(known) };
    },
    accept: async (id, opened, answer) => {
      const { request } = rowOf(id);
      const known = acceptedLike(request);
      if (known?.request.digest.equals(request.digest)) return { state: 'accepted', answer: known.answer };
      if (known !== undefined) return { state: 'meanwhile', before: beforeOf(known) };
      await finish(id, { state: 'accepted', opened, answer });
      return { state: 'accepted', answer };
    },
    refuse: (id, { modifier }, answer) => finish(id, { state: 'refused', modifier, answer }),
    repeat: (id, opened, answer) => finish(id, { state: 'repeat', opened, answer }),
    conflict: (id, opened, { modifier }, answer) =>
      finish(id, { state: 'conflict', modifier, opened, answer }),
    pending: async (id) => desk.waiting.get(id) ?? null,
    mdnArrived: async (pending, verdict, evidence) => {
      desk.arrived.push({ pending, verdict, evidence });
      if (verdict.kind === 'confirmed') desk.waiting.set(pending.messageId, { ...pending, settled: true });
    },
    notice: async (notice) => void desk.notices.push(notice),
  };
  return desk;
}

export interface House {
  readonly desk: MemoryDesk;
  readonly url: string;
  readonly server: Server;
  /** Pieces that nobody has removed. */
  readonly left: ReadonlySet<Kept>;
  /** What went wrong in the handler itself; tests expect none. */
  readonly errors: unknown[];
  /** Every request so far is done with. */
  idle(): Promise<unknown>;
  close(): Promise<void>;
}

let pieces = 0;
/** A workshop in the system's folder for temporary files, which counts what is left behind. */
export function countingWorkshop(): Workshop & { readonly left: Set<Kept> } {
  const left = new Set<Kept>();
  const inner = createWorkshop(() => join(tmpdir(), `portolan-as2-${process.pid}-${++pieces}.spool`));
  return {
    left,
    keep: async (bytes, most) => {
      const kept = await inner.keep(bytes, most);
      const counted: Kept = {
        size: kept.size,
        read: (from, to) => kept.read(from, to),
        remove: async () => {
          left.delete(counted);
          await kept.remove();
        },
      };
      left.add(counted);
      return counted;
    },
  };
}

/** Opens a house on a port of its own. */
export async function openHouse(
  partnerships: Agreed[],
  terms: Partial<As2Terms> = {},
  tls: ServerOptions | null = null,
): Promise<House> {
  const desk = memoryDesk(partnerships);
  const errors: unknown[] = [];
  const served: Promise<void>[] = [];
  const workshop = countingWorkshop();
  const log = { error: (entry: unknown) => errors.push(entry), info: () => undefined, warn: () => undefined };
  const handle = createAs2Handler({
    desk,
    workshop,
    log: log as unknown as NonNullable<As2Terms['log']>,
    ...terms,
  });
  const mounted = (request: IncomingMessage, response: ServerResponse) =>
    void served.push(handle(request, response));
  const server = tls === null ? createServer(mounted) : (createTlsServer(tls, mounted) as unknown as Server);
  server.on('checkContinue', mounted);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    desk,
    server,
    left: workshop.left,
    errors,
    idle: () => Promise.all(served),
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}/as2`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await Promise.all(served);
    },
  };
}

export type Ask = {
  readonly how: 'none' | 'sync' | 'async';
  readonly signed: boolean;
  readonly returnTo?: string;
};

export interface Sending {
  readonly payload: Buffer;
  readonly packing?: Packing;
  readonly ask?: Ask;
  readonly filename?: string | null;
  readonly messageId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly target?: Partial<Target>;
}

export interface Sent {
  readonly messageId: string;
  readonly pending: Pending;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const poster: Poster = createPoster();

export function targetOf(url: string, change: Partial<Target> = {}): Target {
  return {
    url,
    login: null,
    clientKey: null,
    authority: null,
    chunked: false,
    expectContinue: false,
    ...change,
  };
}

/** Packs a message as the sender's side of the agreement, and makes its desk wait for the MDN. */
export async function pack(desk: MemoryDesk, agreed: Agreed, sending: Sending): Promise<Sent> {
  const { payload, packing = usual, ask = { how: 'sync', signed: true }, filename = 'order.edi' } = sending;
  const workshop = countingWorkshop();
  const now = new Date();
  const messageId = sending.messageId ?? newMessageId(agreed.us, now);
  const wrapped = await wrap({
    payload: pieceOf(payload),
    contentType: 'application/edi-x12',
    filename,
    packing,
    signWith: agreed.signWith,
    encryptTo: agreed.encryptTo,
    workshop,
    now,
  });
  const body = await collect(wrapped.body.read());
  await wrapped.body.remove();
  const digest = packing.sign === 'none' ? 'sha-256' : packing.sign;
  const { how, signed, returnTo } = { returnTo: 'http://127.0.0.1:9/as2', ...ask };
  const receipt =
    how === 'none'
      ? {}
      : writeReceiptRequest({
          signed,
          digest,
          spelling: 'sha-256',
          returnTo: how === 'async' ? returnTo : null,
        });
  const headers = { ...as2Headers(agreed.us, agreed.them, messageId, now), ...wrapped.headers, ...receipt };
  const asked = { signed, how: how === 'async' ? ('async' as const) : ('sync' as const) };
  const pending = {
    id: messageId,
    messageId,
    partnership: agreed,
    mics: wrapped.mics,
    asked,
    settled: false,
  };
  desk.waiting.set(messageId, pending);
  return { messageId, pending, headers: { ...headers, ...sending.headers }, body };
}

/** Posts what was packed. */
export function post(
  url: string,
  sent: Pick<Sent, 'headers' | 'body'>,
  target: Partial<Target> = {},
): Promise<Posted> {
  const body: Piece = pieceOf(sent.body);
  return poster.post(targetOf(url, target), { headers: sent.headers, body });
}

/** Packs, posts, and judges the MDN of the answer. */
export async function send(
  desk: MemoryDesk,
  agreed: Agreed,
  url: string,
  sending: Sending,
): Promise<{ sent: Sent; posted: Posted; verdict: Verdict }> {
  const sent = await pack(desk, agreed, sending);
  const posted = await post(url, sent, sending.target);
  const verdict = await judgeMdn(posted, sent.pending, { now: new Date() });
  return { sent, posted, verdict };
}

/** Posts the asynchronous MDNs that wait. */
export async function deliver(desk: MemoryDesk): Promise<Posted[]> {
  const posted: Posted[] = [];
  for (const { to, answer } of desk.queue.splice(0)) {
    posted.push(await post(to.deliverMdnTo as string, { headers: { ...answer.headers }, body: answer.body }));
  }
  return posted;
}

/** Ends the connections that the tests kept open. */
export function closePoster(): void {
  poster.close();
}
