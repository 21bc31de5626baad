/** Valid CMS messages, what reads each, and ways to damage them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Bytes, type Cipher, type Digest, Refusal } from '../../../src/transport/as2/as2.ts';
import { compress, decompress } from '../../../src/transport/as2/compressed-data.ts';
import { set } from '../../../src/transport/as2/der.ts';
import { decrypt, encrypt } from '../../../src/transport/as2/enveloped-data.ts';
import { collect, digestsOf, pieceOf } from '../../../src/transport/as2/piece.ts';
import {
  digestsIn,
  openSigned,
  readSignedData,
  type SignedData,
  signDetached,
  verify,
} from '../../../src/transport/as2/signed-data.ts';
import { ownKey } from './certificates.ts';
import { forgeSigned, forgeSigner, inBer, retag, usualAttributes } from './cms-forge.ts';

/** A message and its reader, which gives the content, or throws. */
export interface Target {
  readonly name: string;
  readonly message: Buffer;
  /** Whether another content than the right one may come out: CBC proves nothing. */
  readonly provesContent: boolean;
  read(message: Buffer): Promise<Buffer>;
}

export type Mutation = (bytes: Buffer) => Buffer;

export const content = Buffer.from(
  'Content-Type: application/edi-x12\r\n\r\nISA*00*          *00*~'.repeat(30),
);
const most = 1_000_000;
const now = new Date('2026-06-01');
const digests: readonly Digest[] = ['sha-1', 'sha-256', 'sha-384', 'sha-512'];
const ciphers: readonly Cipher[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-256-gcm', '3des'];

/** One of each kind, in DER and in BER. */
export async function targets(): Promise<Target[]> {
  const us = ownKey('us');
  const partner = ownKey('partner');
  const [contentDigest] = (await digestsOf(pieceOf(content).read(), ['sha-256'])) as [Buffer];
  const terms = {
    digest: 'sha-256',
    contentDigest,
    key: partner.own,
    at: now,
    algorithmProtection: true,
  } as const;
  const opaque = forgeSigned([forgeSigner(content, { key: partner.own })], {
    opaque: true,
    content,
    certificates: [partner.certificate],
  });
  const encrypted = (cipher: Cipher, keyTransport: 'pkcs1' | 'oaep') =>
    collect(encrypt(pieceOf(content), { cipher, keyTransport, to: us.certificate }).bytes);
  const kept = [
    retag(0xa0, set(...Object.values(usualAttributes(content)))),
    us.certificate.issuer,
    partner.certificate.issuer,
    partner.certificate.der,
  ];
  const inDer: Target[] = [
    { ...detached, name: 'pkcs1 signature', message: signDetached({ ...terms, form: 'pkcs1' }) },
    { ...detached, name: 'pss signature', message: signDetached({ ...terms, form: 'pss' }) },
    { name: 'opaque signed data', provesContent: true, message: opaque, read: readOpaque },
    { ...sealed, name: 'aes-cbc', message: await encrypted('aes-128-cbc', 'pkcs1'), provesContent: false },
    { ...sealed, name: '3des', message: await encrypted('3des', 'oaep'), provesContent: false },
    { ...sealed, name: 'aes-gcm', message: await encrypted('aes-256-gcm', 'oaep') },
    {
      name: 'compressed',
      provesContent: true,
      message: await collect(compress(pieceOf(content))),
      read: inflated,
    },
  ];
  return inDer.flatMap((target) => {
    const ber = { ...target, name: `${target.name} in BER`, message: inBer(target.message, kept, 200) };
    // The signed attributes of ours are not among those kept: in BER they would not be read.
    return target.name.endsWith('signature') ? [target] : [target, ber];
  });
}

const detached = {
  provesContent: true,
  read: async (message: Buffer) => proven(readSignedData(message), content),
};
const sealed = { provesContent: true, read: opened };

async function readOpaque(message: Buffer): Promise<Buffer> {
  const { content: inside, finish } = openSigned(split(message));
  const bytes = await collect(inside);
  return proven(finish(), bytes);
}

async function proven(signed: SignedData, bytes: Buffer): Promise<Buffer> {
  const wanted = digestsIn(signed);
  const found = await digestsOf(pieceOf(bytes).read(), wanted);
  const partner = ownKey('partner').certificate;
  const contentDigests = new Map(wanted.map((digest, i) => [digest, found[i] as Buffer]));
  assert.equal(
    verify(signed, contentDigests, [partner], { digests, expired: false, now }).certificate,
    partner,
  );
  return bytes;
}

async function opened(message: Buffer): Promise<Buffer> {
  const { content: inside } = await decrypt(split(message), [ownKey('us').own], { ciphers });
  return collect(inside);
}

function inflated(message: Buffer): Promise<Buffer> {
  return collect(decompress(split(message), { most }));
}

async function* split(message: Buffer): Bytes {
  for (let at = 0; at < message.length; at += 333) yield message.subarray(at, at + 333);
}

/** Reads a damaged message: it must be refused, or give what it should. */
export async function expectRefusalOrContent(target: Target, damaged: Buffer): Promise<'refused' | 'read'> {
  try {
    const bytes = await target.read(damaged);
    assert.ok(target.provesContent || bytes.length <= damaged.length, 'more than came');
    assert.ok(!target.provesContent || bytes.equals(content), 'another content');
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const lengthOctet = fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x88, 0x89, 0xfe, 0xff);
const tagOctet = fc.constantFrom(0, 2, 3, 4, 5, 6, 0x1f, 0x24, 0x30, 0x31, 0x80, 0xa0, 0xa1, 0xa2, 0xbf);

/** One or a few damages: most near the beginning, where structure is. */
export const damages: fc.Arbitrary<Mutation> = fc
  .array(
    fc.oneof(
      fc.tuple(place, fc.nat(255)).map(([where, octet]) => overwrite(where, [octet])),
      fc.tuple(place, fc.nat(7)).map(([where, bit]) => flip(where, bit)),
      fc.tuple(place, lengthOctet).map(([where, octet]) => overwrite(where, [octet])),
      fc.tuple(place, tagOctet, lengthOctet).map(([where, ...octets]) => overwrite(where, octets)),
      fc.tuple(place, fc.nat(40)).map(([where, count]) => cut(where, count)),
      fc
        .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 12 }))
        .map(([where, octets]) => insert(where, octets)),
      fc.tuple(place, place, fc.nat(400)).map(([from, to, count]) => copy(from, to, count)),
      place.map((where) => (bytes: Buffer) => bytes.subarray(0, at(bytes, where))),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((mutations) => (bytes) => mutations.reduce((damaged, mutation) => mutation(damaged), bytes));

/** Half of the places lie in the first 100 octets. */
function at(bytes: Buffer, where: number): number {
  const reach = where < 0.5 ? Math.min(bytes.length, 100) : bytes.length;
  return Math.floor((where < 0.5 ? 2 * where : 2 * where - 1) * reach);
}

function overwrite(where: number, octets: readonly number[]): Mutation {
  return (bytes) => {
    const copied = Buffer.from(bytes);
    copied.set(octets.slice(0, bytes.length - at(bytes, where)), at(bytes, where));
    return copied;
  };
}

function flip(where: number, bit: number): Mutation {
  return (bytes) => overwrite(where, [(bytes[at(bytes, where)] ?? 0) ^ (1 << bit)])(bytes);
}

function cut(where: number, count: number): Mutation {
  return (bytes) =>
    Buffer.concat([bytes.subarray(0, at(bytes, where)), bytes.subarray(at(bytes, where) + count)]);
}

function insert(where: number, octets: Uint8Array): Mutation {
  return (bytes) =>
    Buffer.concat([bytes.subarray(0, at(bytes, where)), octets, bytes.subarray(at(bytes, where))]);
}

function copy(from: number, to: number, count: number): Mutation {
  return (bytes) => insert(to, bytes.subarray(at(bytes, from), at(bytes, from) + count))(bytes);
}
