/**
 * The order (850, ORDERS), whatever standard it came in. Quantities and money are decimal strings ('12', '3.50'); dates are
 * 'YYYY-MM-DD'; times are ISO 8601 with offset. Each field says which segment and element carry it.
 */
import { z } from 'zod';
import { carrier, freight, references } from './carriage.ts';
import { charge, tax, terms } from './charge.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { dateFields, orderLine } from './order-line.ts';
import { contact, party } from './party.ts';

/** What a seller who ships to the buyer's customer has to know. */
export const dropShip = z
  .strictObject({
    customerOrder: text
      .describe("The consumer's order number with the buyer (REF with CO, RFF 1154 with UC).")
      .optional(),
    customerOrderedOn: day.describe('DTM 2380 under RFF, DTM 004 under N9.').optional(),
    customer: party.describe('Who bought (N1 with BO or SO, NAD with UC or OB).').optional(),
    shipMethod: text
      .describe('The way of shipment that the consumer chose (TD505, TD512, TDT 8179).')
      .optional(),
    packingSlip: notes
      .describe('What the packing slip says (MSG under N9 with the code for it, FTX 4440 with PKG).')
      .optional(),
    giftMessage: notes.describe('MSG under N9 with the code for it, FTX 4440.').optional(),
    returnTo: party.describe('Where the consumer returns goods to (N1 with RT, NAD with RE).').optional(),
    signature: z
      .enum(['required', 'none'])
      .describe('Whether the consumer signs for the delivery (TD5, SPH; FTX).')
      .optional(),
  })
  .meta({
    id: 'dropShip',
    title: 'Drop shipment',
    description: "What a seller who ships to the buyer's customer has to know.",
  });

/** Parties that an order and what answers it may name. */
export const orderParties = {
  buyer: party.describe('N1 with BY, NAD with BY.').optional(),
  seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
  shipTo: party.describe('N1 with ST, NAD with DP or ST.').optional(),
  billTo: party.describe('N1 with BT, NAD with IV.').optional(),
  markFor: party
    .describe('The store for which goods go through a distribution centre (N1 with Z7, NAD with UC).')
    .optional(),
  shipFrom: party.describe('N1 with SF, NAD with SF.').optional(),
} as const;

/** Whatever an order, or a change of it, says at its head. */
export const orderHead = {
  type: z
    .enum([
      'standalone',
      'drop-ship',
      'release',
      'blanket',
      'cross-dock',
      'rush',
      'replenishment',
      'promotional',
      'consignment',
      'sample',
      'other',
    ])
    .describe('BEG02 92, BGM 1001.')
    .optional(),
  release: text.describe('BEG04, RFF 1154 with RE.').optional(),
  orderedOn: day.describe('BEG05, DTM 2380 with 137.').optional(),
  currency: currency.describe('ISO 4217 (CUR02, CUX 6345).').optional(),
  department: text.describe('REF with DP, RFF 1154 with DP or NAD 3412.').optional(),
  vendor: text
    .describe("The buyer's number for the seller (REF with IA or VR, RFF 1154 with IA under NAD).")
    .optional(),
  promotion: text.describe("The buyer's event or promotion (REF with PD, RFF 1154 with PD).").optional(),
  contract: text.describe('BEG06 or REF with CT, RFF 1154 with CT.').optional(),
  quote: text.describe('REF with Q1 or PR, RFF 1154 with AAG.').optional(),
  account: text
    .describe("The buyer's account with the seller (REF with 11 or AN, RFF 1154 with ADE).")
    .optional(),
  ...dateFields,
  ...orderParties,
  carrier: carrier.describe('How to ship (TD5, TDT).').optional(),
  freight: freight.describe('FOB, TOD.').optional(),
  terms: terms.describe('ITD, PAT.').optional(),
  charges: z.array(charge).max(25).describe('SAC, ALC.').optional(),
  taxes: z.array(tax).max(10).describe('TAX or TXI, TAX.').optional(),
  contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
  references: references.describe('REF, RFF: those that have no field of their own.').optional(),
  dropShip: dropShip.optional(),
  total: decimal
    .describe("The order's value as the buyer reckons it (AMT02 with TT, MOA 5004 with 86).")
    .optional(),
  notes: notes.describe('MSG under N9, NTE; FTX 4440.').optional(),
} as const;

export const order = z
  .strictObject({
    number: text.describe("The buyer's number for the order (BEG03, BGM 1004)."),
    purpose: z
      .enum(['original', 'cancel', 'replace', 'confirm', 'duplicate', 'change'])
      .describe('BEG01 353, BGM 1225.'),
    ...orderHead,
    lines: z.array(orderLine).min(1).max(10_000).describe('PO1, LIN.'),
  })
  .meta({ title: 'Order', description: 'What a buyer orders (X12 850, EDIFACT ORDERS).' });

export type DropShip = z.infer<typeof dropShip>;
export type Order = z.infer<typeof order>;
