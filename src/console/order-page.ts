/** One order: its lines and what became of them, why, what we owe for it and how far that is, and what happened when. */
import type { Context } from '../flow/context.ts';
import type { DocumentAnswer } from '../flow/settle.ts';
import type { Party } from '../order/party.ts';
import type { DocumentView } from '../store/view-documents.ts';
import type { EventView } from '../store/view-events.ts';
import type { OrderDetail, ShipmentView } from '../store/view-orders.ts';
import { type Html, html, type Piece } from './html.ts';
import { age, badge, type Column, deedButton, faultCard, type Page, table, time } from './layout.ts';
import { readOrder } from './orders.ts';
import { refusedSection } from './refused.ts';
import { eventTone, eventWords, verdictWords } from './words.ts';

type WholeOrder = NonNullable<Awaited<ReturnType<typeof readOrder>>>;

/** Lines shown; the API gives them all. */
const mostLines = 500;

/** null: there is no order of that id. */
export async function orderPage(context: Context, id: string): Promise<Page | null> {
  const order = await readOrder(context.store.db, id, context.now());
  if (order === null) return null;
  const content = html`<section id="order" class="head">
<p class="kind">Order ${order.id}</p><h1 class="long">${order.number} ${badge(order.state)}</h1>
${facts(order)}</section>
<section id="lines"><h2>Lines</h2>${lineTable(order)}
${order.lineCount > mostLines && html`<p class="more">The first ${mostLines} of ${order.lineCount}.</p>`}</section>
${decisionReasons(order)}
${order.faults.length > 0 && html`<section id="faults"><h2>Faults</h2><ul class="faults">${order.faults.map(faultCard)}</ul></section>`}
<section id="documents"><h2>Documents</h2>${documentTable(order.documents)}</section>
${await refusedSection(context, order.documents)}
<section id="shipments"><h2>Shipments</h2>${shipmentTable(order.shipments)}</section>
<section id="timeline"><h2>Timeline</h2>${timeline(order.timeline, order.documents)}</section>`;
  return { title: `Order ${order.number}`, content };
}

