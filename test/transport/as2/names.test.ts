/** AS2 names, Message-IDs, and the header fields that ask for a receipt. */
import assert from 'node:assert/strict';
import {
  inBrackets,
  innerName,
  newMessageId,
  quoteName,
  readMessageId,
  readName,
} from '../../../src/transport/as2/names.ts';
import { readReceiptRequest, writeReceiptRequest } from '../../../src/transport/as2/receipt-request.ts';

describe('AS2 names', () => {
  it('are quoted only where they need it, and read back letter for letter', () => {
    const pairs = [
      ['ACME', 'ACME'],
      ['acme:as2-1', 'acme:as2-1'],
      ['US GATEWAY', '"US GATEWAY"'],
      [' x ', '" x "'],
      ['a"b\\c', '"a\\"b\\\\c"'],
      ['x'.repeat(128), 'x'.repeat(128)],
      ['"'.repeat(128), `"${'\\"'.repeat(128)}"`],
    ] as const;
    for (const [name, field] of pairs) {
      assert.equal(quoteName(name), field);
      assert.equal(readName(field), name);
    }
  });

  it('with blanks and no quotes are taken as they are', () => {
    assert.equal(readName('US GATEWAY'), 'US GATEWAY');
  });

  it('that are none are not read', () => {
    for (const field of [
      '',
      '""',
      '"a',
      'a"',
      '"a\\b"',
      '"a"b"',
      'a\\b',
      'é',
      '\t',
      'x'.repeat(129),
      `"${'x'.repeat(129)}"`,
    ])
      assert.equal(readName(field), null, field);
  });

  it('lose the second pair of quotes alone', () => {
    assert.equal(innerName('"US GATEWAY"'), 'US GATEWAY');
    assert.equal(innerName('US GATEWAY'), 'US GATEWAY');
    assert.equal(innerName('"US'), '"US');
  });
});

describe('Message-IDs', () => {
  it('of ours are unlike each other, and read back', () => {
    const at = new Date('2026-11-22T03:17:00Z');
    const id = newMessageId('Our "House" 1', at);
    assert.match(id, /^<20261122031700\.[0-9a-f]{32}@our-house-1>$/);
    assert.notEqual(newMessageId('Our "House" 1', at), id);
    assert.equal(readMessageId(id), id);
    assert.match(newMessageId('"', at), /@as2>$/);
  });

  it('of others are taken as they come, if a header field may hold them', () => {
    for (const id of ['<1@a>', '<20261122031718+0000-295-US GATEWAY_X_null>', 'bare@a', '<no-domain>'])
      assert.equal(readMessageId(` ${id} `), id);
    for (const id of ['', ' ', '<>', '<a>, <b>', '<a\tb>', '<é>', `<${'x'.repeat(997)}>`])
      assert.equal(readMessageId(id), null, id);
    assert.deepEqual([inBrackets('a@b'), inBrackets('<a@b>')], ['<a@b>', '<a@b>']);
  });
});

describe('a receipt request', () => {
  const to = { 'disposition-notification-to': 'as2@them' };
  const read = (options: string, more: Record<string, string> = {}) =>
    readReceiptRequest({ ...to, 'disposition-notification-options': options, ...more });

  it('is none without Disposition-Notification-To', () => {
    assert.equal(readReceiptRequest({}), null);
    assert.equal(readReceiptRequest({ 'disposition-notification-to': ' ' }), null);
    assert.equal(readReceiptRequest({ 'receipt-delivery-option': 'http://a' }), null);
    assert.deepEqual(readReceiptRequest(to), { how: 'sync', signed: false, digests: [], lacking: null });
  });

  it('is read without regard to case and blanks, in every spelling of a digest, and keeps their order', () => {
    for (const options of [
      'signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256, sha1',
      'Signed-Receipt-Protocol = Required , "PKCS7-Signature";Signed-Receipt-Micalg=required,md5,SHA256,SHA-1;x=y;',
      'signed-receipt-protocol=pkcs7-signature; signed-receipt-micalg=sha256,sha1',
    ]) {
      const request = read(options);
      assert.deepEqual(
        request,
        { how: 'sync', signed: true, digests: ['sha-256', 'sha-1'], lacking: null },
        options,
      );
    }
  });

  it('says what we lack only where it is required', () => {
    assert.equal(read('signed-receipt-protocol=required, pgp-signature')?.lacking, 'unsupported-format');
    assert.equal(read('signed-receipt-protocol=optional, pgp-signature')?.lacking, null);
    assert.equal(read('signed-receipt-micalg=required, md5')?.lacking, 'unsupported-mic-algorithms');
    assert.equal(read('signed-receipt-micalg=optional, md5')?.lacking, null);
  });

  it('that we write is the one that we read', () => {
    for (const signed of [true, false]) {
      for (const returnTo of [null, 'https://us.example.com/as2']) {
        const fields = writeReceiptRequest({ signed, digest: 'sha-384', spelling: 'sha256', returnTo });
        const small = Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]);
        assert.deepEqual(readReceiptRequest(Object.fromEntries(small)), {
          how: returnTo === null ? 'sync' : 'async',
          signed,
          digests: signed ? ['sha-384'] : [],
          lacking: null,
        });
      }
    }
  });
});
