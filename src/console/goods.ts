/** Stock, prices and items: lists, and loading, all or nothing. */
import { z } from 'zod';
import type { Context } from '../flow/context.ts';
import type { By } from '../flow/deed.ts';
import { loadItems, loadPrices, loadStock } from '../flow/loading.ts';
import {
  itemRow,
  type Loaded,
  parseItems,
  parsePrices,
  parseStock,
  priceRow,
  stockRow,
} from '../order/load.ts';
import {
  itemView,
  pageOfItems,
  pageOfPrices,
  pageOfStock,
  priceView,
  stockView,
} from '../store/view-goods.ts';
import { listOf, listQuery, page } from './list.ts';
import { Refused } from './problem.ts';
import { type Call, loads, type Route, read, type TableText } from './route.ts';

const tableBytes = 32 * 1024 * 1024;
const mostProblems = 100;

const skuKey = z.string();
const priceKey = z.tuple([z.string(), z.string(), z.string()]);
const loading = {
  tag: 'goods',
  status: 200,
  maxBytes: tableBytes,
  answer: z.object({ rows: z.int().describe('How many were loaded') }),
} as const;

type Parse<T> = (text: string, format: TableText['format']) => Loaded<T>;
type Load<T> = (context: Context, rows: readonly T[], by: By) => Promise<void>;

/** A handler that loads a table as a whole, or refuses it with every wrong row. */
function loadsTable<T>(parse: Parse<T>, load: Load<T>) {
  return async ({ context, body, who }: Call<undefined, TableText>): Promise<{ rows: number }> => {
    const { rows, faults } = parse(body.text, body.format);
    const wrong = faults.filter((fault) => fault.severity === 'error').slice(0, mostProblems);
    if (wrong.length > 0) {
      const errors = wrong.map(({ at, message }) => ({
        path: at?.line === undefined ? '' : `line ${at.line}`,
        message,
      }));
      throw new Refused(400, 'Nothing was loaded: some rows are wrong.', errors);
    }
    await load(context, rows, { who, why: 'loaded through the API' });
    return { rows: rows.length };
  };
}

export const goodsRoutes: readonly Route[] = [
  read({
    path: '/api/v1/stock',
    tag: 'goods',
    summary: 'Stock, by sku',
    query: listQuery,
    answer: listOf(stockView),
    handle: ({ context, query }) =>
      page(
        query,
        skuKey,
        (after, limit) => pageOfStock(context.store.db, after, limit),
        (row) => row.sku,
      ),
  }),
  loads({
    ...loading,
    path: '/api/v1/stock',
    summary: 'Sets what is on hand, as counted',
    body: z.array(stockRow),
    handle: loadsTable(parseStock, loadStock),
  }),
  read({
    path: '/api/v1/prices',
    tag: 'goods',
    summary: 'Prices, by sku, partner and currency',
    query: listQuery,
    answer: listOf(priceView),
    handle: ({ context, query }) =>
      page(
        query,
        priceKey,
        (after, limit) => pageOfPrices(context.store.db, after, limit),
        (row): [string, string, string] => [row.sku, row.partner, row.currency],
      ),
  }),
  loads({
    ...loading,
    path: '/api/v1/prices',
    summary: 'Adds prices, or replaces them',
    body: z.array(priceRow),
    handle: loadsTable(parsePrices, loadPrices),
  }),
  read({
    path: '/api/v1/items',
    tag: 'goods',
    summary: 'Items, by sku, with what partners call them',
    query: listQuery,
    answer: listOf(itemView),
    handle: ({ context, query }) =>
      page(
        query,
        skuKey,
        (after, limit) => pageOfItems(context.store.db, after, limit),
        (row) => row.sku,
      ),
  }),
  loads({
    ...loading,
    path: '/api/v1/items',
    summary: 'Adds items, or replaces them; an item with several partner names has a row for each',
    body: z.array(itemRow),
    handle: loadsTable(parseItems, loadItems),
  }),
];
