/** One interchange while translate reads it: gathers its messages, writes them a hundred at a time, and ends with what we owe. */
import { type Fault, fault } from '../fault.ts';
import { isAcknowledgment } from '../interchange/acknowledge.ts';
import type {
  GroupBegin,
  GroupEnd,
  InterchangeBegin,
  InterchangeEnd,
  Message,
} from '../interchange/interchange.ts';
import {
  type GroupReceipt,
  groupReceipt,
  openReceipt,
  type Receipt,
  receiptOf,
} from '../interchange/receipt.ts';
import type { Agreement } from '../partner/partner.ts';
import { type Delivery, getDelivery } from '../store/deliveries.ts';
import { documentsOfInterchange } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import {
  endInterchange,
  expireIdentity,
  findByIdentity,
  type InterchangeRow,
  insertInterchange,
  takeIdentity,
} from '../store/interchanges.ts';
import { withdrawMessages } from '../store/messages.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { oweAcknowledgments } from './acknowledge.ts';
import { type Context, spanMs } from './context.ts';
import { identify, identityOf } from './identify.ts';
import { lookAt } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { BusyError } from './passing.ts';
import { recordTa1s } from './ta1.ts';

/** Groups in a receipt; the reader refuses an interchange with more. */
const mostGroups = 1_000;

/**
 * process: new to us. resume: its first run left messages waiting, and a person asked to look at them again.
 * repeat: it was here before. hold: not to be processed.
 */
type Mode = 'process' | 'resume' | 'repeat' | 'hold';

interface Opened {
  readonly id: string;
  readonly mode: Mode;
  readonly agreement: Agreement | null;
  readonly original: InterchangeRow | null;
  readonly writer: MessageWriter | null;
}

export class InterchangeReading {
  private readonly context: Context;
  private readonly tx: Tx;
  private readonly delivery: Delivery;
  private readonly opening: InterchangeBegin;
  private readonly opened: Opened;
  private readonly groups: GroupReceipt[] = [];
  private group: GroupBegin | null = null;
  /** Of the open group, from 1. */
  private groupOrdinal = 0;
  private ordinal = 0;
  /** Something other than acknowledgments is in it: an acknowledgment is never acknowledged. */
  private answerable = false;
  /** Something in it waits for a person. */
  private held = false;
  /** Messages of the whole interchange, those that were not refused, and what is known of the open group. */
  private readonly tally = { messages: 0, standing: 0, inGroup: 0, heldInGroup: false, duplicates: 0 };

  private constructor(
    context: Context,
    tx: Tx,
    delivery: Delivery,
    opening: InterchangeBegin,
    opened: Opened,
  ) {
    this.context = context;
    this.tx = tx;
    this.delivery = delivery;
    this.opening = opening;
    this.opened = opened;
  }

  /** Finds whose it is and whether it was here before, and writes its row. */
  static async begin(
    context: Context,
    tx: Tx,
    delivery: Delivery,
    begin: InterchangeBegin,
    ordinal: number,
  ): Promise<InterchangeReading> {
    const opened = await openRow(context, tx, delivery, begin, ordinal);
    return new InterchangeReading(context, tx, delivery, begin, opened);
  }

  async take(event: GroupBegin | Message | GroupEnd): Promise<void> {
    if (event.kind === 'group') {
      this.group = event;
      this.groupOrdinal += 1;
      this.ordinal = 0;
      const duplicates = this.opened.writer?.duplicates ?? 0;
      Object.assign(this.tally, { inGroup: 0, heldInGroup: false, duplicates });
    } else if (event.kind === 'message') await this.message(event);
    else await this.endGroup(event);
  }

  private async message(message: Message): Promise<void> {
    this.ordinal += 1;
    const { agreement, writer, mode } = this.opened;
    if (!isAcknowledgment(message.type)) this.answerable = true;
    if (agreement === null || writer === null || (mode !== 'process' && mode !== 'resume')) return;
    const place = { group: this.groupOrdinal, ordinal: this.ordinal };
    if (mode === 'resume' && !writer.waits(place)) return;
    const outcome = await lookAt(this.context, agreement, message, this.opening.test);
    this.context.metrics.messages.inc({
      partner: agreement.partner,
      type: message.type,
      verdict: message.verdict,
    });
    this.tally.messages += 1;
    if (outcome.state !== 'rejected') this.tally.inGroup += 1;
    if (outcome.state === 'held') this.tally.heldInGroup = true;
    await writer.add(place, message, outcome);
  }

  private async endGroup(end: GroupEnd): Promise<void> {
    // With more, the interchange is refused: the receipt need not name them all.
    if (this.groups.length < mostGroups) this.groups.push(groupReceipt(this.group as GroupBegin, end, []));
    const { mode, writer, id } = this.opened;
    await writer?.flush();
    if (mode === 'process' && end.verdict === 'rejected') {
      await withdrawMessages(this.tx, id, this.groupOrdinal);
    } else {
      this.tally.standing += this.tally.inGroup;
      this.held ||= this.tally.heldInGroup || (writer?.duplicates ?? 0) > this.tally.duplicates;
    }
    if (mode === 'process') await writer?.note(this.place(), end.faults);
  }

  /** Writes what the interchange turned out to be. Returns its state. */
  async end(end: InterchangeEnd, digest: Buffer): Promise<string> {
    const { id, mode, original } = this.opened;
    const receipt = receiptOf(this.opening, end, this.groups);
    if (mode === 'process') return this.endProcessed(end, digest, receipt);
    if (mode === 'hold') {
      await endInterchange(this.tx, id, { state: 'held', digest, receipt });
      return 'held';
    }
    return this.endRepeat(original as InterchangeRow, digest, receipt);
  }

