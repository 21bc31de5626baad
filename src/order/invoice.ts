/** The invoice or credit note (810, INVOIC). */
import { z } from 'zod';
import { carrier, freight, references } from './carriage.ts';
import { charge, tax, terms } from './charge.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { batchFields, component, itemIds } from './item.ts';
import { priceFields, storeShare } from './order-line.ts';
import { contact, party } from './party.ts';

export const invoiceLine = z.strictObject({
  number: text.describe('IT101, LIN 1082.'),
  item: itemIds.describe('IT106 and following; LIN 7140 and PIA.'),
  description: text.describe('PID05, IMD 7008.').optional(),
  quantity: decimal.describe('Invoiced (IT102, QTY 6060 with 47).'),
  unit: text.describe('IT103, QTY 6411.'),
  ...priceFields,
  amount: decimal
    .describe('Of the line, charges and allowances of the line included (PAM05 or AMT02, MOA 5004 with 203).')
    .optional(),
  orderNumber: text
    .describe('Where it is not that of the invoice (REF with PO, RFF 1154 with ON).')
    .optional(),
  orderLine: text
    .describe("The buyer's line number in the order (REF with LI, RFF 1156 with ON).")
    .optional(),
  shipNotice: text.describe('REF with SI or MA, RFF 1154 with AAK or DQ.').optional(),
  ordered: decimal.describe('IT3 or QTY, QTY 6060 with 21.').optional(),
  delivered: decimal.describe('IT301, QTY 6060 with 46 or 12.').optional(),
  free: decimal.describe('Without charge (QTY 6060 with 192).').optional(),
  packSize: decimal.describe('PO401, QTY 6060 with 59.').optional(),
  innerPack: decimal.describe('PO414, QTY 6060 with 52.').optional(),
  ...batchFields,
  deliveredOn: day.describe('DTM 035, DTM 2380 with 35.').optional(),
  distribution: z.array(storeShare).max(5000).describe('SDQ, LOC+7.').optional(),
  components: z.array(component).max(1000).describe('SLN.').optional(),
  charges: z.array(charge).max(25).describe('SAC or ALC under the line.').optional(),
  taxes: z.array(tax).max(10).describe('TXI or TAX under the line.').optional(),
  references: references.describe('REF or RFF under the line.').optional(),
  notes: notes.describe('FTX 4440 under the line.').optional(),
});

/** Sums of an invoice; what a partner does not ask for is left out. All in the invoice's currency. */
export const invoiceTotals = z
  .strictObject({
    lines: decimal
      .describe('Of all lines, before charges and allowances of the whole invoice (MOA 5004 with 79).')
      .optional(),
    charges: decimal.describe('Charges of the whole invoice (MOA 5004 with 259).').optional(),
    allowances: decimal.describe('Allowances of the whole invoice (MOA 5004 with 260).').optional(),
    taxable: decimal.describe('AMT02, MOA 5004 with 125.').optional(),
    tax: decimal.describe('TXI02 in the summary, MOA 5004 with 176 or 124.').optional(),
    total: decimal
      .describe('With everything (TDS01 with two implied decimals, MOA 5004 with 77 or 86).')
      .optional(),
    discountable: decimal
      .describe('What the discount for early payment is of (TDS02, MOA 5004 with 129).')
      .optional(),
    discounted: decimal
      .describe('What is due when the discount is taken (TDS03, MOA 5004 with 9 and PAT).')
      .optional(),
    discount: decimal.describe('TDS04, MOA 5004 with 52.').optional(),
    prepaid: decimal.describe('MOA 5004 with 113.').optional(),
    due: decimal.describe('MOA 5004 with 9.').optional(),
  })
  .meta({ id: 'invoiceTotals', title: 'Totals of an invoice' });

