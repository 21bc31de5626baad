import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { kindOf } from '../src/inspect-kind.ts';

describe('what a file looks like that is no EDI', () => {
  const cases: readonly [Uint8Array | string, RegExp | null][] = [
    [gzipSync('ISA*00'), /gzip/],
    ['PK\x03\x04\x14\0', /ZIP/],
    ['-----BEGIN PGP MESSAGE-----', /PGP/],
    ['-----BEGIN PKCS7-----', /PKCS 7/],
    ['\x30\x82\x05\x10', /PKCS 7/],
    ['Content-Type: application/edi-x12\r\n', /mail or AS2/],
    [Buffer.from('\ufeffISA*00', 'utf16le'), /UTF-16/],
    [Buffer.from('UNB+UNOA', 'utf16le'), /UTF-16/],
    ['\xc9\xe2\xc1\x5c', /EBCDIC/],
    ['\xef\xbb\xbf<?xml version="1.0"?>', /XML/],
    ['<html>', /error page/],
    ['{"order":1}', /JSON/],
    ['%PDF-1.7', /PDF/],
    ['sku,quantity', null],
    ['', null],
  ];
  for (const [head, found] of cases) {
    it(`${JSON.stringify(String(head).slice(0, 20))}: ${found?.source ?? 'unknown'}`, () => {
      const kind = kindOf(typeof head === 'string' ? Buffer.from(head, 'latin1') : head);
      if (found === null) assert.equal(kind, null);
      else assert.match(kind ?? '', found);
    });
  }
});
