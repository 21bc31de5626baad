/** The whole road, in both standards, over every transport, on both queues; read by other people's parsers. */
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Carrier, mailbox, post } from '../../src/simulator/carrier.ts';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import { type RedisServer, redisServer } from '../support/redis.ts';
import { type Opened, openGateway } from './gateway.ts';
import { edifactTerms, x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { fillShelf, type Ground, layGround, quiet } from './road.ts';
import { agreementOf, threeLines, travel } from './travel.ts';

const folderEnds = (name: string) => ({
  [`${name}-box`]: { type: 'folder', in: `${name}/out`, out: `${name}/in`, every: '1s' },
});

describe('the road over folders, queued in PostgreSQL', () => {
  bothStandards(async () => ({}));
});

describe('the road over folders, queued in Redis', () => {
  let redis: RedisServer | null = null;
  before(async function () {
    redis = await redisServer();
    if (redis === null) this.skip();
  });
  bothStandards(async () => ({ redisUrl: redis?.url }));
  after(() => redis?.stop());
});

function bothStandards(more: () => Promise<{ redisUrl?: string | undefined }>): void {
  let ground: Ground;
  let gateway: Opened;

  before(async () => {
    const partners = {
      northgate: x12Terms('northgate', { them: 'NORTHGATE', endpoints: folderEnds('northgate') }),
      ostwind: edifactTerms('ostwind', { them: '4000001000012', endpoints: folderEnds('ostwind') }),
    };
    ground = await layGround(partners, await more());
    gateway = await openGateway(ground.site);
    await fillShelf(gateway.flow.context);
  });

  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  for (const name of ['northgate', 'ostwind']) {
    it(`${name}: order, acknowledgment, response, shipment, notice, all confirmed`, async () => {
      const peer = new Peer(agreementOf(gateway, name), folderBox(ground, name));
      await travel(gateway, peer, () => peer.order('PO-1', { lines: threeLines() }));
      assert.deepEqual(
        peer.kinds(),
        name === 'northgate' ? ['997', '855', '856'] : ['CONTRL', 'ORDRSP', 'DESADV'],
      );
    });
  }

  it('leaves nothing in the partners’ out folders', async () => {
    for (const name of ['northgate', 'ostwind']) {
      const names = await readdir(join(ground.site.home, name, 'out'));
      assert.deepEqual(names, ['archive']);
    }
  });
}

describe('the road over SFTP and POST /edi', () => {
  let ground: Ground;
  let gateway: Opened;
  let server: SftpServer;
  let root: string;

  before(async () => {
    const sftp = {
      'northgate-box': {
        type: 'sftp',
        host: '127.0.0.1',
        port: 'env:PORT',
        user: 'saltmarsh',
        password: 'env:PASSWORD',
        hostKeys: ['env:HOST_KEY'],
        in: '/out',
        out: '/in',
        every: '1s',
      },
    };
    ground = await layGround({
      northgate: x12Terms('northgate', { them: 'NORTHGATE', endpoints: sftp }),
      ostwind: edifactTerms('ostwind', { them: '4000001000012' }),
    });
    root = join(ground.site.home, 'server');
    await mkdir(join(root, 'out'), { recursive: true });
    await mkdir(join(root, 'in'));
    const password = 'tide-and-timber';
    server = await startSftpServer({ root, users: [{ name: 'saltmarsh', password }] });
    const secrets = {
      'env:PORT': String(server.port),
      'env:PASSWORD': password,
      'env:HOST_KEY': server.fingerprint,
    };
    gateway = await openGateway({ ...ground.site, secrets });
    await fillShelf(gateway.flow.context);
  });

  after(async () => {
    await gateway?.close();
    await server?.close();
    await ground?.remove();
  });

  it('carries an X12 order over a real SFTP server', async () => {
    const carrier = mailbox({ outgoing: join(root, 'out'), incoming: join(root, 'in') });
    const peer = new Peer(agreementOf(gateway, 'northgate'), carrier);
    await travel(gateway, peer, () => peer.order('PO-1', { lines: threeLines() }));
    assert.deepEqual(peer.kinds(), ['997', '855', '856']);
    assert.deepEqual(await readdir(join(root, 'out')), ['archive']);
  });

  it('takes an EDIFACT order at POST /edi', async () => {
    const carrier = post({
      url: gateway.url as string,
      key: await ground.key('ostwind-http'),
      incoming: join(ground.site.home, 'ostwind/mail'),
    });
    const peer = new Peer(agreementOf(gateway, 'ostwind'), carrier);
    await travel(gateway, peer, () => peer.order('PO-1', { lines: threeLines() }));
    assert.deepEqual(peer.kinds(), ['CONTRL', 'ORDRSP', 'DESADV']);
  });

  it('gives the acknowledgment in the answer to a sender that waits for it', async () => {
    const peer = new Peer(agreementOf(gateway, 'ostwind'), nowhere, 500);
    const file = peer.write('PO-2');
    const answer = await fetch(`${gateway.url}?ack=sync`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await ground.key('ostwind-http')}` },
      body: new Uint8Array(file.bytes),
    });
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.match(text, /UNH\+1\+CONTRL:2:2:UN/);
    assert.match(text, /UCI\+500\+/);
    await quiet(gateway.store);
  });
});

const nowhere: Carrier = { send: async () => undefined, collect: async () => [] };

function folderBox({ site }: Ground, name: string): Carrier {
  return mailbox({ outgoing: join(site.home, name, 'out'), incoming: join(site.home, name, 'in') });
}
