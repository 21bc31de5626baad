/**
 * translate: the second step.
 * Takes a delivery. Gives, in one transaction: its interchanges and messages with their faults; an order and a row for decide
 * for each accepted order message; a row for reconcile for each acknowledgment; the acknowledgment that we owe for each
 * interchange. Messages are read one at a time and written a hundred at a time, so a file of any size takes the same memory.
 * Faults: everything that can be wrong with what we were sent; what nobody can deal with by itself waits for a person. An
 * interchange with data that the database refuses is held, and the others of its file go on.
 * Errors: the database's; BusyError while another delivery with the same interchange is read. May run twice: a delivery that
 * is no longer 'received' is left alone.
 */
import { fault } from '../fault.ts';
import {
  type InterchangeBegin,
  type InterchangeEvent,
  readInterchanges,
} from '../interchange/interchange.ts';
import { settingsBy } from '../partner/settings.ts';
import { readChunks } from '../store/chunks.ts';
import { type Delivery, getDelivery, setDeliveryState } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import { type Savepoint, setSavepoint } from '../store/savepoint.ts';
import type { Tx } from '../store/store.ts';
import type { Claimed, Context } from './context.ts';
import { InterchangeDigest } from './digest.ts';
import { faultsPerMessage } from './fault-book.ts';
import { holdInterchange } from './hold-interchange.ts';
import { isDataError } from './passing.ts';
import { InterchangeReading } from './reading.ts';
import { Turns } from './turns.ts';

export async function translate(context: Context, tx: Tx, rows: readonly Claimed[]): Promise<void> {
  for (const row of rows) {
    const delivery = await getDelivery(tx, row.subject);
    if (delivery?.state === 'received') await translateDelivery(context, tx, delivery);
  }
}

async function translateDelivery(context: Context, tx: Tx, delivery: Delivery): Promise<void> {
  const digest = new InterchangeDigest();
  const turns = new Turns();
  const states: string[] = [];
  let open: Guarded | null = null;
  const source = digest.tap(readChunks(tx, delivery.id));
  const options = { limits: { faultsPerMessage }, settings: settingsBy(context.partners) };
  for await (const event of readInterchanges(source, options)) {
    await turns.pass();
    if (event.kind === 'stray') {
      await holdDelivery(context, tx, delivery, event);
      states.push('held');
    } else if (event.kind === 'interchange') {
      digest.begin(event.at.offset ?? 0);
      open = await Guarded.begin(context, tx, delivery, event, states.length + 1);
    } else if (event.kind === 'interchange-end') {
      const bytes = digest.end(event.end);
      states.push(await (open as Guarded).end((reading) => reading.end(event, bytes), bytes));
      open = null;
    } else {
      if ('at' in event) digest.advance(event.at.offset ?? 0);
      await (open as Guarded).read((reading) => reading.take(event));
      await turns.pass();
    }
  }
  await finish(context, tx, delivery, states);
}

/** One interchange behind a savepoint: data that the database refuses undoes it alone, and the rest of it is passed over. */
class Guarded {
  private readonly begin: () => Promise<InterchangeReading>;
  private readonly hold: (reason: Error, digest: Buffer) => Promise<void>;
  private readonly savepoint: Savepoint;
  private reading: InterchangeReading | null = null;
  private refused: Error | null = null;

  private constructor(
    begin: () => Promise<InterchangeReading>,
    hold: (reason: Error, digest: Buffer) => Promise<void>,
    savepoint: Savepoint,
  ) {
    this.begin = begin;
    this.hold = hold;
    this.savepoint = savepoint;
  }

  static async begin(
    context: Context,
    tx: Tx,
    delivery: Delivery,
    event: InterchangeBegin,
    ordinal: number,
  ): Promise<Guarded> {
    const guarded = new Guarded(
      () => InterchangeReading.begin(context, tx, delivery, event, ordinal),
      (reason, digest) => holdInterchange(context, tx, { delivery, event, ordinal, reason, digest }),
      await setSavepoint(tx),
    );
    await guarded.read(async () => {});
    return guarded;
  }

  /** Does one thing more with the interchange, unless it was refused. */
  async read<T>(work: (reading: InterchangeReading) => Promise<T>): Promise<T | null> {
    if (this.refused !== null) return null;
    try {
      this.reading ??= await this.begin();
      return await work(this.reading);
    } catch (error) {
      if (!isDataError(error)) throw error;
      this.refused = error as Error;
      await this.savepoint.undo();
      return null;
    }
  }

  /** Ends it; gives its state. */
  async end(work: (reading: InterchangeReading) => Promise<string>, digest: Buffer): Promise<string> {
    const state = await this.read(work);
    if (this.refused === null) await this.savepoint.keep();
    else await this.hold(this.refused, digest);
    return state ?? 'held';
  }
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
