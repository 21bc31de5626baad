/** Mappings that change under a running gateway: taken up whole, or the partner that they concern waits. */
import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acceptFault } from '../../src/flow/deeds.ts';
import { keepTable } from '../../src/flow/tables.ts';
import { purchaseOrder, x12 } from '../flow/steps.ts';
import { type Opened, openGateway } from './gateway.ts';
import { by, fillShelf, type Ground, layGround, quiet, until } from './road.ts';

const box = (name: string, more: object = {}) => ({
  [`${name}-box`]: { type: 'folder', in: `${name}/in`, out: `${name}/out`, every: '1s', ...more },
});

const terms = (name: string, endpoints: object = box(name)) => ({
  name,
  agreements: {
    live: {
      standard: 'x12',
      us: { qualifier: 'ZZ', id: 'SALTMARSH' },
      them: { qualifier: 'ZZ', id: name.toUpperCase() },
      version: { interchange: '00401', message: '004010' },
      acknowledge: { send: '997' },
      documents: { '855': {} },
      endpoint: `${name}-box`,
    },
  },
  endpoints,
});

/** A guide of the partner's own that says hardly anything of its own. */
const guide = (note: string) =>
  `guide: 1\nmessage: x12 004010 850\ncanonical: order\nextends: standard/x12-004010/850\nsegments:\n  - BEG: { "03": number! } # ${note}\n`;
const brokenGuide = guide('broken').replace('number!', 'nummber');

