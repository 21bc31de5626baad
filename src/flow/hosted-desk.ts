/**
 * The built-in SFTP server on the road: accounts from partner.yaml, files from the store, what partners put there to receive.
 * Nothing of it lies on a disk of ours, so any process serves any partner.
 */
import { Readable } from 'node:stream';
import { type HostedEndpoint, loginOf } from '../partner/endpoint.ts';
import type { Partners } from '../partner/partners.ts';
import { readChunks } from '../store/chunks.ts';
import { noteEndpoint } from '../store/endpoint-states.ts';
import { hostedPassword } from '../store/hosted-accounts.ts';
import {
  findHostedFile,
  type HostedFileRow,
  hostedPiece,
  listHostedFiles,
  noteHostedFetched,
  putHostedFile,
  readHosted,
  removeHostedFile,
  renameHostedFile,
} from '../store/hosted-files.ts';
import {
  claimReceived,
  findReceived,
  type HostedReceivedRow,
  hideReceived,
  hostedWaiting,
  listReceived,
  noteReceived,
  renameReceived,
} from '../store/hosted-received.ts';
import { isFinishedName } from '../transport/names.ts';
import {
  type HostedAccount,
  type HostedDesk,
  type HostedFile,
  HostedRefusal,
  type HostedSpace,
} from '../transport/sftp-server-desk.ts';
import type { Arrival } from '../transport/transport.ts';
import type { Context } from './context.ts';
import { createHostedBook, type HostedBook } from './hosted-book.ts';
import { receive } from './receive.ts';

/**
 * How long a file that was received is shown in in/, in milliseconds: clients look whether what they put there has its size.
 * As long, the same bytes under the same name are the same file.
 */
export const shownMs = 15 * 60_000;
/** How old a count of what waits may be, in milliseconds. */
const countMs = 1_000;

/** Opens the desk over a context, whose partners may change. */
export function openHostedDesk(context: Context): HostedDesk {
  const { db } = context.store;
  const book = createHostedBook(context);
  const accounts = accountsOf(context);
  const counts = new Map<string, { readonly space: HostedSpace; readonly atMs: number }>();
  return {
    account: (login) => accounts().get(login) ?? null,
    password: (endpoint) => hostedPassword(db, endpoint),
    async list({ endpoint }, folder, after, most) {
      const files = (await listHostedFiles(db, endpoint, folder, after, most)).map(fileOf);
      if (folder === 'out') return files;
      const received = await listReceived(db, endpoint, after, most, shownMs);
      return inOrder([...files, ...received.map(receivedFile)]).slice(0, most);
    },
    async find({ endpoint }, folder, name) {
      const file = await findHostedFile(db, endpoint, folder, name);
      if (file !== null) return fileOf(file);
      const received = folder === 'in' ? await findReceived(db, endpoint, name, shownMs) : null;
      return received === null ? null : receivedFile(received);
    },
    piece: (file, index) => hostedPiece(db, placeOf(file).id, index),
    content: (file) => contentOf(context, file),
    async waiting({ endpoint }) {
      const known = counts.get(endpoint);
      if (known !== undefined && performance.now() - known.atMs < countMs) return known.space;
      const space = await hostedWaiting(db, endpoint);
      counts.set(endpoint, { space, atMs: performance.now() });
      return space;
    },
    take(account, arrival, from) {
      counts.delete(account.endpoint);
      return take({ context, book, account, from }, arrival);
    },
    rename: (account, file, name, replace, from) =>
      rename({ context, book, account, from }, file, name, replace),
    remove: (account, file, from) => remove({ context, book, account, from }, file),
    async fetched({ endpoint }, file, from) {
      const { name, size } = file;
      if (await noteHostedFetched(db, placeOf(file).id))
        await book.keep({ kind: 'fetched', endpoint, from, name, size });
    },
    note: (notice) => book.note(notice),
  };
}

/** The accounts by login, made anew when the partners are others. */
function accountsOf(context: Context): () => ReadonlyMap<string, HostedAccount> {
  let made: { readonly of: Partners; readonly accounts: ReadonlyMap<string, HostedAccount> } | null = null;
  return () => {
    const { partners } = context;
    if (made?.of.endpoints !== partners.endpoints) {
      const hosted = partners.endpoints.flatMap((one) => (one.type === 'hosted' ? [accountOf(one)] : []));
      // Where two partners claim one login, the one that is not held has it.
      const isHeld = ({ endpoint }: HostedAccount) => {
        const owner = partners.endpoint(endpoint)?.owner;
        return owner !== undefined && partners.heldBecause(owner) !== null;
      };
      const inOrderOfRight = [...hosted].sort((a, b) => Number(isHeld(b)) - Number(isHeld(a)));
      made = { of: partners, accounts: new Map(inOrderOfRight.map((account) => [account.login, account])) };
    }
    return made.accounts;
  };
}

