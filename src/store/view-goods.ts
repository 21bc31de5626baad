/** Stock, prices and items as the console lists them. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const stockView = z.object({
  sku: z.string(),
  description: z.string().nullable(),
  onHand: z.string().describe('A decimal'),
  reserved: z.string().describe('A decimal: promised and not shipped'),
  available: z.string().describe('A decimal: on hand less reserved'),
  updatedAt: z.date(),
});
export type StockView = z.infer<typeof stockView>;

/** By sku. @param after the sku after which the list goes on; null: from the first */
export function pageOfStock(db: Queryable, after: string | null, limit: number): Promise<StockView[]> {
  return query<StockView>(
    db,
    `select s.sku, i.description, s.on_hand as "onHand", s.reserved, greatest(s.on_hand - s.reserved, 0) as available,
       s.updated_at as "updatedAt" from stock s join items i on i.sku = s.sku
     where (?::text is null or s.sku > ?) order by s.sku limit ?`,
    [after, after, limit],
  );
}

export const priceView = z.object({
  sku: z.string(),
  partner: z.string().describe("'' holds for every partner without a price of its own"),
  currency: z.string(),
  price: z.string().describe('A decimal, per unit'),
});
export type PriceView = z.infer<typeof priceView>;

/** By sku, partner and currency. @param after the key after which the list goes on; null: from the first */
export function pageOfPrices(
  db: Queryable,
  after: readonly [sku: string, partner: string, currency: string] | null,
  limit: number,
): Promise<PriceView[]> {
  return query<PriceView>(
    db,
    `select sku, partner, currency, price from prices
     where (?::text is null or (sku, partner, currency) > (?, ?, ?)) order by sku, partner, currency limit ?`,
    [after?.[0] ?? null, ...(after ?? ['', '', '']), limit],
  );
}

export const itemView = z.object({
  sku: z.string(),
  gtin: z.string().nullable().describe('In 14 digits'),
  upc: z.string().nullable(),
  description: z.string().nullable(),
  unit: z.string(),
  casePack: z.string().nullable(),
  names: z.array(z.object({ partner: z.string(), name: z.string() })).describe('What partners call it'),
});
export type ItemView = z.infer<typeof itemView>;

/** By sku. @param after the sku after which the list goes on; null: from the first */
export function pageOfItems(db: Queryable, after: string | null, limit: number): Promise<ItemView[]> {
  return query<ItemView>(
    db,
    `with page as materialized (
       select sku, gtin, upc, description, unit, case_pack from items where (?::text is null or sku > ?) order by sku limit ?),
     named as (
       select sku, json_agg(json_build_object('partner', partner, 'name', name) order by partner, name) as names
       from item_names where sku in (select sku from page) group by sku)
     select p.sku, p.gtin, p.upc, p.description, p.unit, p.case_pack as "casePack", coalesce(n.names, '[]') as names
     from page p left join named n on n.sku = p.sku order by p.sku`,
    [after, after, limit],
  );
}
