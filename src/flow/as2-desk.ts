/**
 * The desk behind POST /as2: what it promises is committed. A request's bytes are stored before anything looks inside; its
 * payload, its judgement and its MDN are one transaction; and the MDN leaves only then.
 */
import { Readable } from 'node:stream';
import { fault } from '../fault.ts';
import { dropRefusedBytes, insertAs2Part } from '../store/as2-chunks.ts';
import {
  type As2Row,
  beginAgain,
  findAccepted,
  findBefore,
  findSent,
  getAs2Message,
  insertAs2Message,
  type Judged,
  judgeAs2Message,
  noteRepeat,
  setAs2Delivery,
} from '../store/as2-messages.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaultOnce } from '../store/faults.ts';
import { addReadyAgain } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import type { Digest, Mic, Modifier, Refusal } from '../transport/as2/as2.ts';
import type { As2Desk, Before, Begun, Opened, RawRequest, StoredMdn } from '../transport/as2/desk.ts';
import { mostFaults, notice, partnerOf } from './as2-notice.ts';
import { type As2Office, as2EndpointOf, partnershipOf } from './as2-partnership.ts';
import { pendingOf, takeReceipt } from './as2-receipt.ts';
import type { Context } from './context.ts';
import { noteStored } from './disk.ts';
import { laneOf, queueOf, storeArrival } from './receive.ts';

/** Bytes of refused messages kept for each endpoint, the newest: who sends them need not be the partner. */
const refusedBytes = 1024 ** 3;

/** Makes the desk that the handler of /as2 asks. */
export function createAs2Desk(office: As2Office): As2Desk {
  const { context } = office;
  return {
    partnership: async (names) => {
      for (const { us, them } of names) {
        const endpoint = as2EndpointOf(context.partners, us, them);
        if (endpoint !== null) return partnershipOf(endpoint, office);
      }
      expectAllRead(context);
      return null;
    },
    begin: (request) => begin(context, request),
    accept: (id, opened, answer) => accept(context, id, opened, answer),
    refuse: (id, refusal, answer) => refuse(context, id, refusal, answer),
    repeat: (id, opened, answer) =>
      judge(context, id, { ...judgedAs('repeated', answer), facts: factsOf(opened, answer) }),
    conflict: (id, opened, refusal, answer) => conflict(context, id, opened, refusal, answer),
    pending: async (messageId) => {
      const sent = await findSent(context.store.db, messageId);
      return sent === null ? null : pendingOf(office, sent);
    },
    mdnArrived: (pending, verdict, evidence) => takeReceipt(context, pending.id, verdict, evidence),
    notice: (told) => notice(context, told),
  };
}

/** Names that nobody has are a stranger's only where every partner.yaml could be read: else they may be of one that was not. */
function expectAllRead({ partners }: Context): void {
  const unread = partners.held.map(({ partner }) => partner).filter((name) => partners.byName(name) === null);
  if (unread.length === 0) return;
  throw new Error(
    `The partner.yaml of ${unread.join(', ')} cannot be read: whoever is unknown may be one of them`,
  );
}

async function begin(context: Context, request: RawRequest): Promise<Begun> {
  const rows = await findBefore(context.store.db, request);
  const accepted = rows.find(({ state }) => state === 'accepted') ?? null;
  const same = rows.find(({ digest }) => digest.equals(request.digest)) ?? null;
  if (accepted !== null && same === accepted) return again(context, accepted);
  const id = await (same === null ? keepRaw(context, request) : takeUp(context, same.id, request));
  return { state: 'fresh', id, before: accepted === null ? null : beforeOf(accepted) };
}

/** Whoever sends again while our disk is full must not fill the database with the same bytes. */
async function takeUp({ store }: Context, id: string, { headers, remote }: RawRequest): Promise<string> {
  await beginAgain(store.db, id, { headers, facts: { remote } });
  return id;
}

async function keepRaw(context: Context, request: RawRequest): Promise<string> {
  const { us, them, messageId, digest } = request;
  return context.store.transaction(async (tx) => {
    const made = await insertAs2Message(tx, {
      direction: 'in',
      endpoint: request.endpoint,
      ...{ us, them, messageId, digest },
      size: request.body.size,
      headers: request.headers,
      facts: { remote: request.remote },
    });
    await insertAs2Part(tx, made, 'raw', request.body.read());
    return made;
  });
}

