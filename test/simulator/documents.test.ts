/** What the shipped guides and our writer make of a response and a ship notice, judged by the partner who ordered. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { type OutInterchange, writeInterchange } from '../../src/interchange/write.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import type { Order } from '../../src/order/order.ts';
import type { OrderResponse } from '../../src/order/order-response.ts';
import type { ShipNotice } from '../../src/order/ship-notice.ts';
import type { Judgement, OrderFile, TradingPartner } from '../../src/simulator/trading-partner.ts';
import {
  type Basket,
  basket,
  edifactAddresses,
  harborPine,
  nordlicht,
  order,
  x12Addresses,
} from './example.ts';

const shipTo = { name: 'Distribution Center North', code: 'DC07', gln: '4099999000036', city: 'Port Alder' };
const items = order.lines.map(({ gtin = '', sellerId = '' }) => ({ gtin, sellerId }));
const [first = { gtin: '', sellerId: '' }, second = first] = items;
const heading = { orderNumber: 'PO-7001', orderedOn: '2026-11-20', respondedOn: '2026-11-20', shipTo };

/** The second of two lines in part on back order. */
const inPart: OrderResponse = {
  number: 'R-1',
  ...heading,
  action: 'accepted-with-changes',
  lines: [
    {
      number: '1',
      item: first,
      quantity: '12',
      unit: 'each',
      price: '3.5',
      action: 'accepted',
      confirmed: '12',
      backordered: '0',
      cut: '0',
      shipOn: '2026-11-25',
      reasons: [],
    },
    {
      number: '2',
      item: second,
      quantity: '30',
      unit: 'each',
      price: '2',
      action: 'partly-backordered',
      confirmed: '20',
      backordered: '10',
      cut: '0',
      shipOn: '2026-11-25',
      backorderOn: '2026-12-09',
      reasons: [],
    },
  ],
};

/** The first line refused, the second waiting. */
const hardly: OrderResponse = {
  ...inPart,
  number: 'R-2',
  lines: [
    {
      number: '1',
      item: first,
      quantity: '12',
      unit: 'each',
      price: '3.5',
      action: 'rejected',
      confirmed: '0',
      backordered: '0',
      cut: '12',
      reasons: ['not sold'],
    },
    {
      number: '2',
      item: second,
      quantity: '30',
      unit: 'each',
      price: '2',
      action: 'backordered',
      confirmed: '0',
      backordered: '30',
      cut: '0',
      backorderOn: '2026-12-09',
      reasons: [],
    },
  ],
};

const notice: ShipNotice = {
  number: 'S-1',
  createdAt: '2026-11-24T14:00:00Z',
  shippedOn: '2026-11-24',
  cartonCount: '2',
  shipTo,
  orders: [
    {
      number: 'PO-7001',
      orderedOn: '2026-11-20',
      department: '42',
      cartons: [
        {
          sscc: '340999990000000013',
          items: [{ lineNumber: '1', item: first, quantity: '12', unit: 'each', ordered: '12' }],
        },
        {
          sscc: '340999990000000020',
          items: [{ lineNumber: '2', item: second, quantity: '20', unit: 'each', ordered: '30' }],
        },
      ],
    },
  ],
};

const { guides, problems } = await loadGuides(join(import.meta.dirname, '../../mappings'));

