/** What we know of the items that some orders ask for: found in three statements, however many orders. */
import type { ItemIds } from '../order/item.ts';
import type { Order } from '../order/order.ts';
import type { ItemFacts } from '../order/rules/rule.ts';
import { findItems, findNames, type ItemRow } from '../store/items.ts';
import { findPrices, type PriceRow } from '../store/prices.ts';
import type { Queryable } from '../store/store.ts';

export interface Asked {
  readonly partner: string;
  readonly document: Order;
}

export interface Catalogue {
  /** By line of the order; null where the line names no item of ours. */
  factsOf(order: Asked): (ItemFacts | null)[];
  /** Every item that some line names. */
  readonly skus: readonly string[];
}

/** Reads the items and prices behind the lines of some orders. */
export async function readCatalogue(db: Queryable, orders: readonly Asked[]): Promise<Catalogue> {
  const names = new Map<string, { partner: string; name: string }>();
  const skus = new Set<string>();
  const gtins = new Set<string>();
  for (const order of orders) {
    for (const { item } of order.document.lines) {
      if (item.sellerId !== undefined) skus.add(item.sellerId);
      for (const gtin of gtinsOf(item)) gtins.add(gtin);
      if (item.buyerId !== undefined)
        names.set(`${order.partner}\n${item.buyerId}`, { partner: order.partner, name: item.buyerId });
    }
  }
  const items = await findItems(db, { skus: [...skus], gtins: [...gtins] });
  const named = await findNames(db, [...names.values()]);
  const found = [...new Set([...items, ...named].map((item) => item.sku))];
  const prices = await findPrices(db, found, [...new Set(orders.map((order) => order.partner))]);
  return catalogueOf(items, named, prices, found);
}

/** A trade item number in 14 digits: a UPC, EAN or GTIN differs only by leading zeros (GS1 General Specifications 3.2). */
export function gtin14(text: string): string | null {
  return /^\d{8,14}$/.test(text) ? text.padStart(14, '0') : null;
}

function gtinsOf(item: ItemIds): string[] {
  return [item.gtin, item.upc].flatMap((text) => (text === undefined ? [] : (gtin14(text) ?? [])));
}

/** The catalogue made of some rows: what `readCatalogue` has found, or what a fixture says there is. */
export function catalogueOf(
  items: readonly ItemRow[],
  named: readonly (ItemRow & { partner: string; name: string })[],
  prices: readonly PriceRow[],
  skus: readonly string[],
): Catalogue {
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const byGtin = new Map(items.flatMap((item) => (item.gtin === null ? [] : [[item.gtin, item] as const])));
  const byName = new Map(named.map((item) => [`${item.partner}\n${item.name}`, item]));
  const priceBy = new Map(
    prices.map((price) => [`${price.partner}\n${price.currency}\n${price.sku}`, price]),
  );
  const anyPrice = new Map(prices.map((price) => [`${price.partner}\n${price.sku}`, price]));
  const find = (partner: string, item: ItemIds): ItemRow | undefined =>
    bySku.get(item.sellerId ?? '') ??
    gtinsOf(item)
      .map((gtin) => byGtin.get(gtin))
      .find((row) => row !== undefined) ??
    byName.get(`${partner}\n${item.buyerId ?? ''}`);
  const priceOf = (partner: string, currency: string | undefined, sku: string): PriceRow | undefined =>
    [partner, '']
      .map((whose) =>
        currency === undefined
          ? anyPrice.get(`${whose}\n${sku}`)
          : priceBy.get(`${whose}\n${currency}\n${sku}`),
      )
      .find((price) => price !== undefined) ??
    anyPrice.get(`${partner}\n${sku}`) ??
    anyPrice.get(`\n${sku}`);
  return {
    skus,
    factsOf: ({ partner, document }) =>
      document.lines.map((line) => {
        const item = find(partner, line.item);
        return item === undefined ? null : facts(item, priceOf(partner, document.currency, item.sku));
      }),
  };
}

function facts(item: ItemRow, price: PriceRow | undefined): ItemFacts {
  return {
    sku: item.sku,
    price: price?.price,
    currency: price?.currency,
    description: item.description ?? undefined,
    unit: item.unit,
    casePack: item.case_pack ?? undefined,
  };
}