/** The same bytes again: nothing is stored but that they came. */
async function again(context: Context, accepted: As2Row): Promise<Begun> {
  const answer = answerOf(accepted);
  await context.store.transaction(async (tx) => {
    await noteRepeat(tx, accepted.id);
    if (answer?.how === 'async') await queueMdn(context, tx, accepted);
    await insertEvents(tx, [
      {
        kind: 'as2-repeated',
        partner: partnerOf(context, accepted.endpoint),
        delivery_id: accepted.delivery_id,
        data: { endpoint: accepted.endpoint, messageId: accepted.message_id },
      },
    ]);
  });
  if (answer?.how === 'async') context.poke('mdn');
  return { state: 'answered', answer };
}

async function accept(
  context: Context,
  id: string,
  opened: Opened,
  answer: StoredMdn | null,
): ReturnType<As2Desk['accept']> {
  const taken = await context.store.transaction(async (tx) => {
    const row = (await getAs2Message(tx, id)) as As2Row;
    const judged = { ...judgedAs('accepted', answer), facts: factsOf(opened, answer) };
    if (!(await judgeAs2Message(tx, id, judged))) return meanwhile(context, tx, row, opened, answer);
    await keepEvidence(tx, id, opened);
    const { deliveryId } = await storeArrival(context, tx, row.endpoint, {
      name: opened.filename ?? 'as2',
      source: `as2:${id}`,
      size: opened.payload.size,
      digest: opened.digest,
      open: () => Readable.from(opened.payload.read(), { objectMode: false }),
    });
    await setAs2Delivery(tx, id, deliveryId);
    if (answer?.how === 'async') await queueMdn(context, tx, row);
    return { state: 'accepted', answer, endpoint: row.endpoint } as const;
  });
  if (taken.state === 'meanwhile') return taken;
  await noteStored(context);
  context.metrics.deliveries.inc({ endpoint: taken.endpoint });
  context.poke(laneOf(opened.payload.size));
  if (answer?.how === 'async') context.poke('mdn');
  return { state: 'accepted', answer: taken.answer };
}

/** Another process accepted it while we looked: the same bytes have its answer, others are compared by the handler. */
async function meanwhile(context: Context, tx: Tx, row: As2Row, opened: Opened, answer: StoredMdn | null) {
  const accepted = (await findAccepted(tx, row.us, row.them, row.message_id)) as As2Row;
  if (!accepted.digest.equals(row.digest)) return { state: 'meanwhile', before: beforeOf(accepted) } as const;
  const first = answerOf(accepted);
  await judgeAs2Message(tx, row.id, { ...judgedAs('repeated', first), facts: factsOf(opened, answer) });
  await noteRepeat(tx, accepted.id);
  if (first?.how === 'async') await queueMdn(context, tx, accepted);
  return { state: 'accepted', answer: first, endpoint: row.endpoint } as const;
}

async function refuse(
  context: Context,
  id: string,
  refusal: Refusal,
  answer: StoredMdn | null,
): Promise<void> {
  const judged: Judged = {
    ...judgedAs('refused', answer),
    modifier: refusal.modifier,
    reason: refusal.message,
    facts: mdnFacts(answer),
    mic: micJson(refusal.mic),
  };
  await judge(context, id, judged, (row) =>
    fault('as2-refused', {
      them: row.them,
      endpoint: row.endpoint,
      disposition: refusal.modifier,
      reason: refusal.message,
      value: row.message_id,
    }),
  );
}

async function conflict(
  context: Context,
  id: string,
  opened: Opened,
  refusal: Refusal,
  answer: StoredMdn | null,
): Promise<void> {
  const judged: Judged = {
    ...judgedAs('conflict', answer),
    modifier: refusal.modifier,
    reason: refusal.message,
    facts: factsOf(opened, answer),
    mic: micJson(opened.mic),
  };
  await judge(context, id, judged, ({ them, endpoint, message_id }) =>
    fault('as2-id-reused', { them, endpoint, value: message_id }),
  );
}

