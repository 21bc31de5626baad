/** Writes the messages of one interchange with what became of them: orders, acknowledgments to match, faults. */
import { type Fault, fault } from '../fault.ts';
import { contextOf } from '../interchange/acknowledge-context.ts';
import type { Message } from '../interchange/interchange.ts';
import type { Agreement } from '../partner/partner.ts';
import type { Delivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { type FaultPlace, insertFaults } from '../store/faults.ts';
import { insertMessages, messagesOf, type NewMessage, updateMessage } from '../store/messages.ts';
import { insertOrders, type NewOrder, ordersByNumber } from '../store/orders.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { toldOf } from './acknowledge.ts';
import type { Context } from './context.ts';
import { decideBatch } from './decide.ts';
import { FaultBook } from './fault-book.ts';
import type { Outcome } from './outcome.ts';

/** Messages in one statement, and faults: more in one parameter is slower. */
const messagesPerWrite = 100;
const faultsPerWrite = 500;

interface Place {
  readonly group: number;
  readonly ordinal: number;
}

interface Kept {
  readonly place: Place;
  readonly message: NewMessage;
  readonly outcome: Outcome;
}

interface Home {
  readonly delivery: Delivery;
  readonly interchangeId: string;
  readonly agreement: Agreement;
}

export class MessageWriter {
  private readonly tx: Tx;
  private readonly home: Home;
  private readonly book: FaultBook;
  private kept: Kept[] = [];
  private keptFaults = 0;
  private repeated = 0;
  /** Ids of the messages that wait since the first run, by place; null on a first run. */
  private waiting: Map<string, string> | null = null;

  constructor(context: Context, tx: Tx, home: Home) {
    this.tx = tx;
    this.home = home;
    this.book = new FaultBook(context, tx);
  }

  /** Orders so far that came before, each of which waits for a person. */
  get duplicates(): number {
    return this.repeated;
  }

  /** Notes faults of the envelope; they count as those of messages do. */
  async note(place: FaultPlace, faults: readonly Fault[]): Promise<void> {
    const found = faults.map((one) => ({ fault: one, waiting: one.severity === 'error' }));
    this.book.add(place, found, 'rejected');
    await this.book.write();
  }

  /** Writes what is left, and says how many faults were not kept. */
  async end(place: FaultPlace): Promise<void> {
    await this.flush();
    this.book.close(place);
    await this.book.write();
  }

  /** Looks again at what the first run left waiting. */
  async resume(): Promise<void> {
    const rows = await messagesOf(this.tx, this.home.interchangeId);
    this.waiting = new Map(
      rows
        .filter((row) => row.state === 'held')
        .map((row) => [`${row.group_ordinal}/${row.ordinal}`, row.id]),
    );
  }

  waits(place: Place): boolean {
    return this.waiting?.has(key(place)) ?? true;
  }

  async add(place: Place, message: Message, outcome: Outcome): Promise<void> {
    this.kept.push({ place, message: newMessage(this.home, place, message, outcome), outcome });
    this.keptFaults += outcome.faults.length;
    if (this.kept.length >= messagesPerWrite || this.keptFaults >= faultsPerWrite) await this.flush();
  }

  async flush(): Promise<void> {
    const { kept } = this;
    if (kept.length === 0) return;
    this.kept = [];
    this.keptFaults = 0;
    const ids = await this.writeMessages(kept);
    await this.writeOrders(kept, ids);
    await this.writeAcknowledgments(kept, ids);
    await this.writeRecorded(kept);
    await this.writeFaults(kept, ids);
  }

  private async writeMessages(kept: readonly Kept[]): Promise<string[]> {
    if (this.waiting === null)
      return insertMessages(
        this.tx,
        kept.map((item) => item.message),
      );
    const ids = kept.map((item) => this.waiting?.get(key(item.place)) as string);
    for (const [index, item] of kept.entries())
      await updateMessage(this.tx, ids[index] as string, item.message);
    return ids;
  }

  private async writeOrders(kept: readonly Kept[], ids: readonly string[]): Promise<void> {
    const orders: NewOrder[] = [];
    for (const [index, item] of kept.entries()) {
      if (item.outcome.order !== undefined) {
        orders.push({
          ...item.outcome.order,
          message_id: ids[index] as string,
          delivery_id: this.home.delivery.id,
        });
      }
    }
    if (orders.length === 0) return;
    const made = await insertOrders(this.tx, orders);
    const { partner } = this.home.agreement;
    await addReady(
      this.tx,
      [...made.values()].map((id) => ({ stage: 'decide', subject: id, partner, batch: decideBatch })),
    );
    await insertEvents(
      this.tx,
      orders.flatMap((order) => {
        const id = made.get(order.message_id);
        return id === undefined
          ? []
          : [
              {
                kind: 'order-received',
                partner,
                delivery_id: order.delivery_id,
                order_id: id,
                data: { number: order.number },
              },
            ];
      }),
    );
    for (const order of orders) if (!made.has(order.message_id)) await this.holdDuplicate(order, kept, ids);
  }

  /** The number and ship-to of an order that we have: a person says whether it is another one. */
  private async holdDuplicate(order: NewOrder, kept: readonly Kept[], ids: readonly string[]): Promise<void> {
    this.repeated += 1;
    const guide = kept[ids.indexOf(order.message_id)]?.outcome.guide ?? null;
    const content = order.document;
    await updateMessage(this.tx, order.message_id, { state: 'held', guide, canonical: 'order', content });
    const [first] = await ordersByNumber(this.tx, order.partner, order.number);
    await insertFaults(this.tx, [
      {
        ...this.place(order.message_id),
        order_id: first?.id ?? null,
        waiting: true,
        fault: fault('order-duplicate', {
          number: order.number,
          shipTo: order.ship_to ?? '–',
          first: first?.id ?? '?',
        }),
      },
    ]);
  }

  private async writeAcknowledgments(kept: readonly Kept[], ids: readonly string[]): Promise<void> {
    const { partner } = this.home.agreement;
    await addReady(
      this.tx,
      kept.flatMap((item, index) =>
        item.outcome.acknowledgment === undefined
          ? []
          : [{ stage: 'reconcile', subject: ids[index] as string, partner }],
      ),
    );
  }

  /** What only informs is on the timeline of its delivery, and of the order that it is about. */
  private async writeRecorded(kept: readonly Kept[]): Promise<void> {
    const { agreement, delivery } = this.home;
    for (const { outcome } of kept) {
      if (outcome.recorded === undefined) continue;
      const orders =
        outcome.about === undefined ? [] : await ordersByNumber(this.tx, agreement.partner, outcome.about);
      const place = { partner: agreement.partner, delivery_id: delivery.id, order_id: orders[0]?.id ?? null };
      await insertEvents(this.tx, [{ kind: 'document-recorded', ...place, data: outcome.recorded }]);
    }
  }

  private async writeFaults(kept: readonly Kept[], ids: readonly string[]): Promise<void> {
    for (const [index, item] of kept.entries()) {
      const { about, faults, state } = item.outcome;
      const [order] =
        about === undefined ? [] : await ordersByNumber(this.tx, this.home.agreement.partner, about);
      const place = { ...this.place(ids[index] as string), order_id: order?.id ?? null };
      this.book.add(place, faults, state);
    }
    await this.book.write();
  }

  private place(messageId: string) {
    const { delivery, interchangeId, agreement } = this.home;
    return {
      partner: agreement.partner,
      endpoint: delivery.endpoint,
      delivery_id: delivery.id,
      interchange_id: interchangeId,
      message_id: messageId,
    };
  }
}

function key(place: Place): string {
  return `${place.group}/${place.ordinal}`;
}

function newMessage(
  { interchangeId, agreement }: Home,
  place: Place,
  message: Message,
  outcome: Outcome,
): NewMessage {
  const { faults, verdict } = toldOf(agreement, message, outcome.faults);
  return {
    interchange_id: interchangeId,
    group_ordinal: place.group,
    ordinal: place.ordinal,
    type: message.type,
    control: message.control,
    version: message.version,
    segments: message.segmentCount,
    offset: message.at.offset ?? 0,
    verdict,
    state: outcome.state,
    guide: outcome.guide,
    canonical: outcome.canonical,
    faults,
    content: outcome.content,
    context: contextOf(message, verdict !== 'accepted'),
  };
}
