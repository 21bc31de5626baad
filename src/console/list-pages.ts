/** Pages that list orders and deliveries: search by number, partner and state, fifty rows at a time. */
import { z } from 'zod';
import type { Context } from '../flow/context.ts';
import { orderStates } from '../order/transition.ts';
import { listDeliveries } from '../store/view-deliveries.ts';
import { listOrders } from '../store/view-orders.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { idKey, page } from './list.ts';
import { deliveryTable, orderTable } from './road-page.ts';

const rowsPerPage = 50;
const word = z.string().trim().max(200).optional().catch(undefined);

/** What a link into a list may ask for; what is not understood is left out. */
export const pageQuery = z.object({
  number: word,
  partner: word,
  state: word,
  after: word,
});
export type PageQuery = z.infer<typeof pageQuery>;

export async function ordersPage(context: Context, query: PageQuery): Promise<Page> {
  const filter = {
    number: query.number || undefined,
    partner: query.partner || undefined,
    state: query.state || undefined,
  };
  const { data, next } = await page(
    { limit: rowsPerPage, after: query.after },
    idKey,
    (before, limit) => listOrders(context.store.db, filter, before, limit),
    (row) => row.id,
  );
  const title = filter.number === undefined ? 'Orders' : `Orders with the number ${filter.number}`;
  const content = html`<section id="orders"><h1 class="long">${title}</h1>${filters(context, filter)}
${orderTable(data)}${nextLink('/orders', { ...filter, after: next })}</section>`;
  return { title, content };
}

export async function deliveriesPage(context: Context, query: PageQuery): Promise<Page> {
  const filter = { partner: query.partner || undefined, state: query.state || undefined };
  const { data, next } = await page(
    { limit: rowsPerPage, after: query.after },
    idKey,
    (before, limit) => listDeliveries(context.store.db, filter, before, limit),
    (row) => row.id,
  );
  const content = html`<section id="deliveries"><h1>Deliveries</h1>${deliveryTable(data)}${nextLink('/deliveries', { ...filter, after: next })}</section>`;
  return { title: 'Deliveries', content };
}

type Filter = {
  readonly number: string | undefined;
  readonly partner: string | undefined;
  readonly state: string | undefined;
};

function filters({ partners }: Context, filter: Filter): Html {
  const option = (value: string, words: string, chosen: string | undefined) =>
    html`<option value="${value}"${value === (chosen ?? '') && html` selected`}>${words}</option>`;
  return html`<form class="filters" action="/orders" method="get">
<label>PO number <input name="number" value="${filter.number}" maxlength="200"></label>
<label>Partner <select name="partner">${option('', 'all', filter.partner)}${partners.all.map(({ name, title }) => option(name, title, filter.partner))}</select></label>
<label>State <select name="state">${option('', 'all', filter.state)}${orderStates.map((state) => option(state, state, filter.state))}</select></label>
<button>Show</button></form>`;
}

function nextLink(path: string, values: Readonly<Record<string, string | null | undefined>>): Html | null {
  if (values.after === null) return null;
  const given = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return html`<p class="more"><a href="${path}?${new URLSearchParams(given).toString()}">Older ones</a></p>`;
}
