/** How a simulated partner's files travel: a directory that the gateway reads, or a POST; answers lie in a directory. */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Mail {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Sends files one way and collects them the other. */
export interface Carrier {
  send(name: string, bytes: Buffer): Promise<void>;
  /** Takes every complete file, oldest first, and moves it to `taken/` beside the mailbox, so that it is read once. */
  collect(): Promise<readonly Mail[]>;
}

/**
 * A mailbox on disk: an SFTP server's root, or two folders.
 * @param folders `outgoing`: where the gateway finds our orders; `incoming`: where it puts its answers
 */
export function mailbox(folders: { readonly outgoing: string; readonly incoming: string }): Carrier {
  return {
    send: (name, bytes) => putWhole(folders.outgoing, name, bytes),
    collect: () => takeAll(folders.incoming),
  };
}

/**
 * Plain HTTP: orders are posted to the gateway's `POST /edi`; answers lie in a folder.
 * @param options `url` of the route, `key` the API key that names us, `incoming` the folder of answers
 */
export function post(options: {
  readonly url: string;
  readonly key: string;
  readonly incoming: string;
}): Carrier {
  return {
    send: (name, bytes) => postOnce(options, name, bytes),
    collect: () => takeAll(options.incoming),
  };
}

const requestTimeoutMs = 30_000;

async function postOnce(
  to: { readonly url: string; readonly key: string },
  name: string,
  bytes: Buffer,
): Promise<void> {
  const answer = await fetch(to.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${to.key}`,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
    },
    body: new Uint8Array(bytes),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const text = await answer.text();
  if (answer.status !== 202 && answer.status !== 200)
    throw new Error(`POST ${to.url} answered ${answer.status}: ${text.slice(0, 300)}`);
}

/** Writes beside the final place and renames, so that nobody ever sees half a file. */
async function putWhole(folder: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `.${name}.part`);
  await writeFile(partial, bytes);
  await rename(partial, join(folder, name));
}

const unfinished = /^\.|\.(tmp|part|filepart|writing)$/i;

async function takeAll(folder: string): Promise<readonly Mail[]> {
  const taken = join(folder, '..', 'taken');
  await mkdir(folder, { recursive: true });
  await mkdir(taken, { recursive: true });
  const mails: Mail[] = [];
  for (const name of await oldestFirst(folder)) {
    mails.push({ name, bytes: await readFile(join(folder, name)) });
    await rename(join(folder, name), await freeName(taken, name));
  }
  return mails;
}

async function oldestFirst(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !unfinished.test(entry.name));
  const dated = await Promise.all(
    files.map(async ({ name }) => ({ name, at: (await stat(join(folder, name), { bigint: true })).mtimeNs })),
  );
  return dated.sort(byTimeThenName).map(({ name }) => name);
}

function byTimeThenName(a: { name: string; at: bigint }, b: { name: string; at: bigint }): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** A name may come again (a retransmission): both files are kept. */
async function freeName(folder: string, name: string): Promise<string> {
  const names = new Set(await readdir(folder));
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : `${name}.${copy}`;
    if (!names.has(candidate)) return join(folder, candidate);
  }
}
