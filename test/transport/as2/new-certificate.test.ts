import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCertificate, readOwnKey } from '../../../src/transport/as2/certificate.ts';
import { concernsOf } from '../../../src/transport/as2/certificate-use.ts';
import { makeKeyPair } from '../../../src/transport/as2/new-certificate.ts';
import { type TestFolder, testFolder } from '../../support/folder.ts';
import { ownKey } from './certificates.ts';

const both = { sign: true, encrypt: true };
const now = new Date('2026-05-01T00:00:00Z');

describe('a new certificate', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('new-certificate');
  });
  after(() => folder.remove());

  const path = (name: string) => join(folder.path, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { encoding: 'utf8', stdio: 'pipe' });

  it('is what openssl takes for one to sign with and to be encrypted to', async () => {
    const terms = {
      commonName: 'Müller & Söhne, "AS2"',
      bits: 2048,
      notBefore: now,
      notAfter: new Date('2051-05-01T00:00:00Z'),
    } as const;
    const pair = await makeKeyPair(terms);
    const { certificate } = readOwnKey(pair.certificate, pair.privateKey);
    assert.deepEqual([certificate.notBefore, certificate.notAfter], [terms.notBefore, terms.notAfter]);
    assert.deepEqual(concernsOf(certificate, both, now), []);
    writeFileSync(path('own.pem'), pair.certificate);
    writeFileSync(path('own.key'), pair.privateKey);
    const text = openssl('x509', '-in', path('own.pem'), '-noout', '-text', '-nameopt', 'utf8');
    for (const part of [
      /Subject: CN ?= ?Müller & Söhne, "AS2"/,
      /Signature Algorithm: sha256WithRSAEncryption/,
      /X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment/,
      /X509v3 Basic Constraints: critical\s+CA:FALSE/,
      /X509v3 Subject Key Identifier/,
      /Public-Key: \(2048 bit\)/,
    ])
      assert.match(text, part);
    assert.equal(
      openssl('x509', '-in', path('own.pem'), '-noout', '-pubkey'),
      openssl('pkey', '-in', path('own.key'), '-pubout'),
    );
    const check = ['verify', '-attime', String(now.getTime() / 1000 + 60), '-CAfile', path('own.pem')];
    assert.match(openssl(...check, '-purpose', 'smimesign', path('own.pem')), /OK/);
    assert.match(openssl(...check, '-purpose', 'smimeencrypt', path('own.pem')), /OK/);
    assert.notEqual(readCertificate(await readFile(path('own.pem'))).serial.length, 0);
  });

  it('of others is looked at: expired, too short a key, not meant for what it is to do', async () => {
    const make = async (name: string, bits: number, usage: string) => {
      const words = ['req', '-x509', '-newkey', `rsa:${bits}`, '-nodes', '-keyout', path(`${name}.key`)];
      openssl(...words, '-out', path(name), '-subj', `/CN=${name}`, '-addext', `keyUsage=${usage}`);
      return readCertificate(await readFile(path(name)));
    };
    const later = new Date('2100-01-01T00:00:00Z');
    const sealing = await make('sealing', 1024, 'critical,keyEncipherment');
    assert.deepEqual(
      concernsOf(sealing, both, sealing.notBefore).map((sentence) => sentence.split(/[;.]/)[0]),
      ['Its RSA key has 1024 bits', 'Its key usage does not name digital signatures'],
    );
    assert.match(
      concernsOf(sealing, { ...both, sign: false }, later).join(),
      /^It expired on [\d-]+\.,Its RSA/,
    );
    const signing = await make('signing', 1024, 'nonRepudiation');
    assert.deepEqual(concernsOf(signing, { ...both, encrypt: false }, signing.notBefore).length, 1);
    assert.match(concernsOf(signing, both, signing.notBefore).join(), /does not name key encipherment/);
    assert.deepEqual(concernsOf(ownKey('us').certificate, both, now), [], 'one that says nothing may do all');
  });
});