function accountOf(endpoint: HostedEndpoint): HostedAccount {
  const { name, direction, keys, allowedFrom, quota } = endpoint;
  const folders = direction === 'both' ? (['in', 'out'] as const) : [direction];
  return { login: loginOf(endpoint), endpoint: name, folders, keys, allowedFrom, quota };
}

/** Who does something, and from where. */
interface Doing {
  readonly context: Context;
  readonly book: HostedBook;
  readonly account: HostedAccount;
  readonly from: string;
}

async function take(doing: Doing, arrival: Arrival): Promise<void> {
  if (isFinishedName(arrival.name)) return receiveFile(doing, arrival);
  const { context, account } = doing;
  const { name, size, digest } = arrival;
  await context.store.transaction((tx) =>
    putHostedFile(tx, { endpoint: account.endpoint, folder: 'in', name, size, digest }, arrival.open()),
  );
}

/**
 * Receives a file. Its number is kept first: when the answer is lost, or this process dies before it is given, the same file
 * sent again has the same number, and is the same delivery.
 */
async function receiveFile({ context, book, account, from }: Doing, arrival: Arrival): Promise<void> {
  const { endpoint } = account;
  const { name, size, digest } = arrival;
  const claim = await context.store.transaction((tx) =>
    claimReceived(tx, { endpoint, name, size, digest }, shownMs),
  );
  if (claim.deliveryId !== null) {
    await book.keep({ kind: 'uploaded-again', endpoint, from, name, size }, claim.deliveryId);
    return;
  }
  const source = `hosted:${claim.id}`;
  const { deliveryId } = await receive(context, endpoint, { ...arrival, source, open: () => arrival.open() });
  await noteReceived(context.store.db, claim.id, deliveryId);
  await noteEndpoint(context.store.db, endpoint, 'received_at');
  await book.keep({ kind: 'uploaded', endpoint, from, name, size }, deliveryId);
}

async function rename(doing: Doing, file: HostedFile, name: string, replace: boolean): Promise<void> {
  const { context, account } = doing;
  const { endpoint } = account;
  const place = placeOf(file);
  if (place.kind === 'received') {
    await context.store.transaction((tx) => renameReceived(tx, endpoint, place.id, name));
    return;
  }
  if (isFinishedName(name)) return receiveWaiting(doing, file, name);
  const done = await context.store.transaction((tx) =>
    renameHostedFile(tx, { endpoint, folder: 'in', id: place.id }, name, replace),
  );
  if (!done) throw new HostedRefusal('There is a file of that name already');
}

/** The file got its final name: it is received, and only then waits no longer. */
async function receiveWaiting(doing: Doing, file: HostedFile, name: string): Promise<void> {
  const { context, account } = doing;
  const { db } = context.store;
  const row = await findHostedFile(db, account.endpoint, 'in', file.name);
  if (row === null || row.id !== placeOf(file).id)
    throw new HostedRefusal('The file was taken away meanwhile');
  const { digest } = row;
  const open = () => Readable.from(readHosted(db, row.id));
  await receiveFile(doing, { name, source: null, size: file.size, digest, open });
  await removeHostedFile(db, row.id);
}

async function remove({ context, book, account, from }: Doing, file: HostedFile): Promise<boolean> {
  const { endpoint } = account;
  const { db } = context.store;
  const place = placeOf(file);
  const isGone =
    place.kind === 'received'
      ? await hideReceived(db, endpoint, file.name)
      : await removeHostedFile(db, place.id);
  const kind = file.folder === 'out' ? 'taken-away' : 'withdrawn';
  if (isGone) await book.keep({ kind, endpoint, from, name: file.name, size: file.size });
  return isGone;
}

/** Where a file's bytes are. */
type Place =
  | { readonly kind: 'file'; readonly id: string }
  | { readonly kind: 'received'; readonly id: string; readonly deliveryId: string };

function fileOf(row: HostedFileRow): HostedFile {
  const { id, folder, name, size, at } = row;
  return { id: `file ${id}`, folder, name, size: Number(size), at };
}

function receivedFile(row: HostedReceivedRow): HostedFile {
  const { id, name, size, at, delivery_id: delivery } = row;
  return { id: `received ${id} ${delivery}`, folder: 'in', name, size: Number(size), at };
}

function placeOf(file: HostedFile): Place {
  const [kind, id = '', deliveryId = ''] = file.id.split(' ');
  return kind === 'received' ? { kind, id, deliveryId } : { kind: 'file', id };
}

function contentOf({ store }: Context, file: HostedFile): AsyncIterable<Buffer> {
  const place = placeOf(file);
  return place.kind === 'received' ? readChunks(store.db, place.deliveryId) : readHosted(store.db, place.id);
}

/** By code point, as the store lists them; of two with one name the first. */
function inOrder(files: readonly HostedFile[]): HostedFile[] {
  const named = new Map([...files].reverse().map((file) => [file.name, file]));
  return [...named.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
