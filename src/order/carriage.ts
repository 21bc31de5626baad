/** Who carries the goods, at whose cost, and by which numbers they are known. */
import { z } from 'zod';
import { text } from './field.ts';

export const carrier = z
  .strictObject({
    scac: text
      .describe('Standard carrier code of two to four letters (TD503 with 2, TDT 3127 with 182).')
      .optional(),
    code: text
      .describe("The partner's own code for the carrier (TD503 with 92, TDT 3127 with 92).")
      .optional(),
    name: text.describe('Name or routing (TD505, TDT 3128).').optional(),
    pro: text.describe("The carrier's freight bill number (REF with CN, RFF 1154 with CN).").optional(),
    mode: text
      .describe('road, rail, air, sea, parcel … by the code table of the guide (TD504 91, TDT 8067).')
      .optional(),
    service: text
      .describe('Level of service by the code table of the guide (TD512 284, TDT 8179).')
      .optional(),
    account: text.describe('The account that the carrier bills (REF with CR or 14).').optional(),
  })
  .meta({ id: 'carrier', title: 'Carrier', description: 'Who carries the goods, and how.' });

/** Who pays the freight, and where goods and risk pass. */
export const freight = z
  .strictObject({
    payment: z
      .enum(['prepaid', 'prepaid-and-charged', 'collect', 'third-party', 'pickup', 'shared', 'other'])
      .describe('FOB01 146, TOD 4215.')
      .optional(),
    place: text
      .describe('Where responsibility passes, named or by code (FOB03, LOC 3225 under TOD).')
      .optional(),
    placeType: text
      .describe('What the place is, by the code table of the guide (FOB02 309, LOC 3227).')
      .optional(),
    terms: text.describe('Terms of delivery, such as an Incoterm (FOB05 335, TOD 4053).').optional(),
    description: text.describe('FOB07, TOD 4052.').optional(),
  })
  .meta({
    id: 'freight',
    title: 'Freight terms',
    description: 'Who pays the freight, and where goods and risk pass.',
  });

/** Another number by which a document, order or shipment is known. */
export const reference = z
  .strictObject({
    kind: text.describe(
      'Words of the code table of the guide, or the code as it came (REF01 128, RFF 1153).',
    ),
    number: text.describe('REF02, N902, RFF 1154.'),
    description: text.describe('REF03.').optional(),
  })
  .meta({
    id: 'reference',
    title: 'Reference',
    description: 'Another number by which a document, order or shipment is known.',
  });

export const references = z.array(reference).max(100);

export type Carrier = z.infer<typeof carrier>;
export type Freight = z.infer<typeof freight>;
export type Reference = z.infer<typeof reference>;
