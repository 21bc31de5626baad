/** The first page: the road with its counts, what waits for a person, what is late, queues, the latest files and orders. */
import type { Context, Stage } from '../flow/context.ts';
import { readKeyList } from '../flow/key-list.ts';
import { type DeliverySummary, listDeliveries } from '../store/view-deliveries.ts';
import { type DocumentView, listDocuments } from '../store/view-documents.ts';
import { firstWaiting } from '../store/view-faults.ts';
import { listOrders, type OrderSummary } from '../store/view-orders.ts';
import { certificateSection } from './certificates.ts';
import { type FaultAnswer, withDeeds } from './fault-deeds.ts';
import { type Html, html, type Piece } from './html.ts';
import { age, badge, type Column, deedButton, faultCard, type Page, table, time } from './layout.ts';
import { type Overview, readOverview } from './overview.ts';
import { type EndpointView, type PartnerView, readEndpoints } from './partners.ts';

const shown = { deliveries: 12, orders: 12, faults: 50, unfolded: 6, overdue: 25 } as const;

export async function roadPage(context: Context): Promise<Page> {
  const { db } = context.store;
  const now = context.now();
  const [overview, faults, late, deliveries, orders, endpoints, certificates] = await Promise.all([
    readOverview(context),
    firstWaiting(db, shown.faults),
    listDocuments(db, { overdue: true, now }, null, shown.overdue),
    listDeliveries(db, {}, null, shown.deliveries),
    listOrders(db, {}, null, shown.orders),
    readEndpoints(context),
    readKeyList(context),
  ]);
  const content = html`<h1 class="unseen">The road</h1>
${road(overview)}
${waits(faults.map(withDeeds), overview)}
${overdue(late, overview)}
${queues(overview.partners)}
<div class="pair">
<section id="deliveries"><h2>Latest deliveries</h2>${deliveryTable(deliveries)}<p class="more"><a href="/deliveries">All deliveries</a></p></section>
<section id="orders"><h2>Latest orders</h2>${orderTable(orders)}<p class="more"><a href="/orders">All orders</a></p></section>
</div>
${endpointStates(endpoints)}
${certificateSection(certificates.keys, certificates.missing)}`;
  return { title: 'The road', content };
}

interface Station {
  readonly name: string;
  readonly count: number;
  readonly unit: string;
  /** Stages of `ready` whose rows this step takes; translate has two lanes. */
  readonly stages: readonly Stage[];
  readonly notes: readonly (readonly [count: number, words: string, bad: boolean])[];
}

function stations({ road: { deliveries, messages, orders, documents } }: Overview): Station[] {
  const messageCount = messages.mapped + messages.held + messages.rejected + messages.test;
  const orderCount = Object.values(orders).reduce((sum, n) => sum + n, 0);
  return [
    {
      name: 'Receive',
      count: deliveries.received,
      unit: 'deliveries',
      stages: [],
      notes: [
        [deliveries.held, 'held', true],
        [deliveries.rejected, 'rejected', true],
      ],
    },
    {
      name: 'Translate',
      count: messageCount,
      unit: 'messages',
      stages: ['translate', 'translate-large'],
      notes: [
        [messages.held, 'held', true],
        [messages.rejected, 'rejected', true],
        [messages.test, 'test', false],
      ],
    },
    {
      name: 'Decide',
      count: orderCount,
      unit: 'orders',
      stages: ['decide'],
      notes: [
        [orders.held ?? 0, 'held', true],
        [orders.rejected ?? 0, 'rejected', true],
      ],
    },
    {
      name: 'Answer',
      count: documents.due,
      unit: 'due',
      stages: ['answer'],
      notes: [[documents.unsent, 'written, not sent', false]],
    },
    {
      name: 'Send',
      count: documents.sent,
      unit: 'sent',
      stages: ['send'],
      notes: [[documents.unanswered, 'not acknowledged yet', false]],
    },
    {
      name: 'Reconcile',
      count: documents.confirmed,
      unit: 'confirmed',
      stages: ['reconcile'],
      notes: [[documents.refused, 'refused', true]],
    },
  ];
}

function road(overview: Overview): Html {
  return html`<section id="road"><h2>The road <small>last ${overview.windowHours} hours</small></h2>
<ol class="road">${stations(overview).map((station) => stationCard(station, overview))}</ol></section>`;
}