export const invoice = z
  .strictObject({
    number: text.describe('BIG02, BGM 1004.'),
    type: z
      .enum([
        'invoice',
        'credit-note',
        'debit-note',
        'corrected',
        'consolidated',
        'self-billed',
        'pro-forma',
        'other',
      ])
      .describe('BIG07 640, BGM 1001.'),
    purpose: z
      .enum(['original', 'duplicate', 'replace', 'cancel'])
      .describe('BIG08 353, BGM 1225.')
      .optional(),
    invoicedOn: day.describe('BIG01, DTM 2380 with 137 or 3.'),
    taxPointOn: day.describe('DTM 2380 with 131.').optional(),
    currency: currency.describe('ISO 4217 (CUR02, CUX 6345).').optional(),
    orderNumber: text.describe('BIG04, RFF 1154 with ON.').optional(),
    orderedOn: day.describe('BIG03, DTM 2380 with 171 under RFF.').optional(),
    release: text.describe('BIG05, RFF 1154 with RE.').optional(),
    shipNotice: text
      .describe('Number of the notice or shipment (REF with SI or MA, RFF 1154 with AAK or DQ).')
      .optional(),
    shipNoticeOn: day.describe('DTM 2380 with 171 under RFF.').optional(),
    billOfLading: text.describe('REF with BM, RFF 1154 with BM.').optional(),
    correctedInvoice: text
      .describe(
        'The invoice that this one corrects or credits (BIG10 or REF with OI, RFF 1154 with IV or OI).',
      )
      .optional(),
    correctedInvoiceOn: day.describe('DTM 2380 with 171 under RFF.').optional(),
    department: text.describe('REF with DP, RFF 1154 with DP.').optional(),
    vendor: text.describe('REF with IA or VR, RFF 1154 with IA.').optional(),
    promotion: text.describe('REF with PD, RFF 1154 with PD.').optional(),
    contract: text.describe('REF with CT, RFF 1154 with CT.').optional(),
    customerOrder: text
      .describe("The consumer's order with the buyer (REF with CO, RFF 1154 with UC).")
      .optional(),
    reason: text
      .describe('Why a credit or debit note is given (NTE or REF by the guide, ALI 4183 or AJT 4465).')
      .optional(),
    shippedOn: day.describe('DTM 011, DTM 2380 with 11.').optional(),
    deliveredOn: day.describe('DTM 035, DTM 2380 with 35.').optional(),
    buyer: party.describe('N1 with BY, NAD with BY.').optional(),
    seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
    shipTo: party.describe('N1 with ST, NAD with DP or ST.').optional(),
    shipFrom: party.describe('N1 with SF, NAD with SF.').optional(),
    billTo: party.describe('N1 with BT, NAD with IV.').optional(),
    payer: party.describe('N1 with PR, NAD with PR.').optional(),
    remitTo: party.describe('Where to pay to (N1 with RI or RE, NAD with PE or SR).').optional(),
    markFor: party.describe('N1 with Z7, NAD with UC.').optional(),
    bank: z
      .strictObject({
        name: text.describe('FII 3432.').optional(),
        bic: text.describe('FII 3433.').optional(),
        account: text.describe('IBAN or number (FII 3194).').optional(),
        holder: text.describe('FII 3192.').optional(),
      })
      .describe("The seller's bank (FII under NAD).")
      .optional(),
    carrier: carrier.describe('CAD, TDT.').optional(),
    freight: freight.describe('FOB, TOD.').optional(),
    terms: terms.describe('ITD, PAT.').optional(),
    charges: z.array(charge).max(100).describe('SAC in the summary, ALC.').optional(),
    taxes: z.array(tax).max(20).describe('TXI in the summary, TAX in the summary with its MOA.').optional(),
    totals: invoiceTotals,
    cartonCount: decimal.describe('ISS01 with CT, PAC 7224.').optional(),
    units: decimal.describe('Units shipped (ISS01).').optional(),
    weight: decimal.describe('ISS03, MEA 6314.').optional(),
    weightUnit: z.enum(['kg', 'lb']).describe('ISS04, MEA 6411.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('NTE, FTX 4440.').optional(),
    lines: z.array(invoiceLine).min(1).max(10_000).describe('IT1, LIN.'),
  })
  .meta({ title: 'Invoice', description: 'What is to be paid, or is credited (X12 810, EDIFACT INVOIC).' });

export type InvoiceLine = z.infer<typeof invoiceLine>;
export type InvoiceTotals = z.infer<typeof invoiceTotals>;
export type Invoice = z.infer<typeof invoice>;
