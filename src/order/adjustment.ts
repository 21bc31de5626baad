/** The credit or debit adjustment (812): what a partner claims or grants, and for what. */
import { z } from 'zod';
import { references } from './carriage.ts';
import { charge, terms } from './charge.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { itemIds } from './item.ts';
import { contact, party } from './party.ts';

const direction = z.enum(['credit', 'debit']);

export const adjustmentLine = z.strictObject({
  number: text.describe('CDD03.').optional(),
  kind: direction.describe('CDD02 478.'),
  reason: text.describe('By the code table of the guide, or the code as it came (CDD01 426).'),
  amount: decimal.describe('CDD04 with two implied decimals.').optional(),
  item: itemIds.describe('LIN02 and following.').optional(),
  description: text.describe('LIN or N9 by the guide.').optional(),
  quantity: decimal.describe('CDD07.').optional(),
  unit: text.describe('CDD08.').optional(),
  priceDifference: decimal.describe('Per unit (CDD09).').optional(),
  invoicedPrice: decimal.describe('CDD11 or CDD13, by the qualifier before it.').optional(),
  correctPrice: decimal.describe('CDD11 or CDD13, by the qualifier before it.').optional(),
  packSize: decimal.describe('PO401.').optional(),
  on: day.describe('DTM under CDD.').optional(),
  charges: z.array(charge).max(25).describe('SAC under CDD.').optional(),
  references: references.describe('N9 under CDD.').optional(),
});

export const adjustment = z
  .strictObject({
    number: text.describe('BCD02.'),
    issuedOn: day.describe('BCD01.'),
    purpose: z.enum(['original', 'cancel', 'replace', 'duplicate']).describe('BCD11 353.').optional(),
    kind: direction.describe('BCD05 478.'),
    amount: decimal.describe('BCD04 with two implied decimals.'),
    handling: text.describe('By the code table of the guide (BCD03 305).').optional(),
    currency: currency.describe('ISO 4217 (CUR02).').optional(),
    invoice: text.describe('BCD07.').optional(),
    invoicedOn: day.describe('BCD06.').optional(),
    orderNumber: text.describe('BCD10.').optional(),
    orderedOn: day.describe('BCD09.').optional(),
    sellerOrder: text.describe('BCD08.').optional(),
    department: text.describe('N902 with DP.').optional(),
    vendor: text.describe('N902 with IA or VR.').optional(),
    buyer: party.describe('N1 with BY.').optional(),
    seller: party.describe('N1 with SE, VN or SU.').optional(),
    shipTo: party.describe('N1 with ST.').optional(),
    billTo: party.describe('N1 with BT.').optional(),
    remitTo: party.describe('N1 with RI or RE.').optional(),
    terms: terms.describe('ITD.').optional(),
    charges: z.array(charge).max(25).describe('SAC.').optional(),
    contacts: z.array(contact).max(20).describe('PER.').optional(),
    references: references.describe('N9, BCD14: those that have no field of their own.').optional(),
    notes: notes.describe('N9 with its text, by the guide.').optional(),
    lines: z.array(adjustmentLine).max(10_000).describe('CDD.').optional(),
  })
  .meta({ title: 'Adjustment', description: 'What a partner claims or grants, and for what (X12 812).' });

export type AdjustmentLine = z.infer<typeof adjustmentLine>;
export type Adjustment = z.infer<typeof adjustment>;
