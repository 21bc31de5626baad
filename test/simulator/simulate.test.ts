import assert from 'node:assert/strict';
import { mailbox } from '../../src/simulator/carrier.ts';
import { type SimulateOptions, simulate } from '../../src/simulator/simulate.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { type Basket, basket, harborPine } from './example.ts';

const items = [
  { upc: '099999000108', sellerId: 'TEA-01', price: '3.50' },
  { upc: '099999000207', sellerId: 'TEA-02', price: '2.00' },
];

describe('portolan simulate', () => {
  const told: string[] = [];
  const options = (mail: Basket, more: Partial<SimulateOptions> = {}): SimulateOptions => ({
    partner: harborPine(mail),
    items,
    orders: 2,
    lines: 2,
    numberPrefix: 'T-',
    orderedOn: '2026-11-20',
    patienceMs: 0,
    everyMs: 1,
    print: (line) => void told.push(line),
    ...more,
  });
  beforeEach(() => void told.splice(0));

  it('sends the orders, judges and acknowledges the answers, and says so', async () => {
    const mail = answering(basket(), everything);
    const { ok, sent, judgements, missing } = await simulate(options(mail, { patienceMs: 5_000 }));
    assert.deepEqual(
      judgements.flatMap(({ problems }) => problems),
      [],
    );
    assert.deepEqual(
      { ok, missing, sent: sent.length, judged: judgements.length },
      { ok: true, missing: [], sent: 2, judged: 4 },
    );
    assert.match(told.join('\n'), /^sent 850 000000041: order T-1, 2 lines \(850-41.edi\)\nsent 850/);
    assert.match(told.join('\n'), /right 855 \d+: order T-2: 2 lines: 2 accepted: right/);
    const own = mail.sent.filter(({ name }) => name.startsWith('997'));
    assert.equal(own.length, 2);
  });

  it('says what is missing when nobody answers', async () => {
    const { ok, missing } = await simulate(options(basket(), { orders: 1, awaitNotices: true }));
    assert.equal(ok, false);
    assert.deepEqual(missing, [
      'order T-1: 1 of 1 acknowledgments',
      'order T-1: the order response',
      'order T-1: the ship notice',
    ]);
    assert.deepEqual(told.filter((line) => line.startsWith('missing')).length, 3);
  });

  it('finds a wrong answer', async () => {
    const mail = answering(basket(), (order) =>
      everything(order).map((text) => text.replace('ACK*IA', 'ACK*IQ')),
    );
    const { ok, judgements } = await simulate(options(mail, { orders: 1, patienceMs: 5_000 }));
    assert.equal(ok, false);
    assert.match(judgements.flatMap(({ problems }) => problems).join(), /IQ says that the quantity changed/);
    assert.match(told.join('\n'), /^WRONG 855/m);
  });

  it('waits for nothing that is not due', async () => {
    const { ok, missing } = await simulate(options(basket(), { fault: 'garbage', orders: 1 }));
    assert.deepEqual({ ok, missing }, { ok: true, missing: [] });
  });

  it('listens on after a fault, and tells of an answer that must not come', async () => {
    const mail = answering(basket(), everything);
    const { ok, judgements } = await simulate(
      options(mail, { fault: 'test-flag', orders: 1, patienceMs: 200 }),
    );
    assert.equal(ok, false);
    assert.match(judgements.flatMap(({ problems }) => problems).join(), /no response was due/);
  });

  it('throws when it cannot send', async () => {
    const partner = harborPine(mailbox({ outgoing: '/dev/null/out', incoming: '/dev/null/in' }));
    await assert.rejects(simulate({ ...options(basket()), partner }), /ENOTDIR/);
  });
});

interface Ordered {
  readonly number: string;
  readonly group: string;
  readonly lines: readonly (readonly string[])[];
}

/** A gateway that answers every 850 with what `write` makes of it. */
function answering(mail: Basket, write: (order: Ordered) => readonly string[]): Basket {
  let control = 0;
  const send = async (name: string, bytes: Buffer) => {
    await mail.send(name, bytes);
    const [order] = readX12(name, bytes);
    if (order?.kind !== '850') return;
    const lines = order.segments
      .filter(({ tag }) => tag === 'PO1')
      .map(({ elements }) => elements.map(([value = '']) => value));
    const number = order.segments[0]?.elements[2]?.[0] ?? '';
    for (const text of write({ number, group: order.group?.control ?? '', lines }))
      mail.incoming.push({ name: `answer-${++control}.edi`, bytes: enveloped(text, control) });
  };
  return { ...mail, send };
}

/** A 997 and an 855 that accepts every line, each without its envelope. */
function everything({ number, group, lines }: Ordered): readonly string[] {
  const details = lines.map(
    ([line, quantity, unit, price, , qualifier, id]) =>
      `PO1*${line}*${quantity}*${unit}*${price}**${qualifier}*${id}~ACK*IA*${quantity}*${unit}~`,
  );
  return [
    `FA~ST*997*0001~AK1*PO*${group}~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~`,
    `PR~ST*855*0001~BAK*00*AD*${number}*20261120~${details.join('')}SE*${3 + 2 * lines.length}*0001~`,
  ];
}

function enveloped(text: string, control: number): Buffer {
  const [group = '', ...body] = text.split('~');
  const isa = `ISA*00*          *00*          *ZZ*SALTMARSH      *ZZ*HARBORPINE     *261120*0931*U*00401*${String(control).padStart(9, '0')}*0*P*>~`;
  const gs = `GS*${group}*SALTMARSH*HARBORPINE*20261120*0931*${control}*X*004010~`;
  return Buffer.from(
    `${isa}${gs}${body.join('~')}GE*1*${control}~IEA*1*${String(control).padStart(9, '0')}~`,
  );
}
