/** Messages between names that did not agree on any. They are not read: whoever sends them is nobody whom we know. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../problem.ts';
import { Refusal } from './as2.ts';
import type { Agreed } from './desk.ts';
import { give, makeMdn, refused } from './handler-answer.ts';
import type { Envelope } from './handler-envelope.ts';
import { type House, takeToken } from './handler-terms.ts';

/**
 * Answers with an unsigned MDN in the answer, if that is what it asks for (RFC 4130, 6.2); an asynchronous one would go to
 * an address that a stranger chose. The desk is told, for an alarm.
 * @param agreed of the endpoint that only sends to them; null: there is none
 * @throws Problem 403 where no MDN can be given; 429 when strangers ask too much
 */
export async function answerStranger(
  house: House,
  request: IncomingMessage,
  response: ServerResponse,
  envelope: Envelope,
  agreed: Agreed | null,
): Promise<void> {
  const { us, them, messageId, remote, receipt } = envelope;
  takeToken(house, 'stranger', remote);
  const refusal = refusalOf(envelope);
  const endpoint = agreed?.endpoint ?? null;
  const wanted =
    endpoint === null
      ? 'the as2 endpoint of a partner.yaml must name both'
      : `${endpoint} must not say direction: out`;
  const reason = `${refusal.message}; if they are to send here, ${wanted}`;
  await house.desk.notice({ kind: 'unknown-partner', endpoint, us, them, messageId, remote, reason });
  if (receipt?.how !== 'sync') throw new Problem(403, 'Forbidden', `${refusal.modifier}: ${refusal.message}`);
  give(request, response, makeMdn(envelope, null, refused(envelope, refusal), house.now()));
}

function refusalOf({ us, them }: Envelope): Refusal {
  if (us === them) return new Refusal('sender-equals-receiver', 'AS2-From and AS2-To are the same name');
  const names = `AS2-From ${JSON.stringify(them)} and AS2-To ${JSON.stringify(us)}`;
  return new Refusal(
    'unknown-trading-relationship',
    `${names} agreed on nothing here; case and blanks count`,
  );
}
