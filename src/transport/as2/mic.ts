/** The MIC of a message (RFC 4130, 7.3.1 and 7.4.3): what it is named by, and over which bytes is unwrap's and wrap's business. */
import type { Bytes, Digest, Mic } from './as2.ts';
import { digestsOf } from './piece.ts';

const all = ['sha-1', 'sha-256', 'sha-384', 'sha-512'] as const satisfies readonly Digest[];
const sizes: ReadonlyMap<number, Digest> = new Map([
  [20, 'sha-1'],
  [32, 'sha-256'],
  [48, 'sha-384'],
  [64, 'sha-512'],
]);

/** Base64 of the MIC in every digest: products differ in which they answer with. */
export type Mics = Readonly<Record<Digest, string>>;

/** A digest by any of its spellings: sha256, SHA-256, sha2-256, rsa-sha256, "sha_256". null: one that nobody here knows. */
export function digestNamed(name: string): Digest | null {
  const bits = /^(?:rsa)?sha2?(1|256|384|512)$/.exec(name.toLowerCase().replace(/[-_\s"']/g, ''))?.[1];
  return all.find((digest) => digest === `sha-${bits}`) ?? null;
}

/** How a digest is spelled: RFC 5751 has sha-256, RFC 3851 sha256. Who still needs SHA-1 knows it as RFC 4130's sha1. */
export function nameOf(digest: Digest, spelling: 'sha-256' | 'sha256'): string {
  return spelling === 'sha256' || digest === 'sha-1' ? digest.replace('-', '') : digest;
}

/** The MIC of some bytes in one digest. */
export async function micOf(bytes: Bytes, digest: Digest): Promise<Mic> {
  const [value] = await digestsOf(bytes, [digest]);
  return micFrom(digest, value as Buffer);
}

/** The MIC of some bytes in every digest, in one pass. */
export async function micsOf(bytes: Bytes): Promise<Mics> {
  const values = await digestsOf(bytes, all);
  const named = all.map((digest, index) => [digest, (values[index] as Buffer).toString('base64')]);
  return Object.fromEntries(named) as Record<Digest, string>;
}

/** A MIC of a digest that is known. */
export function micFrom(digest: Digest, value: Buffer): Mic {
  return { digest, value: value.toString('base64') };
}

/** Whether theirs is ours, in whichever digest they chose. */
export function sameMic(ours: Readonly<Partial<Record<Digest, string>>>, theirs: Mic): boolean {
  const value = ours[theirs.digest];
  return value !== undefined && Buffer.from(value, 'base64').equals(Buffer.from(theirs.value, 'base64'));
}

/**
 * Reads `value, algorithm` (RFC 4130, 7.4.3). Where the algorithm is missing, the length of the value tells it.
 * @returns null when it is no MIC that we could compute
 */
export function readMic(text: string): Mic | null {
  if (text.length > 200) return null;
  const match = /^([A-Za-z0-9+/\s]{20,120}={0,2})\s*(?:,\s*(\S.*?)?)?\s*$/.exec(text.trim());
  if (match === null) return null;
  const value = Buffer.from((match[1] as string).replace(/\s/g, ''), 'base64');
  const bySize = sizes.get(value.length) ?? null;
  const digest = match[2] === undefined ? bySize : digestNamed(match[2]);
  return digest === null || digest !== bySize ? null : micFrom(digest, value);
}

/** Writes `value, algorithm`. */
export function writeMic(mic: Mic, spelling: 'sha-256' | 'sha256'): string {
  return `${mic.value}, ${nameOf(mic.digest, spelling)}`;
}
