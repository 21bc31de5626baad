/**
 * The file of a backup: gzip over lines of JSON. First the header, then for each table a line that names it and its rows,
 * an array of PostgreSQL's text values each, last the number of rows and the SHA-256 of every line before.
 */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline as pipe } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Why a backup is not made or put back, in a sentence for whoever wants it. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

export interface Header {
  readonly portolan: 'backup';
  readonly format: 1;
  /** When the backup's moment was, ISO 8601. */
  readonly at: string;
  readonly migrations: readonly string[];
}

export type RowText = readonly (string | null)[];
export type Line =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly row: RowText; readonly length: number };

interface Trailer {
  readonly rows: number;
  readonly sha256: string;
}

/** Only we read it: it holds orders and the hashes of keys. */
const fileMode = 0o600;
const gzipLevel = 6;
const newline = 0x0a;

/** Writes lines; the file gets its name once it is whole and on disk. */
export async function writeBackupFile(file: string, lines: AsyncIterable<Line>): Promise<number> {
  const unfinished = `${file}.unfinished`;
  const count = { rows: 0 };
  try {
    await pipeline(
      encode(lines, count),
      createGzip({ level: gzipLevel }),
      createWriteStream(unfinished, { mode: fileMode }),
    );
    const handle = await open(unfinished);
    await handle.sync();
    await handle.close();
    await rename(unfinished, file);
    return count.rows;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Reads lines back. The end throws when the file was cut or changed: act on what came before only in a transaction. */
export async function* readBackupFile(file: string): AsyncGenerator<Line> {
  const hash = createHash('sha256');
  let rows = 0;
  let ended = false;
  for await (const text of textLines(file)) {
    if (ended) throw new BackupRefused(`${file}: there are lines after its end`);
    const value: unknown = parse(text, file);
    if (isTrailer(value)) {
      checkTrailer(file, value, rows, hash);
      ended = true;
      continue;
    }
    hash.update(text).update('\n');
    const line = lineOf(value, text.length);
    if (line.kind === 'row') rows++;
    yield line;
  }
  if (!ended) throw new BackupRefused(`${file}: the end is missing; the file was cut`);
}

async function* encode(lines: AsyncIterable<Line>, count: { rows: number }): AsyncGenerator<string> {
  const hash = createHash('sha256');
  for await (const line of lines) {
    const text = `${JSON.stringify(valueFor(line))}\n`;
    if (line.kind === 'row') count.rows++;
    hash.update(text);
    yield text;
  }
  yield `${JSON.stringify({ rows: count.rows, sha256: hash.digest('hex') } satisfies Trailer)}\n`;
}

function valueFor(line: Line): unknown {
  if (line.kind === 'header') return line.header;
  return line.kind === 'row' ? line.row : { table: line.table, columns: line.columns };
}

function lineOf(value: unknown, length: number): Line {
  if (Array.isArray(value)) return { kind: 'row', row: value, length };
  if (typeof value === 'object' && value !== null && 'table' in value) {
    const { table, columns } = value as { table: string; columns: string[] };
    return { kind: 'table', table, columns };
  }
  return { kind: 'header', header: value as Header };
}

const isTrailer = (value: unknown): value is Trailer =>
  typeof value === 'object' && value !== null && 'sha256' in value;

function checkTrailer(file: string, { rows, sha256 }: Trailer, found: number, hash: Hash): void {
  if (rows !== found || sha256 !== hash.digest('hex'))
    throw new BackupRefused(`${file}: the checksum differs; the file was changed`);
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BackupRefused(`${file}: a line is no JSON; this is no backup, or it was changed`, {
      cause: error,
    });
  }
}

async function* textLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  await once(source, 'open');
  const bytes = createGunzip();
  // The error goes on to whoever reads `bytes`.
  pipe(source, bytes, () => {});
  let held: Buffer[] = [];
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
        yield Buffer.concat([...held, chunk.subarray(from, to)]).toString('utf8');
        held = [];
        from = to + 1;
      }
      if (from < chunk.length) held.push(chunk.subarray(from));
    }
  } catch (error) {
    throw new BackupRefused(`${file}: ${(error as Error).message}; the file was cut or is no backup`, {
      cause: error,
    });
  }
  if (held.length > 0) yield Buffer.concat(held).toString('utf8');
}
