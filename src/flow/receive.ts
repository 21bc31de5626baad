/**
 * receive: the first step.
 * Takes a file that lies spooled on our disk, from an endpoint. Gives a delivery with its bytes, and a row for translate.
 * Nothing looks inside. The same source again (a crash before the file could be moved) is the same delivery.
 * Faults: none. Errors: the database's, and the file stays where it is; SourceReused, when a sender gave the same
 * Idempotency-Key to other bytes.
 */
import { insertChunks } from '../store/chunks.ts';
import { type Delivery, findBySource, insertDelivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { type Arrival, type Receipt, SourceReused } from '../transport/transport.ts';
import type { Context } from './context.ts';

/** Resolves once the bytes are durable. */
export async function receive(context: Context, endpoint: string, arrival: Arrival): Promise<Receipt> {
  const receipt = await context.store.transaction((tx) => storeArrival(context, tx, endpoint, arrival));
  if (receipt.isRepeat !== true) context.metrics.deliveries.inc({ endpoint });
  context.poke(laneOf(arrival.size));
  return receipt;
}

/** The step itself, for those who have more to write in the same transaction. Returns the delivery's id. */
export async function storeArrival(
  context: Context,
  tx: Tx,
  endpoint: string,
  arrival: Arrival,
): Promise<Receipt> {
  const { name, size, digest } = arrival;
  const made = await insertDelivery(tx, { endpoint, source: arrival.source, name, size, digest });
  if (made !== null) return { deliveryId: await begin(context, tx, endpoint, made, arrival) };
  const before = (await findBySource(tx, endpoint, arrival.source as string)) as Delivery;
  if (before.digest.equals(digest)) return { deliveryId: before.id, isRepeat: true };
  throw new SourceReused(
    `The source ${arrival.source} was received before, as delivery ${before.id}, with other bytes`,
  );
}

async function begin(
  context: Context,
  tx: Tx,
  endpoint: string,
  id: string,
  arrival: Arrival,
): Promise<string> {
  await insertChunks(tx, id, arrival.open());
  await insertEvents(tx, [
    { kind: 'received', delivery_id: id, data: { endpoint, name: arrival.name, size: arrival.size } },
  ]);
  await addReady(tx, [{ stage: laneOf(arrival.size), subject: id, partner: queueOf(context, endpoint) }]);
  return id;
}

/** In which lane a delivery of so many bytes is translated. Reading a small one takes a second at most. */
export function laneOf(size: number): 'translate' | 'translate-large' {
  return size > smallBytes ? 'translate-large' : 'translate';
}

const smallBytes = 262_144;

/** The queue in which a delivery waits: its partner's, or the endpoint's own where it carries several. */
export function queueOf(context: Context, endpoint: string): string {
  const partners = context.partners.endpoint(endpoint)?.partners ?? [];
  return partners.length === 1 ? (partners[0] as string) : `@${endpoint}`;
}
