/**
 * Canonical documents: what an order, an order response and a ship notice are, whatever standard they came in or leave in.
 * Quantities and money are decimal strings ('12', '3.50'); dates are 'YYYY-MM-DD'; times are ISO 8601 with offset.
 */
import { z } from 'zod';

export const decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'a decimal number such as 12 or 3.50');
export const day = z.iso.date();
const text = z.string().min(1).max(512);

/** A company or place. */
export const party = z.strictObject({
  name: text.optional(),
  /** Our partner's own code for the place (N104 with 92, NAD 3039 with 92). */
  code: text.optional(),
  gln: text.optional(),
  duns: text.optional(),
  street: text.optional(),
  street2: text.optional(),
  city: text.optional(),
  region: text.optional(),
  postcode: text.optional(),
  country: text.optional(),
});

/** All the ids by which the parties call an item. */
export const itemIds = z.strictObject({
  gtin: text.optional(),
  upc: text.optional(),
  sellerId: text.optional(),
  buyerId: text.optional(),
});

export const orderLine = z.strictObject({
  /** The buyer's line number, echoed in every answer (PO101, LIN 1082). */
  number: text,
  item: itemIds,
  description: text.optional(),
  quantity: decimal,
  /** UN/ECE Recommendation 20 or X12 355 code as the buyer wrote it, mapped to canonical: each, case, … by the guide. */
  unit: text,
  /** Per unit, in the order's currency. */
  price: decimal.optional(),
  /** Where the line asks for another day than the order. */
  requestedOn: day.optional(),
  /** Each unit ordered holds this many consumer units (PO401, QTY 59). */
  packSize: decimal.optional(),
  /** Shares for single stores (SDQ, LOC+7): their sum is the line's quantity. */
  distribution: z
    .array(z.strictObject({ location: text, quantity: decimal }))
    .max(5000)
    .optional(),
  notes: z.array(text).max(100).optional(),
});

export const order = z.strictObject({
  number: text,
  purpose: z.enum(['original', 'cancel', 'replace', 'confirm', 'duplicate', 'change']),
  type: z.enum(['standalone', 'drop-ship', 'release', 'blanket', 'other']).optional(),
  release: text.optional(),
  orderedOn: day.optional(),
  currency: z.string().length(3).optional(),
  department: text.optional(),
  vendor: text.optional(),
  /** The buyer's event or promotion. */
  promotion: text.optional(),
  contract: text.optional(),
  requestedOn: day.optional(),
  shipNotBefore: day.optional(),
  shipNotAfter: day.optional(),
  deliverNotBefore: day.optional(),
  deliverNotAfter: day.optional(),
  cancelAfter: day.optional(),
  buyer: party.optional(),
  seller: party.optional(),
  shipTo: party.optional(),
  billTo: party.optional(),
  /** The store for which goods go through a distribution centre. */
  markFor: party.optional(),
  notes: z.array(text).max(100).optional(),
  lines: z.array(orderLine).min(1).max(10_000),
});

/** Every line outcome that the rules can come to, in the canon's words; guides turn them into ACK01 or LIN 1229. */
export const lineAction = z.enum([
  'accepted',
  'quantity-changed',
  'price-changed',
  'date-changed',
  'changed',
  'backordered',
  'partly-backordered',
  'rejected',
  'held',
]);

export const responseLine = z.strictObject({
  number: text,
  item: itemIds,
  description: text.optional(),
  /** As ordered. */
  quantity: decimal,
  unit: text,
  price: decimal.optional(),
  action: lineAction,
  confirmed: decimal,
  backordered: decimal,
  cut: decimal,
  /** When we promise to ship the confirmed quantity. */
  shipOn: day.optional(),
  /** When we expect the backordered quantity. */
  backorderOn: day.optional(),
  reasons: z.array(text).max(20),
});

export const orderResponse = z.strictObject({
  /** Our number for this response. */
  number: text,
  orderNumber: text,
  orderedOn: day.optional(),
  respondedOn: day,
  release: text.optional(),
  currency: z.string().length(3).optional(),
  action: z.enum(['accepted', 'accepted-with-changes', 'rejected', 'held']),
  buyer: party.optional(),
  seller: party.optional(),
  shipTo: party.optional(),
  vendor: text.optional(),
  lines: z.array(responseLine).min(1).max(10_000),
});

export const cartonItem = z.strictObject({
  lineNumber: text,
  item: itemIds,
  description: text.optional(),
  quantity: decimal,
  unit: text,
  ordered: decimal.optional(),
});

export const carton = z.strictObject({
  /** 18 digits, check digit included, without the application identifier 00. */
  sscc: z.string().regex(/^\d{18}$/, 'an SSCC of 18 digits'),
  tracking: text.optional(),
  weight: decimal.optional(),
  items: z.array(cartonItem).min(1).max(1000),
});

export const shipNotice = z.strictObject({
  number: text,
  createdAt: z.iso.datetime({ offset: true }),
  shippedOn: day,
  deliverOn: day.optional(),
  carrier: z.strictObject({ scac: text.optional(), name: text.optional(), pro: text.optional() }).optional(),
  billOfLading: text.optional(),
  cartonCount: decimal,
  weight: decimal.optional(),
  weightUnit: z.enum(['kg', 'lb']).optional(),
  shipFrom: party.optional(),
  shipTo: party.optional(),
  buyer: party.optional(),
  seller: party.optional(),
  orders: z
    .array(
      z.strictObject({
        number: text,
        orderedOn: day.optional(),
        release: text.optional(),
        department: text.optional(),
        cartons: z.array(carton).min(1).max(10_000),
      }),
    )
    .min(1)
    .max(100),
});

export type Party = z.infer<typeof party>;
export type ItemIds = z.infer<typeof itemIds>;
export type Order = z.infer<typeof order>;
export type OrderLine = z.infer<typeof orderLine>;
export type OrderResponse = z.infer<typeof orderResponse>;
export type ResponseLine = z.infer<typeof responseLine>;
export type LineAction = z.infer<typeof lineAction>;
export type ShipNotice = z.infer<typeof shipNotice>;
export type Carton = z.infer<typeof carton>;
export type CartonItem = z.infer<typeof cartonItem>;

/** The canonical documents by the name that a guide gives in `canonical:`. */
export const canonicalDocuments = {
  order,
  'order-response': orderResponse,
  'ship-notice': shipNotice,
} as const;
export type CanonicalName = keyof typeof canonicalDocuments;
export type CanonicalDocument = Order | OrderResponse | ShipNotice;