function stationCard({ name, count, unit, stages, notes }: Station, overview: Overview): Html {
  const queues = overview.stages.filter((row) => stages.includes(row.stage));
  const waiting = queues.reduce((sum, row) => sum + row.waiting, 0);
  const stuck = queues.reduce((sum, row) => sum + row.quarantined, 0);
  return html`<li><h3>${name}</h3><p class="count">${count} <small>${unit}</small></p>
<ul class="notes">${stages.length > 0 && html`<li>${waiting} waiting</li>`}${stuck > 0 && html`<li class="bad">${stuck} set aside</li>`}${notes
    .filter(([n]) => n > 0)
    .map(([n, words, bad]) => html`<li class="${bad ? 'bad' : ''}">${n} ${words}</li>`)}</ul></li>`;
}

function waits(faults: readonly FaultAnswer[], { waiting }: Overview): Html {
  const all = waiting.reduce((sum, row) => sum + row.count, 0);
  return html`<section id="waits"><h2>Waits for a person ${all > 0 && html`<span class="badge bad">${all}</span>`}</h2>
${all === 0 && html`<p class="none">Nothing waits.</p>`}
<ul class="faults">${faults.slice(0, shown.unfolded).map(faultCard)}</ul>
${faults.length > shown.unfolded && html`<details id="waits-more"><summary>${faults.length - shown.unfolded} more</summary><ul class="faults">${faults.slice(shown.unfolded).map(faultCard)}</ul></details>`}
${all > faults.length && html`<p class="more">These are ${faults.length} of ${all}: first what is wrong with endpoints and partners, then the oldest.</p>`}</section>`;
}

function overdue(late: readonly DocumentView[], overview: Overview): Html {
  const all = overview.overdue.reduce((sum, row) => sum + row.count, 0);
  const columns: readonly Column<DocumentView>[] = [
    {
      head: 'Document',
      cell: (row) =>
        html`<strong>${row.kind}</strong> ${row.orderId !== null && html`for <a href="/orders/${row.orderId}">${row.orderNumber}</a>`}`,
    },
    { head: 'Partner', cell: (row) => row.partner },
    {
      head: 'What is late',
      cell: (row) => (row.late === 'ours' ? 'we have not sent it' : 'the partner has not acknowledged it'),
    },
    { head: 'Was due', cell: wasDue },
    { head: 'State', cell: (row) => badge(row.state) },
  ];
  return html`<section id="overdue"><h2>Overdue ${all > 0 && html`<span class="badge bad">${all}</span>`}</h2>
${table('Documents past their deadline', columns, late, 'Nothing is late.')}
${all > late.length && html`<p class="more">These are the newest ${late.length} of ${all}.</p>`}</section>`;
}

function wasDue({ late, dueAt, answerDueAt }: DocumentView): Html {
  const due = late === 'ours' ? dueAt : answerDueAt;
  return html`${time(due)} <span class="quiet">${age(due)}</span>`;
}

function queues(partners: readonly PartnerView[]): Html {
  const columns: readonly Column<PartnerView>[] = [
    {
      head: 'Partner',
      cell: (row) =>
        html`<strong>${row.title}</strong>${row.title !== row.name && html` <span class="quiet">${row.name}</span>`}${row.demo && html` <span class="badge plain">demo</span>`}`,
    },
    { head: 'Backlog', number: true, cell: (row) => row.queue.waiting },
    {
      head: 'By step',
      cell: (row) =>
        row.queue.stages
          .map(
            (stage) =>
              `${stage.stage} ${stage.waiting}${stage.quarantined > 0 ? ` (+${stage.quarantined} set aside)` : ''}`,
          )
          .join(', ') || '–',
    },
    { head: 'Oldest', cell: (row) => age(row.queue.oldest) },
    { head: 'Held', cell: (row) => html`${heldCell(row)}${pausedCell(row)}` },
    { head: '', cell: (row) => (row.name.startsWith('@') ? '' : holdButton(row)) },
  ];
  return html`<section id="queues"><h2>Partner queues</h2>${table('Queues by partner', columns, partners, 'No partner is set up yet: see “portolan partner new”.')}</section>`;
}