/** Writes a judgement that delivers nothing, with its evidence, its MDN and what a person should see. */
async function judge(
  context: Context,
  id: string,
  judged: Judged,
  faultOf?: (row: As2Row) => ReturnType<typeof fault>,
): Promise<void> {
  const row = await context.store.transaction(async (tx) => {
    const found = (await getAs2Message(tx, id)) as As2Row;
    await judgeAs2Message(tx, id, judged);
    if (judged.mdnDue) await queueMdn(context, tx, found);
    if (judged.state === 'refused') await dropRefusedBytes(tx, found.endpoint, refusedBytes);
    const partner = partnerOf(context, found.endpoint);
    const { endpoint } = found;
    const told = faultOf?.(found);
    if (told !== undefined) await insertFaultOnce(tx, { partner, endpoint, fault: told }, mostFaults);
    const data = { endpoint, messageId: found.message_id, modifier: judged.modifier, reason: judged.reason };
    await insertEvents(tx, [{ kind: `as2-${judged.state}`, partner, data }]);
    return { endpoint, code: told?.code };
  });
  if (row.code !== undefined) context.metrics.faults.inc({ code: row.code });
  context.log.warn(
    { endpoint: row.endpoint, as2: id, modifier: judged.modifier },
    `AS2 message ${judged.state}`,
  );
  if (judged.mdnDue) context.poke('mdn');
}

async function keepEvidence(tx: Tx, id: string, { evidence }: Opened): Promise<void> {
  const { decrypted, signature } = evidence;
  if (decrypted !== null) await insertAs2Part(tx, id, 'decrypted', decrypted.read());
  if (signature !== null) await insertAs2Part(tx, id, 'signature', Readable.from([signature]));
}

function queueMdn(context: Context, tx: Tx, { id, endpoint }: As2Row): Promise<void> {
  return addReadyAgain(tx, { stage: 'mdn', subject: id, partner: queueOf(context, endpoint) });
}

function judgedAs(state: Judged['state'], answer: StoredMdn | null): Omit<Judged, 'facts'> {
  return {
    state,
    modifier: answer?.modifier ?? '',
    mic: micJson(answer?.mic ?? null),
    mdn: answer === null ? null : { headers: answer.headers, body: answer.body },
    mdnDue: answer?.how === 'async',
  };
}

function factsOf(opened: Opened, answer: StoredMdn | null): Record<string, unknown> {
  const { filename, contentType, encrypted, signed, compressed } = opened;
  const payload = opened.digest.toString('hex');
  const mic = micJson(opened.mic);
  return {
    ...mdnFacts(answer),
    payload,
    payloadMic: mic,
    filename,
    contentType,
    encrypted,
    signed,
    compressed,
  };
}

function mdnFacts(answer: StoredMdn | null): Record<string, unknown> {
  return answer === null ? {} : { mdn: { messageId: answer.messageId, how: answer.how } };
}

function micJson(mic: Mic | null): Record<string, string> | null {
  return mic === null ? null : { [mic.digest]: mic.value };
}

function micOf(json: unknown): Mic | null {
  const [entry] = Object.entries((json ?? {}) as Record<string, string>);
  return entry === undefined ? null : { digest: entry[0] as Digest, value: entry[1] };
}

function beforeOf(row: As2Row): Before {
  const { payload, payloadMic } = row.facts as { payload: string; payloadMic: unknown };
  return { digest: Buffer.from(payload, 'hex'), mic: micOf(payloadMic), answer: answerOf(row) };
}

/** The MDN that a message was answered with; null: it asked for none. */
export function answerOf({ facts, mdn, mdn_headers, mic, modifier }: As2Row): StoredMdn | null {
  const told = facts.mdn as { messageId: string; how: StoredMdn['how'] } | undefined;
  if (told === undefined || mdn === null || mdn_headers === null) return null;
  return {
    ...told,
    headers: mdn_headers,
    body: mdn,
    modifier: (modifier ?? '') as Modifier,
    mic: micOf(mic),
  };
}
