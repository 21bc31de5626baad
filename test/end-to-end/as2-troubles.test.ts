/** What goes wrong between two gateways over AS2, and how it is seen, mended and tried again. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { noteUnanswered } from '../../src/flow/as2-late.ts';
import { rejectFault, replayFault, resendDocument } from '../../src/flow/deeds.ts';
import { importCertificate } from '../../src/flow/key-deeds.ts';
import { readAs2Part } from '../../src/store/as2-chunks.ts';
import { collect } from '../../src/transport/as2/piece.ts';
import { ownKey } from '../transport/as2/certificates.ts';
import { as2Url, openPair, type Pair, type Side, sendRaw } from './as2-pair.ts';
import { vaultOf } from './gateway.ts';
import { by, until } from './road.ts';

/** A process sees changed keys within a second. */
const keysSeenMs = 1_050;

const order = (control: number) =>
  Buffer.from(`not looked into by AS2, number ${control}: the reader tells what it thinks of it\n`);

describe('AS2 in trouble', () => {
  let pair: Pair;
  before(async () => {
    pair = await openPair();
  });
  after(() => pair?.close());

  it('gives the stored receipt for the same bytes, byte for byte, and takes nothing twice', async () => {
    const { supplier, retailer } = pair;
    const sent = await delivered(retailer, await sendRaw(retailer, 'first.edi', order(1)));
    const count = async () => (await rows(supplier, 'deliveries')).length;
    const before = await count();
    const answer = await postAgain(pair, sent, await rawOf(retailer, sent.id));
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, sent.mdn);
    assert.equal(await count(), before);
    const [accepted] = await rows(supplier, 'as2_messages', { message_id: sent.message_id });
    assert.equal(accepted?.times, 1);
  });

  it('refuses other content under an accepted Message-ID, and alarms', async () => {
    const { supplier, retailer } = pair;
    const first = await delivered(retailer, await sendRaw(retailer, 'second.edi', order(2)));
    const other = await delivered(retailer, await sendRaw(retailer, 'third.edi', order(3)));
    const before = (await rows(supplier, 'deliveries')).length;
    const mixed = { ...other, headers: { ...other.headers, 'Message-ID': first.message_id } };
    const answer = await postAgain(pair, mixed, await rawOf(retailer, other.id));
    assert.match(answer.body.toString('latin1'), /processed\/error: unexpected-processing-error/);
    assert.equal((await rows(supplier, 'deliveries')).length, before);
    const [told] = await rows(supplier, 'faults', { code: 'as2-id-reused', waiting: true });
    assert.equal(told?.value, first.message_id);
    await rejectFault(supplier.gateway.flow.context, told?.id, by);
  });

  it('keeps what a stranger signed out, and sends it anew once the certificate is pinned', async () => {
    const { supplier, retailer } = pair;
    const { store, flow } = supplier.gateway;
    await store.db('keys').where({ kind: 'partner' }).update({ retired_at: new Date() });
    await importNew(supplier, 'stranger');
    await sleep(keysSeenMs);
    const id = await sendRaw(retailer, 'fourth.edi', order(4));
    await until('it is refused', async () => (await messageOf(retailer, id))?.state === 'refused');
    const refused = await messageOf(retailer, id);
    assert.match(refused?.modifier ?? '', /authentication-failed/);
    assert.equal((await rows(retailer, 'transmissions', { id }))[0]?.state, 'written', 'it is not sent');
    const [theirs] = await rows(supplier, 'faults', { code: 'as2-refused', waiting: true });
    assert.equal(theirs?.value, refused?.message_id);
    assert.equal((await rows(supplier, 'deliveries', { name: 'fourth.edi' })).length, 0);
    const [ours] = await rows(retailer, 'faults', { code: 'as2-not-taken', waiting: true });
    await store.db('keys').where({ kind: 'partner' }).update({ retired_at: null });
    await sleep(keysSeenMs);
    await rejectFault(flow.context, theirs?.id, by);
    await replayFault(retailer.gateway.flow.context, ours?.id, by);
    const sent = await delivered(retailer, id);
    assert.notEqual(sent.message_id, refused?.message_id);
    assert.equal((await rows(supplier, 'deliveries', { name: 'fourth.edi' })).length, 1);
  });

  it('sends the same message again while no receipt comes, tells of the silence, and takes a late one', async () => {
    const { supplier, retailer } = pair;
    const id = await sendRaw(retailer, 'fifth.edi', order(5));
    const { store, flow } = retailer.gateway;
    const sent = await delivered(retailer, id);
    // As if the receipt were to come by itself, and did not.
    const late = { state: 'posted', mdn: null, mdn_state: null, mdn_due_at: new Date(0) };
    const silence = (times: number) =>
      store
        .db('as2_messages')
        .where({ id: sent.id })
        .update({ ...late, times });
    await silence(2);
    await noteUnanswered(flow.context);
    await until('it was posted again', async () => (await messageOf(retailer, id))?.state === 'delivered');
    const again = await messageOf(retailer, id);
    assert.deepEqual([again?.id, again?.times], [sent.id, 3], 'in the same message');
    await silence(5);
    await noteUnanswered(flow.context);
    assert.equal((await messageOf(retailer, id))?.state, 'unanswered');
    const [told] = await rows(retailer, 'faults', { code: 'as2-unanswered', waiting: true });
    assert.match(told?.message, /5 times/);
    await replayFault(flow.context, told?.id, by);
    assert.equal((await delivered(retailer, id)).id, sent.id);
    assert.equal((await rows(supplier, 'deliveries', { name: 'fifth.edi' })).length, 1);
  });

  it('packs a delivered interchange anew when a person sends its document again', async () => {
    const { supplier, retailer } = pair;
    const { store, flow } = retailer.gateway;
    const id = await sendRaw(retailer, 'sixth.edi', order(6));
    const first = await delivered(retailer, id);
    const [document] = await store
      .db('documents')
      .insert({
        kind: '850',
        partner: 'saltmarsh',
        agreement: 'saltmarsh/live',
        subject: 'test:6',
        state: 'sent',
        transmission_id: id,
      })
      .returning('id');
    await resendDocument(flow.context, document.id, by);
    await until('there is another message', async () => (await messageOf(retailer, id))?.id !== first.id);
    await delivered(retailer, id);
    const names = (await rows(supplier, 'deliveries', { name: 'sixth.edi' })).length;
    assert.equal(names, 2, 'the partner sees both, and knows the repeat by its control number');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: rows of many tables, of which a test reads a column or two
type Row = Readonly<Record<string, any>>;

function rows({ gateway }: Side, table: string, where: object = {}): Promise<Row[]> {
  return gateway.store.db(table).where(where).orderBy('id') as unknown as Promise<Row[]>;
}

async function messageOf(side: Side, transmission: string): Promise<Row | undefined> {
  return (await rows(side, 'as2_messages', { transmission_id: transmission })).at(-1);
}

async function delivered(side: Side, transmission: string): Promise<Row> {
  const isThere = async () => (await messageOf(side, transmission))?.state === 'delivered';
  await until(`transmission ${transmission} is delivered`, isThere);
  return (await messageOf(side, transmission)) as Row;
}

function rawOf({ gateway }: Side, message: string): Promise<Buffer> {
  return collect(readAs2Part(gateway.store.db, message, 'raw'));
}

async function postAgain({ supplier }: Pair, { headers }: Row, body: Buffer) {
  const given = Object.fromEntries(Object.entries(headers as Record<string, string>));
  const answer = await fetch(as2Url(supplier), {
    method: 'POST',
    headers: given,
    body: new Uint8Array(body),
  });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

async function importNew({ ground, gateway }: Side, name: string): Promise<void> {
  const office = { context: gateway.flow.context, vault: vaultOf(ground.site.home) };
  await importCertificate(office, 'northgate-as2', ownKey(name).certificatePem, {}, by);
}
