/**
 * Evidence of one order: every byte that came and went for it, as it was, with what we made of it and when. It is for the person
 * who must show months later what was ordered, answered, sent and acknowledged. Reads only.
 */

import { readChunks } from '../store/chunks.ts';
import type { Store } from '../store/store.ts';
import { transmissionBytes } from '../store/transmissions.ts';
import { type EvidenceEvent, type EvidenceRows, evidenceRows } from '../store/view-evidence.ts';
import { as2Exhibits, certificateExhibits } from './evidence-as2.ts';
import { bytesExhibit, type Exhibit, jsonExhibit } from './exhibit.ts';

/** What is known of one order, and the files that show it. */
export interface Evidence extends EvidenceRows {
  /** In the order of their paths. */
  readonly exhibits: readonly Exhibit[];
  /** Of the newest thing in it: nothing tells when it was written down, so that the same evidence is the same file. */
  readonly asOf: Date;
  /** Guides that read or wrote, 'name@digest'. */
  readonly guides: readonly string[];
}

/**
 * Gathers what there is, as of one moment; the bytes themselves are read when an exhibit is.
 * @returns null when there is no order of this id
 */
export async function gatherEvidence(store: Store, orderId: string): Promise<Evidence | null> {
  const rows = await evidenceRows(store, orderId);
  if (rows === null) return null;
  const exhibits = [
    ...orderExhibits(rows),
    ...(await receivedExhibits(store, rows)),
    ...(await sentExhibits(store, rows)),
    ...(await certificateExhibits(store.db, {
      deliveries: rows.deliveries.map(({ id }) => id),
      transmissions: rows.transmissions.map(({ id }) => id),
    })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const times = [...exhibits.map(({ at }) => at), ...rows.events.map(({ at }) => at)];
  const asOf = new Date(Math.max(...times.map((at) => at.getTime())));
  return { ...rows, exhibits, asOf, guides: guidesOf(rows) };
}

function guidesOf({ messages, documents }: EvidenceRows): readonly string[] {
  const names = [...messages, ...documents].flatMap(({ guide }) => guide ?? []);
  return [...new Set(names)].sort();
}

function orderExhibits({ order, messages, shipments, events, faults }: EvidenceRows): Exhibit[] {
  const { document, ledger, decision, ...facts } = order;
  const received = order.received_at;
  const decided = order.decided_at ?? received;
  const last = lastAt(events, received);
  return [
    jsonExhibit('order/order.json', 'The order as it was read, in canonical form', received, document),
    jsonExhibit('order/facts.json', 'Number, partner, agreement, state and times of the order', last, facts),
    ...(decision === null
      ? []
      : [jsonExhibit('order/decision.json', 'Our answer to each line, with its reasons', decided, decision)]),
    ...(ledger === null
      ? []
      : [jsonExhibit('order/quantities.json', 'What became of the quantity of each line', last, ledger)]),
    ...messages.map((row) => messageExhibit(row, row.id === order.message_id, received)),
    ...shipments.map((row) =>
      jsonExhibit(`order/shipment-${row.id}.json`, `Shipment ${row.id}, as recorded`, row.created_at, row),
    ),
    jsonExhibit('order/timeline.json', 'What happened, and when', last, events),
    ...(faults.length === 0
      ? []
      : [
          jsonExhibit(
            'order/faults.json',
            'What was found wrong, and how it was resolved',
            lastAt(faults, received),
            faults,
          ),
        ]),
  ];
}

function messageExhibit(row: EvidenceRows['messages'][number], isOrder: boolean, at: Date): Exhibit {
  const what = isOrder
    ? 'the order stands in its file, and what read it'
    : 'another message about the order stands';
  return jsonExhibit(`order/message-${row.id}.json`, `Where ${what}`, at, row);
}

function lastAt(rows: readonly Pick<EvidenceEvent, 'at'>[], otherwise: Date): Date {
  return new Date(Math.max(otherwise.getTime(), ...rows.map(({ at }) => at.getTime())));
}

async function receivedExhibits(store: Store, rows: EvidenceRows): Promise<Exhibit[]> {
  const found: Exhibit[] = [];
  for (const delivery of rows.deliveries) {
    const { id, received_at: at, size, digest, name } = delivery;
    const interchanges = rows.interchanges.filter((row) => row.delivery_id === id);
    const isOrder = id === rows.order.delivery_id;
    const what = `Delivery ${id}, as it arrived${isOrder ? ': the order is in it' : ''}`;
    const path = `received/delivery-${id}`;
    found.push(
      bytesExhibit(
        { path: `${path}.edi`, what, at, size: Number(size), digest, about: { fileName: name } },
        () => readChunks(store.db, id),
      ),
      jsonExhibit(`${path}.json`, `Where delivery ${id} came from, and the envelopes in it`, at, {
        ...delivery,
        interchanges,
      }),
      ...(await as2Exhibits(store.db, { deliveryId: id }, `received/delivery-${id}`)),
    );
  }
  return found;
}

async function sentExhibits(store: Store, rows: EvidenceRows): Promise<Exhibit[]> {
  const found: Exhibit[] = rows.documents.map((row) =>
    jsonExhibit(
      `sent/document-${row.id}.json`,
      `${row.kind}, document ${row.id}: its states, times, and what the partner said of it`,
      row.answered_at ?? row.sent_at ?? row.written_at ?? row.created_at,
      row,
    ),
  );
  for (const row of rows.transmissions) {
    const { id, digest, created_at: at, sent_at, delivered_at, name } = row;
    const path = `sent/transmission-${id}`;
    const carried = rows.documents.filter(({ transmission_id }) => transmission_id === id);
    const kinds = carried.map(({ kind, id: document }) => `${kind} (document ${document})`).join(', ');
    found.push(
      bytesExhibit(
        {
          path: `${path}.edi`,
          what: `Transmission ${id}, the bytes that we sent: ${kinds}`,
          at,
          size: row.size,
          digest,
          about: { fileName: name },
        },
        async function* () {
          yield await transmissionBytes(store.db, id);
        },
      ),
      jsonExhibit(
        `${path}.json`,
        `How and when transmission ${id} was sent`,
        delivered_at ?? sent_at ?? at,
        row,
      ),
      ...(await as2Exhibits(store.db, { transmissionId: id }, path)),
    );
  }
  return found;
}
