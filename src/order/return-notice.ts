/** The notice of a return, the request for it, or the answer to one (180, RETANN). */
import { z } from 'zod';
import { carrier, references } from './carriage.ts';
import { charge } from './charge.ts';
import { currency, day, decimal, notes, text } from './field.ts';
import { batchFields, itemIds } from './item.ts';
import { priceFields } from './order-line.ts';
import { contact, party } from './party.ts';

const reasonFields = {
  reason: text
    .describe('Why, by the code table of the guide (RDR02 1293; ALI 4183, CCI or FTX by the guide).')
    .optional(),
  response: text
    .describe('What is answered, by the code table of the guide (RDR03 1294; LIN 1229).')
    .optional(),
  disposition: text
    .describe(
      'What becomes of the goods: return, destroy, keep … by the code table of the guide (RDR01 1292; INP 4405).',
    )
    .optional(),
  explanation: text.describe('RDR04, FTX 4440.').optional(),
} as const;

export const returnedLine = z.strictObject({
  number: text.describe('BLI or N9 by the guide, LIN 1082.'),
  item: itemIds.describe('BLI01, BLI02 and BLI08 to BLI13; LIN 7140 and PIA.'),
  description: text.describe('PID05, IMD 7008.').optional(),
  quantity: decimal.describe('BLI03 or QTY02, QTY 6060 with 61.'),
  unit: text.describe('BLI04 or QTY03, QTY 6411.'),
  ...priceFields,
  amount: decimal.describe('AMT02, MOA 5004 with 203.').optional(),
  ...reasonFields,
  orderNumber: text.describe('PRF01 under BLI, RFF 1154 with ON.').optional(),
  orderLine: text.describe('PRF05, RFF 1156 with ON.').optional(),
  invoice: text.describe('N902 with IV, RFF 1154 with IV.').optional(),
  shipNotice: text.describe('N902 with SI, RFF 1154 with AAK or DQ.').optional(),
  ...batchFields,
  serials: z.array(text).max(1000).describe('N902 with SE, GIN 7402 with BN.').optional(),
  soldOn: day.describe('DTM under BLI, DTM 2380.').optional(),
  charges: z.array(charge).max(25).describe('SAC, ALC.').optional(),
  references: references.describe('N9 or RFF under the line.').optional(),
  notes: notes.describe('NTE02, FTX 4440.').optional(),
});

export const returnNotice = z
  .strictObject({
    number: text.describe('BGN02, BGM 1004.'),
    purpose: z
      .enum(['original', 'replace', 'change', 'cancel', 'response', 'duplicate'])
      .describe('BGN01 353, BGM 1225.')
      .optional(),
    kind: z
      .enum(['request', 'authorization', 'notice', 'response', 'other'])
      .describe('Whether it asks for, allows or announces the return (BGN07 640 or BGN08 306, BGM 1001).')
      .optional(),
    issuedOn: day.describe('BGN03, DTM 2380 with 137.').optional(),
    authorization: text
      .describe('Number of the return authorization (N902 with RZ, RFF 1154 with ALQ or by the guide).')
      .optional(),
    answeredNumber: text.describe('The request that this one answers (BGN06, RFF 1154).').optional(),
    orderNumber: text.describe('PRF01, RFF 1154 with ON.').optional(),
    orderedOn: day.describe('PRF04, DTM 2380 with 171 under RFF.').optional(),
    invoice: text.describe('N902 with IV, RFF 1154 with IV.').optional(),
    shipNotice: text.describe('N902 with SI, RFF 1154 with AAK or DQ.').optional(),
    department: text.describe('N902 with DP, RFF 1154 with DP.').optional(),
    vendor: text.describe('N902 with IA or VR, RFF 1154 with IA.').optional(),
    currency: currency.describe('ISO 4217 (CUX 6345).').optional(),
    ...reasonFields,
    shippedOn: day.describe('DTM 011, DTM 2380 with 11.').optional(),
    pickupOn: day.describe('DTM by the guide, DTM 2380 with 200 or 234.').optional(),
    returnBy: day.describe('DTM by the guide, DTM 2380 with 61.').optional(),
    buyer: party.describe('Who returns (N1 with BY, NAD with BY).').optional(),
    seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
    shipFrom: party.describe('N1 with SF, NAD with SF or PW.').optional(),
    shipTo: party.describe('Where the goods go back to (N1 with ST, NAD with DP or ST).').optional(),
    carrier: carrier.describe('TD5, TDT.').optional(),
    cartonCount: decimal.describe('TD102, PAC 7224.').optional(),
    weight: decimal.describe('TD107, MEA 6314.').optional(),
    weightUnit: z.enum(['kg', 'lb']).describe('TD108, MEA 6411.').optional(),
    charges: z.array(charge).max(25).describe('SAC, ALC.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('N9, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('NTE02, FTX 4440.').optional(),
    lines: z.array(returnedLine).max(10_000).describe('BLI, LIN.').optional(),
  })
  .meta({ title: 'Return notice', description: 'Goods that go back, and why (X12 180, EDIFACT RETANN).' });

export type ReturnedLine = z.infer<typeof returnedLine>;
export type ReturnNotice = z.infer<typeof returnNotice>;
