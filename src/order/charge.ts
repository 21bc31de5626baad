/** What is paid beside the goods, and how: allowances and charges, taxes, terms of payment. */
import { z } from 'zod';
import { day, decimal, text } from './field.ts';

/** A tax, of the whole document, a line or a charge. */
export const tax = z
  .strictObject({
    type: text.describe('Words of the code table of the guide: VAT, GST, state-sales (TXI01 963, TAX 5153).'),
    category: text
      .describe(
        'standard, zero, exempt, reduced, reverse-charge … by the code table of the guide (TXI06, TAX 5305).',
      )
      .optional(),
    percent: decimal.describe('TXI03, TAX 5278.').optional(),
    basis: decimal
      .describe('The amount that is taxed (TXI08 or MOA 5004 with 125), in the currency of the document.')
      .optional(),
    amount: decimal
      .describe('TXI02, MOA 5004 with 124, 150 or 176, in the currency of the document.')
      .optional(),
    jurisdiction: text.describe('TXI05, TAX 3434 or LOC 3225.').optional(),
    exemption: text.describe('Certificate or reason of the exemption (TXI09, TAX 3446).').optional(),
  })
  .meta({ id: 'tax', title: 'Tax', description: 'A tax, of the whole document, a line or a charge.' });

/** An allowance or charge, of the whole document or of one line. */
export const charge = z
  .strictObject({
    kind: z.enum(['allowance', 'charge']).describe('SAC01 248, ALC 5463.'),
    service: text
      .describe(
        'What for, in words of the code table of the guide: freight, handling, defective (SAC02 1300, ALC 7161).',
      )
      .optional(),
    code: text.describe("The partner's own code for it (SAC04 1301).").optional(),
    method: text
      .describe(
        'How it is settled, in words of the code table of the guide: off-invoice, bill-back (SAC12 331, ALC 4471).',
      )
      .optional(),
    sequence: text.describe('The order in which it is computed (ALC 1227).').optional(),
    amount: decimal.describe('SAC05 with two implied decimals, MOA 5004 with 8, 23 or 204.').optional(),
    percent: decimal.describe('SAC07, PCD 5482.').optional(),
    basis: decimal.describe('The amount that the percentage is of (MOA 5004 with 25).').optional(),
    rate: decimal.describe('Per unit (SAC08, RTE 5420).').optional(),
    quantity: decimal.describe('SAC10, QTY 6060 under ALC.').optional(),
    unit: text.describe('SAC09, QTY 6411 under ALC.').optional(),
    reference: text.describe('SAC13, ALC 1230.').optional(),
    description: text.describe('SAC15, ALC 7160.').optional(),
    taxes: z.array(tax).max(10).describe('TXI under SAC, TAX under ALC.').optional(),
  })
  .meta({ id: 'charge', title: 'Allowance or charge', description: 'Of the whole document or of one line.' });

/** When and how an invoice is paid. */
export const terms = z
  .strictObject({
    type: text
      .describe('Words of the code table of the guide: basic, discount (ITD01 336, PAT 4279).')
      .optional(),
    basis: text
      .describe(
        'From when days count: invoice-date, delivery, end-of-month … by the code table of the guide (ITD02 333, PAT 2475).',
      )
      .optional(),
    discountPercent: decimal.describe('ITD03, PCD 5482 with 12.').optional(),
    discountOn: day.describe('Last day for the discount (ITD04, DTM 2380 with 12).').optional(),
    discountDays: decimal.describe('Days (ITD05, PAT 2152).').optional(),
    discountAmount: decimal.describe('ITD08 with two implied decimals, MOA 5004 with 52.').optional(),
    netOn: day.describe('Due date (ITD06, DTM 2380 with 13).').optional(),
    netDays: decimal.describe('Days (ITD07, PAT 2152).').optional(),
    description: text.describe('ITD12, PAT 4276.').optional(),
    method: text
      .describe('Means of payment by the code table of the guide (ITD14 107, PAI 4461).')
      .optional(),
  })
  .meta({ id: 'terms', title: 'Terms of payment', description: 'When and how an invoice is paid.' });

export type Tax = z.infer<typeof tax>;
export type Charge = z.infer<typeof charge>;
export type Terms = z.infer<typeof terms>;
