/** What a partner's orders may become where stock, price or dates do not fit: part of partner.yaml. */
import { z } from 'zod';

const notNegative = z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'a decimal number from 0 up, such as 0.05');

const priceRule = z.strictObject({
  /** Allowed difference per unit: the larger of the two holds. */
  absolute: notNegative.default('0'),
  percent: notNegative.default('0'),
  /** Inside the tolerance: at whose price we accept. */
  winner: z.enum(['partner', 'ours']).default('partner'),
  /** Outside: */
  outside: z.enum(['hold', 'ours', 'reject']).default('hold'),
});

export const policy = z.strictObject({
  /** What is not in stock: wait, or cut. 'none' of it in stock and 'cut': the line is rejected. */
  shortage: z.enum(['backorder', 'cut', 'reject-line']).default('backorder'),
  /** Fill or kill: unless every line ships in full, the whole order is rejected. */
  shipComplete: z.boolean().default(false),
  backorderDays: z.int().min(0).max(365).default(14),
  unknownItem: z.enum(['reject-line', 'hold']).default('reject-line'),
  /** A line without a price: use ours, or hold. */
  missingPrice: z.enum(['ours', 'hold']).default('ours'),
  price: priceRule.default({ absolute: '0', percent: '0', winner: 'partner', outside: 'hold' }),
  /** Days from acceptance to shipment that we need. */
  leadDays: z.int().min(0).max(365).default(1),
  lateDate: z.enum(['promise', 'hold', 'reject-line']).default('promise'),
});

export type Policy = z.infer<typeof policy>;
