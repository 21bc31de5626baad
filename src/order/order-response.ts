/** The answer to an order (855, ORDRSP), or to a change of it (865, ORDRSP). */
import { z } from 'zod';
import { carrier, freight, references } from './carriage.ts';
import { charge, tax, terms } from './charge.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { component, itemIds } from './item.ts';
import { orderParties } from './order.ts';
import { lineChange } from './order-change.ts';
import { priceFields, storeShare } from './order-line.ts';
import { contact } from './party.ts';

/** Every line outcome that the rules can come to, in the canon's words; guides turn them into ACK01 or LIN 1229. */
export const lineAction = z
  .enum([
    'accepted',
    'quantity-changed',
    'price-changed',
    'date-changed',
    'changed',
    'backordered',
    'partly-backordered',
    'rejected',
    'held',
  ])
  .describe('ACK01 668, LIN 1229.');

export const responseLine = z.strictObject({
  number: text.describe("The buyer's line number (PO101 or POC01, LIN 1082)."),
  item: itemIds.describe('PO106 or POC08 and following; LIN 7140 and PIA.'),
  description: text.describe('PID05, IMD 7008.').optional(),
  quantity: decimal.describe('As ordered (PO102 or POC03, QTY 6060 with 21).'),
  unit: text.describe('PO103 or POC05, QTY 6411.'),
  ...priceFields,
  action: lineAction,
  confirmed: decimal.describe('What we ship as asked for (ACK02, QTY 6060 with 113 or 12).'),
  backordered: decimal.describe('What we ship later (ACK02 with IB, QTY 6060 with 83).'),
  cut: decimal.describe('What we do not ship (ACK02 with IR, QTY 6060 with 182 or 185).'),
  shipOn: day
    .describe('When we promise to ship the confirmed quantity (ACK05 with 068, DTM 2380 with 10 or 11).')
    .optional(),
  deliverOn: day
    .describe('When we promise to deliver it (ACK05 with 067, DTM 2380 with 67 or 69).')
    .optional(),
  backorderOn: day
    .describe('When we expect the backordered quantity (ACK05 with 068, DTM 2380 with 10).')
    .optional(),
  change: lineChange.describe('Of a change: what the buyer asked for (POC02 670).').optional(),
  substitute: itemIds
    .describe('What we ship in its place (ACK07 and following with IS, PIA with 5).')
    .optional(),
  components: z.array(component).max(1000).describe('SLN.').optional(),
  distribution: z.array(storeShare).max(5000).describe('SDQ, LOC+7.').optional(),
  charges: z.array(charge).max(25).describe('SAC or ALC under the line.').optional(),
  references: references.describe('REF or RFF under the line.').optional(),
  reasons: z.array(text).max(20).describe('Why, in plain words (MSG or PID under ACK, FTX 4440).'),
});

export const orderResponse = z
  .strictObject({
    number: text.describe('Our number for this response (BAK08 or BCA11, BGM 1004).'),
    orderNumber: text.describe("The buyer's number (BAK03 or BCA03, RFF 1154 with ON)."),
    orderedOn: day.describe('BAK04 or BCA06, DTM 2380 with 171.').optional(),
    respondedOn: day.describe('BAK09 or BCA12, DTM 2380 with 137.'),
    purpose: z
      .enum(['original', 'duplicate', 'replace', 'change', 'cancel'])
      .describe('BAK01 or BCA01 353.')
      .optional(),
    inResponseTo: z
      .enum(['order', 'order-change'])
      .describe(
        'Whether it answers an order (855) or a change (865); ORDRSP: RFF with ON alone, or with PP too.',
      )
      .optional(),
    changeNumber: text
      .describe("The buyer's number of the change (BCA07, RFF 1154 with POR or PP).")
      .optional(),
    sequence: text.describe('Which change of the order it answers (BCA05, RFF 1156 or 4000).').optional(),
    release: text.describe('BAK05 or BCA04, RFF 1154 with RE.').optional(),
    currency: currency.describe('ISO 4217 (CUR02, CUX 6345).').optional(),
    department: text.describe('REF with DP, RFF 1154 with DP.').optional(),
    action: z
      .enum(['accepted', 'accepted-with-changes', 'rejected', 'held'])
      .describe('BAK02 or BCA02 587, BGM 1225.'),
    ...orderParties,
    vendor: text
      .describe("The buyer's number for the seller (REF with IA or VR, RFF 1154 with IA).")
      .optional(),
    shipOn: day.describe('DTM 068 or 010, DTM 2380 with 10 or 11.').optional(),
    deliverOn: day.describe('DTM 067 or 017, DTM 2380 with 67 or 69.').optional(),
    carrier: carrier.describe('TD5, TDT.').optional(),
    freight: freight.describe('FOB, TOD.').optional(),
    terms: terms.describe('ITD, PAT.').optional(),
    charges: z.array(charge).max(25).describe('SAC, ALC.').optional(),
    taxes: z.array(tax).max(10).describe('TXI, TAX.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('MSG under N9, FTX 4440.').optional(),
    lines: z.array(responseLine).min(1).max(10_000).describe('PO1 or POC, LIN.'),
  })
  .meta({
    title: 'Order response',
    description: 'What we answer to an order or to a change of it (X12 855 and 865, EDIFACT ORDRSP).',
  });

export type LineAction = z.infer<typeof lineAction>;
export type ResponseLine = z.infer<typeof responseLine>;
export type OrderResponse = z.infer<typeof orderResponse>;
