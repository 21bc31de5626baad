import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bytes, Piece } from '../../../src/transport/as2/as2.ts';
import { Refusal } from '../../../src/transport/as2/as2.ts';
import { holdsMdn, readMdn, verifyMdn } from '../../../src/transport/as2/mdn.ts';
import { MimeError, readEntity } from '../../../src/transport/as2/mime.ts';
import { boundaryOf, partsOf } from '../../../src/transport/as2/multipart.ts';
import { filenameOf, mediaTypeOf } from '../../../src/transport/as2/parameters.ts';
import { collect } from '../../../src/transport/as2/piece.ts';
import { decoded, transferEncodingOf } from '../../../src/transport/as2/transfer-encoding.ts';
import { unwrap } from '../../../src/transport/as2/unwrap.ts';
import {
  countingWorkshop,
  fixture,
  fixtureMessage,
  harbour,
  inChunks,
  type Message,
  now,
  partnership,
} from './mime-messages.ts';

/** What MIME is made of, and what it should not be. */
const words = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  ':',
  ';',
  '=',
  '"',
  '\\',
  '*',
  '%e2',
  "'",
  '--',
  '--b',
  '\r\n--b',
  '\r\n--b--',
  '\r\n--b\r\n',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-Disposition',
  'multipart/signed',
  'multipart/report',
  'boundary=b',
  'application/pkcs7-mime',
  'application/pkcs7-signature',
  'smime-type=',
  'signed-data',
  'compressed-data',
  'base64',
  'quoted-printable',
  "filename*0*=utf-8''",
  'filename',
  'message/disposition-notification',
  'Disposition: a; processed',
  '\0',
  '\xff',
  'x',
  'Content-Type: multipart/signed; boundary=b\r\n\r\n',
  'Content-Type: application/pkcs7-mime\r\n\r\n0\x80\x06\x09',
];
const mime = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, fc.string({ maxLength: 9 })), {
    maxLength: 60,
  })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

const names = [
  'plain',
  'signed',
  'opaque',
  'encrypted',
  'signed-gcm',
  'signed-base64',
  'compressed-signed',
  'signed-compressed-encrypted',
];
const mdns = ['mdn-plain', 'mdn-signed'];

/** One change to bytes: some go, some come. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.nat({ max: 20 }),
  come: fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })),
});

function changedBy(bytes: Buffer, changes: readonly { at: number; gone: number; come: string }[]): Buffer {
  return changes.reduce((all, { at, gone, come }) => {
    const from = Math.floor(at * all.length);
    return Buffer.concat([all.subarray(0, from), Buffer.from(come, 'latin1'), all.subarray(from + gone)]);
  }, bytes);
}

/** Runs it; only these errors may come, and the piece may be read only so often. */
async function within(
  bytes: Buffer,
  chunk: number,
  allowed: readonly (new (...args: never[]) => Error)[],
  run: (piece: Piece) => Promise<unknown>,
) {
  let read = 0;
  const piece: Piece = {
    size: bytes.length,
    async *read(from, to): Bytes {
      for await (const part of inChunks(bytes, chunk).read(from, to)) {
        read += part.length;
        yield part;
      }
    },
  };
  await run(piece).catch((error: unknown) => {
    assert.ok(
      allowed.some((kind) => error instanceof kind),
      (error as Error).stack,
    );
  });
  assert.ok(read <= 10 * bytes.length + 1000, `${read} bytes were read of ${bytes.length}`);
}

async function opened({ headers }: Pick<Message, 'headers'>, body: Piece) {
  const workshop = countingWorkshop();
  const agreed = partnership({ mostBytes: 100_000 });
  try {
    const got = await unwrap({ headers, body }, agreed, { workshop, now, micDigests: [] });
    for (const kept of workshop.live) assert.ok(kept.size <= 100_000);
    await collect(got.payload.read());
    await got.evidence.decrypted?.remove();
    await got.payload.remove();
  } finally {
    assert.equal(workshop.live.size, 0, 'pieces were left');
  }
}

describe('whatever comes, the readers of MIME', () => {
  it('read it or refuse it: header, parameters, parts, codings', () =>
    fc.assert(
      fc.asyncProperty(mime, fc.integer({ min: 1, max: 50 }), (bytes, chunk) =>
        within(bytes, chunk, [MimeError], async (piece) => {
          const { fields, body } = await readEntity(piece);
          const named = filenameOf(fields);
          assert.ok(named === null || (named.length > 0 && !/\p{Cc}/u.test(named)));
          const type = mediaTypeOf(fields);
          await collect(decoded(body.read(), transferEncodingOf(fields)));
          if (type.value.startsWith('multipart/')) await partsOf(body, boundaryOf(type), 5);
        }),
      ),
      { numRuns: 200 },
    ));

  it('read it or refuse it: messages out of pieces', () =>
    fc.assert(
      fc.asyncProperty(
        mime,
        fc.constantFrom(...words),
        fc.integer({ min: 1, max: 50 }),
        (bytes, type, chunk) =>
          within(bytes, chunk, [Refusal], (piece) =>
            opened({ headers: { 'content-type': `${type}; boundary=b` } }, piece),
          ),
      ),
      { numRuns: 150 },
    ));

  it('read it or refuse it: true messages, damaged', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 10, max: 3000 }),
        (name, changes, chunk) => {
          const { headers, body } = fixtureMessage(name);
          return within(changedBy(body, changes), chunk, [Refusal], (piece) => opened({ headers }, piece));
        },
      ),
      { numRuns: 200 },
    ));

  it('never take a signed message that was changed for what it was', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom('signed', 'opaque', 'compressed-signed'),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        async (name, changes) => {
          const { headers, body } = fixtureMessage(name);
          const terms = { workshop: countingWorkshop(), now, micDigests: [] };
          const message = { headers, body: inChunks(changedBy(body, changes), 500) };
          const got = await unwrap(message, partnership({ signed: true }), terms).catch((error: unknown) => {
            assert.ok(error instanceof Refusal, (error as Error).stack);
            return null;
          });
          // Preamble, epilogue and what no signature covers may change; what is used may not.
          if (got) assert.deepEqual(await collect(got.payload.read()), fixture('payload.edi'));
        },
      ),
      { numRuns: 150 },
    ));

  it('read it or refuse it: MDNs, damaged and made up', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...mdns),
        fc.oneof(mime, fc.array(change, { minLength: 1, maxLength: 4 })),
        async (name, damage) => {
          const { headers, body } = fixtureMessage(name);
          const bytes = Buffer.isBuffer(damage) ? damage : changedBy(body, damage);
          await within(bytes, 40, [MimeError, Refusal], async (piece) => {
            await holdsMdn(headers, piece);
            const mdn = await readMdn(headers, bytes);
            assert.ok(mdn.text.length <= 4000);
            const terms = { digests: ['sha-256'], expired: false, now } as const;
            if (mdn.signed) verifyMdn(mdn, [harbour], terms);
          });
        },
      ),
      { numRuns: 250 },
    ));
});
