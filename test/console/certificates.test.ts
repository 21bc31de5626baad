import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConsole } from '../../src/console/console.ts';
import { noteExpiring } from '../../src/flow/expiry.ts';
import { importCertificate, importOwnKey } from '../../src/flow/key-deeds.ts';
import { type KeyDesk, openKeyDesk } from '../flow/key-office.ts';
import { ownKey, type Wanted } from '../transport/as2/certificates.ts';

const by = { who: 'ann', why: 'a test' };

describe('certificates at the console', () => {
  let desk: KeyDesk;
  let server: Server;
  let url: string;

  before(async () => {
    desk = await openKeyDesk('2026-10-01T00:00:00Z');
    const ready = async () => ({ ok: true, parts: {} });
    server = createServer(createConsole({ context: desk.context, adminToken: null, ready }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await desk.close();
  });

  const get = async (path: string) => (await fetch(`${url}${path}`)).text();
  const made = (name: string, wanted: Wanted = {}) => ownKey(name, { keyOf: 'us', ...wanted });
  const give = (name: string, from?: Date, wanted?: Wanted) => {
    const { certificatePem, keyPem } = made(name, wanted);
    const pair = { certificate: certificatePem, privateKey: keyPem };
    return importOwnKey(desk.office, 'default', pair, { from }, by);
  };

  it('say what endpoints lack before there is any', async () => {
    assert.match(
      await get('/'),
      /<section id="certificates">.*acme-as2 uses our key default, and there is none/s,
    );
  });

  it('show what each does, from when, and how long it is good', async () => {
    const old = await give('ours <1>', undefined, { notAfter: new Date('2026-11-15T00:00:00Z') });
    const next = await give('ours 2', new Date('2026-11-01T00:00:00Z'));
    const pem = made('theirs', { notAfter: new Date('2026-10-05T00:00:00Z') }).certificatePem;
    await importCertificate(desk.office, 'acme-as2', pem, {}, by);
    await noteExpiring(desk.context);

    const { data, next: cursor } = JSON.parse(await get('/api/v1/certificates?limit=2'));
    assert.deepEqual(
      data.map((row: Record<string, unknown>) => [row.fingerprint, row.does, row.later, row.daysLeft]),
      [
        [next.fingerprint, ['opens'], ['signs'], data[0].daysLeft],
        [old.fingerprint, ['signs', 'opens'], [], 45],
      ],
    );
    assert.deepEqual([data[0].useFrom, data[0].who], ['2026-11-01T00:00:00.000Z', 'ann']);
    const rest = JSON.parse(await get(`/api/v1/certificates?after=${cursor}`));
    assert.deepEqual(
      rest.data.map((row: Record<string, unknown>) => [row.holder, row.warnings]),
      [['acme-as2', ['It expires in 4 days, and none takes over.']]],
    );
    assert.equal(rest.next, null);

    const page = await get('/');
    assert.match(page, /ours &lt;1>|ours &lt;1&gt;/);
    assert.match(page, /<span class="badge bad">4 days left<\/span>/);
    assert.match(page, /certificate-expires · acme/);

    const metrics = await get('/metrics');
    const fingerprint = rest.data[0].fingerprint.slice(0, 16);
    assert.ok(
      metrics.includes(
        `portolan_certificate_expiry_seconds{kind="partner",holder="acme-as2",fingerprint="${fingerprint}"} ${4 * 86_400}\n`,
      ),
      metrics,
    );
    assert.match(metrics, /portolan_faults_waiting\{code="certificate-expires"\} 1/);
    for (const text of [page, metrics, JSON.stringify([data, rest])]) assert.ok(!/PRIVATE|sealed/.test(text));
  });
});
