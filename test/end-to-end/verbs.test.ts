/**
 * The command line as people use it: a real database, a gateway at work beside it. Each verb runs as the built program when
 * it is used for the first time; after that in this process, a second of processor time sooner.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verb } from '../../src/cli/verb.ts';
import { mailbox } from '../../src/simulator/carrier.ts';
import { type Ended, runVerb } from '../support/command.ts';
import { freshDatabase } from '../support/database.ts';
import { commandLine } from '../support/program.ts';
import { type Opened, openGateway } from './gateway.ts';
import { x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { type Ground, goods, layGround, quiet } from './road.ts';

const [lantern, , clock] = goods;

const data = () => import('../../src/cli/data.ts');
const deeds = () => import('../../src/cli/deeds.ts');

/** Verbs that are used several times. */
const again: Readonly<Record<string, () => Promise<Verb>>> = {
  load: async () => (await data()).load,
  ship: async () => (await data()).ship,
  restore: async () => (await data()).putBack,
  faults: async () => (await deeds()).faults,
  pause: async () => (await deeds()).pauseVerb,
  apikey: async () => (await import('../../src/cli/apikey.ts')).apiKey,
  partner: async () => (await import('../../src/cli/partner.ts')).partner,
  inspect: async () => (await import('../../src/cli/inspect.ts')).inspect,
  acknowledge: async () => (await import('../../src/cli/files.ts')).acknowledge,
};

