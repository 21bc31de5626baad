/** A line of an order, of a change to it, or of an order to a warehouse. */
import { z } from 'zod';
import { references } from './carriage.ts';
import { charge, tax } from './charge.ts';
import { day, decimal, notes, text } from './field.ts';
import { component, itemIds } from './item.ts';
import { contact, party } from './party.ts';

/** The share of one store. */
export const storeShare = z
  .strictObject({
    location: text.describe("The partner's code for the store (SDQ03, SDQ05 …; LOC 3225 with 7)."),
    quantity: decimal.describe('In the unit of the line (SDQ04, SDQ06 …; QTY 6060 with 11).'),
    markFor: text.describe('Where in the store, or for whom (SDQ23, LOC 3223).').optional(),
    requestedOn: day.describe('DTM 2380 under LOC.').optional(),
  })
  .meta({ id: 'storeShare', title: 'Share of a store' });

/** A part of the line that is wanted on its own day. */
export const scheduledDelivery = z
  .strictObject({
    quantity: decimal.describe('SCH01, QTY 6060 under SCC.'),
    unit: text.describe('SCH02, QTY 6411.').optional(),
    requestedOn: day.describe('SCH06 with 002 or 010, DTM 2380 with 2.').optional(),
    location: text.describe('SCH04, LOC 3225.').optional(),
  })
  .meta({ id: 'scheduledDelivery', title: 'Scheduled delivery' });

/** What a line says of its price beside the price itself. */
export const priceFields = {
  price: decimal
    .describe('Net, per unit, in the currency of the document (PO104, PRI 5118 with AAA).')
    .optional(),
  priceUnit: text
    .describe('The unit that the price is for, where it is not the unit of the line (PO105, PRI 6411).')
    .optional(),
  priceQuantity: decimal
    .describe('How many units the price is for, where it is not 1 (CTP04, PRI 5284).')
    .optional(),
  listPrice: decimal.describe('Gross, before allowances (CTP03 with LPR, PRI 5118 with AAB).').optional(),
  retailPrice: decimal
    .describe("The buyer's price to consumers (CTP03 with RTL or MSR, PRI 5118 with SRP).")
    .optional(),
} as const;

/** How a unit of the line is packed. */
export const packFields = {
  packSize: decimal
    .describe('Each unit ordered holds this many consumer units or inner packs (PO401, QTY 6060 with 59).')
    .optional(),
  innerPack: decimal.describe('Each inner pack holds this many units (PO414, QTY 6060 with 52).').optional(),
  unitSize: decimal.describe('Size of one consumer unit (PO402, MEA 6314).').optional(),
  unitSizeUnit: text.describe('PO403, MEA 6411.').optional(),
  weight: decimal.describe('Gross, of one pack (PO406, MEA 6314 with AAB).').optional(),
  weightUnit: z.enum(['kg', 'lb']).describe('PO407, MEA 6411.').optional(),
} as const;

export const dateFields = {
  requestedOn: day.describe('DTM 002 or 010, DTM 2380 with 2: delivery or shipment as asked for.').optional(),
  shipNotBefore: day.describe('DTM 037, DTM 2380 with 10 or 37.').optional(),
  shipNotAfter: day.describe('DTM 038, DTM 2380 with 38.').optional(),
  deliverNotBefore: day.describe('DTM 064, DTM 2380 with 64.').optional(),
  deliverNotAfter: day.describe('DTM 063, DTM 2380 with 63.').optional(),
  mustArriveBy: day.describe('DTM 074 or as the partner says, DTM 2380 with 74 or 63.').optional(),
  cancelAfter: day.describe('DTM 001 or 061, DTM 2380 with 61.').optional(),
} as const;

/** Of a line of an order, what may be there beside its number, item, quantity and unit. */
export const lineDetails = {
  description: text.describe('PID05, IMD 7008.').optional(),
  ...priceFields,
  ...packFields,
  ...dateFields,
  amount: decimal
    .describe('Of the line, in the currency of the document (AMT02, MOA 5004 with 203).')
    .optional(),
  distribution: z
    .array(storeShare)
    .max(5000)
    .describe("Shares of single stores, SDQ or LOC+7: their sum is the line's quantity.")
    .optional(),
  schedule: z.array(scheduledDelivery).max(200).describe('SCH, SCC.').optional(),
  components: z
    .array(component)
    .max(1000)
    .describe('What a pre-pack or kit holds (SLN, sub-lines of LIN).')
    .optional(),
  charges: z.array(charge).max(25).describe('SAC or ALC under the line.').optional(),
  taxes: z.array(tax).max(10).describe('TXI or TAX under the line.').optional(),
  references: references.describe('REF or RFF under the line.').optional(),
  contacts: z.array(contact).max(20).describe('PER under the line.').optional(),
  shipTo: party
    .describe('Where the line goes to another place than the order (N1 with ST, NAD with DP).')
    .optional(),
  markFor: party
    .describe('For whom or which store the line is marked (N1 with Z7 or BY, NAD with UC).')
    .optional(),
  notes: notes.describe('MSG or NTE, FTX 4440 under the line.').optional(),
} as const;

export const orderLine = z.strictObject({
  number: text.describe("The buyer's line number, echoed in every answer (PO101, LIN 1082)."),
  item: itemIds.describe('PO106 to PO125; LIN 7140 and PIA.'),
  quantity: decimal.describe('PO102, QTY 6060 with 21.'),
  unit: text.describe(
    'each, case, … by the code table of the guide, from the code of X12 355 or UN/ECE Recommendation 20 (PO103, QTY 6411).',
  ),
  ...lineDetails,
});

export type StoreShare = z.infer<typeof storeShare>;
export type OrderLine = z.infer<typeof orderLine>;
