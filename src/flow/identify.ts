/** Whose interchange is it? The ids decide, not the file's name or folder; and an endpoint carries only its own senders. */
import { createHash } from 'node:crypto';
import { type Fault, fault } from '../fault.ts';
import type { InterchangeBegin } from '../interchange/interchange.ts';
import type { Agreement } from '../partner/partner.ts';
import type { Context } from './context.ts';

export interface Identified {
  readonly agreement: Agreement | null;
  /** Why the interchange is held: nobody's, a possible forgery, or a test under a live agreement. */
  readonly hold: Fault | null;
}

/** Finds the agreement of an interchange that came over an endpoint. */
export function identify(context: Context, endpoint: string, begin: InterchangeBegin): Identified {
  const sender = `${begin.sender.qualifier}/${begin.sender.id}`;
  const receiver = `${begin.receiver.qualifier}/${begin.receiver.id}`;
  const agreement = context.partners.identify(
    begin.standard,
    begin.sender,
    begin.receiver,
    begin.application,
  );
  const waitsFor = holderOf(context, endpoint, agreement);
  if (waitsFor !== null) {
    const because = context.partners.heldBecause(waitsFor) as string;
    const found = fault(
      'interchange-waits',
      { sender, partner: waitsFor, because, value: waitsFor },
      begin.at,
    );
    return { agreement, hold: found };
  }
  if (agreement === null) return { agreement, hold: fault('sender-unknown', { sender, receiver }, begin.at) };
  if (!context.partners.mayCarry(endpoint, agreement.partner)) {
    return {
      agreement,
      hold: fault('sender-not-carried', { sender, endpoint, partner: agreement.partner }, begin.at),
    };
  }
  if (agreement.usage === 'test' && !begin.test) {
    return { agreement, hold: fault('usage-differs', { sender, agreement: agreement.key }, begin.at) };
  }
  return { agreement, hold: null };
}

/**
 * The held partner for whose files the interchange must wait: whose it is, who owns the endpoint and says what it carries, or,
 * where it seems nobody's, one whose ids cannot be read. null: none.
 */
function holderOf({ partners }: Context, endpoint: string, agreement: Agreement | null): string | null {
  const owner = partners.endpoint(endpoint)?.owner;
  const concerned = agreement === null ? partners.held.map(({ partner }) => partner) : [agreement.partner];
  const unreadable = (name: string) => (partners.byName(name)?.agreements.length ?? 0) === 0;
  const waits = (name: string) =>
    partners.heldBecause(name) !== null && (agreement !== null || unreadable(name));
  const carries = agreement === null || partners.mayCarry(endpoint, agreement.partner);
  const forOwner = !carries && owner !== undefined && partners.heldBecause(owner) !== null ? owner : null;
  return concerned.find(waits) ?? forOwner;
}

/** An identity stands in an index, whose entries are bounded; what the standards allow is far shorter. */
const mostIdentityLength = 200;

/**
 * What makes an interchange the same one: standard, both addresses, its control number, and whether it is a test, since
 * tests are numbered apart; and so is what falls under an agreement with an application reference. A longer identity than
 * any that the standards allow is told by its digest.
 */
export function identityOf(
  {
    standard,
    sender,
    receiver,
    control,
    test,
  }: Pick<InterchangeBegin, 'standard' | 'sender' | 'receiver' | 'control' | 'test'>,
  applicationReference?: string,
): string {
  const parts = [standard, sender.qualifier, sender.id, receiver.qualifier, receiver.id, control];
  const marks = [
    ...(test ? ['test'] : []),
    ...(applicationReference === undefined ? [] : [`application ${applicationReference}`]),
  ];
  const identity = JSON.stringify([...parts, ...marks]);
  return identity.length <= mostIdentityLength
    ? identity
    : `sha256:${createHash('sha256').update(identity).digest('hex')}`;
}
