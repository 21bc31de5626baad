/** What partners may send that a database would refuse: answered or held, and no step fails for it. */
import assert from 'node:assert/strict';
import { Desk, edifact, orders, purchaseOrder, set, x12 } from './steps.ts';

describe('bytes that no database keeps', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());

  let control = 0;
  const next = () => ++control;
  const order = (number: string, more: readonly string[] = [], envelope = {}) =>
    x12([purchaseOrder(number, more)], next(), envelope);

  it('NUL anywhere in X12: refused, and answered by a 997 that leaves', async () => {
    const files: Record<string, string> = {
      number: order('A\0B'),
      note: order('N1', ['MSG*hello\0world']),
      tag: order('N2', ['Z\0Z*1']),
      type: order('N3').replaceAll('ST*850', 'ST*8\x0050'),
      reference: order('N4').replaceAll('*0001~', '*00\x001~'),
      group: order('N5', [], { groupControl: '1\0' }),
      version: order('N6', [], { version: '0040\x0010' }),
      item: order('N7', ['PO1*9*1*EA***VN*A\x01\x7f\0']),
    };
    for (const [name, file] of Object.entries(files)) {
      assert.equal(await desk.give('acme-box', file), 'rejected', name);
      const [answer] = await desk.rows<{ kind: string; state: string }>(
        'select kind, state from documents order by id desc limit 1',
      );
      assert.deepEqual(answer, { kind: '997', state: 'written' }, name);
    }
    assert.deepEqual(await desk.rows('select id from orders'), []);
  });

  it('NUL in EDIFACT: refused, and answered by a CONTRL that leaves', async () => {
    assert.equal(await desk.give('umber-box', edifact(orders('E\x001'), '1')), 'rejected');
    assert.equal(
      await desk.give('umber-box', edifact(orders('E2'), '2').replace('+UNH', '+U\0NH')),
      'translated',
    );
    const answers = await desk.rows<{ state: string }>(`select state from documents where kind = 'CONTRL'`);
    assert.deepEqual(new Set(answers.map(({ state }) => state)), new Set(['written']));
  });

  it('NUL in an acknowledgment, and in bytes that are no interchange', async () => {
    const odd = set('997', '0001', ['AK1*PR*7\x007', 'AK2*855*0\x001', 'AK5*A', 'AK9*A*1*1*1']);
    assert.equal(await desk.give('acme-box', x12([odd], next(), { group: 'FA' })), 'translated');
    assert.equal((await desk.waiting()).at(-1), 'acknowledgment-unmatched');
    assert.equal(await desk.give('acme-box', '\0\0abc\0def'), 'held');
  });

  it('a long value that would be cut inside a character', async () => {
    const face = '\u{1f600}'.repeat(60);
    const text = Buffer.from(order('S1', [`N1*BY*x${face}`]), 'utf8');
    assert.equal(await desk.give('acme-box', text), 'rejected');
    const [stored] = await desk.rows<{ value: string }>(
      `select value from faults where code = 'element-too-long' order by id desc limit 1`,
    );
    assert.equal([...(stored?.value ?? '')].length, 61);
  });

  it('the year 0000, and a control number of thousands of characters', async () => {
    const old = order('Y1').replace('*20261122~', '*00000101~');
    assert.equal(await desk.give('acme-box', old), 'rejected');
    const digits = Array.from({ length: 9_000 }, (_, at) => ((at * at * 7 + 3 * at) % 97).toString(36)).join(
      '',
    );
    assert.equal(await desk.give('umber-box', edifact(orders('E3'), digits)), 'rejected');
    const [answer] = await desk.rows<{ state: string }>(
      `select state from documents where kind = 'CONTRL' order by id desc limit 1`,
    );
    assert.equal(answer?.state, 'written');
  });

  it('one interchange that the database refuses is held, the others of its file go on', async () => {
    await desk.rows(
      `create function refuse() returns trigger as $$ begin
         if new.control = '6666' then raise exception 'refused by the test' using errcode = '22P05'; end if;
         return new; end $$ language plpgsql`,
    );
    await desk.rows('create trigger refuse before insert on messages for each row execute function refuse()');
    const bad = x12([purchaseOrder('BAD', [], '6666')], next(), { from: 'ACME' });
    const good = [order('GOOD1', [], { from: 'BOLT' }), order('GOOD2')];
    assert.equal(await desk.give('bolt-box', `${good[0]}${bad}${good[1]}`), 'held');
    const numbers = await desk.rows<{ number: string }>(`select number from orders order by id`);
    assert.deepEqual(
      numbers.map(({ number }) => number).filter((one) => /GOOD|BAD/.test(one)),
      ['GOOD1', 'GOOD2'],
    );
    const [found] = await desk.rows<{ message: string; waiting: boolean }>(
      `select message, waiting from faults where code = 'interchange-not-stored'`,
    );
    assert.match(found?.message ?? '', /: refused by the test\.$/);
    assert.equal(found?.waiting, true);
  });
});
