/** The inventory report (846, INVRPT): what of each item there is, and where. */
import { z } from 'zod';
import { references } from './carriage.ts';
import { currency, day, decimal, instant, notes, text } from './field.ts';
import { batchFields, itemIds } from './item.ts';
import { priceFields } from './order-line.ts';
import { contact, party } from './party.ts';

export const stockQuantity = z
  .strictObject({
    kind: z
      .enum([
        'available',
        'on-hand',
        'on-order',
        'committed',
        'in-transit',
        'backordered',
        'on-hold',
        'damaged',
        'returned',
        'received',
        'shipped',
        'sold',
        'forecast',
        'projected',
        'minimum',
        'maximum',
        'reorder-point',
        'opening',
        'closing',
        'adjusted',
        'other',
      ])
      .describe('QTY01 673, QTY 6063.'),
    quantity: decimal.describe('QTY02, QTY 6060.'),
    unit: text.describe('QTY03, QTY 6411.').optional(),
    location: text
      .describe("The partner's code for the place (N104 or REF02 under QTY, LOC 3225 or NAD 3039 under QTY).")
      .optional(),
    on: day
      .describe('When it is there, or since when it holds (DTM under QTY, DTM 2380 under QTY).')
      .optional(),
    reason: text.describe('Why it moved, by the code table of the guide (INV 4499 or 7491).').optional(),
  })
  .meta({ id: 'stockQuantity', title: 'Quantity in stock' });

export const inventoryLine = z.strictObject({
  number: text.describe('LIN01, LIN 1082.').optional(),
  item: itemIds.describe('LIN02 and following; LIN 7140 and PIA.'),
  description: text.describe('PID05, IMD 7008.').optional(),
  status: z
    .enum(['active', 'discontinued', 'new', 'seasonal', 'unavailable', 'limited'])
    .describe(
      'discontinued: no more will come (PID or REF by the guide, DTM 036 or 007; LIN 1229 with 37, ALI 4183).',
    )
    .optional(),
  discontinuedOn: day.describe('DTM 036 or by the guide, DTM 2380 with 94 or by the guide.').optional(),
  availableOn: day.describe('When there is more (DTM 018 or 169, DTM 2380 with 44 or 169).').optional(),
  leadDays: decimal.describe('Days from order to shipment (LDT02, QTY or DTM 2380 with 169).').optional(),
  ...priceFields,
  packSize: decimal.describe('PKG, PO4 by the guide; QTY 6060 with 59.').optional(),
  ...batchFields,
  quantities: z.array(stockQuantity).max(1000).describe('QTY loop, QTY under LIN.').optional(),
  locations: z
    .array(
      z.strictObject({
        location: text.describe('SDQ03, SDQ05 …; LOC 3225.'),
        quantity: decimal.describe('SDQ04, SDQ06 …; QTY 6060.'),
      }),
    )
    .max(10_000)
    .describe('What is available at each place, where the partner takes it side by side (SDQ).')
    .optional(),
  references: references.describe('REF or RFF under the line.').optional(),
  notes: notes.describe('PID by the guide, FTX 4440.').optional(),
});

export const inventory = z
  .strictObject({
    number: text.describe('BIA03, BGM 1004.'),
    purpose: z
      .enum(['original', 'replace', 'change', 'duplicate'])
      .describe('BIA01 353, BGM 1225.')
      .optional(),
    type: z
      .enum(['seller', 'warehouse', 'distributor', 'buyer', 'other'])
      .describe("Whose stock it is (BIA02 755: MM or MB seller's, DD or DR distributor's, WH warehouse).")
      .optional(),
    reportedOn: day.describe('BIA04, DTM 2380 with 137.'),
    countedAt: instant.describe('BIA04 and BIA05 or DTM, DTM 2380 with 179 or 366.').optional(),
    from: day.describe('First day of the period (DTM 090 or 194, DTM 2380 with 90 or 194).').optional(),
    to: day.describe('Last day of the period (DTM 091 or 206, DTM 2380 with 91 or 206).').optional(),
    currency: currency.describe('ISO 4217 (CUR02, CUX 6345).').optional(),
    vendor: text.describe('REF with IA or VR, RFF 1154 with IA.').optional(),
    department: text.describe('REF with DP, RFF 1154 with DP.').optional(),
    seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
    buyer: party.describe('N1 with BY, NAD with BY.').optional(),
    warehouse: party.describe('Where the stock is (N1 with WH or SF, NAD with WH or GY).').optional(),
    shipTo: party.describe('N1 with ST, NAD with DP.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF.').optional(),
    lines: z.array(inventoryLine).min(1).max(100_000).describe('LIN.'),
  })
  .meta({ title: 'Inventory report', description: 'What of each item there is (X12 846, EDIFACT INVRPT).' });

export type StockQuantity = z.infer<typeof stockQuantity>;
export type InventoryLine = z.infer<typeof inventoryLine>;
export type Inventory = z.infer<typeof inventory>;
