/** The receiving advice (861, RECADV): what the buyer says arrived, and what of it was wrong. */
import { z } from 'zod';
import { carrier, references } from './carriage.ts';
import { day, decimal, notes, text } from './field.ts';
import { batchFields, itemIds } from './item.ts';
import { contact, party } from './party.ts';

/** A quantity that is not as it should be. */
export const discrepancy = z
  .strictObject({
    kind: z
      .enum([
        'short',
        'over',
        'damaged',
        'rejected',
        'returned',
        'wrong-item',
        'not-ordered',
        'expired',
        'late',
        'quality',
        'packaging',
        'held',
        'other',
      ])
      .describe('RCD08, RCD11, RCD14, RCD17, RCD20 412; QVR 4221 or QTY 6063 (119, 121, 124, 195, 196).'),
    quantity: decimal.describe('RCD06, RCD09, RCD12, RCD15, RCD18; QVR 6064 or QTY 6060.'),
    unit: text.describe('RCD07, RCD10, …; QTY 6411.').optional(),
    reason: text.describe('By the code table of the guide (QVR 4295, LQ02 1271).').optional(),
    action: text
      .describe(
        'What becomes of it: returned, destroyed, kept … by the code table of the guide (QVR 1229, INP 4405).',
      )
      .optional(),
    description: text.describe('FTX or QVR 4294, MSG.').optional(),
  })
  .meta({ id: 'discrepancy', title: 'Discrepancy', description: 'A quantity that is not as it should be.' });

export const receivedLine = z.strictObject({
  number: text.describe("The buyer's line number (RCD01, LIN 1082)."),
  item: itemIds.describe('LIN02 and following; LIN 7140 and PIA.'),
  description: text.describe('PID05, IMD 7008.').optional(),
  orderNumber: text.describe('PRF01 under RCD, RFF 1154 with ON.').optional(),
  orderLine: text.describe('REF with LI, RFF 1156 with ON.').optional(),
  unit: text.describe('RCD03, QTY 6411.').optional(),
  ordered: decimal.describe('SN105, QTY 6060 with 21.').optional(),
  shipped: decimal.describe('As our notice said (SN102, QTY 6060 with 12).').optional(),
  received: decimal.describe('RCD02, QTY 6060 with 48.').optional(),
  accepted: decimal.describe('QTY 6060 with 194.').optional(),
  returned: decimal.describe('RCD04, QTY 6060 with 195.').optional(),
  discrepancies: z.array(discrepancy).max(20).describe('RCD06 to RCD20, QVR.').optional(),
  sscc: text.describe('MAN02 with GM, GIN 7402 with BJ.').optional(),
  ...batchFields,
  receivedOn: day.describe('DTM 050, DTM 2380 with 50 or 310.').optional(),
  references: references.describe('REF or RFF under the line.').optional(),
  notes: notes.describe('MSG, FTX 4440.').optional(),
});

export const receivingAdvice = z
  .strictObject({
    number: text.describe('BRA01, BGM 1004.'),
    purpose: z
      .enum(['original', 'replace', 'change', 'cancel', 'duplicate'])
      .describe('BRA03 353, BGM 1225.')
      .optional(),
    type: z
      .enum(['received', 'accepted', 'received-and-accepted', 'other'])
      .describe('BRA04 962.')
      .optional(),
    issuedOn: day.describe('BRA02, DTM 2380 with 137.'),
    receivedOn: day.describe('DTM 050, DTM 2380 with 50 or 310.').optional(),
    orderNumber: text.describe('PRF01, RFF 1154 with ON.').optional(),
    orderedOn: day.describe('PRF04, DTM 2380 with 171 under RFF.').optional(),
    release: text.describe('PRF02, RFF 1154 with RE.').optional(),
    shipNotice: text
      .describe('Number of our notice (REF with SI or MA, RFF 1154 with AAK or DQ).')
      .optional(),
    billOfLading: text.describe('REF with BM, RFF 1154 with BM.').optional(),
    department: text.describe('REF with DP, RFF 1154 with DP.').optional(),
    vendor: text.describe('REF with IA or VR, RFF 1154 with IA.').optional(),
    carrier: carrier.describe('TD5, TDT.').optional(),
    trailer: text.describe('TD303, EQD 8260.').optional(),
    seals: z.array(text).max(20).describe('TD309, SEL 9308.').optional(),
    cartonCount: decimal.describe('TD102, PAC 7224.').optional(),
    weight: decimal.describe('TD107, MEA 6314.').optional(),
    weightUnit: z.enum(['kg', 'lb']).describe('TD108, MEA 6411.').optional(),
    buyer: party.describe('N1 with BY, NAD with BY.').optional(),
    seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
    shipTo: party.describe('N1 with ST, NAD with DP or ST.').optional(),
    shipFrom: party.describe('N1 with SF, NAD with SF.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('MSG, FTX 4440.').optional(),
    lines: z.array(receivedLine).max(10_000).describe('RCD, LIN.').optional(),
  })
  .meta({
    title: 'Receiving advice',
    description: 'What arrived, and what of it was wrong (X12 861, EDIFACT RECADV).',
  });

export type Discrepancy = z.infer<typeof discrepancy>;
export type ReceivedLine = z.infer<typeof receivedLine>;
export type ReceivingAdvice = z.infer<typeof receivingAdvice>;
