/** One file of evidence. Its path is made of our own numbers alone: what partners call things is data, never a path. */

export interface Exhibit {
  /** Small letters, digits, '/', '.' and '-'. */
  readonly path: string;
  /** What it shows, for people. */
  readonly what: string;
  /** When that happened. */
  readonly at: Date;
  /** What stands beside it in the list of files: the name that a partner gave. */
  readonly about?: Readonly<Record<string, string>>;
  /** As noted when the bytes came or were made; null: made of rows now. */
  readonly noted: { readonly size: number; readonly digest: Buffer } | null;
  bytes(): AsyncIterable<Buffer>;
}

/** Bytes that are stored, with the size and the SHA-256 that were noted when they were. */
export function bytesExhibit(
  facts: Pick<Exhibit, 'path' | 'what' | 'at' | 'about'> & { readonly size: number; readonly digest: Buffer },
  bytes: () => AsyncIterable<Buffer>,
): Exhibit {
  const { size, digest, ...shown } = facts;
  return { ...shown, noted: { size, digest }, bytes };
}

/** Bytes that nothing was noted of besides. */
export function plainExhibit(
  path: string,
  what: string,
  at: Date,
  bytes: () => AsyncIterable<Buffer>,
): Exhibit {
  return { path, what, at, noted: null, bytes };
}

/** A value as indented JSON: digests in hex digits, times in ISO 8601. */
export function jsonExhibit(path: string, what: string, at: Date, value: unknown): Exhibit {
  return plainExhibit(path, what, at, async function* () {
    yield Buffer.from(jsonOf(value));
  });
}

export function jsonOf(value: unknown): string {
  return `${JSON.stringify(plain(value), null, 2)}\n`;
}

function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
