/** Evidence of an order that came over AS2, was answered, sent and acknowledged: unpacked and checked by others' programs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { evidence as verb } from '../../src/cli/evidence.ts';
import { createConsole } from '../../src/console/console.ts';
import { evidencePages } from '../../src/console/evidence-page.ts';
import { gatherEvidence } from '../../src/flow/evidence.ts';
import { EvidenceDiffers, zipEvidence } from '../../src/flow/evidence-zip.ts';
import { receive } from '../../src/flow/receive.ts';
import { noteGiven } from '../../src/flow/send.ts';
import { insertAs2Part } from '../../src/store/as2-chunks.ts';
import { insertAs2Message, judgeAs2Message } from '../../src/store/as2-messages.ts';
import { insertKey } from '../../src/store/keys.ts';
import { getTransmission } from '../../src/store/transmissions.ts';
import { buildMdn } from '../../src/transport/as2/mdn.ts';
import { Desk, purchaseOrder, set, x12 } from '../flow/steps.ts';
import { runVerb } from '../support/command.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { ownKey } from '../transport/as2/certificates.ts';

const hostileName = '../../etc/<b>passwd\\..\\x.edi';
const number = 'PO-<script>';

describe('evidence of an order', function () {
  this.timeout(60_000);
  let desk: Desk;
  let folder: TestFolder;
  let server: Server;
  let url: string;
  let orderId: string;
  const file = Buffer.from(x12([purchaseOrder(number), purchaseOrder('PO-OTHER', [], '0002')], 71), 'latin1');
  const raw = Buffer.from('0000ff80', 'hex');
  const us = ownKey('evidence');
  const certificate = us.certificatePem;
  const mdn = buildMdn({
    recipient: 'SALTMARSH',
    originalMessageId: '<1@acme.example>',
    modifier: '',
    text: 'received',
    mic: { digest: 'sha-256', value: sha256(file).toString('base64') },
    sign: { digest: 'sha-256', form: 'pkcs1', key: us.own, algorithmProtection: true },
    digestSpelling: 'sha-256',
    now: new Date(),
  });
  let acknowledgment: string;

  before(async () => {
    folder = await testFolder('evidence');
    desk = await Desk.open();
    await arrive();
    await desk.runAll();
    const [order] = await desk.rows<{ id: string }>('select id from orders where number = ?', [number]);
    orderId = order?.id ?? '';
    await sendAll();
    await confirm();
    server = createServer(
      createConsole({
        context: desk.context,
        adminToken: 'lantern',
        ready: async () => ({ ok: true, parts: {} }),
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await desk?.close();
    await folder?.remove();
  });

  /** The file comes in an AS2 message, under a name that wants to be a path. */
  async function arrive(): Promise<void> {
    const { deliveryId } = await receive(desk.context, 'acme-box', {
      name: hostileName,
      source: null,
      size: file.length,
      digest: sha256(file),
      open: () => Readable.from([file]),
    });
    await desk.database.store.transaction(async (tx) => {
      const pinned = { kind: 'partner', usage: 'both', sealed: null, who: 'me', why: 'agreed' } as const;
      const day = new Date('2026-01-01T00:00:00Z');
      const dates = { use_from: day, not_before: day, not_after: day };
      for (const holder of ['acme-box', 'bolt-box'])
        await insertKey(tx, { ...pinned, ...dates, holder, certificate, fingerprint: '0a1b' });
      const id = await insertAs2Message(tx, {
        direction: 'in',
        endpoint: 'acme-box',
        us: 'SALTMARSH',
        them: 'ACME',
        messageId: '<1@acme.example>',
        digest: sha256(raw),
        size: raw.length,
        headers: { 'as2-from': 'ACME', 'message-id': '<1@acme.example>' },
      });
      for (const [part, bytes] of [
        ['raw', raw],
        ['decrypted', file],
        ['signature', Buffer.from('3000', 'hex')],
      ] as const)
        await insertAs2Part(tx, id, part, Readable.from([bytes]));
      await judgeAs2Message(tx, id, {
        state: 'accepted',
        modifier: '',
        facts: {},
        deliveryId,
        mdn,
        mdnDue: false,
      });
    });
  }

  async function sendAll(): Promise<void> {
    for (const { id } of await desk.rows<{ id: string }>('select id from transmissions order by id')) {
      await desk.database.store.transaction(async (tx) => {
        const transmission = await getTransmission(tx, id);
        if (transmission !== null) await noteGiven(desk.context, tx, { transmission, as2: null });
      });
    }
  }

  /** The partner's 997 for our 855. */
  async function confirm(): Promise<void> {
    const [document] = await desk.rows<{ group_control: string; message_control: string }>(
      `select group_control, message_control from documents where order_id = ? and kind = '855'`,
      [orderId],
    );
    const { group_control: group, message_control: message } = document ?? {};
    const said = [`AK1*PR*${group}`, `AK2*855*${message}`, 'AK5*A', 'AK9*A*1*1*1'];
    acknowledgment = x12([set('997', '0001', said)], 72, { group: 'FA' });
    await desk.give('acme-box', acknowledgment);
  }

  const gather = async () => {
    const found = await gatherEvidence(desk.database.store, orderId);
    assert.ok(found !== null);
    return found;
  };
  const zipped = async () => buffer(zipEvidence(await gather(), evidencePages));

  /** Unpacks with unzip, and checks with sha256sum and Python's zipfile. */
  async function unpack(bytes: Buffer, name: string): Promise<{ path: string; names: string[] }> {
    const path = join(folder.path, name);
    await mkdir(path);
    writeFileSync(`${path}.zip`, bytes);
    execFileSync('unzip', ['-q', `${path}.zip`, '-d', path]);
    const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path, encoding: 'utf8' });
    const names = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();
    assert.equal(checked.trim().split('\n').length, names.length - 1, 'all but SHA256SUMS itself');
    const listed = execFileSync(
      'python3',
      [
        '-c',
        'import sys,zipfile,json; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps(z.namelist()))',
        `${path}.zip`,
      ],
      { encoding: 'utf8' },
    );
    assert.deepEqual((JSON.parse(listed) as string[]).sort(), names);
    return { path, names };
  }

  let once: ReturnType<typeof unpack> | undefined;
  const whole = async () => {
    once ??= unpack(await zipped(), 'whole');
    return once;
  };

  it('holds what came and what went to the byte, and others find its digests right', async () => {
    const { path, names } = await whole();
    const read = (name: string) => readFileSync(join(path, name));
    const received = names.filter((name) => /^received\/delivery-\d+\.edi$/.test(name)).map(read);
    assert.deepEqual(received.map(String).sort(), [file.toString('latin1'), acknowledgment].sort());
    const sent = names
      .filter((name) => /^sent\/transmission-\d+\.edi$/.test(name))
      .map((name) => String(read(name)));
    assert.equal(sent.length, 2);
    assert.ok(sent.some((text) => text.includes('ST*997*')));
    assert.ok(sent.some((text) => text.includes('ST*855*') && text.includes('PO-')));
    const as2 = (ending: string) => read(names.find((name) => name.endsWith(ending)) ?? `no ${ending}`);
    assert.deepEqual(as2('.body.bin'), raw);
    assert.deepEqual(as2('.decrypted.bin'), file);
    assert.equal(as2('.signature.p7s').toString('hex'), '3000');
    assert.equal(as2('-1.headers.txt').toString(), 'as2-from: ACME\r\nmessage-id: <1@acme.example>\r\n\r\n');
    assert.deepEqual(as2('.mdn.body.bin'), mdn.body);
    const pinned = names.filter((name) => name.startsWith('certificates/'));
    assert.deepEqual(pinned.map(read).map(String), [certificate], 'theirs, and nobody else’s');
    assert.equal(JSON.parse(read('order/order.json').toString()).number, number);
    const timeline = JSON.parse(read('order/timeline.json').toString()) as { kind: string }[];
    const kinds = timeline.map(({ kind }) => kind);
    for (const kind of [
      'received',
      'translated',
      'order-received',
      'order-accepted',
      'written',
      'sent',
      'confirmed',
    ])
      assert.ok(kinds.includes(kind), kind);
  });

  it('holds receipts whose signature openssl verifies as README.txt says', async () => {
    const { path, names } = await whole();
    const name = names.find((one) => one.endsWith('.mdn.body.bin'))?.replace('.mdn.body.bin', '') ?? '';
    writeFileSync(join(path, 'signer.pem'), us.certificatePem);
    const commands = readFileSync(join(path, 'README.txt'), 'utf8')
      .split('\n')
      .filter((line) => /^ {4}(cat|openssl) /.test(line))
      .join('\n');
    const verify = () =>
      execFileSync('bash', ['-e', '-c', commands.replaceAll('FILE', name)], {
        cwd: path,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    assert.match(verify(), /Disposition: automatic-action\/MDN-sent-automatically; processed/);
    writeFileSync(join(path, 'signer.pem'), ownKey('somebody else').certificatePem);
    assert.throws(verify);
  });

  it('has paths of our own numbers, and what partners wrote as data', async () => {
    const { path, names } = await whole();
    for (const name of names)
      assert.match(
        name,
        /^((certificates|order|received|sent)\/[a-z0-9.-]+|README\.txt|index\.html|manifest\.json|SHA256SUMS)$/,
      );
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'));
    assert.equal(manifest.order.number, number);
    assert.ok(
      manifest.guides.some((guide: string) => /^standard\/850@|850/.test(guide)),
      'names its guides',
    );
    const delivery = manifest.files.find(
      (one: { about?: { fileName: string } }) => one.about?.fileName === hostileName,
    );
    assert.equal(delivery.sha256, sha256(file).toString('hex'));
    assert.equal(delivery.size, file.length);
    const page = readFileSync(join(path, 'index.html'), 'utf8');
    assert.ok(!page.includes('<script>') && !page.includes('<b>passwd'), 'nothing of theirs is markup');
    for (const [, target = ''] of page.matchAll(/href="([^"]+)"/g)) assert.ok(names.includes(target), target);
  });

  it('is the same to the byte each time, in any time zone', async () => {
    const first = await zipped();
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Auckland';
      assert.ok(first.equals(await zipped()));
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('is not written when stored bytes are others than came', async () => {
    const evidence = await gather();
    const [transmission] = evidence.exhibits.filter(
      ({ path }) => path.startsWith('sent/transmission-') && path.endsWith('.edi'),
    );
    const forged = {
      ...evidence,
      exhibits: evidence.exhibits.map((one) =>
        one === transmission ? { ...one, bytes: () => Readable.from([Buffer.from('forged')]) } : one,
      ),
    };
    await assert.rejects(buffer(zipEvidence(forged, evidencePages)), EvidenceDiffers);
  });

  it('stops reading when nobody takes it any more', async () => {
    const evidence = await gather();
    let isEnded = false;
    const endless = {
      ...(evidence.exhibits[0] as (typeof evidence.exhibits)[number]),
      noted: null,
      async *bytes() {
        try {
          for (;;) yield Buffer.alloc(65_536, Math.random().toString());
        } finally {
          isEnded = true;
        }
      },
    };
    const zip = zipEvidence({ ...evidence, exhibits: [endless] }, evidencePages);
    for await (const _part of zip) break;
    for (let turn = 0; turn < 100 && !isEnded; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isEnded);
  });

  it('is given by the API to who may read', async () => {
    const response = await fetch(`${url}/api/v1/orders/${orderId}/evidence`);
    assert.equal(response.status, 200);
    assert.match(
      response.headers.get('content-disposition') ?? '',
      new RegExp(`evidence-order-${orderId}\\.zip`),
    );
    assert.ok((await zipped()).equals(Buffer.from(await response.arrayBuffer())));
    assert.equal((await fetch(`${url}/api/v1/orders/999999/evidence`)).status, 404);
    const far = await fetch(`${url}/api/v1/orders/${orderId}/evidence`, {
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    assert.equal(far.status, 401);
    const page = await (await fetch(`${url}/orders/${orderId}`)).text();
    assert.match(page, new RegExp(`href="/api/v1/orders/${orderId}/evidence"`));
  });

  const run = (...words: string[]) =>
    runVerb(verb, words, { DATABASE_URL: desk.database.url, PORTOLAN_HOME: folder.path });

  it('is written by the command line, by number or by our own number', async () => {
    const out = join(folder.path, 'by-number.zip');
    assert.deepEqual((await run(number, '--out', out)).status, 0);
    assert.ok(readFileSync(out).equals(await zipped()));
    const again = join(folder.path, 'by-id.zip');
    assert.equal((await run(orderId, '--id', '--out', again)).status, 0);
    assert.ok(readFileSync(again).equals(await zipped()));
    assert.match((await run('PO-NONE', '--out', out)).err, /There is no order PO-NONE/);
    const nowhere = await run(number, '--out', join(folder.path, 'no', 'where.zip'));
    assert.equal(nowhere.status, 2);
    assert.ok(!readdirSync(folder.path).some((name) => name.endsWith('.part')));
  });

  it('lists the orders that a number may mean', async () => {
    // The number of one order is our own number of another.
    await desk.give('acme-box', x12([purchaseOrder(orderId)], 73));
    const ambiguous = await run(orderId, '--out', join(folder.path, 'ambiguous.zip'));
    assert.match(ambiguous.err, /may be any of these/);
    assert.equal(ambiguous.err.match(/ {2}acme {2}/g)?.length, 2);
  });

  it('is checked as docs/evidence.md says', async () => {
    const page = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
    const [, commands = ''] = /## Checking it\n\n```sh\n([\s\S]*?)```/.exec(page) ?? [];
    const at = join(folder.path, 'docs');
    await mkdir(at);
    writeFileSync(join(at, 'evidence.zip'), await zipped());
    const told = execFileSync('bash', ['-e', '-c', commands], { cwd: at, encoding: 'utf8' });
    assert.match(told, /manifest\.json: OK/);
  });
});

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
