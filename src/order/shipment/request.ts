/** What a person or a warehouse says when goods leave: the body of POST /api/v1/orders/{id}/shipments. */
import { z } from 'zod';
import { day } from '../field.ts';
import { party } from '../party.ts';

const text = z.string().min(1).max(512);
const positive = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,6})?$/, 'a decimal number such as 12 or 3.50')
  .refine((value) => /[1-9]/.test(value), 'a quantity above zero');

export const mostCartons = 10_000;
const mostLines = 10_000;

const lineQuantity = z.strictObject({
  /** The buyer's line number. */
  line: text,
  quantity: positive,
});

const packedCarton = z.strictObject({
  /** The carrier's number for this carton. */
  tracking: text.optional(),
  weight: positive.optional(),
  items: z.array(lineQuantity).min(1).max(1000),
});

export const shipmentRequest = z
  .strictObject({
    /** Quantities without cartons: they are packed by the rule of shipment/plan.ts. */
    lines: z.array(lineQuantity).min(1).max(mostLines).optional(),
    /** Cartons as they were packed. Neither lines nor cartons: everything that is confirmed and has not shipped. */
    cartons: z.array(packedCarton).min(1).max(mostCartons).optional(),
    carrier: z
      .strictObject({ scac: text.optional(), name: text.optional(), pro: text.optional() })
      .optional(),
    billOfLading: text.optional(),
    /** Left out: the day on which the shipment is recorded. */
    shippedOn: day.optional(),
    deliverOn: day.optional(),
    /** Of the whole shipment; left out: the sum of the cartons, where every carton has a weight. */
    weight: positive.optional(),
    weightUnit: z.enum(['kg', 'lb']).optional(),
    /** Left out: the seller of the order. */
    shipFrom: party.optional(),
  })
  .refine((request) => request.lines === undefined || request.cartons === undefined, {
    message: 'give lines or cartons, not both',
    path: ['cartons'],
  })
  .refine((request) => request.weightUnit !== undefined || !hasWeight(request), {
    message: 'say whether the weight is in kg or lb',
    path: ['weightUnit'],
  });

export type ShipmentRequest = z.infer<typeof shipmentRequest>;

function hasWeight(request: {
  weight?: unknown;
  cartons?: readonly { weight?: unknown }[] | undefined;
}): boolean {
  return (
    request.weight !== undefined || (request.cartons ?? []).some((carton) => carton.weight !== undefined)
  );
}
