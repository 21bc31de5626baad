/** A stored delivery processed again, as a new one that is linked to it. */
import { copyChunks } from '../store/chunks.ts';
import { getDelivery, insertDelivery, setDeliveryState } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { resolveDelivery } from '../store/faults.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import { laneOf, queueOf } from './receive.ts';

/**
 * Copies the delivery, ends the wait of what it left waiting, and lets it be translated.
 * @param accepted identities of interchanges whose repeated control number is meant
 * @returns the new delivery's id
 * @throws DeedRefused when there is no such delivery
 */
export async function replay(
  context: Context,
  tx: Tx,
  id: string,
  by: By,
  accepted: readonly string[],
): Promise<string> {
  const delivery = await getDelivery(tx, id);
  if (delivery === null) throw new DeedRefused('not-found', `There is no delivery ${id}.`);
  const { endpoint, name, digest } = delivery;
  const again = (await insertDelivery(tx, {
    endpoint,
    source: null,
    name,
    size: Number(delivery.size),
    digest,
    replayOf: id,
    accepted,
  })) as string;
  await copyChunks(tx, id, again);
  await resolveDelivery(tx, id, { resolution: 'replayed', ...by, at: context.now() });
  if (delivery.state === 'held') await setDeliveryState(tx, id, 'translated', context.now());
  await insertEvents(tx, [
    { kind: 'replayed', delivery_id: id, data: { as: again }, ...by },
    { kind: 'received', delivery_id: again, data: { endpoint, name, replayOf: id }, ...by },
  ]);
  await addReady(tx, [
    { stage: laneOf(Number(delivery.size)), subject: again, partner: queueOf(context, endpoint) },
  ]);
  return again;
}