describe('mappings that change while the gateway runs', () => {
  let ground: Ground;
  let gateway: Opened;

  before(async () => {
    const van = { ...box('bolt'), ...box('van', { carries: ['acme'] }) };
    ground = await layGround({ acme: terms('acme'), bolt: terms('bolt', van) });
    await ground.write('acme/850.yaml', guide('first'));
    gateway = await open();
    await fillShelf(gateway.flow.context);
  });
  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  const open = () => openGateway({ ...ground.site, reloadMs: 60 });
  const db = () => ground.database.store.db;
  const partners = () => gateway.flow.context.partners;

  async function drop(mailbox: string, name: string, text: string): Promise<void> {
    const path = join(ground.site.home, mailbox, 'in', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.tmp`, text, 'latin1');
    await rename(`${path}.tmp`, path);
  }

  const answered = async (number: string) =>
    (await db()('documents as d').join('orders as o', 'o.id', 'd.order_id').where({ number, kind: '855' }))
      .length === 1;
  const order = (from: string, number: string, control: number) =>
    x12([purchaseOrder(number)], control, { from });
  const held = (name: string) => until(`${name} is held`, async () => partners().heldBecause(name) !== null);
  const free = (name: string) => until(`${name} is free`, async () => partners().heldBecause(name) === null);
  const waiting = () => db()('faults').where({ waiting: true }).orderBy('id');

  it('reads with the guide as it is now, and says by which it read', async () => {
    await drop('acme', 'one.edi', order('ACME', 'PO-1', 1));
    await until('it is answered', () => answered('PO-1'));
    const before = gateway.flow.context.guides;
    await ground.write('acme/850.yaml', guide('second'));
    await until('the guide is taken up', async () => gateway.flow.context.guides !== before);
    await drop('acme', 'two.edi', order('ACME', 'PO-2', 2));
    await until('it is answered', () => answered('PO-2'));
    const rows = await db()('messages').select('guide').orderBy('id');
    const [first, second] = rows.map((row) => row.guide as string);
    assert.match(first ?? '', /^acme\/850@[0-9a-f]{12}$/);
    assert.match(second ?? '', /^acme\/850@[0-9a-f]{12}$/);
    assert.notEqual(first, second);
  });

  it('holds the partner whose guide is broken, and nobody else', async () => {
    await ground.write('acme/850.yaml', brokenGuide);
    await held('acme');
    assert.match(partners().heldBecause('acme') ?? '', /acme\/850\.yaml:6:18: .*nummber/);
    await until('a person is told', async () => (await waiting()).length === 1);
    const [fault] = await waiting();
    assert.deepEqual([fault.code, fault.partner], ['partner-held', 'acme']);
    assert.match(fault.message, /acme\/850\.yaml:6:18/);

    await drop('acme', 'three.edi', order('ACME', 'PO-3', 3));
    await drop('van', 'both.edi', order('ACME', 'PO-4', 4) + order('BOLT', 'PO-5', 5));
    await until("bolt's order is answered", () => answered('PO-5'));
    await until(
      'it is stored',
      async () => (await db()('deliveries').where({ name: 'three.edi' })).length === 1,
    );
    const [stored] = await db()('deliveries').where({ name: 'three.edi' });
    assert.equal(stored.state, 'received', 'kept, and not looked into');
    assert.deepEqual(await db()('orders').whereIn('number', ['PO-3', 'PO-4']), []);
    const codes = (await waiting()).map(({ code }) => code);
    assert.deepEqual(codes, ['partner-held', 'interchange-waits']);
  });

  it('does what waited as soon as the guide is mended, once', async () => {
    await ground.write('acme/850.yaml', guide('mended'));
    await free('acme');
    await until('all are answered', async () => (await answered('PO-3')) && (await answered('PO-4')));
    await until('nobody waits', async () => (await waiting()).length === 0);
    await quiet(ground.database.store);
    const numbers = (await db()('orders').select('number').orderBy('number')).map(({ number }) => number);
    assert.deepEqual(numbers, ['PO-1', 'PO-2', 'PO-3', 'PO-4', 'PO-5']);
    const kinds = (await db()('events').whereIn('kind', ['partner-held', 'partner-freed']).orderBy('id')).map(
      ({ kind }) => kind,
    );
    assert.deepEqual(kinds, ['partner-held', 'partner-freed']);
  });

  it('takes a new partner with its mailbox, a mailbox that moves, and one that goes', async () => {
    await ground.write('newt/partner.yaml', JSON.stringify({ partner: 1, ...terms('newt') }));
    await drop('newt', 'one.edi', order('NEWT', 'PO-N1', 1));
    await until('it is answered', () => answered('PO-N1'));

    const down = { endpoint: 'newt-box', work: 'poll', failures: 9, reason: 'It was not there' };
    await db()('breakers').insert({ ...down, until: new Date(Date.now() + 3_600_000) });
    const moved = { 'newt-box': { ...box('newt')['newt-box'], in: 'elsewhere/in' } };
    await ground.write('newt/partner.yaml', JSON.stringify({ partner: 1, ...terms('newt', moved) }));
    await drop('elsewhere', 'two.edi', order('NEWT', 'PO-N2', 2));
    // Left alone until it was changed.
    await until('it is answered', () => answered('PO-N2'));

    await quiet(ground.database.store);
    await rm(join(ground.site.mappings, 'newt'), { recursive: true });
    await until('it is gone', async () => partners().byName('newt') === null);
    assert.equal(partners().endpoint('newt-box'), null);
  });

  it('keeps the ids of who was here first', async () => {
    await ground.write(
      'aardvark/partner.yaml',
      JSON.stringify({ partner: 1, ...terms('aardvark') }).replace('AARDVARK', 'BOLT'),
    );
    await held('aardvark');
    assert.equal(partners().heldBecause('bolt'), null);
    await drop('bolt', 'six.edi', order('BOLT', 'PO-6', 6));
    await until('it is answered', () => answered('PO-6'));
    await rm(join(ground.site.mappings, 'aardvark'), { recursive: true });
    await until('it is gone', async () => partners().held.length === 0);
    await until('nobody waits', async () => (await waiting()).length === 0);
  });

  it('refuses deeds by terms that are broken', async () => {
    await drop('acme', 'odd.edi', order('ACME', 'PO-7', 7).replace('*12.50*', '*99.50*'));
    await until('it is held', async () => (await waiting()).length === 1);
    const [{ id }] = await waiting();
    await ground.write('acme/partner.yaml', 'partner: 1\nname: [\n');
    await held('acme');
    await assert.rejects(
      acceptFault(gateway.flow.context, id, by),
      /acme is held until its files are mended/,
    );
    await ground.write('acme/partner.yaml', JSON.stringify({ partner: 1, ...terms('acme') }));
    await free('acme');
    await acceptFault(gateway.flow.context, id, by);
    await until('it is answered', () => answered('PO-7'));
  });

  it('waits for a table that a guide looks values up in, and takes it up when somebody loads it', async () => {
    const looking = guide('looking').replace(
      'number! }',
      'number }\n  - REF: { "01": =DP, "02": "department lookup(departments, number, name)" }',
    );
    await ground.write('acme/850.yaml', looking);
    await held('acme');
    const table = {
      partner: 'acme',
      name: 'departments',
      columns: ['number', 'name'],
      rows: [['7', 'Garden']],
    };
    await keepTable(gateway.flow.context, table, by, ground.site.mappings);
    await free('acme');
    await drop('acme', 'garden.edi', x12([purchaseOrder('PO-G', ['REF*DP*7'])], 71, { from: 'ACME' }));
    await until('it is answered', () => answered('PO-G'));
    const [row] = await db()('orders').where({ number: 'PO-G' });
    assert.equal(row.document.department, 'Garden');
    await ground.write('acme/850.yaml', guide('plain'));
    await until('nobody waits', async () => (await waiting()).length === 0);
  });

  it('starts with a partner whose files are broken, and keeps what comes for it', async () => {
    await gateway.close();
    const right = JSON.stringify({ partner: 1, ...terms('acme') });
    await ground.write('acme/partner.yaml', right.replace('"partner":1', '"partner":1,"polcy":{}'));
    gateway = await open();
    assert.match(partners().heldBecause('acme') ?? '', /There is no key 'polcy' here/);
    await drop('acme', 'eight.edi', order('ACME', 'PO-8', 8));
    await drop('bolt', 'nine.edi', order('BOLT', 'PO-9', 9));
    await until("bolt's order is answered", () => answered('PO-9'));
    await until(
      'it is stored',
      async () => (await db()('deliveries').where({ name: 'eight.edi' })).length === 1,
    );
    await ground.write('acme/partner.yaml', right);
    await until('it is answered', () => answered('PO-8'));
    await until('nobody waits', async () => (await waiting()).length === 0);
  });
});
