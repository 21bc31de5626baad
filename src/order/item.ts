/** How the parties call an item, and what the item is made of. */
import { z } from 'zod';
import { day, decimal, text } from './field.ts';

/** All the ids by which the parties call an item. */
export const itemIds = z
  .strictObject({
    gtin: text
      .describe('GTIN of 8, 13 or 14 digits (PO107 and following with EN or UK, LIN 7140 with EN or SRV).')
      .optional(),
    upc: text.describe('GTIN-12 (with UP or UI; LIN or PIA 7140 with UP).').optional(),
    sellerId: text.describe("The seller's number (with VN, VP or VA; PIA 7140 with SA).").optional(),
    buyerId: text
      .describe("The buyer's number (with IN, BP, CB, SK or PI; PIA 7140 with IN or BP).")
      .optional(),
    manufacturerId: text.describe("The maker's number (with MG or MF; PIA 7140 with MF).").optional(),
    style: text.describe('Style number (with IT or ST).').optional(),
    colour: text.describe('With BO, CM or VE; IMD 7009 for characteristic 35.').optional(),
    size: text.describe('With IZ, SM or SZ; IMD 7009 for characteristic 98.').optional(),
    model: text.describe('Model number (with MN; PIA 7140 with MN).').optional(),
    isbn: text.describe('With IB or BN; PIA 7140 with IB.').optional(),
  })
  .meta({ id: 'item', title: 'Item', description: 'All the ids by which the parties call an item.' });

/** Part of a line: one of the items in a pre-pack or kit. */
export const component = z
  .strictObject({
    number: text.describe('SLN01, LIN 1082 of a sub-line.'),
    item: itemIds.describe('SLN09 to SLN28, LIN and PIA of the sub-line.'),
    description: text.describe('PID05 under SLN, IMD 7008.').optional(),
    quantity: decimal.describe('How many are in one unit of the line (SLN04, QTY 6060 with 21).'),
    unit: text.describe('SLN05, QTY 6411.'),
    price: decimal.describe('Per unit of the component (SLN06, PRI 5118).').optional(),
  })
  .meta({ id: 'component', title: 'Component', description: 'One of the items in a pre-pack or kit.' });

/** Which batch the goods are of, and how long they keep. */
export const batchFields = {
  lot: text
    .describe('Lot or batch (REF with LT, LIN with LT; PCI and GIN with BX, PIA 7140 with NB).')
    .optional(),
  expiresOn: day.describe('DTM 036; DTM 2380 with 36.').optional(),
  bestBefore: day.describe('DTM 373 qualifier 511 or 361; DTM 2380 with 361.').optional(),
  producedOn: day.describe('DTM 405 or 094; DTM 2380 with 94.').optional(),
} as const;

export type ItemIds = z.infer<typeof itemIds>;
export type Component = z.infer<typeof component>;
