/** Messages in files, partnerships and a workshop for the tests of AS2's MIME. */
import { readFileSync } from 'node:fs';
import type {
  Bytes,
  Certificate,
  Demands,
  Kept,
  OwnKey,
  Packing,
  Partnership,
  Piece,
  Workshop,
} from '../../../src/transport/as2/as2.ts';
import { readCertificate, readOwnKey } from '../../../src/transport/as2/certificate.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { FileTooLarge } from '../../../src/transport/spool.ts';

export const now = new Date('2027-02-01T12:00:00Z');

/** An HTTP message: header fields as node gives them, and the body. */
export interface Message {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

/** Reads NAME.message as node's HTTP would, without any reader of ours. */
export function fixtureMessage(name: string): Message {
  return messageIn(fixture(`${name}.message`));
}

export function messageIn(bytes: Buffer): Message {
  const end = bytes.indexOf('\r\n\r\n');
  const lines = bytes
    .subarray(0, end)
    .toString('latin1')
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return { headers: Object.fromEntries(headers), body: bytes.subarray(end + 4) };
}

/** The MIC that openssl computed for a message of the fixtures. */
export function fixtureMic(name: string): { digest: string; value: string } {
  const line = fixture('mics.txt')
    .toString()
    .split('\n')
    .find((text) => text.startsWith(`${name} `));
  const [, digest, value] = (line ?? '').split(' ');
  return { digest: digest ?? '', value: value ?? '' };
}

export const harbour: Certificate = readCertificate(fixture('harbour.crt'));
export const harrow: OwnKey = readOwnKey(fixture('harrow.crt'), fixture('harrow.key'));
export const harbourKey: OwnKey = readOwnKey(fixture('harbour.crt'), fixture('harbour.key'));

export const demands: Demands = {
  signed: false,
  encrypted: false,
  digests: ['sha-1', 'sha-256', 'sha-384', 'sha-512'],
  ciphers: ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', '3des'],
  expired: false,
  mostBytes: 1024 * 1024,
};

/** Harbour sends to Harrow, which is us. */
export function partnership(wanted: Partial<Demands> = {}, changed: Partial<Partnership> = {}): Partnership {
  return {
    endpoint: 'harbour',
    us: 'HARROW',
    them: 'HARBOUR',
    demands: { ...demands, ...wanted },
    signWith: harrow,
    openWith: [harrow],
    pinned: [harbour],
    encryptTo: harbour,
    deliverMdnTo: null,
    ...changed,
  };
}

/** How Harbour packs. */
export function packing(changed: Partial<Packing> = {}, quirks: Partial<Packing['quirks']> = {}): Packing {
  return {
    sign: 'sha-256',
    signature: 'pkcs1',
    encrypt: 'aes-128-cbc',
    keyTransport: 'pkcs1',
    compress: 'none',
    quirks: {
      digestSpelling: 'sha-256',
      transferEncoding: 'binary',
      quoteFilename: true,
      algorithmProtection: true,
      ...quirks,
    },
    ...changed,
  };
}

/** A workshop that keeps in memory, in chunks of a size of one's own, and knows what was not removed. */
export function countingWorkshop(): Workshop & { readonly live: Set<Kept> } {
  const live = new Set<Kept>();
  return {
    live,
    async keep(bytes, most) {
      const whole = await collect(capped(bytes, most));
      const piece = pieceOf(whole);
      const kept: Kept = { ...piece, remove: async () => void live.delete(kept) };
      live.add(kept);
      return kept;
    },
  };
}

/** A piece that is read in chunks of so many bytes. */
export function inChunks(bytes: Buffer, chunk: number): Piece {
  return {
    size: bytes.length,
    async *read(from = 0, to = bytes.length): Bytes {
      for (let at = from; at < to; at += chunk) yield bytes.subarray(at, Math.min(at + chunk, to));
    },
  };
}

async function* capped(bytes: Bytes, most: number): Bytes {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) throw new FileTooLarge(most);
    yield chunk;
  }
}
