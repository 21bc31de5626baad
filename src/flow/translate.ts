/**
 * translate: the second step.
 * Takes a delivery. Gives, in one transaction: its interchanges and messages with their faults; an order and a row for decide
 * for each accepted order message; a row for reconcile for each acknowledgment; the acknowledgment that we owe for each
 * interchange. Messages are read one at a time and written a hundred at a time, so a file of any size takes the same memory.
 * Faults: everything that can be wrong with what we were sent; what nobody can deal with by itself waits for a person.
 * Errors: the database's. May run twice: a delivery that is no longer 'received' is left alone.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { fault } from '../fault.ts';
import { type InterchangeEvent, readInterchanges } from '../interchange/interchange.ts';
import { readChunks } from '../store/chunks.ts';
import { type Delivery, getDelivery, setDeliveryState } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import type { Claimed, Context } from './context.ts';
import { InterchangeDigest } from './digest.ts';
import { InterchangeReading } from './reading.ts';

/** Messages read before other work of this process gets its turn. */
const messagesPerTurn = 20;

/** @param signal aborted when the process must stop: nothing of it is kept, and another process begins again */
export async function translate(
  context: Context,
  tx: Tx,
  rows: readonly Claimed[],
  signal?: AbortSignal,
): Promise<void> {
  for (const row of rows) {
    const delivery = await getDelivery(tx, row.subject);
    if (delivery?.state === 'received') await translateDelivery(context, tx, delivery, signal);
  }
}

async function translateDelivery(
  context: Context,
  tx: Tx,
  delivery: Delivery,
  signal: AbortSignal | undefined,
): Promise<void> {
  const digest = new InterchangeDigest();
  const states: string[] = [];
  let reading: InterchangeReading | null = null;
  let read = 0;
  for await (const event of readInterchanges(digest.tap(readChunks(tx, delivery.id)))) {
    if (event.kind === 'stray') {
      await holdDelivery(context, tx, delivery, event);
      states.push('held');
    } else if (event.kind === 'interchange') {
      digest.begin(event.at.offset ?? 0);
      reading = await InterchangeReading.begin(context, tx, delivery, event, states.length + 1);
    } else if (event.kind === 'interchange-end') {
      states.push(await (reading as InterchangeReading).end(event, digest.end(event.end)));
      reading = null;
    } else {
      if ('at' in event) digest.advance(event.at.offset ?? 0);
      await (reading as InterchangeReading).take(event);
      read += 1;
      signal?.throwIfAborted();
      if (read % messagesPerTurn === 0) await breathe();
    }
  }
  await finish(context, tx, delivery, states);
}

async function holdDelivery(
  context: Context,
  tx: Tx,
  delivery: Delivery,
  event: InterchangeEvent & { kind: 'stray' },
): Promise<void> {
  for (const found of event.faults) context.metrics.faults.inc({ code: found.code });
  await insertFaults(
    tx,
    event.faults.map((found) => ({
      fault: found,
      waiting: found.severity === 'error',
      endpoint: delivery.endpoint,
      delivery_id: delivery.id,
    })),
  );
}

async function finish(
  context: Context,
  tx: Tx,
  delivery: Delivery,
  states: readonly string[],
): Promise<void> {
  if (states.length === 0) {
    const empty = fault('delivery-empty', { name: delivery.name });
    await insertFaults(tx, [
      { fault: empty, waiting: true, endpoint: delivery.endpoint, delivery_id: delivery.id },
    ]);
  }
  const held = states.length === 0 || states.includes('held');
  const rejected = !held && states.every((state) => state === 'rejected');
  await setDeliveryState(
    tx,
    delivery.id,
    held ? 'held' : rejected ? 'rejected' : 'translated',
    context.now(),
  );
  await insertEvents(tx, [{ kind: 'translated', delivery_id: delivery.id, data: { interchanges: states } }]);
}