function facts({ document, ...order }: WholeOrder): Html {
  const all: readonly (readonly [string, Piece])[] = [
    ['Partner', order.partner],
    ['Agreement', order.agreement],
    ['Ordered', document.orderedOn],
    ['Wanted', document.requestedOn ?? document.deliverNotAfter ?? document.shipNotAfter],
    ['Ship to', place(document.shipTo)],
    ['Buyer', place(document.buyer)],
    ['Amount', order.amount === null ? null : `${order.amount} ${order.currency ?? ''}`],
    ['Received', time(order.receivedAt)],
    ['Decided', order.decidedAt && time(order.decidedAt)],
    ['Came in', html`<a href="/deliveries/${order.deliveryId}">delivery ${order.deliveryId}</a>`],
    [
      'Evidence',
      html`<a href="/api/v1/orders/${order.id}/evidence" data-raw="evidence-order-${order.id}.zip">everything about it, in a zip</a>`,
    ],
  ];
  return html`<dl class="facts">${all
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function place(party: Party | undefined): string | null {
  if (party === undefined) return null;
  return (
    [party.name, party.code ?? party.gln, party.city].filter((part) => part !== undefined).join(', ') || null
  );
}

interface LineView {
  readonly line: OrderDetail['document']['lines'][number];
  readonly ledger: NonNullable<OrderDetail['ledger']>['lines'][number] | undefined;
  readonly decided: NonNullable<OrderDetail['decision']>['lines'][number] | undefined;
}

function lineTable({ document, ledger, decision }: OrderDetail): Html {
  const rows = document.lines
    .slice(0, mostLines)
    .map((line, at): LineView => ({ line, ledger: ledger?.lines[at], decided: decision?.lines[at] }));
  const quantity = (
    head: string,
    name: 'confirmed' | 'backordered' | 'cut' | 'shipped',
  ): Column<LineView> => ({
    head,
    number: true,
    cell: ({ ledger: row }) =>
      row === undefined ? '–' : html`<span class="${row[name] === '0' ? 'quiet' : ''}">${row[name]}</span>`,
  });
  const columns: readonly Column<LineView>[] = [
    { head: 'Line', cell: ({ line }) => line.number },
    {
      head: 'Item',
      cell: ({ line, decided }) =>
        html`${decided?.sku ?? line.item.sellerId ?? line.item.gtin ?? line.item.buyerId ?? '–'} <span class="quiet">${line.description ?? decided?.description}</span>`,
    },
    { head: 'Ordered', number: true, cell: ({ line }) => `${line.quantity} ${line.unit}` },
    quantity('Confirmed', 'confirmed'),
    quantity('Backordered', 'backordered'),
    quantity('Cut', 'cut'),
    quantity('Shipped', 'shipped'),
    { head: 'Price', number: true, cell: ({ line, decided }) => decided?.price ?? line.price ?? '–' },
    { head: 'Answer', cell: ({ decided }) => answerCell(decided) },
  ];
  return table('Lines of the order', columns, rows, 'The order has no lines.');
}

function answerCell(decided: LineView['decided']): Piece {
  if (decided === undefined) return '–';
  const dates = [
    decided.shipOn !== undefined && `ships ${decided.shipOn}`,
    decided.backorderOn !== undefined && `rest expected ${decided.backorderOn}`,
  ].filter((part) => part !== false);
  return html`<strong>${decided.action}</strong>${[...dates, ...decided.reasons].map((text) => html`<br><span class="quiet">${text}</span>`)}`;
}

function decisionReasons({ decision }: OrderDetail): Piece {
  if (decision === null || decision.reasons.length === 0) return null;
  return html`<section id="reasons"><h2>Decision</h2><ul>${decision.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></section>`;
}

/** Four statuses side by side, never merged into one. Also on a delivery's page. */
export function documentTable(documents: readonly DocumentView[]): Html {
  const columns: readonly Column<DocumentView>[] = [
    {
      head: 'Document',
      cell: (row) =>
        html`<strong>${row.kind}</strong> ${badge(row.state)} ${row.late !== null && badge('late')} ${row.test && html`<span class="badge plain">test</span>`}`,
    },
    { head: 'Received', cell: (row) => time(row.answersAt) },
    { head: 'Processed', cell: (row) => time(row.writtenAt, html`<span class="quiet">not yet</span>`) },
    { head: 'Delivered', cell: (row) => deliveredCell(row) },
    { head: 'Acknowledged', cell: (row) => acknowledgedCell(row) },
    { head: 'Due', cell: (row) => time(row.dueAt) },
    { head: 'Control', cell: (row) => row.control ?? '–' },
    { head: '', cell: (row) => documentDeeds(row) },
  ];
  return table('Documents, each with its four statuses', columns, documents, 'Nothing is owed yet.');
}

function deliveredCell(row: DocumentView): Piece {
  if (row.deliveredAt !== null)
    return html`${time(row.deliveredAt)} <span class="quiet">by the partner's receipt</span>`;
  if (row.sentAt !== null && row.receiptDueAt !== null)
    return html`<span class="quiet">sent</span> ${time(row.sentAt)}<span class="quiet">, receipt expected by</span> ${time(row.receiptDueAt)}`;
  if (row.sentAt !== null) return time(row.sentAt);
  if (row.lastError === null) return html`<span class="quiet">not yet</span>`;
  return html`<span class="badge bad">${row.attempts} tries failed</span> <span class="long">${row.lastError}</span>`;
}

function acknowledgedCell({ answeredAt, answerDueAt, answer, state }: DocumentView): Piece {
  if (answeredAt === null && answerDueAt === null) return html`<span class="quiet">none expected</span>`;
  if (answeredAt === null) return html`<span class="quiet">expected by</span> ${time(answerDueAt)}`;
  const { reasons = [], words = [] } = (answer ?? {}) as Partial<DocumentAnswer>;
  const said = words.map(({ type, verdict }) => `${type} ${verdictWords[verdict]}`).join(', ');
  return html`${badge(state)} ${time(answeredAt)} <span class="quiet">${said}</span>${reasons.map((reason) => html`<br><span class="quiet">${reason}</span>`)}`;
}

function documentDeeds({ id, kind, transmissionId }: DocumentView): Piece {
  if (transmissionId === null) return null;
  return html`<div class="row"><a href="/api/v1/documents/${id}/raw" data-raw="document-${id}.edi">Raw</a>${deedButton('Resend', `/api/v1/documents/${id}/resend`, `${kind}, document ${id}: the same bytes are sent again.`)}</div>`;
}

interface Cartons {
  readonly orders?: readonly { readonly cartons?: readonly { readonly sscc: string }[] }[];
  readonly carrier?: { readonly name?: string; readonly scac?: string; readonly pro?: string };
}

function shipmentTable(shipments: readonly ShipmentView[]): Html {
  const cartons = ({ document }: ShipmentView) =>
    ((document as Cartons).orders ?? []).flatMap((order) => order.cartons ?? []);
  const columns: readonly Column<ShipmentView>[] = [
    { head: 'Shipment', cell: (row) => row.number },
    { head: 'Shipped', cell: (row) => row.shippedOn },
    {
      head: 'Carrier',
      cell: ({ document }) => Object.values((document as Cartons).carrier ?? {}).join(', ') || '–',
    },
    {
      head: 'Cartons',
      cell: (row) =>
        html`<details id="cartons-${row.id}"><summary>${cartons(row).length} cartons</summary><ul class="codes">${cartons(
          row,
        )
          .slice(0, mostLines)
          .map(({ sscc }) => html`<li>${sscc}</li>`)}</ul></details>`,
    },
    { head: 'Recorded', cell: (row) => time(row.createdAt) },
  ];
  return table('Shipments', columns, shipments, 'Nothing has shipped.');
}

interface Moment {
  readonly at: Date;
  readonly words: string;
  readonly tone: string;
  readonly by: Piece;
}

/** The order's own events, and the steps of the acknowledgment that its interchange got. */
function timeline(events: readonly EventView[], documents: readonly DocumentView[]): Html {
  const moments = [
    ...events.map(eventMoment),
    ...documents.filter((row) => row.orderId === null).flatMap(acknowledgmentMoments),
  ];
  return momentList(moments.sort((a, b) => a.at.getTime() - b.at.getTime()));
}

function acknowledgmentMoments({ kind, control, writtenAt, sentAt, endpoint }: DocumentView): Moment[] {
  const moment = (at: Date | null, words: string) =>
    at === null ? [] : [{ at, words, tone: 'plain', by: null }];
  return [
    ...moment(writtenAt, `${kind} written, control number ${control}`),
    ...moment(sentAt, `${kind} sent through ${endpoint}`),
  ];
}

/** Events of a delivery. */
export function eventList(events: readonly EventView[]): Html {
  return momentList(events.map(eventMoment));
}

function eventMoment(event: EventView): Moment {
  const by =
    event.who === null
      ? null
      : html` <span class="by">${event.who}${event.why !== null && html`: ${event.why}`}</span>`;
  return { at: event.at, words: eventWords(event), tone: eventTone(event.kind), by };
}

function momentList(moments: readonly Moment[]): Html {
  if (moments.length === 0) return html`<p class="none">Nothing has happened.</p>`;
  return html`<ol class="timeline">${moments.map(
    ({ at, words, tone, by }) =>
      html`<li class="${tone}"><span class="when">${time(at)} <span class="quiet">${age(at)}</span></span> <span class="long">${words}</span>${by}</li>`,
  )}</ol>`;
}
