/** What Saltmarsh Supply, the demo's own company, has to sell. One item is short, so that the answers have something to say. */
import type { Context } from '../flow/context.ts';
import { loadItems, loadPrices, loadStock } from '../flow/loading.ts';
import { gs1CheckDigit } from '../order/shipment/sscc.ts';

export interface Good {
  readonly sku: string;
  readonly gtin: string;
  readonly description: string;
  readonly usd: string;
  readonly eur: string;
  readonly onHand: string;
  readonly casePack: string;
}

export const goods: readonly Good[] = [
  {
    sku: 'SM-1001',
    gtin: gtin('409999910010'),
    description: 'Deck lantern, brass',
    usd: '24.50',
    eur: '22.90',
    onHand: '480',
    casePack: '12',
  },
  {
    sku: 'SM-1002',
    gtin: gtin('409999910020'),
    description: 'Rope doormat, 60 x 40',
    usd: '11.20',
    eur: '10.40',
    onHand: '480',
    casePack: '24',
  },
  {
    sku: 'SM-1003',
    gtin: gtin('409999910030'),
    description: 'Tide clock, oak',
    usd: '38.00',
    eur: '35.50',
    onHand: '20',
    casePack: '10',
  },
];

function gtin(first: string): string {
  return `${first}${gs1CheckDigit(first)}`;
}

/** Fills the shelves: at every start of the demo the same goods are on hand. */
export async function stockUp(context: Context): Promise<void> {
  const by = { who: 'demo', why: 'the demo starts' };
  await loadItems(
    context,
    goods.map(({ sku, gtin, description, casePack }) => ({
      sku,
      gtin,
      description,
      unit: 'each',
      casePack,
      names: [],
    })),
    by,
  );
  await loadStock(
    context,
    goods.map(({ sku, onHand }) => ({ sku, quantity: onHand })),
    by,
  );
  await loadPrices(
    context,
    goods.flatMap(({ sku, usd, eur }) => [
      { sku, partner: '', currency: 'USD', price: usd },
      { sku, partner: '', currency: 'EUR', price: eur },
    ]),
    by,
  );
}
