/**
 * Held partners: those whose partner.yaml or guides are broken. Nothing of theirs is fed to any step, and what comes for them
 * among others' messages is held with its delivery. One process at a time, the one that sweeps, makes the faults that wait
 * for a person agree with what it has loaded; once the files are mended, it processes again what was held meanwhile.
 */
import { fault } from '../fault.ts';
import { insertEvents } from '../store/events.ts';
import { endWait, freedDeliveries, heldPartnerFaults, insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { type Context, stages } from './context.ts';
import { heldNames } from './live.ts';
import { replay } from './replay.ts';

/** Deliveries processed again in one transaction. */
const mostReplays = 50;

/** Who deals with these faults when the files are mended. */
const mended = { who: 'the gateway', why: 'The files were mended.' };

/** Notes who is held and why, frees who is not, and processes again what was held for those that are free. */
export async function noteHeld(context: Context): Promise<void> {
  const freed = await context.store.transaction(async (tx) => {
    await notePartners(context, tx);
    return replayFreed(context, tx);
  });
  if (freed > 0) for (const stage of stages) context.poke(stage);
}

async function notePartners(context: Context, tx: Tx): Promise<void> {
  const noted = await heldPartnerFaults(tx);
  const isRight = (partner: string, message: string) => {
    const because = context.partners.heldBecause(partner);
    return because !== null && heldFault(partner, because).message === message;
  };
  for (const { id, partner, message } of noted) {
    if (isRight(partner ?? '', message)) continue;
    await endWait(tx, id, { ...mended, resolution: 'mended', at: context.now() });
    if (context.partners.heldBecause(partner ?? '') === null)
      await insertEvents(tx, [{ kind: 'partner-freed', partner, ...mended }]);
  }
  for (const { partner } of context.partners.held) {
    const because = context.partners.heldBecause(partner) as string;
    const found = heldFault(partner, because);
    if (noted.some((row) => row.partner === partner && row.message === found.message)) continue;
    await insertFaults(tx, [{ partner, fault: found, waiting: true }]);
    await insertEvents(tx, [{ kind: 'partner-held', partner, data: { because } }]);
    context.metrics.faults.inc({ code: found.code });
  }
}

/** What waits for a person while a partner is held. Its value is the partner. */
export function heldFault(partner: string, because: string) {
  return fault('partner-held', { partner, because, value: partner });
}

/** @returns how many deliveries are processed again */
async function replayFreed(context: Context, tx: Tx): Promise<number> {
  const held = [...heldNames(context), ...context.broken.keys()];
  const deliveries = await freedDeliveries(tx, held, mostReplays);
  for (const id of deliveries) await replay(context, tx, id, mended, []);
  return deliveries.length;
}