/** A partner with broken files waits by itself; one that is paused, until somebody resumes it. */
function heldCell({ held }: PartnerView): Piece {
  return held === null ? '' : html`${badge('held')} ${held} `;
}

function pausedCell({ held, queue: { paused } }: PartnerView): Piece {
  return paused === null
    ? held === null
      ? '–'
      : ''
    : html`${badge('paused')} by ${paused.who}: ${paused.why} <span class="quiet">${age(paused.at)}</span>`;
}

function holdButton({ name, title, queue }: PartnerView): Html {
  const path = `/api/v1/partners/${encodeURIComponent(name)}`;
  return queue.paused === null
    ? deedButton('Pause', `${path}/pause`, `${title}: files are still stored, nothing is processed or sent.`)
    : deedButton('Resume', `${path}/resume`, `${title}: its queue goes on.`);
}

/** Deliveries, here and on the page that lists them. */
export function deliveryTable(rows: readonly DeliverySummary[]): Html {
  const columns: readonly Column<DeliverySummary>[] = [
    { head: 'Delivery', cell: (row) => html`<a href="/deliveries/${row.id}">${row.id}</a>` },
    {
      head: 'Name',
      cell: (row) =>
        html`<span class="long">${row.name}</span>${row.replayOf !== null && html` <span class="quiet">replay of ${row.replayOf}</span>`}`,
    },
    { head: 'From', cell: (row) => row.partners.join(', ') || row.endpoint },
    { head: 'Bytes', number: true, cell: (row) => row.size.toLocaleString('en') },
    {
      head: 'State',
      cell: (row) =>
        html`${badge(row.state)}${row.waiting > 0 && html` <span class="badge bad">${row.waiting} waiting</span>`}`,
    },
    { head: 'Received', cell: (row) => time(row.receivedAt) },
  ];
  return table('Deliveries', columns, rows, 'Nothing was received yet.');
}

/** Orders, here and on the page that lists them. */
export function orderTable(rows: readonly OrderSummary[]): Html {
  const columns: readonly Column<OrderSummary>[] = [
    { head: 'Order', cell: (row) => html`<a href="/orders/${row.id}" class="long">${row.number}</a>` },
    { head: 'Partner', cell: (row) => row.partner },
    { head: 'Lines', number: true, cell: (row) => row.lineCount },
    {
      head: 'Amount',
      number: true,
      cell: (row) => (row.amount === null ? '–' : `${row.amount} ${row.currency ?? ''}`),
    },
    { head: 'State', cell: (row) => badge(row.state) },
    { head: 'Received', cell: (row) => time(row.receivedAt) },
  ];
  return table('Orders', columns, rows, 'No order came yet.');
}

function endpointStates(endpoints: readonly EndpointView[]): Html {
  const columns: readonly Column<EndpointView>[] = [
    {
      head: 'Endpoint',
      cell: (row) =>
        html`<strong>${row.name}</strong> <span class="quiet">${row.type ?? 'not in the mappings'}</span>`,
    },
    { head: 'Carries', cell: (row) => row.partners.join(', ') || '–' },
    {
      head: 'Works',
      cell: (row) =>
        row.failures === 0
          ? html`<span class="badge good">ok</span>`
          : html`<span class="badge bad">${row.failures} failed in a row</span> <span class="long">${row.lastError}</span>${row.leftAloneUntil !== null && html` <span class="quiet">left alone until ${time(row.leftAloneUntil)}</span>`}`,
    },
    { head: 'Looked at', cell: (row) => age(row.polledAt) },
    { head: 'Received', cell: (row) => age(row.receivedAt) },
    { head: 'Sent', cell: (row) => age(row.sentAt) },
    { head: '', cell: (row) => (row.leftAloneUntil === null ? '' : retryButton(row.name)) },
  ];
  return html`<section id="endpoints"><h2>Endpoints</h2>${table('Endpoints', columns, endpoints, 'No endpoint is set up yet.')}</section>`;
}

function retryButton(name: string): Html {
  const path = `/api/v1/endpoints/${encodeURIComponent(name)}/retry`;
  return deedButton('Try now', path, `${name}: it is tried at once, and what waits for it leaves.`);
}
