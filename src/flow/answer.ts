/**
 * answer: the fourth step.
 * Takes documents that we owe: acknowledgments, order responses, ship notices. Gives, in one transaction: the interchanges
 * that hold them, with control numbers and bytes frozen, and a row for send for each.
 * Faults: a document that its guide, its separators or our own reader refuses is held for a person and never leaves.
 * Errors: the database's; a partner or guide that left the mappings. May run twice: a document that is written is left alone.
 */
import { createHash } from 'node:crypto';
import type { Fault } from '../fault.ts';
import type { Agreement } from '../partner/partner.ts';
import { type DocumentRow, holdDocument, lockDocuments, updateWritten } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import { addReady, claimAlike, doneReady, type ReadyRow } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { insertTransmission } from '../store/transmissions.ts';
import { type Composed, compose } from './compose.ts';
import { agreementOf, type Context } from './context.ts';
import { type MadeInterchange, makeInterchange } from './make-interchange.ts';

export async function answer(context: Context, tx: Tx, rows: readonly ReadyRow[]): Promise<void> {
  const further = await claimFurther(context, tx, rows);
  const owed = (
    await lockDocuments(
      tx,
      [...rows, ...further].map((row) => row.subject),
    )
  ).filter((document) => document.state === 'due');
  for (const documents of groupBy(
    owed,
    (document) => `${document.agreement}\n${document.kind}\n${document.test}`,
  )) {
    const agreement = agreementOf(context, documents[0].agreement);
    const composed = await compose(context, tx, agreement, documents);
    const fit = composed.filter((item) => item.faults.length === 0);
    for (const item of composed) if (item.faults.length > 0) await hold(tx, item.document, item.faults);
    for (const batch of batches(agreement, fit)) await write(context, tx, agreement, batch);
  }
  await doneReady(
    tx,
    further.map((row) => row.id),
  );
}

/**
 * What else waits and may leave in the same interchanges. A row that comes alone may have failed in company before: it
 * stays alone, so that it answers for nobody else.
 */
async function claimFurther(context: Context, tx: Tx, rows: readonly ReadyRow[]): Promise<ReadyRow[]> {
  if (rows.length === 1) return [];
  const further: ReadyRow[] = [];
  for (const alike of groupBy(rows, (row) => `${row.partner}\n${row.batch}`)) {
    const [{ batch }] = alike;
    const free = mostOf(context, batch) - alike.length;
    if (batch === null || free <= 0) continue;
    const limits = { most: Math.min(free, mostFurther), now: context.now() };
    further.push(...(await claimAlike(tx, alike, limits)));
  }
  return further;
}

/** How many documents with this batch key, 'partner/agreement:kind', leave together. */
function mostOf(context: Context, batch: string | null): number {
  const [, key = '', kind = ''] = /^(.*):([^:]*)$/.exec(batch ?? '') ?? [];
  const agreement = context.partners.agreement(key);
  return agreement === null ? 1 : together(agreement, kind);
}

/** How many documents of a kind leave in one interchange, at most. */
function together(agreement: Agreement, kind: string): number {
  const terms = agreement.documents[kind];
  return (terms?.batch ?? agreement.acknowledge.batch) === 'many' ? (terms?.most ?? defaultMost) : 1;
}

/** One interchange for each document, or one for many, as the agreement says. */
function batches(agreement: Agreement, composed: readonly Composed[]): Composed[][] {
  const most = together(agreement, composed[0]?.document.kind ?? '');
  const made: Composed[][] = [];
  for (let from = 0; from < composed.length; from += most) made.push(composed.slice(from, from + most));
  return made;
}

const defaultMost = 500;
/** Documents held in memory beyond those of the job. */
const mostFurther = 500;

async function write(
  context: Context,
  tx: Tx,
  agreement: Agreement,
  batch: readonly Composed[],
): Promise<void> {
  const first = batch[0] as Composed;
  const made = await makeInterchange(context, tx, agreement, batch);
  if (made.faults.length > 0) {
    // Alone, the one that is refused is held and the others leave.
    if (batch.length > 1) for (const item of batch) await write(context, tx, agreement, [item]);
    else await hold(tx, first.document, made.faults);
    return;
  }
  const transmission = await insertTransmission(tx, {
    partner: agreement.partner,
    agreement: agreement.key,
    endpoint: agreement.endpoint,
    standard: agreement.standard,
    control: made.control,
    cycle: made.cycle,
    name: `${agreement.partner}.${agreement.name}.${first.document.kind}.${made.control}${made.cycle === 0 ? '' : `-${made.cycle}`}.edi`,
    digest: createHash('sha256').update(made.bytes).digest(),
    bytes: made.bytes,
    test: first.document.test,
  });
  await finish(context, tx, batch, made, transmission);
}

async function finish(
  context: Context,
  tx: Tx,
  batch: readonly Composed[],
  made: MadeInterchange,
  transmission: string,
): Promise<void> {
  const at = context.now();
  await updateWritten(
    tx,
    batch.map(({ document, guide }, index) => ({
      id: document.id,
      guide: guide ?? null,
      transmission_id: transmission,
      group_control: made.places[index]?.group ?? null,
      message_control: made.places[index]?.message ?? '',
      written_at: at,
    })),
  );
  const { partner, kind } = (batch[0] as Composed).document;
  await addReady(tx, [{ stage: 'send', subject: transmission, partner }]);
  await insertEvents(
    tx,
    batch.map(({ document }) => ({
      ...aboutDocument(document),
      kind: 'written',
      data: { type: kind, control: made.control, transmission },
    })),
  );
  context.metrics.documents.inc({ partner, kind }, batch.length);
}

/** Where an event about a document stands. */
export function aboutDocument(document: DocumentRow) {
  const { partner, order_id, interchange_id, id } = document;
  return { partner, order_id, interchange_id, document_id: id };
}

async function hold(tx: Tx, document: DocumentRow, faults: readonly Fault[]): Promise<void> {
  await holdDocument(tx, document.id);
  const { partner, order_id, id } = document;
  await insertFaults(
    tx,
    faults.map((fault) => ({ partner, order_id, document_id: id, fault, waiting: true })),
  );
  await insertEvents(tx, [
    {
      ...aboutDocument(document),
      kind: 'document-held',
      data: { type: document.kind, faults: faults.map((fault) => fault.code) },
    },
  ]);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