for (const { folder, make, response, ship, envelope } of [
  { folder: 'harbor-and-pine', make: harborPine, response: '855', ship: '856', envelope: x12Envelope },
  { folder: 'nordlicht', make: nordlicht, response: 'ORDRSP', ship: 'DESADV', envelope: edifactEnvelope },
])
  describe(`our ${response} and ${ship}, judged by the partner`, () => {
    let mail: Basket;
    let partner: TradingPartner;
    let sent: OrderFile[];
    beforeEach(() => {
      assert.deepEqual(problems, []);
      mail = basket();
      partner = make(mail);
      sent = [partner.order({ ...order, currency: 'EUR' })];
    });

    async function judged(type: string, document: OrderResponse | ShipNotice): Promise<Judgement> {
      const release = partner.standard === 'x12' ? '004010' : 'D96A';
      const guide = guides.find(folder, partner.standard, release, type);
      assert.ok(guide);
      const { segments, faults } = await guide.write(document);
      assert.deepEqual(faults, []);
      const written = writeInterchange(envelope(type, segments));
      assert.deepEqual(written.faults, []);
      mail.incoming.push({ name: `${type}.edi`, bytes: written.bytes });
      const [answer, ...others] = await partner.poll();
      assert.ok(answer !== undefined && others.length === 0);
      return partner.judge(answer, sent);
    }

    it('comes from an order that the guide reads whole', async () => {
      const guide = guides.find(
        folder,
        partner.standard,
        partner.standard === 'x12' ? '004010' : 'D96A',
        sent[0]?.expected.type ?? '',
      );
      const messages = [];
      for await (const event of readInterchanges([sent[0]?.bytes ?? Buffer.alloc(0)]))
        if (event.kind === 'message') messages.push(event);
      const [message] = messages;
      assert.ok(guide && message);
      const { document, faults, unmapped } = await guide.read(message);
      assert.deepEqual({ faults, unmapped }, { faults: [], unmapped: [] });
      assert.ok(document);
      const { number, department, currency, requestedOn, shipNotAfter, lines } = document as Order;
      assert.deepEqual(
        { number, department, currency, requestedOn, shipNotAfter },
        {
          number: 'PO-7001',
          department: '42',
          currency: 'EUR',
          requestedOn: '2026-12-01',
          shipNotAfter: '2026-12-05',
        },
      );
      assert.deepEqual(
        lines.map((line) => [
          line.number,
          line.quantity,
          line.unit,
          line.item.gtin,
          line.item.sellerId,
          Number(line.price),
        ]),
        [
          ['1', '12', 'each', '4099999000104', 'TEA-01', 3.5],
          ['2', '30', 'each', '4099999000203', 'TEA-02', 2],
        ],
      );
    });

    it('is right about an order that is confirmed in part, and about its shipment', async () => {
      const answer = await judged(response, inPart);
      assert.deepEqual(answer.problems, []);
      assert.equal(answer.orderNumber, 'PO-7001');
      const shipment = await judged(ship, notice);
      assert.deepEqual(shipment.problems, []);
      assert.match(shipment.summary, /order PO-7001: 2 packages, 2 items: right$/);
    });

    it('is right about lines that are refused and that wait', async () => {
      const answer = await judged(response, hardly);
      assert.deepEqual(answer.problems, []);
      assert.match(answer.summary, /2 lines: 1 rejected, 1 backordered: right$/);
    });

    it('is found out when it ships what was refused', async () => {
      await judged(response, hardly);
      assert.match((await judged(ship, notice)).problems.join(), /line 1: 12 shipped, 0 confirmed/);
    });
  });

let control = 0;

function x12Envelope(
  type: string,
  segments: OutInterchange['groups'][0]['messages'][0]['segments'],
): OutInterchange {
  control += 1;
  const { gateway, partner } = x12Addresses;
  const messages = [{ type, version: null, control: '0001', segments }];
  const group = {
    type: type === '855' ? 'PR' : 'SH',
    control: String(control),
    version: '004010',
    sender: gateway.id,
    receiver: partner.id,
    messages,
  };
  const separators = {
    element: '*',
    component: '>',
    repetition: null,
    segment: '~',
    release: null,
    decimal: '.',
  };
  return {
    ...common('x12', String(control).padStart(9, '0')),
    sender: gateway,
    receiver: partner,
    version: '00401',
    separators,
    groups: [group],
  };
}

function edifactEnvelope(
  type: string,
  segments: OutInterchange['groups'][0]['messages'][0]['segments'],
): OutInterchange {
  control += 1;
  const { gateway, partner } = edifactAddresses;
  const messages = [{ type, version: 'D:96A:UN:EAN005', control: '1', segments }];
  const group = { type: null, control: null, version: null, sender: null, receiver: null, messages };
  const separators = {
    element: '+',
    component: ':',
    repetition: null,
    segment: "'",
    release: '?',
    decimal: '.',
  };
  return {
    ...common('edifact', String(control)),
    sender: gateway,
    receiver: partner,
    version: 'UNOC:3',
    separators,
    groups: [group],
  };
}

function common<S extends OutInterchange['standard']>(standard: S, number: string) {
  const at = new Date('2026-11-20T10:00:00Z');
  return { standard, control: number, test: false, acknowledgmentRequested: '', newline: '\n', at };
}
