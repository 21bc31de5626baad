/** An interchange that the database refuses: its row without its messages, held for a person. */
import { fault } from '../fault.ts';
import type { InterchangeBegin } from '../interchange/interchange.ts';
import { openReceipt } from '../interchange/receipt.ts';
import type { Delivery } from '../store/deliveries.ts';
import { insertFaults } from '../store/faults.ts';
import { endInterchange, insertInterchange } from '../store/interchanges.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import { identify } from './identify.ts';

interface Refused {
  readonly delivery: Delivery;
  readonly event: InterchangeBegin;
  readonly ordinal: number;
  readonly reason: Error;
  readonly digest: Buffer;
}

/** Records the interchange without what could not be stored. It has no identity: replayed, it is processed. */
export async function holdInterchange(
  context: Context,
  tx: Tx,
  { delivery, event, ordinal, reason, digest }: Refused,
): Promise<void> {
  const { agreement } = identify(context, delivery.endpoint, event);
  const partner = agreement?.partner ?? null;
  const receipt = openReceipt(event);
  const place = { deliveryId: delivery.id, ordinal, partner, agreement: agreement?.key ?? null };
  const id = (await insertInterchange(tx, { ...place, identity: null, receipt })) as string;
  await endInterchange(tx, id, { state: 'held', digest, receipt });
  const refused = fault(
    'interchange-not-stored',
    { control: event.control, reason: sentence(reason) },
    event.at,
  );
  context.metrics.faults.inc({ code: refused.code });
  context.log.warn(
    { delivery: delivery.id, interchange: id, err: reason },
    'interchange held: the database refuses it',
  );
  await insertFaults(tx, [
    {
      partner,
      endpoint: delivery.endpoint,
      delivery_id: delivery.id,
      interchange_id: id,
      fault: refused,
      waiting: true,
    },
  ]);
}

/** The database's own sentence; knex puts the statement before it. */
function sentence({ message }: Error): string {
  return message
    .slice(message.lastIndexOf(' - ') + 1)
    .replace(/^- /, '')
    .slice(0, 300);
}
