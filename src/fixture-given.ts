/**
 * `given.json` of a fixture folder: what our house holds when the orders in `in.edi` come, so that they are decided as the
 * gateway would decide them, with the rows that `portolan load` takes.
 */
import { z } from 'zod';
import { catalogueOf, gtin14 } from './flow/catalogue.ts';
import { type Decision, decideOrder } from './order/decide.ts';
import { formatDecimal, parseDecimal } from './order/decimal.ts';
import { type Loaded, type LoadedItem, parseItems, parsePrices, parseStock } from './order/load.ts';
import type { Order } from './order/order.ts';
import type { Policy } from './order/policy.ts';

const rows = z.array(z.record(z.string(), z.unknown())).default([]);

const givenFile = z.strictObject({
  /** The partner's calendar day. */
  today: z.iso.date(),
  /** As for `load items`: sku, gtin, upc, description, unit, casePack, and partner with name. */
  items: rows,
  /** As for `load prices`: sku, partner, currency, price. */
  prices: rows,
  /** As for `load stock`: sku, quantity. An item that is not here has none. */
  stock: rows,
});

/** What decides the orders of one fixture, one after the other: what one reserves, the next has not. */
export interface House {
  readonly today: string;
  decide(partner: string, order: Order, policy: Policy): Decision;
}

/**
 * Reads given.json.
 * @throws GivenError in sentences when it is no JSON, or rows of it are wrong
 */
export function openHouse(text: string): House {
  const given = givenFile.safeParse(parseJson(text));
  if (!given.success)
    throw new GivenError(given.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const { today } = given.data;
  const items = checked('items', parseItems(JSON.stringify(given.data.items), 'json'));
  const prices = checked('prices', parsePrices(JSON.stringify(given.data.prices), 'json'));
  const stock = checked('stock', parseStock(JSON.stringify(given.data.stock), 'json'));
  const catalogue = catalogueOf(
    items.map(itemRow),
    namesOf(items),
    prices,
    items.map(({ sku }) => sku),
  );
  const available = new Map(stock.map(({ sku, quantity }) => [sku, quantity]));
  return {
    today,
    decide(partner, order, policy) {
      const facts = { items: catalogue.factsOf({ partner, document: order }), available };
      const decision = decideOrder(order, facts, policy, today);
      for (const { sku, quantity } of decision.reservations) {
        const left = parseDecimal(available.get(sku) ?? '0') - parseDecimal(quantity);
        available.set(sku, formatDecimal(left));
      }
      return decision;
    },
  };
}

export class GivenError extends Error {
  override readonly name = 'GivenError';
  constructor(problems: readonly string[]) {
    super(`given.json: ${problems.join('; ')}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new GivenError([error.message]);
    throw error;
  }
}

function checked<T>(what: string, { rows: good, faults }: Loaded<T>): readonly T[] {
  if (faults.length > 0) throw new GivenError(faults.map(({ message }) => `${what}: ${message}`));
  return good;
}

function itemRow({ sku, gtin, upc, description, unit, casePack }: LoadedItem) {
  return {
    sku,
    gtin: gtin14(gtin ?? upc ?? ''),
    upc: upc ?? null,
    description: description ?? null,
    unit,
    case_pack: casePack ?? null,
  };
}

function namesOf(items: readonly LoadedItem[]) {
  return items.flatMap((item) => item.names.map((name) => ({ ...itemRow(item), ...name })));
}
