/** One delivery: what was found in it, and its text with the places of faults marked. */
import type { Context } from '../flow/context.ts';
import { type InterchangeView, type MessageView, readBytes } from '../store/view-deliveries.ts';
import { documentsOfDelivery } from '../store/view-documents.ts';
import { as2Section } from './as2.ts';
import { mostParts, readDelivery } from './deliveries.ts';
import type { FaultAnswer } from './fault-deeds.ts';
import { type Html, html, type Piece } from './html.ts';
import { badge, type Column, deedButton, faultCard, type Page, table, time } from './layout.ts';
import { documentTable, eventList } from './order-page.ts';
import { markedText } from './raw-text.ts';

type WholeDelivery = NonNullable<Awaited<ReturnType<typeof readDelivery>>>;

/** Bytes of the text that one page shows. */
export const shownBytes = 64 * 1024;

/**
 * null: there is no delivery of that id.
 * @param byte the page shows the part of the text in which this byte lies
 */
export async function deliveryPage(context: Context, id: string, byte: number): Promise<Page | null> {
  const { db } = context.store;
  const delivery = await readDelivery(db, id);
  if (delivery === null) return null;
  const from = Math.floor(Math.min(byte, Math.max(delivery.size - 1, 0)) / shownBytes) * shownBytes;
  const [bytes, documents] = await Promise.all([
    readBytes(db, id, from, shownBytes),
    documentsOfDelivery(db, id, context.now()),
  ]);
  const content = html`<section id="delivery" class="head">
<p class="kind">Delivery ${id}</p><h1 class="long">${delivery.name} ${badge(delivery.state)}</h1>
${facts(delivery)}
<div class="row"><a href="/api/v1/deliveries/${id}/raw" data-raw="delivery-${id}.edi">Raw</a>${deedButton('Replay', `/api/v1/deliveries/${id}/replay`, `Delivery ${id}, ${delivery.name}: processed again, linked to this run.`)}</div></section>
${faultList(delivery.faults)}
${as2Section(delivery.as2)}
<section id="interchanges"><h2>Interchanges</h2>${delivery.interchanges.length === 0 ? html`<p class="none">None was found.</p>` : delivery.interchanges.map(interchange)}</section>
<section id="documents"><h2>Acknowledgments</h2>${documentTable(documents)}</section>
<section id="text"><h2>Text</h2>${text(delivery, bytes, from)}</section>
<section id="timeline"><h2>Timeline</h2>${eventList(delivery.events)}</section>`;
  return { title: `Delivery ${id}`, content };
}

function facts(delivery: WholeDelivery): Html {
  const all: readonly (readonly [string, Piece])[] = [
    ['Endpoint', delivery.endpoint],
    ['Partners', delivery.partners.join(', ') || '–'],
    ['Bytes', delivery.size.toLocaleString('en')],
    ['Received', time(delivery.receivedAt)],
    ['Read', time(delivery.translatedAt)],
    [
      'Replay of',
      delivery.replayOf && html`<a href="/deliveries/${delivery.replayOf}">delivery ${delivery.replayOf}</a>`,
    ],
  ];
  return html`<dl class="facts">${all
    .filter(([, value]) => value !== null)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Notes (data that no guide reads) stay folded: they are many, and nobody has to act on them. */
function faultList(faults: readonly FaultAnswer[]): Piece {
  if (faults.length === 0) return null;
  const notes = faults.filter((fault) => fault.severity === 'info' && !fault.waiting);
  const others = faults.filter((fault) => !notes.includes(fault));
  return html`<section id="faults"><h2>Faults</h2>
${others.length === 0 ? html`<p class="none">Only notes.</p>` : html`<ul class="faults">${others.map(faultCard)}</ul>`}
${notes.length > 0 && html`<details id="fault-notes"><summary>${notes.length} notes</summary><ul class="faults">${notes.map(faultCard)}</ul></details>`}
${faults.length === mostParts && html`<p class="more">The first ${mostParts}.</p>`}</section>`;
}

function interchange(row: InterchangeView): Html {
  const columns: readonly Column<MessageView>[] = [
    { head: 'Message', cell: (message) => html`<strong>${message.type}</strong> ${message.control}` },
    { head: 'Version', cell: (message) => message.version },
    { head: 'Segments', number: true, cell: (message) => message.segments },
    { head: 'Verdict', cell: (message) => badge(message.verdict) },
    {
      head: 'Became',
      cell: (message) =>
        html`${message.orderId === null ? badge(message.state) : html`<a href="/orders/${message.orderId}">order ${message.orderNumber}</a>`}${message.says.map((sentence) => html`<br><span class="quiet">${sentence}</span>`)}`,
    },
    { head: 'Guide', cell: (message) => html`<span class="quiet long">${message.guide ?? '–'}</span>` },
    { head: 'Read as', cell: (message) => readAs(message) },
  ];
  const party = ({ qualifier, id }: { qualifier: string; id: string }) =>
    qualifier === '' ? id : `${qualifier}:${id}`;
  return html`<article class="interchange" id="interchange-${row.id}"><h3>${row.standard === 'x12' ? 'X12' : 'EDIFACT'} ${row.control} ${badge(row.state)} ${row.test && html`<span class="badge plain">test</span>`}</h3>
<p class="where">${party(row.sender)} → ${party(row.receiver)} · ${row.version} · ${row.partner ?? 'nobody we know'}${row.duplicateOf !== null && html` · came first in <a href="/deliveries/${row.firstDeliveryId}">delivery ${row.firstDeliveryId}</a>`}</p>
${table(`Messages of interchange ${row.control}`, columns, row.messages, 'No message of it was stored.')}
${row.messageCount > row.messages.length && html`<p class="more">The first ${row.messages.length} of ${row.messageCount}.</p>`}</article>`;
}

/** The document that the message was read into, where no order has it. */
function readAs({ id, canonical }: MessageView): Piece {
  return canonical === null ? '–' : html`<a href="/api/v1/messages/${id}">${canonical}</a>`;
}

function text(delivery: WholeDelivery, bytes: Buffer, from: number): Html {
  if (delivery.size === 0) return html`<p class="none">The file is empty.</p>`;
  const marks = delivery.faults.flatMap(({ position, message, severity }) => {
    const offset = Number(position?.offset);
    return Number.isSafeInteger(offset) ? [{ offset, message, severity }] : [];
  });
  const step = (byte: number, words: string) =>
    html`<a href="/deliveries/${delivery.id}?byte=${byte}#text">${words}</a> `;
  const part = `Bytes ${from.toLocaleString('en')} to ${(from + bytes.length).toLocaleString('en')} of ${delivery.size.toLocaleString('en')}. `;
  return html`<p class="more">${part}${from > 0 && step(from - shownBytes, 'Earlier')}${from + bytes.length < delivery.size && step(from + shownBytes, 'Further on')}</p>
<pre id="raw" class="raw" tabindex="0">${markedText(bytes, from, marks)}</pre>`;
}
