/** out/ at the built-in SFTP server: what we send to a hosted partner is put there, until it is taken away or too old. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { HostedEndpoint } from '../partner/endpoint.ts';
import { insertEvents } from '../store/events.ts';
import { dropOldHostedFiles, type HostedFileRow, putHostedFile } from '../store/hosted-files.ts';
import { safeName } from '../transport/names.ts';
import { type Context, spanMs } from './context.ts';

/** How long a file of theirs may wait for its final name, in milliseconds. */
const unfinishedMs = 7 * 24 * 3_600_000;

/** Puts a file into out/, durably; the same name again replaces the same file. @throws UnsafeName; the database's errors */
export async function placeOut(
  { store }: Context,
  endpoint: string,
  name: string,
  bytes: Buffer,
): Promise<void> {
  const digest = createHash('sha256').update(bytes).digest();
  const file = { endpoint, folder: 'out', name: safeName(name), size: bytes.length, digest } as const;
  await store.transaction((tx) => putHostedFile(tx, file, Readable.from([bytes])));
}

/** Takes away what has lain too long in either folder. What nobody fetched is written down. */
export async function dropOldFiles(context: Context): Promise<void> {
  const hosted = context.partners.endpoints.flatMap((one) => (one.type === 'hosted' ? [one] : []));
  for (const endpoint of hosted) {
    await context.store.transaction(async (tx) => {
      const unfetched = await dropOldHostedFiles(tx, endpoint.name, 'out', spanMs(endpoint.keep));
      const unfinished = await dropOldHostedFiles(tx, endpoint.name, 'in', unfinishedMs);
      await insertEvents(tx, [
        ...unfetched.map((file) => dropped(endpoint, 'hosted-never-fetched', file)),
        ...unfinished.map((file) => dropped(endpoint, 'hosted-never-finished', file)),
      ]);
    });
  }
}

function dropped(
  { name: endpoint, partners }: HostedEndpoint,
  kind: string,
  { name, size, at }: HostedFileRow,
) {
  const partner = partners.length === 1 ? (partners[0] as string) : null;
  return { kind, partner, data: { endpoint, name, size: Number(size), at } };
}
