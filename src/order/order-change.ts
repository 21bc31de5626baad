/** The change of an order (860, ORDCHG): what becomes of the order as a whole, and of each line that it names. */
import { z } from 'zod';
import { day, decimal, text } from './field.ts';
import { itemIds } from './item.ts';
import { orderHead } from './order.ts';
import { lineDetails } from './order-line.ts';

/** What becomes of a line. */
export const lineChange = z
  .enum([
    'add',
    'delete',
    'quantity-up',
    'quantity-down',
    'price',
    'price-and-quantity',
    'quantity-and-date',
    'price-and-date',
    'price-quantity-and-date',
    'dates',
    'reschedule',
    'change',
    'replace-all',
    'replace-item',
    'transfer',
    'no-change',
  ])
  .describe(
    'POC02 670: AI DI QI QD PC PQ RQ PR MU CT RS CA RZ RE TI NC, in this sequence. LIN 1229: 1 adds, 2 deletes, 3 changes, 4 or 5 leaves as it is.',
  );

export const changedLine = z.strictObject({
  number: text.describe("The buyer's line number in the order (POC01, LIN 1082)."),
  action: lineChange,
  item: itemIds.describe('POC08 to POC27; LIN 7140 and PIA.'),
  quantity: decimal
    .describe(
      'What `quantityIs` says it is (POC03, QTY 6060 with 21). A line that is deleted may leave it out.',
    )
    .optional(),
  quantityIs: z
    .enum(['new', 'difference'])
    .describe(
      'Whether the quantity is what is ordered from now on, or by how much more or less. Partners differ: the guide says it.',
    )
    .optional(),
  remaining: decimal.describe('What is left to ship (POC04).').optional(),
  unit: text.describe('POC05, QTY 6411.').optional(),
  ...lineDetails,
});

export const orderChange = z
  .strictObject({
    number: text.describe(
      "The buyer's number for the order that is changed (BCH03, RFF 1154 with ON or BGM 1004).",
    ),
    purpose: z
      .enum(['original', 'cancel', 'change', 'replace', 'confirm', 'duplicate'])
      .describe('BCH01 353, BGM 1225. confirm: the buyer confirms what our response changed.'),
    changeNumber: text.describe("The buyer's own number for the change (BCH07, BGM 1004).").optional(),
    sequence: text
      .describe('Which change of the order it is (BCH05, BGM 1056 or RFF 1154 with PP).')
      .optional(),
    changedOn: day.describe('BCH11 or BCH10, DTM 2380 with 137.').optional(),
    ...orderHead,
    lines: z
      .array(changedLine)
      .max(10_000)
      .describe('POC, LIN. None: only the head is changed, or the order is cancelled.')
      .optional(),
  })
  .meta({
    title: 'Order change',
    description: 'What a buyer changes about an order, or that it is cancelled (X12 860, EDIFACT ORDCHG).',
  });

export type LineChange = z.infer<typeof lineChange>;
export type ChangedLine = z.infer<typeof changedLine>;
export type OrderChange = z.infer<typeof orderChange>;
