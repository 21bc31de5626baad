import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync } from 'node:zlib';
import {
  compress,
  decompress,
  freeBytes,
  mostInflation,
} from '../../../src/transport/as2/compressed-data.ts';
import {
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
} from '../../../src/transport/as2/der.ts';
import { contentTypes } from '../../../src/transport/as2/oids.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { inBer } from './cms-forge.ts';

const most = 50_000_000;
const edi = Buffer.from("LIN+1++4000862141404:EN'QTY+21:48'");

/** Made with Python: zlib.compress(b'ISA*00*          ~' * 40), wrapped by hand. */
const foreign = Buffer.from(
  `304e060b2a864886f70d0109100109a03f303d020100300d060b2a864886f70d0109100308302906092a864886f7
   0d010701a01c041a789cf30c76d43230d05280833acf51915191212b0200a3068459`.replaceAll(/\s/g, ''),
  'hex',
);

/** A CompressedData of which every part can be another. */
function forge(
  zlib: Buffer,
  {
    type = contentTypes.compressedData as string,
    algorithm = '1.2.840.113549.1.9.16.3.8',
    inner = contentTypes.data as string,
  } = {},
) {
  const content = sequence(objectIdentifier(inner), tagged(0, octetString(zlib)));
  const data = sequence(integer(0), sequence(objectIdentifier(algorithm)), content);
  return sequence(objectIdentifier(type), tagged(0, data));
}

const opened = (cms: Buffer, limits: { most: number; ratio?: number } = { most }) =>
  collect(decompress(pieceOf(cms).read(), limits));

