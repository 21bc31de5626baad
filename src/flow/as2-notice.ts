/** What people should know of the door of AS2, though nothing was taken. */
import { fault } from '../fault.ts';
import { insertFaultOnce } from '../store/faults.ts';
import type { Notice } from '../transport/as2/desk.ts';
import { as2Endpoint } from './as2-partnership.ts';
import type { Context } from './context.ts';

/** Waiting faults of one kind at one endpoint, past which further ones are only logged: anybody can knock at a door. */
export const mostFaults = 50;

/** Strangers only get into the log and one fault for each pair of names, capped; known partners' troubles each have one. */
export async function notice(context: Context, told: Notice): Promise<void> {
  const { kind, endpoint, us, them, messageId, remote, reason } = told;
  context.log.warn({ as2: kind, endpoint, us, them, messageId, remote }, reason);
  const found = fault('as2-door', { us, them, reason, value: `${kind} ${us} ${them}` });
  const partner = endpoint === null ? null : partnerOf(context, endpoint);
  await context.store.transaction((tx) =>
    insertFaultOnce(tx, { partner, endpoint, fault: found }, mostFaults),
  );
  context.metrics.faults.inc({ code: 'as2-door' });
}

/** The partner of an endpoint that has just one. */
export function partnerOf(context: Context, endpoint: string): string | null {
  const partners = as2Endpoint(context.partners, endpoint)?.partners ?? [];
  return partners.length === 1 ? (partners[0] as string) : null;
}
