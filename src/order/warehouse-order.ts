/** The order to a warehouse that ships for us (940). */
import { z } from 'zod';
import { carrier, freight, references } from './carriage.ts';
import { charge } from './charge.ts';
import { day, decimal, notes, text } from './field.ts';
import { batchFields, itemIds } from './item.ts';
import { dateFields, storeShare } from './order-line.ts';
import { contact, party } from './party.ts';

export const warehouseLine = z.strictObject({
  number: text.describe('LX01.'),
  orderLine: text.describe("The buyer's line number (N902 with LI).").optional(),
  item: itemIds.describe('W0103 to W0107, W0115, W0116.'),
  description: text.describe('G6901.').optional(),
  quantity: decimal.describe('W0101.'),
  unit: text.describe('W0102.'),
  packSize: decimal.describe('W2001 or QTY02.').optional(),
  weight: decimal.describe('W2004.').optional(),
  ...batchFields,
  condition: text.describe('By the code table of the guide (W0114 286).').optional(),
  markFor: party.describe('N1 with Z7 under LX.').optional(),
  marks: z.array(text).max(100).describe('What the cartons are marked with (MAN02).').optional(),
  distribution: z.array(storeShare).max(5000).describe('SDQ.').optional(),
  references: references.describe('N9 under W01.').optional(),
  notes: notes.describe('NTE02 under W01.').optional(),
});

export const warehouseOrder = z
  .strictObject({
    number: text.describe('Our number (W0502).'),
    purpose: z.enum(['original', 'cancel', 'change', 'replace', 'duplicate']).describe('W0501 473.'),
    orderNumber: text.describe("The buyer's order number (W0503).").optional(),
    linkSequence: text.describe('W0504.').optional(),
    masterReference: text.describe('W0505.').optional(),
    issuedOn: day.describe('G6202 with 03 or by the guide.').optional(),
    orderedOn: day.describe('G6202 with 04.').optional(),
    ...dateFields,
    department: text.describe('N902 with DP.').optional(),
    vendor: text.describe('N902 with IA or VR.').optional(),
    promotion: text.describe('N902 with PD.').optional(),
    customerOrder: text.describe('N902 with CO.').optional(),
    depositor: party.describe('Us (N1 with DE).').optional(),
    warehouse: party.describe('N1 with WH or SF.').optional(),
    shipTo: party.describe('N1 with ST.').optional(),
    billTo: party.describe('N1 with BT.').optional(),
    buyer: party.describe('N1 with BY.').optional(),
    markFor: party.describe('N1 with Z7.').optional(),
    carrier: carrier.describe('W66.').optional(),
    freight: freight.describe('W6601, W6606, W6607.').optional(),
    palletExchange: text.describe('By the code table of the guide (W6603 399).').optional(),
    unitLoad: text.describe('By the code table of the guide (W6604 400).').optional(),
    codAmount: decimal.describe('To be collected on delivery (W6609 with two implied decimals).').optional(),
    charges: z.array(charge).max(25).describe('SAC or G72.').optional(),
    contacts: z.array(contact).max(20).describe('PER, G61.').optional(),
    references: references.describe('N9: those that have no field of their own.').optional(),
    notes: notes.describe('NTE02.').optional(),
    totalQuantity: decimal.describe('W7601.').optional(),
    weight: decimal.describe('W7602.').optional(),
    weightUnit: z.enum(['kg', 'lb']).describe('W7603.').optional(),
    volume: decimal.describe('W7604.').optional(),
    volumeUnit: z.enum(['m3', 'ft3', 'l']).describe('W7605.').optional(),
    lines: z.array(warehouseLine).max(10_000).describe('LX, W01.').optional(),
  })
  .meta({ title: 'Warehouse order', description: 'What a warehouse ships for us (X12 940).' });

export type WarehouseLine = z.infer<typeof warehouseLine>;
export type WarehouseOrder = z.infer<typeof warehouseOrder>;
