/**
 * `portolan simulate`: a partner sends orders, waits for the answers that are due, judges and acknowledges them, and tells
 * it line by line.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isAcknowledgment } from './answer.ts';
import { type FaultKind, faulty } from './faults.ts';
import type {
  Judgement,
  LineSpec,
  OrderFile,
  OrderSpec,
  PlaceSpec,
  TradingPartner,
} from './trading-partner.ts';

export interface SimulateOptions {
  readonly partner: TradingPartner;
  /** What may be ordered, at which price; orders take the items in turn. */
  readonly items: readonly Omit<LineSpec, 'number' | 'quantity'>[];
  readonly orders: number;
  readonly lines: number;
  /** Order numbers are this and a counter: 'HP-20261122-' gives 'HP-20261122-1'. */
  readonly numberPrefix: string;
  readonly orderedOn: string;
  readonly requestedOn?: string;
  readonly shipTo?: PlaceSpec;
  readonly currency?: string;
  /** Every order gets this fault. */
  readonly fault?: FaultKind;
  /** Waits for an 856 / DESADV of every confirmed order too. */
  readonly awaitNotices?: boolean;
  /** How long to wait for answers after the last one that came, in milliseconds. */
  readonly patienceMs: number;
  /** Between two looks into the mailbox, in milliseconds. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
  readonly print: (line: string) => void;
}

export interface Simulation {
  readonly sent: readonly OrderFile[];
  readonly judgements: readonly Judgement[];
  /** What was due and did not come, a sentence each. */
  readonly missing: readonly string[];
  /** Every answer was right, and none is missing. */
  readonly ok: boolean;
}

/** Sends, waits, judges, acknowledges. Throws when a file cannot be sent or the mailbox cannot be read. */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const sent = await sendAll(options);
  const judgements: Judgement[] = [];
  let last = Date.now();
  while (listening(options, sent, judgements) && Date.now() - last < options.patienceMs) {
    if (options.signal?.aborted) break;
    if (await takeAnswers(options, sent, judgements)) last = Date.now();
    else await pause(options.everyMs ?? lookEveryMs);
  }
  const missing = missingOf(options, sent, judgements);
  for (const what of missing) options.print(`missing: ${what}`);
  return { sent, judgements, missing, ok: missing.length === 0 && judgements.every(({ ok }) => ok) };
}

const lookEveryMs = 200;

/** After a fault it listens to the end of its patience: an answer that must not come tells as much as one that must. */
function listening(
  options: SimulateOptions,
  sent: readonly OrderFile[],
  judgements: readonly Judgement[],
): boolean {
  return options.fault !== undefined || missingOf(options, sent, judgements).length > 0;
}

async function sendAll(options: SimulateOptions): Promise<readonly OrderFile[]> {
  const sent: OrderFile[] = [];
  for (let count = 1; count <= options.orders; count++) {
    const spec = orderSpec(options, count);
    const files = options.fault
      ? faulty(options.fault, options.partner, spec)
      : [options.partner.order(spec)];
    for (const file of files) {
      await options.partner.send(file);
      sent.push(file);
      const { type, interchangeControl, orderNumber, lines } = file.expected;
      options.print(
        `sent ${type} ${interchangeControl}: order ${orderNumber}, ${lines.length} lines (${file.name})`,
      );
    }
  }
  return sent;
}

function orderSpec(options: SimulateOptions, count: number): OrderSpec {
  const { numberPrefix, items, lines, orderedOn, requestedOn, shipTo, currency } = options;
  const wanted = Array.from({ length: lines }, (_, line) => ({
    ...itemAt(items, count - 1 + line),
    quantity: String(quantities[(count + line) % quantities.length]),
  }));
  return {
    number: `${numberPrefix}${count}`,
    orderedOn,
    lines: wanted,
    ...(requestedOn === undefined ? {} : { requestedOn }),
    ...(shipTo === undefined ? {} : { shipTo }),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** Whole dozens and single pieces, in turn. */
const quantities = [12, 5, 24, 1, 36] as const;

function itemAt<T>(items: readonly T[], place: number): T {
  const item = items[place % items.length];
  if (item === undefined) throw new RangeError('There is no item to order');
  return item;
}

/** Returns whether anything came. */
async function takeAnswers(
  options: SimulateOptions,
  sent: readonly OrderFile[],
  judgements: Judgement[],
): Promise<boolean> {
  const answers = await options.partner.poll();
  for (const answer of answers) {
    const judgement = options.partner.judge(answer, sent);
    judgements.push(judgement);
    options.print(`${judgement.ok ? 'right' : 'WRONG'} ${judgement.summary}`);
  }
  for (const { name } of await options.partner.acknowledge(answers))
    options.print(`sent acknowledgment ${name}`);
  return answers.length > 0;
}

function missingOf(
  options: SimulateOptions,
  sent: readonly OrderFile[],
  judgements: readonly Judgement[],
): string[] {
  const numbers = [...new Set(sent.map(({ expected }) => expected.orderNumber))];
  return numbers.flatMap((number) => {
    const files = sent.filter(({ expected }) => expected.orderNumber === number);
    const came = judgements.filter(({ orderNumber }) => orderNumber === number);
    const verdictsDue = files.filter(({ expected }) =>
      ['accepted', 'refused'].includes(expected.acknowledgment),
    ).length;
    const verdicts = came.filter(({ kind }) => isAcknowledgment(kind)).length;
    const responseDue = files.some(({ expected }) => expected.response);
    const has = (...kinds: string[]) => came.some(({ kind }) => kinds.includes(kind));
    return [
      ...(verdicts < verdictsDue
        ? [`order ${number}: ${verdictsDue - verdicts} of ${verdictsDue} acknowledgments`]
        : []),
      ...(responseDue && !has('855', 'ORDRSP') ? [`order ${number}: the order response`] : []),
      ...(responseDue && options.awaitNotices && !has('856', 'DESADV')
        ? [`order ${number}: the ship notice`]
        : []),
    ];
  });
}