describe('Compressed data', () => {
  it('comes out as it went in, small and large', async () => {
    for (const content of [
      Buffer.alloc(0),
      Buffer.from('x'),
      Buffer.alloc(64 * 1024, edi),
      Buffer.alloc(64 * 1024 + 1, edi),
      Buffer.alloc(3_000_000, edi),
      randomBytes(1_000_000),
    ]) {
      const cms = await collect(compress(pieceOf(content)));
      assert.ok((await opened(cms)).equals(content), `${content.length} bytes`);
    }
  });

  it('of others is read, in DER and in BER', async () => {
    assert.equal((await opened(foreign)).toString(), 'ISA*00*          ~'.repeat(40));
    const content = randomBytes(200_000);
    for (const zlib of [
      deflateSync(content),
      deflateSync(content, { level: 0 }),
      deflateSync(content, { windowBits: 9 }),
    ]) {
      assert.ok((await opened(forge(zlib))).equals(content));
      assert.ok((await opened(inBer(forge(zlib)))).equals(content));
    }
  });

  it('never gives more than is taken', async () => {
    for (const size of [10_000, 500_000]) {
      const cms = await collect(compress(pieceOf(randomBytes(size))));
      assert.equal((await opened(cms, { most: size })).length, size);
      await assert.rejects(opened(cms, { most: size - 1 }), tooLarge);
    }
  });

  it('never gives more than its ratio allows, beyond what is free', async () => {
    const zeros = forge(deflateSync(Buffer.alloc(freeBytes)));
    assert.equal((await opened(zeros)).length, freeBytes);
    const wire = 16_000;
    const much = deflateSync(Buffer.alloc(1024 * wire));
    assert.ok(much.length < wire);
    await assert.rejects(opened(forge(much)), tooLarge);
    assert.equal((await opened(forge(much), { most, ratio: 1100 })).length, 1024 * wire);
    // It is stopped as soon as it is seen.
    let given = 0;
    const giving = async () => {
      for await (const chunk of decompress(pieceOf(forge(much)).read(), { most })) given += chunk.length;
    };
    await assert.rejects(giving(), tooLarge);
    assert.ok(given <= freeBytes + mostInflation * much.length + 100, `${given}`);
  });

  it('lets blank-filled records pass', async () => {
    const record = (line: number) =>
      `${`${line}`.padEnd(20)}${createHash('md5').update(`${line}`).digest('hex').slice(0, 8)}`.padEnd(400);
    const content = Buffer.from(Array.from({ length: 20_000 }, (_, line) => record(line)).join('\n'));
    const cms = await collect(compress(pieceOf(content)));
    assert.ok((await opened(cms)).equals(content));
    assert.ok(content.length / cms.length > 25, `${content.length / cms.length}`);
  });

  const zlib = deflateSync(randomBytes(1000));
  const large = deflateSync(randomBytes(200_000));
  const broken: [string, Buffer, string][] = [
    ['nothing', Buffer.alloc(0), 'decompression-failed'],
    ['another type', forge(zlib, { type: contentTypes.data }), 'unsupported-format'],
    ['another algorithm', forge(zlib, { algorithm: '1.2.3' }), 'unsupported-format'],
    ['another content', forge(zlib, { inner: contentTypes.signedData }), 'unsupported-format'],
    ['no zlib', forge(randomBytes(100)), 'decompression-failed'],
    ['no zlib, large', forge(Buffer.alloc(100_000, 'no')), 'decompression-failed'],
    ['deflate without zlib', forge(deflateRawSync(Buffer.alloc(1000))), 'decompression-failed'],
    ['cut', forge(zlib.subarray(0, 500)), 'decompression-failed'],
    ['cut, large', forge(large.subarray(0, 150_000)), 'decompression-failed'],
    ['without check sum', forge(large.subarray(0, -4)), 'decompression-failed'],
    [
      'with a wrong check sum',
      forge(Buffer.concat([zlib.subarray(0, -1), Buffer.of((zlib.at(-1) as number) ^ 1)])),
      'decompression-failed',
    ],
    ['followed by more', forge(Buffer.concat([zlib, Buffer.from('more')])), 'decompression-failed'],
    ['followed by more, large', forge(Buffer.concat([large, Buffer.alloc(200_000)])), 'decompression-failed'],
    ['cut outside', forge(large).subarray(0, 150_000), 'decompression-failed'],
    ['followed outside', Buffer.concat([forge(large), Buffer.of(0)]), 'decompression-failed'],
    [
      'with a dictionary',
      forge(deflateSync(Buffer.alloc(100), { dictionary: Buffer.alloc(32) })),
      'decompression-failed',
    ],
    ['empty', forge(Buffer.alloc(0)), 'decompression-failed'],
    ['without content', element(0x30, objectIdentifier(contentTypes.compressedData)), 'decompression-failed'],
  ];
  for (const [what, cms, modifier] of broken) {
    it(`is refused: ${what}`, () => assert.rejects(opened(cms), { name: 'Refusal', modifier }));
  }

  it('lets go of its source when nobody reads on, or the source fails', async () => {
    let closed = 0;
    async function* source(fails: boolean) {
      try {
        const cms = forge(deflateSync(randomBytes(1_000_000)));
        for (let at = 0; at < cms.length; at += 50_000) yield cms.subarray(at, at + 50_000);
        if (fails) throw new Error('disk gone');
      } finally {
        closed++;
      }
    }
    for await (const _ of decompress(source(false), { most })) break;
    assert.equal(closed, 1);
    async function* failing() {
      for await (const chunk of source(true)) yield chunk.subarray(0, 49_000);
    }
    await assert.rejects(collect(decompress(failing(), { most })), { name: 'Refusal' });
    assert.equal(closed, 2);
    async function* gone() {
      yield forge(deflateSync(randomBytes(1_000_000))).subarray(0, 200_000);
      throw new Error('disk gone');
    }
    await assert.rejects(collect(decompress(gone(), { most })), /disk gone/);
    await assert.rejects(collect(compress({ size: 1_000_000, read: gone })), /disk gone/);
  });
});

function tooLarge(error: unknown): boolean {
  const { modifier, message } = error as { modifier?: string; message: string };
  return modifier === 'decompression-failed' && /larger/.test(message);
}
