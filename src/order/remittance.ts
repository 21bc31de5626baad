/** The remittance advice (820, REMADV): which invoices a payment pays, and what was taken off, and why. */
import { z } from 'zod';
import { references } from './carriage.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { contact, party } from './party.ts';

/** What makes the payment differ from what was invoiced. */
export const paymentAdjustment = z
  .strictObject({
    amount: decimal.describe('Negative where less is paid (ADX01 or RMR08, MOA 5004 with 165 under AJT).'),
    reason: text
      .describe('By the code table of the guide, or the code as it came (ADX02 or RMR07 426, AJT 4465).')
      .optional(),
    referenceKind: text
      .describe('What the number is of, by the code table of the guide (ADX03 128, RFF 1153).')
      .optional(),
    reference: text.describe('Such as a debit memo (ADX04, RFF 1154).').optional(),
    line: text.describe('AJT 1082.').optional(),
    on: day.describe('DTM under ADX, DTM 2380.').optional(),
    notes: notes.describe('NTE under ADX, FTX 4440 under AJT.').optional(),
  })
  .meta({ id: 'paymentAdjustment', title: 'Adjustment of a payment' });

/** A document that the payment settles, in full or in part. */
export const settledDocument = z
  .strictObject({
    kind: z
      .enum(['invoice', 'credit-note', 'debit-note', 'order', 'deduction', 'other'])
      .describe('RMR01 128 (IV, CM, DL …), DOC 1001.'),
    number: text.describe('RMR02, DOC 1004.'),
    issuedOn: day.describe('DTM 003, DTM 2380 with 3, 137 or 171.').optional(),
    action: text
      .describe('payment-in-full, on-account … by the code table of the guide (RMR03 482).')
      .optional(),
    invoiced: decimal.describe('RMR05, MOA 5004 with 9 or 77.').optional(),
    discount: decimal.describe('RMR06, MOA 5004 with 52.').optional(),
    paid: decimal.describe('RMR04, MOA 5004 with 12.').optional(),
    orderNumber: text.describe('REF with PO, RFF 1154 with ON.').optional(),
    shipNotice: text.describe('REF with BM or SI, RFF 1154 with DQ.').optional(),
    store: text.describe('REF with ST, NAD 3039 under DOC.').optional(),
    adjustments: z.array(paymentAdjustment).max(100).describe('ADX, or RMR07 and RMR08; AJT.').optional(),
    references: references.describe('REF or RFF under the document.').optional(),
    notes: notes.describe('NTE under RMR, FTX 4440.').optional(),
  })
  .meta({ id: 'settledDocument', title: 'Document that is paid' });

export const bankAccount = z
  .strictObject({
    bank: text.describe('Routing number or BIC (BPR07 or BPR13, FII 3433).').optional(),
    bankName: text.describe('FII 3432.').optional(),
    account: text.describe('Number or IBAN (BPR09 or BPR15, FII 3194).').optional(),
    holder: text.describe('FII 3192.').optional(),
  })
  .meta({ id: 'bankAccount', title: 'Bank account' });

export const remittance = z
  .strictObject({
    number: text.describe("The payment's number: check, trace or advice (TRN02, BGM 1004)."),
    purpose: z.enum(['original', 'replace', 'cancel', 'duplicate']).describe('BGM 1225.').optional(),
    issuedOn: day.describe('DTM 097 or 020, DTM 2380 with 137.').optional(),
    paidOn: day.describe('When the money moves (BPR16, DTM 2380 with 138 or 203).').optional(),
    kind: z.enum(['credit', 'debit']).describe('credit: we get money (BPR03 478, BGM 1001).').optional(),
    handling: text
      .describe('With or without the payment itself, by the code table of the guide (BPR01 305).')
      .optional(),
    method: z
      .enum(['ach', 'wire', 'check', 'card', 'transfer', 'direct-debit', 'none', 'other'])
      .describe('BPR04 591, PAI 4461.')
      .optional(),
    format: text.describe('Format of the payment order (BPR05 812).').optional(),
    amount: decimal.describe('BPR02, MOA 5004 with 12 in the summary.'),
    currency: currency.describe('ISO 4217 (CUR02, CUX 6345).').optional(),
    trace: text
      .describe('Where it is not the number itself (TRN04 or REF with TN, RFF 1154 with AEK or PQ).')
      .optional(),
    vendor: text.describe('REF with IA or VR, RFF 1154 with IA.').optional(),
    payer: party.describe('N1 with PR, NAD with PR or BY.').optional(),
    payee: party.describe('N1 with PE, NAD with PE or SU.').optional(),
    payerAccount: bankAccount.describe('BPR06 to BPR09, FII with OR.').optional(),
    payeeAccount: bankAccount.describe('BPR12 to BPR15, FII with BF or RB.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('NTE, FTX 4440.').optional(),
    adjustments: z
      .array(paymentAdjustment)
      .max(1000)
      .describe('Of the payment as a whole (ADX under ENT).')
      .optional(),
    documents: z.array(settledDocument).max(100_000).describe('RMR under ENT, DOC.').optional(),
  })
  .meta({
    title: 'Remittance advice',
    description: 'Which invoices a payment pays, and what was taken off (X12 820, EDIFACT REMADV).',
  });

export type PaymentAdjustment = z.infer<typeof paymentAdjustment>;
export type SettledDocument = z.infer<typeof settledDocument>;
export type Remittance = z.infer<typeof remittance>;