  private async endProcessed(end: InterchangeEnd, digest: Buffer, receipt: Receipt): Promise<string> {
    const { id, writer } = this.opened;
    await writer?.note(this.place(), end.faults);
    await writer?.end(this.place());
    const rejected = end.verdict === 'rejected';
    if (rejected) await withdrawMessages(this.tx, id, null);
    await endInterchange(this.tx, id, { state: rejected ? 'rejected' : 'translated', digest, receipt });
    await this.owe(receipt);
    const mine = { ...this.place(), agreement: this.opened.agreement?.key ?? '' };
    const refusals = await recordTa1s(this.context, this.tx, mine, this.opening.test, end.ta1);
    if (rejected) return 'rejected';
    if (this.held || refusals > 0) return 'held';
    return this.tally.messages > 0 && this.tally.standing === 0 ? 'rejected' : 'translated';
  }

  /** The same bytes again: answered again, processed once. Other bytes under a used control number: held. */
  private async endRepeat(original: InterchangeRow, digest: Buffer, receipt: Receipt): Promise<string> {
    const same = original.digest.equals(digest);
    const { id, agreement } = this.opened;
    const reused = fault(
      'control-number-reused',
      { control: original.control, first: original.delivery_id },
      { ...this.opening.at, ...controlPlace[receipt.standard] },
    );
    await endInterchange(this.tx, id, {
      state: same ? 'duplicate' : 'held',
      digest,
      receipt: same || !this.answerable ? receipt : refusedFor(receipt, reused),
      duplicateOf: original.id,
    });
    if (!same) {
      await insertFaults(this.tx, [{ ...this.place(), fault: reused, waiting: true }]);
      return 'held';
    }
    if (this.opened.mode === 'resume') {
      await this.opened.writer?.end(this.place());
      return this.held ? 'held' : 'translated';
    }
    await insertEvents(this.tx, [
      {
        kind: 'repeated',
        partner: agreement?.partner ?? null,
        delivery_id: this.delivery.id,
        interchange_id: id,
        data: { first: original.id },
      },
    ]);
    const answers = await documentsOfInterchange(this.tx, original.id);
    await addReady(
      this.tx,
      answers.flatMap((answer) =>
        answer.transmission_id === null
          ? []
          : [{ stage: 'send', subject: answer.transmission_id, partner: answer.partner }],
      ),
    );
    return 'duplicate';
  }

  private async owe(receipt: Receipt): Promise<void> {
    const { id, agreement } = this.opened;
    const { answerable } = this;
    await oweAcknowledgments(this.tx, {
      id,
      agreement: agreement as Agreement,
      receipt,
      receivedAt: this.delivery.received_at,
      answerable,
    });
  }

  private place() {
    return {
      partner: this.opened.agreement?.partner ?? null,
      endpoint: this.delivery.endpoint,
      delivery_id: this.delivery.id,
      interchange_id: this.opened.id,
    };
  }
}

const controlPlace = {
  x12: { tag: 'ISA', element: 13 },
  edifact: { tag: 'UNB', element: 5 },
} as const;

/** What is answered when a person gives the interchange up. */
function refusedFor(receipt: Receipt, reason: Fault): Receipt {
  return { ...receipt, verdict: 'rejected', faults: [...receipt.faults, reason] };
}

async function openRow(
  context: Context,
  tx: Tx,
  delivery: Delivery,
  begin: InterchangeBegin,
  ordinal: number,
): Promise<Opened> {
  const { agreement, hold } = identify(context, delivery.endpoint, begin);
  const row = {
    deliveryId: delivery.id,
    ordinal,
    partner: agreement?.partner ?? null,
    agreement: agreement?.key ?? null,
    receipt: openReceipt(begin),
  };
  const writer = (id: string) =>
    new MessageWriter(context, tx, { delivery, interchangeId: id, agreement: agreement as Agreement });
  if (agreement === null || hold !== null) {
    const id = (await insertInterchange(tx, { ...row, identity: null })) as string;
    await insertFaults(tx, [
      {
        partner: row.partner,
        endpoint: delivery.endpoint,
        delivery_id: delivery.id,
        interchange_id: id,
        fault: hold as Fault,
        waiting: true,
      },
    ]);
    return { id, mode: 'hold', agreement, original: null, writer: null };
  }
  const identity = identityOf(begin, agreement.applicationReference);
  if (!(await takeIdentity(tx, identity)))
    throw new BusyError(`The interchange ${begin.control} is being read from another delivery`);
  await expireIdentity(tx, identity, new Date(context.now().getTime() - spanMs(agreement.duplicateWindow)));
  const accepted = delivery.accepted?.includes(identity) ?? false;
  const id = accepted ? null : await insertInterchange(tx, { ...row, identity });
  if (id !== null) return { id, mode: 'process', agreement, original: null, writer: writer(id) };
  const original = await findByIdentity(tx, identity);
  const repeat = (await insertInterchange(tx, {
    ...row,
    identity: accepted ? `${identity}#${delivery.id}` : null,
  })) as string;
  if (accepted || original === null)
    return { id: repeat, mode: 'process', agreement, original: null, writer: writer(repeat) };
  if (!(await isReplayOf(tx, delivery, original)))
    return { id: repeat, mode: 'repeat', agreement, original, writer: null };
  const resumed = writer(original.id);
  await resumed.resume();
  return { id: repeat, mode: 'resume', agreement, original, writer: resumed };
}

/** A replay has the very bytes of the first run, so what waits there can be found again by its place. */
async function isReplayOf(tx: Tx, delivery: Delivery, original: InterchangeRow): Promise<boolean> {
  if (delivery.replay_of === null) return false;
  const first = await getDelivery(tx, original.delivery_id);
  return first?.digest.equals(delivery.digest) ?? false;
}
