/** A stored delivery read again with the working copy of the guides: how that differs from what was recorded. */
import { type Change, changes } from './difference.ts';
import type { Fault } from './fault.ts';
import { faultText } from './fixtures.ts';
import type { Context } from './flow/context.ts';
import { faultsPerMessage } from './flow/fault-book.ts';
import { lookAt } from './flow/message.ts';
import type { Outcome } from './flow/outcome.ts';
import { type InterchangeBegin, type Message, readInterchanges } from './interchange/interchange.ts';
import type { Order } from './order/order.ts';
import type { Agreement, Partner } from './partner/partner.ts';
import { settingsBy } from './partner/settings.ts';
import { decisionChanges } from './shadow-decide.ts';
import { lineChanges, type ShadowDifference } from './shadow-difference.ts';
import { readChunks } from './store/chunks.ts';
import type { Tx } from './store/store.ts';
import {
  faultsOfMessages,
  interchangesIn,
  messagesAt,
  type RecordedFault,
  type RecordedInterchange,
  type RecordedMessage,
} from './store/view-shadow.ts';

interface Looked {
  readonly group: number;
  readonly ordinal: number;
  readonly message: Message;
  readonly outcome: Outcome;
}

/** Messages whose records are asked for at once. */
const messagesPerLook = 50;
/** A fault that says that others were left out, and what waits only because it came before. */
const cut = 'faults-cut';
const later: ReadonlySet<string> = new Set(['order-duplicate']);

/** An interchange of the partner that is being read. */
interface Open {
  readonly begin: InterchangeBegin;
  readonly row: RecordedInterchange;
  readonly agreement: Agreement | null;
}

/** Reads one delivery again. */
export class DeliveryShadow {
  /** Read so far. */
  messages = 0;
  readonly #context: Context;
  readonly #tx: Tx;
  readonly #partner: Partner;
  readonly #delivery: string;
  #open: Open | null = null;
  #group = 0;
  #ordinal = 0;
  #looked: Looked[] = [];

  constructor(context: Context, tx: Tx, partner: Partner, delivery: string) {
    this.#context = context;
    this.#tx = tx;
    this.#partner = partner;
    this.#delivery = delivery;
  }

