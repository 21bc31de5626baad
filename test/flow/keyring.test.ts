import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeedRefused } from '../../src/flow/deed.ts';
import { hostKeyBound } from '../../src/flow/host-key.ts';
import { importCertificate, importOwnKey, newKey, rollKey } from '../../src/flow/key-deeds.ts';
import { readKeyList } from '../../src/flow/key-list.ts';
import { reschedule, retire, takeUp } from '../../src/flow/key-retire.ts';
import { reseal } from '../../src/flow/reseal.ts';
import { KeysUnusable, type Vault } from '../../src/flow/vault.ts';
import { insertHostKey, listHostKeys } from '../../src/store/hosted-accounts.ts';
import { currentKeys } from '../../src/store/keys.ts';
import type { Certificate, OwnKey } from '../../src/transport/as2/as2.ts';
import { type Made, ownKey, type Wanted } from '../transport/as2/certificates.ts';
import { type KeyDesk, openKeyDesk } from './key-office.ts';

const by = { who: 'ann', why: 'a test' };
const may = (day: number) => new Date(Date.UTC(2026, 4, day));
/** Certificates of one RSA key: they differ, and cost nothing. */
const certified = (name: string, wanted: Wanted = {}): Made => ownKey(name, { keyOf: 'us', ...wanted });
const pairOf = ({ certificatePem, keyPem }: Made) => ({ certificate: certificatePem, privateKey: keyPem });
const named = (keys: readonly (OwnKey | Certificate | null)[]) =>
  keys.map((key) => {
    const found = key !== null && 'privateKey' in key ? key.certificate : key;
    return found?.x509.subject.replace('CN=', '') ?? null;
  });

