/**
 * The story of the demo. No line is told that was not read back: what the gateway did comes from its events and orders in
 * the database, what the partners got comes from their mailboxes, judged by other people's parsers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../main.ts';
import type { Decision } from '../order/decide.ts';
import type { OrderFile } from '../simulator/trading-partner.ts';
import { documentsOfOrder } from '../store/documents.ts';
import { type EventRow, eventsAfter, lastEventId } from '../store/events.ts';
import { getOrders, type OrderRow, ordersByNumber } from '../store/orders.ts';
import { type DemoPartner, nextOrder } from './partners.ts';

type Print = (line: string) => void;

/** Between two looks into the database and the mailboxes. */
const lookMs = 200;
/** How long to wait for an answer that does not come. */
const patienceMs = 60_000;

/** Each partner sends an order and follows it to the end. */
export async function tellStory(
  gateway: Gateway,
  partners: readonly DemoPartner[],
  print: Print,
  signal: AbortSignal,
): Promise<void> {
  print(`\nPortolan is running. Console: ${gateway.url}\n\n`);
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  const follower = followEvents(gateway, partners, print, ended);
  const ends = await Promise.all(partners.map((partner) => playPartner(gateway, partner, print, signal)));
  done.abort();
  await follower;
  if (signal.aborted) return;
  print(
    ends.every(Boolean)
      ? '\nEvery document is confirmed by its partner.'
      : '\nSomething is missing: the console shows what waits.',
  );
  print(`Console: ${gateway.url}      Ctrl-C ends the demo; the data stays.\n`);
}

async function playPartner(
  gateway: Gateway,
  partner: DemoPartner,
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  const file = nextOrder(partner);
  await partner.simulated.send(file);
  const { type, orderNumber, lines } = file.expected;
  say(print, partner.title, `sends ${type} ${orderNumber}, ${lines.length} lines (${file.name})`);
  const until = Date.now() + patienceMs;
  let shipped = false;
  while (!signal.aborted && Date.now() < until) {
    await readMailbox(partner, file, print);
    const [order] = await ordersByNumber(gateway.store.db, partner.name, orderNumber);
    if (order !== undefined && !shipped) shipped = await shipWhenAnswered(gateway, order);
    if (order !== undefined && shipped && (await allConfirmed(gateway, order))) return true;
    await sleep(lookMs);
  }
  return false;
}

async function readMailbox(partner: DemoPartner, file: OrderFile, print: Print): Promise<void> {
  const answers = await partner.simulated.poll();
  for (const answer of answers) {
    const { ok, summary, problems } = partner.simulated.judge(answer, [file]);
    say(print, partner.title, `${ok ? 'reads' : 'REFUSES'} ${summary}`);
    for (const problem of problems) say(print, '', problem);
  }
  for (const sent of await partner.simulated.acknowledge(answers))
    say(print, partner.title, `acknowledges it (${sent.name})`);
}

/** The warehouse ships as soon as the order's answer has left. */
async function shipWhenAnswered(gateway: Gateway, order: OrderRow): Promise<boolean> {
  const documents = await documentsOfOrder(gateway.store.db, order.id);
  if (!documents.some((document) => document.sent_at !== null)) return false;
  const response = await fetch(`${gateway.url}/api/v1/orders/${order.id}/shipments`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `demo-${order.id}`,
      'x-portolan-user': 'demo warehouse',
      ...authorization(gateway.adminToken),
    },
    body: JSON.stringify({
      carrier: { scac: 'SMSF', name: 'Saltmarsh Freight', pro: `PRO${order.id}` },
      billOfLading: `BOL${order.id}`,
      weight: '96.5',
      weightUnit: 'kg',
    }),
  });
  if (!response.ok)
    throw new Error(
      `The shipment of order ${order.id} was refused: ${response.status} ${await response.text()}`,
    );
  return true;
}

function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Response and ship notice, both confirmed. */
async function allConfirmed(gateway: Gateway, order: OrderRow): Promise<boolean> {
  const documents = await documentsOfOrder(gateway.store.db, order.id);
  return documents.length >= 2 && documents.every((document) => document.state === 'confirmed');
}

async function followEvents(
  gateway: Gateway,
  partners: readonly DemoPartner[],
  print: Print,
  signal: AbortSignal,
): Promise<void> {
  const titles = new Map(partners.map((partner) => [partner.name, partner.title]));
  let last = await lastEventId(gateway.store.db);
  for (let ending = false; !ending; ) {
    ending = signal.aborted;
    for (const event of await eventsAfter(gateway.store.db, last, 500)) {
      await tell(gateway, event, titles, print);
      last = event.id;
    }
    if (!ending) await sleep(lookMs);
  }
}

async function tell(
  gateway: Gateway,
  event: EventRow,
  titles: ReadonlyMap<string, string>,
  print: Print,
): Promise<void> {
  const data = (event.data ?? {}) as Record<string, unknown>;
  const title = titles.get(event.partner ?? '') ?? 'the partner';
  const ours = (text: string) => say(print, 'Portolan', text);
  if (event.kind === 'received')
    ours(`received ${data.name}, ${data.size} bytes: delivery ${event.delivery_id}`);
  else if (event.kind === 'order-received')
    ours(`reads order ${data.number} of ${title}: order ${event.order_id}`);
  else if (event.kind === 'sent') ours(`sent ${data.type} to ${title} (${data.name})`);
  else if (event.kind === 'shipped') ours(`shipped order ${event.order_id}: ${data.cartons} cartons`);
  else if (event.kind === 'confirmed') ours(`has its ${data.type} confirmed by the ${data.by} of ${title}`);
  else if (event.kind === 'refused')
    ours(`has its ${data.type} REFUSED by ${title}: ${JSON.stringify(data.reasons)}`);
  else if (/^order-(accepted|partially-accepted|rejected|held)$/.test(event.kind))
    await tellDecision(gateway, event, print);
}

async function tellDecision(gateway: Gateway, event: EventRow, print: Print): Promise<void> {
  const [order] = await getOrders(gateway.store.db, [event.order_id as string]);
  if (order === undefined) return;
  say(print, 'Portolan', `decided order ${order.id}: ${order.state}`);
  const { lines } = order.decision as Decision;
  for (const [at, line] of lines.entries()) {
    const ordered = order.document.lines[at];
    const parts = [`${line.confirmed} of ${ordered?.quantity} confirmed`];
    if (line.backordered !== '0') parts.push(`${line.backordered} backordered to ${line.backorderOn}`);
    if (line.cut !== '0') parts.push(`${line.cut} cut`);
    say(print, '', `line ${line.number}  ${line.sku ?? 'unknown item'}  ${line.action}: ${parts.join(', ')}`);
  }
}

const nameWidth = 22;

function say(print: Print, who: string, what: string): void {
  const time = who === '' ? ' '.repeat(8) : new Date().toTimeString().slice(0, 8);
  print(`${time}  ${who.padEnd(nameWidth)} ${what}`);
}
