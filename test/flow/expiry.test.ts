import assert from 'node:assert/strict';
import { noteExpiring, thresholdOf } from '../../src/flow/expiry.ts';
import { importCertificate, importOwnKey } from '../../src/flow/key-deeds.ts';
import { readKeyList } from '../../src/flow/key-list.ts';
import { retire } from '../../src/flow/key-retire.ts';
import { ownKey, type Wanted } from '../transport/as2/certificates.ts';
import { type KeyDesk, openKeyDesk } from './key-office.ts';

const by = { who: 'ann', why: 'a test' };
const dayMs = 86_400_000;
const end = new Date('2026-12-31T12:00:00Z');
const daysBefore = (days: number) => new Date(end.getTime() - days * dayMs);
const made = (name: string, wanted: Wanted = {}) => ownKey(name, { keyOf: 'us', notAfter: end, ...wanted });

describe('certificates that expire', () => {
  let desk: KeyDesk;
  before(async () => {
    desk = await openKeyDesk('2026-10-01T00:00:00Z');
  });
  beforeEach(() => desk.clear());
  after(() => desk.close());

  const faults = () => desk.database.store.db('faults').orderBy('id');
  const waiting = () => faults().where({ waiting: true });
  const look = async (days: number) => {
    desk.clock.now = daysBefore(days);
    await noteExpiring(desk.context);
    await noteExpiring(desk.context);
  };
  const own = (name: string, from?: Date, wanted?: Wanted) => {
    const { certificatePem, keyPem } = made(name, wanted);
    return importOwnKey(
      desk.office,
      'default',
      { certificate: certificatePem, privateKey: keyPem },
      { from },
      by,
    );
  };
  const pin = (name: string, from?: Date, wanted?: Wanted, usage?: 'sign' | 'encrypt') =>
    importCertificate(desk.office, 'acme-as2', made(name, wanted).certificatePem, { from, usage }, by);

  it('counts 60, 30, 14, 7 and 1 days, and none', () => {
    const expected = [
      [60.001, null],
      [60, 60],
      [30.001, 60],
      [30, 30],
      [14, 14],
      [7.001, 14],
      [7, 7],
      [1.001, 7],
      [1, 1],
      [0.001, 1],
      [0, 0],
      [-5, 0],
    ] as const;
    for (const [days, threshold] of expected)
      assert.equal(thresholdOf(end, daysBefore(days)), threshold, `${days}`);
  });

  it('are told once at each threshold, ours and theirs, and the last word replaces the one before', async () => {
    await own('ours-ending');
    await pin('theirs-ending');
    for (const days of [61, 60, 45, 30, 20, 14, 10, 7, 3, 1, 0.5, 0, -1, -30]) await look(days);
    const all = await faults();
    const expected = ['60 days', '30 days', '14 days', '7 days', 'a day'];
    for (const whose of ['our key default', 'the endpoint acme-as2']) {
      const told = all.filter(({ message }) => message.includes(whose));
      assert.deepEqual(
        told.map(({ code, resolution, waiting: waits }) => [code, resolution, waits]),
        [
          ...expected.map(() => ['certificate-expires', 'replaced', false]),
          ['certificate-expired', null, true],
        ],
      );
      for (const [index, left] of expected.entries())
        assert.ok(told[index]?.message.endsWith(`less than ${left} left.`));
      assert.match(told[5]?.message, /expired on 2026-12-31/);
    }
    const [ours] = all.filter(({ endpoint }) => endpoint === null);
    assert.match(ours.message, /our key default, which acme-as2, bolt-as2 use/);
    assert.match(ours.hint, /portolan keys roll default --from DATE/);
    const [theirs] = all.filter(({ endpoint }) => endpoint === 'acme-as2');
    assert.deepEqual([theirs.partner, theirs.severity], ['acme', 'warning']);
    assert.match(theirs.hint, /keys roll --partner acme-as2 CERT\.pem/);
    const events = await desk.database.store
      .db('events')
      .whereLike('kind', 'certificate-expire%')
      .orderBy('id');
    assert.deepEqual(
      events.filter(({ partner }) => partner === 'acme').map(({ data }) => data.threshold),
      [60, 30, 14, 7, 1, 0],
    );
  });

  it('are told at the threshold that counts when nobody looked for weeks', async () => {
    await own('ours-ending');
    await look(10);
    await look(8);
    assert.deepEqual(
      (await faults()).map(({ message }) => message.slice(-18)),
      ['than 10 days left.'],
    );
  });

  it('stay silent when a person has dealt with the fault, until the next threshold', async () => {
    await own('ours-ending');
    await look(60);
    await waiting().update({ waiting: false });
    await look(50);
    assert.equal((await waiting()).length, 0);
    await look(30);
    assert.equal((await waiting()).length, 1);
  });

  it('are withdrawn as soon as a successor takes over in time, and come back when it is retired', async () => {
    await own('ours-ending');
    await look(30);
    const next = await own('ours-next', daysBefore(5), { notAfter: new Date('2028-01-01') });
    await look(29);
    assert.deepEqual(
      (await faults()).map(({ resolution, who }) => [resolution, who]),
      [['rolled', 'the gateway']],
    );
    await look(1);
    assert.equal((await faults()).length, 1, 'nothing more to tell');
    await retire(desk.office, next, { last: true }, by);
    await look(1);
    assert.equal((await waiting()).length, 1);
  });

  it('go on being told when the successor begins too late, or does only half', async () => {
    await own('ours-ending');
    await own('ours-late', new Date(end.getTime() + dayMs), { notAfter: new Date('2028-01-01') });
    await pin('theirs-ending');
    await pin('theirs-signing', undefined, { notAfter: new Date('2028-01-01') }, 'sign');
    await look(14);
    assert.equal((await waiting()).length, 2);
    await pin('theirs-sealing', daysBefore(3), { notAfter: new Date('2028-01-01') }, 'encrypt');
    await look(14);
    assert.deepEqual(
      (await waiting()).map(({ endpoint }) => endpoint),
      [null],
    );
  });

  it('are told no more once they are retired', async () => {
    const row = await pin('theirs-ending');
    await look(7);
    await retire(desk.office, row, { last: true }, by);
    await look(7);
    assert.equal((await waiting()).length, 0);
  });

  it('show in the list, with what endpoints lack', async () => {
    await own('ours-ending');
    await own('ours-next', daysBefore(5), { notAfter: new Date('2028-01-01') });
    await pin('theirs-ending');
    desk.clock.now = daysBefore(14);
    const { keys, missing } = await readKeyList(desk.context);
    assert.deepEqual(
      keys.map(({ kind, holder, does, later, daysLeft, warnings }) => ({
        kind,
        holder,
        does,
        later,
        daysLeft,
        warnings,
      })),
      [
        {
          ...{ kind: 'own', holder: 'default', does: ['opens'], later: ['signs'] },
          ...{ daysLeft: 380, warnings: [] },
        },
        { kind: 'own', holder: 'default', does: ['signs', 'opens'], later: [], daysLeft: 14, warnings: [] },
        {
          ...{ kind: 'partner', holder: 'acme-as2', does: ['encrypts', 'verifies'], later: [], daysLeft: 14 },
          warnings: ['It expires in 14 days, and none takes over.'],
        },
      ],
    );
    assert.deepEqual(
      missing.map((sentence) => sentence.split(':')[0]),
      ['bolt-as2 needs a certificate of the partner to verify with and to encrypt to'],
    );
    assert.ok(!JSON.stringify(keys).includes('PRIVATE'));
  });
});
