/** Companies, places and people, as canonical documents name them. */
import { z } from 'zod';
import { text } from './field.ts';

/** Somebody to call or write to. */
export const contact = z
  .strictObject({
    role: text
      .describe(
        'What the contact is for, in words of the code table of the guide: buyer, delivery, information, accounts (PER01 366, CTA 3139).',
      )
      .optional(),
    name: text.describe('PER02, CTA 3412.').optional(),
    phone: text.describe('PER04 with TE, COM 3148 with TE.').optional(),
    email: text.describe('PER04 with EM, COM 3148 with EM.').optional(),
    fax: text.describe('PER04 with FX, COM 3148 with FX.').optional(),
  })
  .meta({ id: 'contact', title: 'Contact', description: 'Somebody to call or write to.' });

/** A company or place. */
export const party = z
  .strictObject({
    name: text.describe('N102, NAD 3036.').optional(),
    name2: text.describe('A second line of the name (N201, NAD 3036).').optional(),
    attention: text.describe('For whose attention (N202).').optional(),
    code: text
      .describe(
        "The partner's own code for the place, such as a store number (N104 with 92, NAD 3039 with 92).",
      )
      .optional(),
    sellerCode: text
      .describe("The seller's own code for the place (N104 with 91, NAD 3039 with 91).")
      .optional(),
    gln: text.describe('GS1 location number (N104 with UL, NAD 3039 with 9).').optional(),
    duns: text.describe('N104 with 1, NAD 3039 with 16.').optional(),
    street: text.describe('N301, NAD 3042.').optional(),
    street2: text.describe('N302, NAD 3042.').optional(),
    city: text.describe('N401, NAD 3164.').optional(),
    region: text.describe('State or province (N402, NAD 3229).').optional(),
    postcode: text.describe('N403, NAD 3251.').optional(),
    country: text.describe('N404, NAD 3207.').optional(),
    vatId: text.describe('Tax registration (REF or N9 with TX, RFF 1154 with VA).').optional(),
    registration: text.describe('Number in the register of companies (RFF 1154 with XA).').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
  })
  .meta({ id: 'party', title: 'Party', description: 'A company or place.' });

export type Contact = z.infer<typeof contact>;
export type Party = z.infer<typeof party>;
