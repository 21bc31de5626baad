/**
 * Shadow replay: the working copy of a partner's guides reads what came and writes what we sent once more, and nothing else
 * happens: each page of stored traffic is read in a transaction that may not write, and nothing is sent.
 */
import type { Context } from './flow/context.ts';
import { allKinds, kindOf } from './flow/kinds.ts';
import type { Partner } from './partner/partner.ts';
import type { ShadowDifference, ShadowTally } from './shadow-difference.ts';
import { DeliveryShadow } from './shadow-inbound.ts';
import { outgoingDifferences } from './shadow-outgoing.ts';
import { readOnly } from './store/read-only.ts';
import { countDeliveriesSince, deliveriesSince, type Traffic, writtenSince } from './store/view-shadow.ts';

export interface ShadowRun {
  readonly tally: ShadowTally;
  /** Told of each difference, in the order of the traffic; memory holds one page of it. */
  readonly onDifference: (difference: ShadowDifference) => void | Promise<void>;
  /** Told after each delivery, and after each page of documents. */
  readonly onProgress?: (tally: ShadowTally, deliveries: number) => void;
}

const deliveriesPerPage = 100;
const documentsPerPage = 50;

/**
 * Compares the traffic of a partner since a moment.
 * @param context the working copy's guides and partners, and the store; nothing in it is changed
 */
export async function shadow(
  context: Context,
  partner: Partner,
  since: Date,
  run: ShadowRun,
): Promise<ShadowTally> {
  const traffic = { partner: partner.name, since };
  await shadowInbound(context, partner, traffic, run);
  await shadowOutgoing(context, partner, traffic, run);
  return run.tally;
}

async function shadowInbound(
  context: Context,
  partner: Partner,
  traffic: Traffic,
  run: ShadowRun,
): Promise<void> {
  const { store } = context;
  const all = await readOnly(store, (tx) => countDeliveriesSince(tx, traffic));
  for (let after = '0'; ; ) {
    const ids = await readOnly(store, (tx) => deliveriesSince(tx, traffic, after, deliveriesPerPage));
    for (const id of ids) {
      await readOnly(store, async (tx) => {
        const one = new DeliveryShadow(context, tx, partner, id);
        for await (const difference of one.differences()) await tell(run, difference);
        run.tally.messages += one.messages;
      });
      run.tally.deliveries += 1;
      run.onProgress?.(run.tally, all);
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < deliveriesPerPage) return;
    after = last;
  }
}

async function shadowOutgoing(
  context: Context,
  partner: Partner,
  traffic: Traffic,
  run: ShadowRun,
): Promise<void> {
  const kinds = allKinds.filter((kind) => kindOf(kind).canonical !== null);
  for (let after = '0'; ; ) {
    const last = await readOnly(context.store, async (tx) => {
      const documents = await writtenSince(tx, traffic, kinds, after, documentsPerPage);
      for await (const difference of outgoingDifferences(context, tx, partner, documents))
        await tell(run, difference);
      run.tally.documents += documents.length;
      return documents.length < documentsPerPage ? null : (documents.at(-1)?.id ?? null);
    });
    run.onProgress?.(run.tally, run.tally.deliveries);
    if (last === null) return;
    after = last;
  }
}

async function tell(run: ShadowRun, difference: ShadowDifference): Promise<void> {
  run.tally.add(difference);
  await run.onDifference(difference);
}
