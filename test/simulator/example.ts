/** Two invented partners with carriers in memory, and an order of each: what the tests of the simulator share. */
import type { Carrier, Mail } from '../../src/simulator/carrier.ts';
import { controlNumbers } from '../../src/simulator/control.ts';
import { edifactPartner, usualEdifactCodes } from '../../src/simulator/edifact-partner.ts';
import type { Addresses, OrderSpec, TradingPartner } from '../../src/simulator/trading-partner.ts';
import { usualX12Codes, x12Partner } from '../../src/simulator/x12-partner.ts';

export const x12Addresses: Addresses = {
  partner: { qualifier: 'ZZ', id: 'HARBORPINE' },
  gateway: { qualifier: 'ZZ', id: 'SALTMARSH' },
};

export const edifactAddresses: Addresses = {
  partner: { qualifier: '14', id: '4099999000012' },
  gateway: { qualifier: '14', id: '4099999000029' },
};

export const order: OrderSpec = {
  number: 'PO-7001',
  orderedOn: '2026-11-20',
  requestedOn: '2026-12-01',
  shipNotAfter: '2026-12-05',
  department: '42',
  shipTo: {
    name: 'Distribution Center North',
    code: 'DC07',
    gln: '4099999000036',
    street: '12 Quay Road',
    city: 'Port Alder',
    region: 'WA',
    postcode: '98101',
    country: 'US',
  },
  lines: [
    {
      gtin: '4099999000104',
      upc: '099999000108',
      sellerId: 'TEA-01',
      description: 'Tea',
      quantity: '12',
      price: '3.50',
    },
    { gtin: '4099999000203', upc: '099999000207', sellerId: 'TEA-02', quantity: '30', price: '2' },
  ],
};

/** A carrier that keeps what was sent, and hands over what is put into `incoming`. */
export interface Basket extends Carrier {
  readonly sent: Mail[];
  readonly incoming: Mail[];
}

export function basket(): Basket {
  const sent: Mail[] = [];
  const incoming: Mail[] = [];
  return {
    sent,
    incoming,
    send: async (name, bytes) => void sent.push({ name, bytes }),
    collect: async () => incoming.splice(0),
  };
}

const now = () => new Date('2026-11-20T09:30:00Z');

export function harborPine(carrier: Carrier = basket(), silent = false): TradingPartner {
  const control = controlNumbers(41);
  return x12Partner({ addresses: x12Addresses, carrier, control, allowedCodes: usualX12Codes, now, silent });
}

export function nordlicht(carrier: Carrier = basket(), silent = false): TradingPartner {
  const control = controlNumbers(41);
  return edifactPartner({
    addresses: edifactAddresses,
    carrier,
    control,
    allowedCodes: usualEdifactCodes,
    now,
    silent,
  });
}
