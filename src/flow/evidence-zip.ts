/**
 * Evidence as one zip file, written as it is read: no file of it is ever whole in memory. The same evidence gives the same
 * bytes, on any machine: names are sorted, times are those of what is shown, in UTC.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Evidence } from './evidence.ts';
import { type Exhibit, jsonOf } from './exhibit.ts';

/** A file that is in the zip. */
export interface WrittenFile extends Pick<Exhibit, 'path' | 'what' | 'at' | 'about'> {
  readonly size: number;
  /** In small hex digits. */
  readonly sha256: string;
}

/** What people read, made once all digests are known. */
export type Pages = (
  evidence: Evidence,
  files: readonly WrittenFile[],
) => Readonly<Record<'README.txt' | 'index.html', string>>;

/** Bytes in the database are not those that were noted when they came: the text says which. */
export class EvidenceDiffers extends Error {
  override readonly name = 'EvidenceDiffers';
}

/**
 * Writes the zip.
 * @returns its bytes; the stream fails with EvidenceDiffers, or what the database throws
 */
export function zipEvidence(evidence: Evidence, pages: Pages): Readable {
  const zip = new ZipFile();
  const written: WrittenFile[] = [];
  const output = zip.outputStream as Readable;
  let current: Readable | null = null;
  output.once('close', () => current?.destroy());
  const add = (exhibit: Exhibit) =>
    zip.addReadStreamLazy(exhibit.path, { mtime: new UtcDate(exhibit.at), mode: 0o100644 }, (give) => {
      const bytes = Readable.from(metered(exhibit, written), { objectMode: false });
      // yazl hears of neither: that the bytes cannot be read, nor that nobody wants them any more.
      bytes.once('error', (error) => output.destroy(error));
      current = bytes;
      give(null, bytes);
    });
  for (const exhibit of evidence.exhibits) add(exhibit);
  for (const [path, what] of Object.entries(summaries)) {
    add({
      path,
      what,
      at: evidence.asOf,
      noted: null,
      async *bytes() {
        yield Buffer.from(summaryOf(path as keyof typeof summaries, evidence, written, pages));
      },
    });
  }
  zip.on('error', (error: Error) => output.destroy(error));
  zip.end();
  return output;
}

/** Written last, in this order: each may speak of those before it. */
const summaries = {
  'README.txt': 'What this is, and how it is checked',
  'index.html': 'What happened to the order, for people',
  'manifest.json': 'Each file with its time, size and SHA-256',
  SHA256SUMS: 'For sha256sum -c',
} as const;

function summaryOf(
  path: keyof typeof summaries,
  evidence: Evidence,
  written: readonly WrittenFile[],
  pages: Pages,
): string {
  if (path === 'manifest.json') return manifestOf(evidence, written);
  if (path === 'SHA256SUMS') return written.map((file) => `${file.sha256}  ${file.path}\n`).join('');
  const exhibits = written.filter((file) => !(file.path in summaries));
  return pages(evidence, exhibits)[path];
}

function manifestOf({ order, asOf, guides }: Evidence, files: readonly WrittenFile[]): string {
  const { id, number, partner, agreement, state } = order;
  return jsonOf({ evidence: 1, order: { id, number, partner, agreement, state }, asOf, guides, files });
}

/** The exhibit's bytes, counted and digested on the way. */
async function* metered(exhibit: Exhibit, written: WrittenFile[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of exhibit.bytes()) {
    hash.update(piece);
    size += piece.length;
    yield piece;
  }
  const sha256 = hash.digest('hex');
  const { path, what, at, about, noted } = exhibit;
  if (noted !== null && (noted.size !== size || noted.digest.toString('hex') !== sha256)) {
    const text = `${what}: what is stored has ${size} bytes and the SHA-256 ${sha256}; noted were ${noted.size} and ${noted.digest.toString('hex')}.`;
    throw new EvidenceDiffers(text);
  }
  written.push({ path, what, at, ...(about === undefined ? {} : { about }), size, sha256 });
}

/** The zip format's first time field has no zone, and yazl fills it by the machine's own: here it is UTC everywhere. */
class UtcDate extends Date {
  override getFullYear(): number {
    return this.getUTCFullYear();
  }
  override getMonth(): number {
    return this.getUTCMonth();
  }
  override getDate(): number {
    return this.getUTCDate();
  }
  override getHours(): number {
    return this.getUTCHours();
  }
  override getMinutes(): number {
    return this.getUTCMinutes();
  }
  override getSeconds(): number {
    return this.getUTCSeconds();
  }
}