describe('the command line', function () {
  this.timeout(60_000);
  let ground: Ground;
  let gateway: Opened;
  let peer: Peer;

  before(async () => {
    ground = await layGround({
      northgate: x12Terms('northgate', {
        them: 'NORTHGATE',
        endpoints: {
          'northgate-box': { type: 'folder', in: 'northgate/out', out: 'northgate/in', every: '1s' },
          'northgate-post': { type: 'http' },
        },
      }),
    });
    gateway = await openGateway(ground.site);
    const agreement = gateway.flow.context.partners.byName('northgate')?.agreements[0];
    const folder = (name: string) => join(ground.site.home, 'northgate', name);
    for (const name of ['out', 'in']) await mkdir(folder(name), { recursive: true });
    peer = new Peer(agreement as never, mailbox({ outgoing: folder('out'), incoming: folder('in') }));
  });

  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  const used = new Set<string>();

  const settings = () => ({
    DATABASE_URL: ground.site.databaseUrl,
    PORTOLAN_HOME: ground.site.home,
    PORTOLAN_MAPPINGS: ground.site.mappings,
    PORTOLAN_GS1_PREFIX: '4099999',
  });

  async function run(...words: string[]): Promise<Ended> {
    const [name = '', ...rest] = words;
    if (used.has(name) && !rest.includes('--help')) {
      const verb = again[name] ?? assert.fail(`The test does not know the verb ${name}`);
      return runVerb(await verb(), rest, settings());
    }
    used.add(name);
    return runProgram(...words);
  }

  function runProgram(...words: string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { env: { ...process.env, ...settings() } };
      execFile(process.execPath, [...commandLine(), ...words], options, (error, out, err) =>
        resolve({ status: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  }

  async function fine(...words: string[]): Promise<Ended> {
    const ended = await run(...words);
    assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.err}${ended.out}`);
    return ended;
  }

  const file = async (name: string, text: string) => {
    const path = join(ground.site.home, name);
    await writeFile(path, text);
    return path;
  };
  const count = async (table: string) =>
    Number((await ground.database.store.db(table).count('* as n'))[0]?.n);

  it('lists its verbs, and refuses one that it does not have', async () => {
    const { out } = await fine('help');
    for (const verb of ['start', 'inspect', 'ship', 'faults', 'backup'])
      assert.match(out, new RegExp(`^  ${verb} `, 'm'));
    const unknown = await run('shp');
    assert.equal(unknown.status, 2);
    assert.match(unknown.err, /no verb shp/);
    assert.equal((await run('ship')).status, 2);
    assert.match((await fine('ship', '--help')).out, /--carrier/);
  });

  it('shows before it loads, and loads all or nothing', async () => {
    const items = await file(
      'items.csv',
      `sku,gtin,description,unit\nSKU-11,${lantern.gtin},Lantern,each\nSKU-13,${clock.gtin},Clock,each\n`,
    );
    assert.match((await fine('load', 'items', items, '--preview')).err, /2 rows of items would be loaded/);
    assert.equal(await count('items'), 0);
    await fine('load', 'items', items);
    assert.equal(await count('items'), 2);
    const wrong = await file('stock.csv', 'sku,quantity\nSKU-11,100\nSKU-13,many\n');
    const refused = await run('load', 'stock', wrong);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /stock\.csv:3: /);
    assert.equal(await count('stock'), 0);
    const unknown = await run('load', 'stock', await file('other.csv', 'sku,quantity\nNO-SUCH,1\n'));
    assert.match(unknown.err, /NO-SUCH\. Load the items first/);
    await fine(
      'load',
      'stock',
      await file('stock.json', '[{"sku":"SKU-11","quantity":"100"},{"sku":"SKU-13","quantity":"100"}]'),
    );
    await fine(
      'load',
      'prices',
      await file('prices.csv', 'sku,currency,price\nSKU-11,USD,12.50\nSKU-13,USD,40.00\n'),
    );
  });

  it('ships an order by its purchase order number, once for each key', async () => {
    await peer.order('PO-7', {
      lines: [line(lantern.gtin, 'SKU-11', '12.50'), line(clock.gtin, 'SKU-13', '40.00')],
    });
    await arrived('PO-7');
    const shipped = await fine('ship', 'PO-7', '--carrier', 'SMSF', '--line', '1=4', '--key', 'first');
    assert.match(
      shipped.out,
      /shipment 1: 1 cartons, the order is now partially-shipped\n {2}SSCC 0?4?\d{16,18}/,
    );
    assert.equal(
      (await fine('ship', 'PO-7', '--line', '1=4', '--key', 'first')).out.split('\n')[1],
      shipped.out.split('\n')[1],
    );
    const tooMuch = await run('ship', 'PO-7', '--line', '1=400');
    assert.equal(tooMuch.status, 2);
    assert.match(tooMuch.err, /Line 1 has 6 left to ship, not 400/);
    await quiet(gateway.store);
    await peer.read();
    assert.deepEqual(peer.kinds(), ['997', '855', '856']);
  });

  it('pauses and resumes a partner, who finds nothing in between', async () => {
    await fine('pause', 'northgate', '--why', 'their system is down');
    assert.match((await run('pause', 'northgate')).err, /paused already/);
    await peer.order('PO-8', { lines: [line(lantern.gtin, 'SKU-11', '12.50')] });
    await received();
    assert.equal((await ordersNumbered('PO-8')).length, 0);
    await fine('resume', 'northgate');
    await arrived('PO-8');
    const { rows } = await ground.database.store.db.raw(`select who, why from events where kind = 'paused'`);
    assert.match(rows[0].who, /command line/);
    assert.equal(rows[0].why, 'their system is down');
  });

  it('has a mailbox that is left alone polled at once', async () => {
    await ground.database.store.db.raw(
      `insert into breakers (endpoint, work, failures, until, reason) values ('northgate-box', 'poll', 9, now() + interval '1 hour', 'down')`,
    );
    await peer.order('PO-9', { lines: [line(lantern.gtin, 'SKU-11', '12.50')] });
    const { out } = await fine('partner', 'retry', 'northgate', '--why', 'it is up again');
    assert.equal(out, 'northgate-box is tried at once.\n');
    await arrived('PO-9');
    assert.match((await run('partner', 'retry', 'northgate', '--endpoint', 'x')).err, /no endpoint x that/);
  });

  it('lists what waits, shows it, and deals with it', async () => {
    await peer.order('PO-7', { lines: [line(lantern.gtin, 'SKU-11', '12.50')] });
    await until(async () => (await fine('faults')).out.includes('order-duplicate'));
    const [waiting] = (await fine('faults', 'list', '--json')).out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    assert.equal(waiting.code, 'order-duplicate');
    assert.match((await fine('faults', 'show', waiting.id)).out, /hint +Accept the duplicate/);
    await fine('faults', 'accept-duplicate', waiting.id, '--why', 'they said so on the phone');
    await until(async () => (await ordersNumbered('PO-7')).length === 2);
    assert.equal((await fine('faults')).out, '');
    assert.match((await run('faults', 'reject', waiting.id)).err, /waits no more/);
  });

  it('sends the same bytes again', async () => {
    await quiet(gateway.store);
    await peer.read();
    const before = peer.mails.length;
    const { rows } = await ground.database.store.db.raw(
      `select id from documents where kind = '855' order by id limit 1`,
    );
    await fine('resend', rows[0].id, '--why', 'lost');
    await until(async () => {
      await peer.read();
      return peer.mails.length > before;
    });
    const again = peer.mails.at(-1);
    const first = peer.mails.find((mail) => mail.name === again?.name);
    assert.deepEqual(again?.bytes, first?.bytes);
  });

  it('replays a delivery: what was processed is answered again and made only once', async () => {
    const orders = await count('orders');
    const { rows } = await ground.database.store.db.raw('select min(id) as id from deliveries');
    assert.match((await fine('replay', rows[0].id)).err, /runs again as delivery \d+/);
    await quiet(gateway.store);
    assert.equal(await count('orders'), orders);
  });

  it('makes a key that opens POST /edi, until it is revoked', async () => {
    const { out } = await fine('apikey', 'new', 'northgate-post', '--note', 'test');
    const post = () =>
      fetch(gateway.url as string, {
        method: 'POST',
        headers: { authorization: `Bearer ${out.trim()}` },
        body: 'ISA',
      });
    assert.equal((await post()).status, 202);
    const prefix = (await fine('apikey', 'list')).out.split(' ')[0] as string;
    assert.ok(!(await fine('apikey', 'list')).out.includes(out.trim()), 'the key itself is not kept');
    await fine('apikey', 'revoke', prefix);
    assert.equal((await post()).status, 401);
    assert.match(
      (await run('apikey', 'new', 'northgate-box')).err,
      /no partner has an endpoint northgate-box of type http/i,
    );
  });

  it('backs up while the gateway runs, and restores into another database with control numbers moved on', async () => {
    const path = join(ground.site.home, 'all.backup');
    await fine('backup', path);
    const other = await freshDatabase();
    const original = ground.site;
    try {
      ground = { ...ground, site: { ...original, databaseUrl: other.url } };
      await fine('restore', path);
      const kept = await other.store.db('orders').count('* as n');
      const { rows: before } = await ground.database.store.db.raw(
        `select last from control_numbers where scope = 'interchange'`,
      );
      const { rows: after } = await other.store.db.raw(
        `select last from control_numbers where scope = 'interchange'`,
      );
      assert.equal(Number(kept[0]?.n), await count('orders'));
      assert.equal(Number(after[0].last), Number(before[0].last) + 1000);
      assert.notEqual((await run('restore', path)).status, 0, 'a database that is not empty is refused');
      const newer = { name: '9999_newer.sql', batch: 9, migration_time: new Date() };
      await other.store.db('schema_migrations').insert(newer);
      const { status, err } = await runProgram('restore', path, '--replace');
      assert.equal(status, 2);
      assert.match(
        err,
        /^\S+ has schema \S+, the database 9999_newer\.sql: restore with .*, then migrate\n$/,
      );
    } finally {
      ground = { ...ground, site: original };
      await other.drop();
    }
  });

  it('says that all is well, or what is not', async () => {
    assert.match((await fine('doctor')).out, /partners +1, guides 12, problems 0/);
    assert.match((await fine('partner', 'list')).out, /northgate/);
    const guide = (canonical: string) =>
      ground.write(
        'northgate/850.yaml',
        `guide: 1\nmessage: x12 004010 850\ncanonical: ${canonical}\nextends: standard/x12-004010/850\n`,
      );
    await guide('ordr');
    const wrong = await run('partner', 'check');
    assert.equal(wrong.status, 1);
    assert.match(wrong.out, /850\.yaml:3:\d+: .*ordr/);
    await guide('order');
    await fine('partner', 'check');
  });

  it('inspects and acknowledges files, and says by its status what it found', async () => {
    const archive = join(ground.site.home, 'northgate', 'out', 'archive');
    const [name] = await readdir(archive);
    const order = join(archive, name as string);
    assert.match((await fine('inspect', order)).out, /850/);
    const answers = await Promise.all(
      [1, 2].map(() => fine('acknowledge', order, '--at', '2026-11-22T10:00:00Z', '--control', '7')),
    );
    assert.equal(answers[0]?.out, answers[1]?.out);
    assert.match(answers[0]?.out ?? '', /^ISA[\s\S]*AK5\*A/);
    const cut = await file('cut.edi', (await readFile(order, 'latin1')).slice(0, -30));
    assert.equal((await run('inspect', cut)).status, 1);
    assert.equal((await run('inspect', join(archive, 'no-such-file'))).status, 2);
    assert.match((await fine('translate', order, '--json')).out, /"canonical":"order"/);
  });

  const line = (gtin: string, sellerId: string, price: string) => ({ gtin, sellerId, price, quantity: '10' });

  async function ordersNumbered(number: string): Promise<{ state: string }[]> {
    return ground.database.store.db('orders').where({ number });
  }

  async function arrived(number: string): Promise<void> {
    await until(async () => (await ordersNumbered(number)).some((order) => order.state !== 'received'));
    await quiet(gateway.store);
  }

  async function received(): Promise<void> {
    const before = await count('deliveries');
    await until(
      async () =>
        (await count('deliveries')) >= before &&
        (await readdir(join(ground.site.home, 'northgate', 'out'))).length === 1,
    );
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 50_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error('Waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