describe('keyring', () => {
  let desk: KeyDesk;
  before(async () => {
    desk = await openKeyDesk('2026-05-01T00:00:00Z');
  });
  beforeEach(() => desk.clear());
  after(() => desk.close());

  const own = async (name = 'default', keyring = desk.keyring()) => {
    const { signWith, openWith } = await keyring.own(name);
    return { signs: named([signWith])[0], opens: named(openWith) };
  };
  const theirs = async (endpoint = 'acme-as2', keyring = desk.keyring()) => {
    const { pinned, encryptTo } = await keyring.theirs(endpoint);
    return { verifies: named(pinned), encrypts: named([encryptTo])[0] };
  };
  const give = (name: string, from?: Date, wanted?: Wanted) =>
    importOwnKey(desk.office, 'default', pairOf(certified(name, wanted)), { from }, by);
  const pin = (name: string, from?: Date, wanted?: Wanted, usage?: 'sign' | 'encrypt') =>
    importCertificate(desk.office, 'acme-as2', certified(name, wanted).certificatePem, { from, usage }, by);

  it('has nothing of names that nobody gave keys', async () => {
    assert.deepEqual(await own('nobody'), { signs: null, opens: [] });
    assert.deepEqual(await theirs(), { verifies: [], encrypts: null });
  });

  it('rolls our own key with overlap: the new one opens at once, signs from its date, the old one opens until it is retired', async () => {
    const old = await give('spring');
    const next = await give('summer', may(10));
    assert.deepEqual(await own(), { signs: 'spring', opens: ['summer', 'spring'] });
    const keyring = desk.keyring();
    await keyring.own('default');
    desk.clock.now = new Date(may(10).getTime() - 1);
    assert.equal((await own('default', keyring)).signs, 'spring');
    desk.clock.now = may(10);
    assert.equal((await own('default', keyring)).signs, 'summer', 'to the second, without reading again');
    assert.deepEqual((await own()).opens, ['summer', 'spring']);
    await retire(desk.office, old, { last: false }, by);
    assert.deepEqual(await own(), { signs: 'summer', opens: ['summer'] });
    await assert.rejects(retire(desk.office, next, { last: false }, by), /nothing left to sign with/);
    await retire(desk.office, next, { last: true }, by);
    assert.deepEqual(await own(), { signs: null, opens: [] });
  });

  it('rolls a partner’s certificate with overlap: both verify from now, encrypted to the new one from its date', async () => {
    const old = await pin('theirs-1');
    await pin('theirs-2', may(10));
    assert.deepEqual(await theirs(), { verifies: ['theirs-2', 'theirs-1'], encrypts: 'theirs-1' });
    await assert.rejects(retire(desk.office, old, { last: false }, by), /nothing left to encrypt to/);
    desk.clock.now = may(10);
    assert.deepEqual(await theirs(), { verifies: ['theirs-2', 'theirs-1'], encrypts: 'theirs-2' });
    await retire(desk.office, old, { last: false }, by);
    assert.deepEqual(await theirs(), { verifies: ['theirs-2'], encrypts: 'theirs-2' });
    assert.deepEqual(await theirs('bolt-as2'), { verifies: [], encrypts: null }, 'each endpoint has its own');
  });

  it('puts a date off, or forward', async () => {
    await give('spring');
    const next = await give('summer', may(10));
    await reschedule(desk.office, next, may(20), by);
    desk.clock.now = may(15);
    assert.equal((await own()).signs, 'spring');
    await reschedule(desk.office, next, may(15), by);
    assert.equal((await own()).signs, 'summer');
  });

  it('keeps signing and encrypting apart where certificates are for one of both', async () => {
    await pin('signing', undefined, {}, 'sign');
    assert.deepEqual(await theirs(), { verifies: ['signing'], encrypts: null });
    await pin('sealing', undefined, {}, 'encrypt');
    assert.deepEqual(await theirs(), { verifies: ['signing'], encrypts: 'sealing' });
    const pair = pairOf(certified('opener'));
    await importOwnKey(desk.office, 'apart', pair, { usage: 'encrypt' }, by);
    assert.deepEqual(await own('apart'), { signs: null, opens: ['opener'] });
  });

  it('prefers a certificate that has not expired, and goes on with an expired one where it is all there is', async () => {
    await give('long', may(1));
    await give('short', may(2), { notAfter: may(20) });
    await pin('ended', undefined, { notAfter: may(20) });
    desk.clock.now = may(19);
    assert.equal((await own()).signs, 'short');
    desk.clock.now = may(21);
    assert.equal((await own()).signs, 'long');
    assert.deepEqual(await theirs(), { verifies: ['ended'], encrypts: 'ended' });
  });

  it('makes a first key and the next, whose certificates are valid when they are used', async () => {
    const terms = { days: 30, bits: 2048, commonName: 'Saltmarsh, "AS2"' } as const;
    const first = await newKey(desk.office, 'default', terms, by);
    await assert.rejects(newKey(desk.office, 'default', terms, by), /keys roll default/);
    await assert.rejects(newKey(desk.office, 'Not a name', terms, by), /small letters/);
    await assert.rejects(rollKey(desk.office, 'other', terms, by), /keys new other/);
    const [key] = (await desk.keyring().own('default')).openWith;
    assert.equal(key?.certificate.x509.toLegacyObject().subject.CN, 'Saltmarsh, "AS2"');
    assert.equal(key?.certificate.fingerprint, first.fingerprint);
    assert.ok(key?.certificate.notBefore !== undefined && key.certificate.notBefore < desk.clock.now);
    assert.deepEqual(first.not_after, may(31));
    const next = await rollKey(desk.office, 'default', { ...terms, from: may(20) }, by);
    assert.deepEqual(
      next.not_after,
      new Date(may(20).getTime() + 30 * 86_400_000),
      'counted from its first day',
    );
  });

  it('lets running processes see a roll without a restart', async () => {
    const running = desk.keyring();
    assert.equal((await own('default', running)).signs, null);
    await give('spring');
    while ((await own('default', running)).signs === null) await sleep(50);
    assert.equal((await own('default', running)).signs, 'spring');
  });

  it('unseals a key once, however often it is asked for', async () => {
    await give('spring');
    let times = 0;
    const vault = desk.vault(null);
    const keyring = desk.keyring({
      ...vault,
      unseal: (...given) => {
        times += 1;
        return vault.unseal(...given);
      },
    });
    await Promise.all([keyring.own('default'), keyring.own('default')]);
    await keyring.own('default');
    assert.equal(times, 1);
  });

  it('refuses rows that were changed in the database', async () => {
    await give('spring');
    await pin('theirs-1');
    await desk.database.store.db.raw('update keys set certificate = ? where kind = ?', [
      certified('evil').certificatePem,
      'partner',
    ]);
    await assert.rejects(
      theirs(),
      (error) => error instanceof KeysUnusable && /acme-as2/.test(error.message),
    );
    const { db } = desk.database.store;
    await db.raw("update keys set certificate = 'x' where kind = 'partner'");
    await assert.rejects(theirs(), KeysUnusable);
    const { keys } = await readKeyList(desk.context);
    assert.deepEqual(
      keys.map(({ subject, warnings }) => [subject, /changed in the database/.test(warnings.join())]),
      [
        ['spring', false],
        ['–', true],
      ],
      'it does not hide the others',
    );
    const changed = async (sql: string) => {
      await db.raw(`begin; create table kept as table keys; ${sql}; commit`);
      await assert.rejects(desk.keyring().own('default'), (error) => {
        assert.ok(error instanceof KeysUnusable, sql);
        assert.match(error.message, /changed/);
        return true;
      });
      await db.raw(
        'begin; delete from keys; insert into keys overriding system value table kept; drop table kept; commit',
      );
    };
    await changed(
      'update keys set sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)',
    );
    await changed(
      "update keys set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where kind = 'own'",
    );
    await changed("update keys set sealed = 'x' where kind = 'own'");
    await changed(`update keys set fingerprint = '${'0'.repeat(64)}' where kind = 'own'`);
    assert.equal((await own()).signs, 'spring');
  });

  it('does not open a key in another one’s row', async () => {
    await give('spring');
    const { db } = desk.database.store;
    await db.raw("update keys set holder = 'other'");
    await assert.rejects(desk.keyring().own('other'), /changed since it was sealed/);
  });

  it('says what to do when the master secret is missing or another one', async () => {
    const secret = 'correct horse battery';
    await importOwnKey(
      { ...desk.office, vault: desk.vault(secret) },
      'default',
      pairOf(certified('spring')),
      {},
      by,
    );
    const refusal = async (given: string | null) => {
      const error = await desk
        .keyring(desk.vault(given))
        .own('default')
        .catch((thrown: Error) => thrown);
      assert.ok(error instanceof KeysUnusable);
      assert.ok(!JSON.stringify([error.message, error.stack]).includes(secret));
      return error.message;
    };
    assert.match(await refusal(null), /PORTOLAN_KEY_SECRET, which is not set here/);
    assert.match(await refusal('another horse battery'), /PORTOLAN_KEY_SECRET is not what .* sealed with/);
    assert.match(await refusal('short'), /at least 16 characters/);
    assert.equal((await own('default', desk.keyring(desk.vault(secret)))).signs, 'spring');
    await assert.rejects(
      give('summer'),
      /PORTOLAN_KEY_SECRET, which is not set here/,
      'one secret for all keys',
    );
  });

  it('takes up again what was retired by mistake', async () => {
    const old = await give('spring');
    await give('summer');
    await assert.rejects(takeUp(desk.office, old, by), /No retired key has/);
    await retire(desk.office, old, { last: false }, by);
    await takeUp(desk.office, old, by);
    assert.deepEqual(await own(), { signs: 'summer', opens: ['summer', 'spring'] });
    await retire(desk.office, old, { last: false }, by);
    await give('spring');
    await assert.rejects(takeUp(desk.office, old, by), /in use/);
  });

  it('seals every private key anew with another master secret, all or nothing', async () => {
    const [first, second] = ['the first master secret', 'the second master secret'].map((text) =>
      desk.vault(text),
    ) as [Vault, Vault];
    await give('spring');
    const { store } = desk.database;
    const host = { type: 'ssh-ed25519', public_key: 'x', fingerprint: 'SHA256:x' };
    const plain = Buffer.from('a host key');
    const sealed = await desk.vault(null).seal(plain, hostKeyBound(host));
    await insertHostKey(store.db, { ...host, sealed });
    const count = 2;
    assert.equal(await reseal({ ...desk.office, vault: first }, first, by), count, 'from the file');
    const [row] = await listHostKeys(store.db);
    assert.deepEqual(await first.unseal(row?.sealed as Buffer, hostKeyBound(host)), plain);
    await assert.rejects(own(), /PORTOLAN_KEY_SECRET, which is not set here/);
    await assert.rejects(reseal({ ...desk.office, vault: second }, desk.vault(null), by), KeysUnusable);
    assert.equal((await own('default', desk.keyring(first))).signs, 'spring', 'nothing has changed');
    assert.equal(await reseal({ ...desk.office, vault: second }, first, by), count);
    assert.equal((await own('default', desk.keyring(second))).signs, 'spring');
    assert.equal(await reseal(desk.office, second, by), count, 'back to the file');
    assert.equal((await own()).signs, 'spring');
  });

  it('refuses what cannot be used, in a sentence', async () => {
    const { certificatePem, keyPem } = certified('spring');
    const wrong: readonly (readonly [Promise<unknown>, RegExp])[] = [
      [
        importOwnKey(
          desk.office,
          'default',
          { certificate: certificatePem, privateKey: ownKey('partner').keyPem },
          {},
          by,
        ),
        /does not belong/,
      ],
      [
        importOwnKey(desk.office, 'default', { certificate: keyPem, privateKey: keyPem }, {}, by),
        /no X.509 certificate/,
      ],
      [
        importCertificate(desk.office, 'nobody-as2', certificatePem, {}, by),
        /no partner.*acme-as2, bolt-as2/is,
      ],
      [give('early', undefined, { notBefore: may(3) }), /valid from 2026-05-03/],
      [give('brief', may(10), { notAfter: may(9) }), /before it would be used/],
      [retire(desk.office, { fingerprint: 'zz' }, { last: true }, by), /8 hex digits/],
      [retire(desk.office, { fingerprint: '0123456789' }, { last: true }, by), /No key in use/],
    ];
    for (const [deed, sentence] of wrong)
      await assert.rejects(deed, (error) => {
        assert.ok(error instanceof DeedRefused);
        assert.match(error.message, sentence);
        assert.ok(!error.message.includes('PRIVATE'));
        return true;
      });
    await pin('theirs-1');
    await assert.rejects(pin('theirs-1'), /has this certificate already/);
  });

  it('asks for the holder where several have a certificate', async () => {
    const { certificatePem, certificate } = certified('shared');
    for (const endpoint of ['acme-as2', 'bolt-as2'])
      await importCertificate(desk.office, endpoint, certificatePem, {}, by);
    const short = { fingerprint: certificate.x509.fingerprint256.slice(0, 23) };
    await assert.rejects(retire(desk.office, short, { last: true }, by), /--of/);
    await retire(desk.office, { ...short, holder: 'bolt-as2' }, { last: true }, by);
    assert.deepEqual(
      (await currentKeys(desk.database.store.db)).map(({ holder }) => holder),
      ['acme-as2'],
    );
  });

  it('records every deed with who and why', async () => {
    await give('spring');
    await retire(desk.office, await give('summer', may(10)), { last: false }, by);
    await pin('theirs-1');
    await pin('theirs-2', may(10));
    const events = await desk.database.store
      .db('events')
      .orderBy('id')
      .select('kind', 'partner', 'data', 'who', 'why');
    assert.deepEqual(
      events.map(({ kind, partner, who, why }) => [kind, partner, who, why]),
      [
        ['key-imported', null, 'ann', 'a test'],
        ['key-imported', null, 'ann', 'a test'],
        ['key-retired', null, 'ann', 'a test'],
        ['certificate-imported', 'acme', 'ann', 'a test'],
        ['certificate-rolled', 'acme', 'ann', 'a test'],
      ],
    );
    assert.equal(events[1].data.useFrom, may(10).toISOString());
    assert.ok(!JSON.stringify(events).includes('PRIVATE'));
  });
});