  async *differences(): AsyncGenerator<ShadowDifference> {
    const recorded = await interchangesIn(this.#tx, this.#delivery);
    const options = { limits: { faultsPerMessage }, settings: settingsBy(this.#context.partners) };
    let place = 0;
    for await (const event of readInterchanges(readChunks(this.#tx, this.#delivery), options)) {
      // As translate counts them: what stands between interchanges has a place of its own.
      if (event.kind === 'stray' || event.kind === 'interchange') place += 1;
      if (event.kind === 'interchange')
        yield* this.#begin(
          event,
          recorded.find((row) => row.ordinal === place),
        );
      else if (event.kind === 'group') {
        this.#group += 1;
        this.#ordinal = 0;
      } else if (event.kind === 'message') await this.#look(event);
      if (event.kind === 'interchange-end' || this.#looked.length >= messagesPerLook) yield* this.#compare();
    }
  }

  *#begin(begin: InterchangeBegin, row: RecordedInterchange | undefined): Generator<ShadowDifference> {
    this.#group = 0;
    this.#ordinal = 0;
    const isOurs = row !== undefined && row.partner === this.#partner.name && row.state !== 'duplicate';
    const { partners } = this.#context;
    const agreement = partners.identify(begin.standard, begin.sender, begin.receiver, begin.application);
    this.#open = isOurs ? { begin, row, agreement } : null;
    if (!isOurs || agreement?.key === row.agreement) return;
    const change: Change = { path: 'agreement', gone: row.agreement, come: agreement?.key };
    yield this.#difference('agreement', '', null, null, [change], { interchange: row.ordinal });
  }

  async #look(message: Message): Promise<void> {
    this.#ordinal += 1;
    const agreement = this.#open?.agreement ?? null;
    if (agreement === null || agreement.partner !== this.#partner.name) return;
    const outcome = await lookAt(this.#context, agreement, message, this.#open?.begin.test ?? false);
    this.messages += 1;
    this.#looked.push({ group: this.#group, ordinal: this.#ordinal, message, outcome });
  }

  async *#compare(): AsyncGenerator<ShadowDifference> {
    const looked = this.#looked;
    this.#looked = [];
    if (looked.length === 0 || this.#open === null) return;
    const { row } = this.#open;
    const messages = await messagesAt(this.#tx, row.id, looked);
    const faults = await faultsOfMessages(
      this.#tx,
      messages.map(({ id }) => id),
    );
    for (const one of looked) {
      const found = messages.find((each) => each.group_ordinal === one.group && each.ordinal === one.ordinal);
      if (found === undefined) continue;
      const known = faults.filter((each) => each.message_id === found.id);
      yield* this.#compareMessage(row, found, known, one);
    }
  }

  async *#compareMessage(
    row: RecordedInterchange,
    recorded: RecordedMessage,
    faults: readonly RecordedFault[],
    { group, ordinal, message, outcome }: Looked,
  ): AsyncGenerator<ShadowDifference> {
    if (!isComparable(row, recorded, outcome)) return;
    const before = recorded.document ?? recorded.content;
    const after = outcome.order?.document ?? outcome.content;
    const number = (recorded.document as { number?: string } | null)?.number;
    const about = { interchange: row.ordinal, group, ordinal, ...(number === undefined ? {} : { number }) };
    const tell = (kind: ShadowDifference['kind'], found: readonly Change[]) =>
      this.#difference(kind, message.type, recorded.guide, outcome.guide, found, about);
    const inDocument = [...changes(before ?? undefined, after ?? undefined, '')];
    if (inDocument.length > 0) yield tell('document', inDocument);
    const [wrong, unread] = faultChanges(faults, outcome);
    if (wrong.length > 0) yield tell('faults', wrong);
    if (unread.length > 0) yield tell('unread', unread);
    // An order that waits only because its number came before is one for the guides, and is decided once it is accepted.
    const isLater = faults.some(({ code }) => later.has(code));
    const known = recorded.document ?? ((isLater ? recorded.content : null) as Order | null);
    const pair = { recorded: known, working: (outcome.order?.document ?? null) as Order | null };
    if (inDocument.length === 0 && (pair.recorded === null) === (pair.working === null)) return;
    if (pair.recorded === null && pair.working === null) return;
    const { decision, decided_at: decidedAt } = recorded;
    const decided = await decisionChanges(this.#context, this.#tx, this.#partner, {
      ...pair,
      decision,
      decidedAt,
    });
    if (decided.length > 0) yield tell('decision', decided);
  }

  #difference(
    kind: ShadowDifference['kind'],
    message: string,
    recorded: string | null,
    working: string | null,
    found: readonly Change[],
    about: ShadowDifference['about'],
  ): ShadowDifference {
    const where = { delivery: this.#delivery, ...about };
    return {
      kind,
      partner: this.#partner.name,
      message,
      about: where,
      guides: { recorded, working },
      changes: found,
    };
  }
}

/**
 * No guide has to do with acknowledgments and with what the standard refuses; and what an envelope took back with it has no
 * record of what its guide read.
 */
function isComparable(row: RecordedInterchange, recorded: RecordedMessage, outcome: Outcome): boolean {
  const wasRead = recorded.guide !== null || recorded.document !== null || recorded.content !== null;
  if (outcome.guide === null && !wasRead) return false;
  if (outcome.acknowledgment !== undefined || outcome.state === 'rejected')
    return outcome.state === 'rejected' && wasRead;
  return row.state !== 'rejected' && !(recorded.state === 'rejected' && recorded.content === null);
}

/** What is wrong, and what is not read: lines that only one side has. Where some were left out, only new codes are told. */
function faultChanges(recorded: readonly RecordedFault[], outcome: Outcome): [Change[], Change[]] {
  const before = recorded.filter(({ code }) => !later.has(code));
  const after = outcome.faults.map(({ fault }) => fault);
  if (before.some(({ code }) => code === cut) || after.length > faultsPerMessage) {
    const codes = new Set(before.map(({ code }) => code));
    const fresh = [...new Set(after.map(({ code }) => code))].filter((code) => !codes.has(code));
    return [fresh.map((code) => ({ path: '', gone: undefined, come: code })), []];
  }
  const lines = lineChanges(before.map(recordedText), after.map(faultText));
  const isUnread = ({ gone, come }: Change) => String(gone ?? come).includes(unreadCode);
  return [lines.filter((line) => !isUnread(line)), lines.filter(isUnread)];
}

const unreadCode = ' data-not-mapped:';

function recordedText({ code, severity, position, value }: RecordedFault): string {
  const fault = { code, severity, at: position ?? undefined, value: value ?? undefined };
  return faultText(fault as unknown as Fault);
}
