/** Loading items, stock and prices: each call is one transaction, all or nothing, recorded with who and why. */
import type { LoadedItem, LoadedPrice, LoadedStock } from '../order/load.ts';
import { insertEvents } from '../store/events.ts';
import { insertNames, unknownSkus, upsertItems } from '../store/items.ts';
import { upsertPrices } from '../store/prices.ts';
import { setStock } from '../store/stock.ts';
import type { Tx } from '../store/store.ts';
import { gtin14 } from './catalogue.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';

/** Rows of one statement. */
const rowsPerWrite = 1000;

/** Adds items, or replaces them as a whole. GTINs are kept in 14 digits; a UPC stands in where there is none. */
export function loadItems(context: Context, rows: readonly LoadedItem[], by: By): Promise<void> {
  return record(context, 'items', rows.length, by, async (tx) => {
    for (const part of parts(rows)) {
      await upsertItems(
        tx,
        part.map((row) => ({
          sku: row.sku,
          gtin: gtin14(row.gtin ?? row.upc ?? ''),
          upc: row.upc ?? null,
          description: row.description ?? null,
          unit: row.unit,
          case_pack: row.casePack ?? null,
        })),
      );
      await insertNames(
        tx,
        part.flatMap((row) => row.names.map((name) => ({ ...name, sku: row.sku }))),
      );
    }
  });
}

/** Sets what is on hand, as counted. @throws DeedRefused when an item is not in the catalogue */
export function loadStock(context: Context, rows: readonly LoadedStock[], by: By): Promise<void> {
  return record(context, 'stock', rows.length, by, async (tx) => {
    await refuseUnknown(tx, rows);
    for (const part of parts(rows)) await setStock(tx, part);
  });
}

/** Adds prices, or replaces them. @throws DeedRefused when an item is not in the catalogue */
export function loadPrices(context: Context, rows: readonly LoadedPrice[], by: By): Promise<void> {
  return record(context, 'prices', rows.length, by, async (tx) => {
    await refuseUnknown(tx, rows);
    for (const part of parts(rows)) await upsertPrices(tx, part);
  });
}

async function record(
  context: Context,
  what: string,
  rows: number,
  by: By,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    await work(tx);
    await insertEvents(tx, [{ kind: 'loaded', data: { what, rows }, ...by }]);
  });
}

async function refuseUnknown(tx: Tx, rows: readonly { readonly sku: string }[]): Promise<void> {
  const unknown = await unknownSkus(tx, [...new Set(rows.map((row) => row.sku))]);
  if (unknown.length === 0) return;
  const named = unknown.slice(0, 5).join(', ');
  throw new DeedRefused(
    'conflict',
    `Not in the catalogue: ${named}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''}. Load the items first.`,
  );
}

/** Sorted, so that two loads at once lock rows in the same order. */
function* parts<T extends { readonly sku: string }>(rows: readonly T[]): Generator<T[]> {
  const sorted = [...rows].sort((a, b) => (a.sku < b.sku ? -1 : 1));
  for (let from = 0; from < sorted.length; from += rowsPerWrite)
    yield sorted.slice(from, from + rowsPerWrite);
}
