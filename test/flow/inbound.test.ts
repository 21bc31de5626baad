/** What partners send besides orders, where a guide reads it: kept as its canonical document, answered, and told to a person where it asks for something. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Context } from '../../src/flow/context.ts';
import { acceptFault } from '../../src/flow/deeds.ts';
import { noteHeld } from '../../src/flow/held.ts';
import { inboundOf } from '../../src/order/inbound.ts';
import { by } from '../end-to-end/road.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

/** The set in the fixture of its type, from ST to SE. */
async function sample(type: string): Promise<string> {
  const text = await readFile(`fixtures/interchange/x12-${type}-004010.edi`, 'latin1');
  return /ST\*[\s\S]*?~SE\*\d+\*\d+~/.exec(text)?.[0] ?? '';
}

const groups: Readonly<Record<string, string>> = { 820: 'RA', 861: 'RC', 860: 'PC', 812: 'CD', 846: 'IB' };

describe('inbound documents that are no orders', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());
  afterEach(() => desk.rows('update faults set waiting = false'));

  interface Row {
    readonly id: string;
    readonly state: string;
    readonly guide: string | null;
    readonly canonical: string | null;
    readonly content: { readonly number?: string } | null;
  }

  /** What became of the message of an interchange. */
  async function messageOf(control: number): Promise<Row> {
    const [row] = await desk.rows<Row>(
      `select m.id, m.state, m.guide, m.canonical, m.content from messages m join interchanges i on i.id = m.interchange_id
       where i.control = ?`,
      [String(control).padStart(9, '0')],
    );
    assert(row !== undefined);
    return row;
  }

  async function give(type: string, control: number): Promise<Row> {
    await desk.give('acme-box', x12([await sample(type)], control, { group: groups[type] ?? '' }));
    return messageOf(control);
  }

  const acknowledged = async (control: number) =>
    (
      await desk.rows(
        `select d.id from documents d join interchanges i on i.id = d.interchange_id
         where i.control = ? and d.kind = '997' and d.state = 'written'`,
        [String(control).padStart(9, '0')],
      )
    ).length;

  it('records what only informs, with its document', async () => {
    for (const [type, canonical, control] of [
      ['820', 'remittance', 501],
      ['846', 'inventory', 502],
    ] as const) {
      const row = await give(type, control);
      assert.deepEqual([row.state, row.canonical], ['mapped', canonical]);
      assert.match(row.guide ?? '', new RegExp(`^standard/x12-004010/${type}@[0-9a-f]{12}$`));
      assert.notEqual(row.content?.number ?? '', '');
      assert.equal(await acknowledged(control), 1);
      const [event] = await desk.rows<{ data: unknown }>(
        `select data from events where kind = 'document-recorded' order by id desc limit 1`,
      );
      assert.deepEqual(event?.data, { type, canonical, number: row.content?.number });
    }
    assert.deepEqual(await desk.waiting(), []);
  });

  it('lets a person deal with what asks for something', async () => {
    const row = await give('812', 511);
    assert.deepEqual([row.state, row.canonical], ['held', 'adjustment']);
    assert.deepEqual(await desk.waiting(), ['document-waits']);
    assert.equal(await acknowledged(511), 1);
    const [fault] = await desk.rows<{ id: string }>('select id from faults where waiting');
    await acceptFault(desk.context, fault?.id ?? '', by);
    assert.equal((await messageOf(511)).state, 'mapped');
    assert.deepEqual(await desk.waiting(), []);
  });

  it('holds a change beside its order, as read', async () => {
    const change = await sample('860');
    const number = change.match(/BCH\*[^*]*\*[^*]*\*([^*~]*)/)?.[1] ?? '';
    await desk.give('acme-box', x12([purchaseOrder(number)], 520));
    await desk.give('acme-box', x12([change], 521, { group: 'PC' }));
    const row = await messageOf(521);
    assert.deepEqual([row.state, row.canonical, row.content?.number], ['held', 'order-change', number]);
    const [fault] = await desk.rows<{ code: string; about: string }>(
      'select f.code, o.number as about from faults f join orders o on o.id = f.order_id where f.waiting',
    );
    assert.deepEqual(fault, { code: 'change-not-decided', about: number });
  });

  it('touches nothing for a test', async () => {
    const text = x12([await sample('812')], 531, { group: 'CD', test: true });
    await desk.give('acme-box', text);
    assert.deepEqual([(await messageOf(531)).state, await desk.waiting()], ['test', []]);
  });

  it('waits for a broken guide, and is read when it is mended', async () => {
    const { guides } = desk.context;
    const name = 'standard/x12-004010/846';
    const problem = { file: '846.yaml', line: 3, column: 1, message: 'There is no segment BIX.', text: '' };
    const live = desk.context as { -readonly [K in keyof Context]: Context[K] };
    live.guides = { ...guides, find: (...by) => (by[3] === '846' ? null : guides.find(...by)) };
    live.broken = new Map([[name, [problem]]]);
    const row = await give('846', 541);
    assert.deepEqual([row.state, row.guide, await desk.waiting()], ['held', null, ['guide-broken']]);
    await noteHeld(desk.context);
    assert.deepEqual(await desk.waiting(), ['guide-broken'], 'as long as it is broken');
    live.guides = guides;
    live.broken = new Map();
    await noteHeld(desk.context);
    await desk.runAll();
    const mended = await messageOf(541);
    assert.deepEqual([mended.id, mended.state, mended.canonical], [row.id, 'mapped', 'inventory']);
    assert.deepEqual(await desk.waiting(), []);
  });

  it('records a receiving advice only when all of it arrived as shipped', () => {
    const advice = (line: object) =>
      inboundOf('receiving-advice', {
        number: '1',
        issuedOn: '2026-11-22',
        orderNumber: 'PO-1',
        lines: [{ number: '1', shipped: '10', received: '10', ...line }],
      }).waits;
    assert.equal(advice({}), null);
    assert.equal(advice({ received: '10.0' }), null);
    assert.match(advice({ received: '9' }) ?? '', /not everything arrived/);
    assert.match(advice({ accepted: '8' }) ?? '', /not everything arrived/);
    assert.match(advice({ returned: '1' }) ?? '', /not everything arrived/);
    assert.match(advice({ discrepancies: [{ condition: 'damaged', quantity: '1' }] }) ?? '', /arrived/);
  });
});
