/** Receipts over AS2 in the answer, and those that come sooner than agreed: in it, though they were to come later, or before it. */
import assert from 'node:assert/strict';
import { takeReceipt } from '../../src/flow/as2-receipt.ts';
import { sendByAs2 } from '../../src/flow/as2-send.ts';
import type { Context } from '../../src/flow/context.ts';
import { importCertificate, importOwnKey } from '../../src/flow/key-deeds.ts';
import { noteGiven } from '../../src/flow/send.ts';
import type { As2Endpoint } from '../../src/partner/endpoint.ts';
import type { Store } from '../../src/store/store.ts';
import { getTransmission, insertTransmission, type Transmission } from '../../src/store/transmissions.ts';
import { buildMdn } from '../../src/transport/as2/mdn.ts';
import { collect, pieceOf } from '../../src/transport/as2/piece.ts';
import type { Posted, Posting } from '../../src/transport/as2/post.ts';
import { ownKey } from '../transport/as2/certificates.ts';
import { type KeyDesk, openKeyDesk } from './key-office.ts';

const by = { who: 'test', why: 'to try it' };
const workshop = { keep: async (bytes: AsyncIterable<Buffer>) => pieceOf(await collect(bytes)) };

describe('A receipt over AS2 in the answer, or before it', () => {
  let desk: KeyDesk;
  let made = 0;
  before(async () => {
    desk = await openKeyDesk('2026-11-22T12:00:00Z');
    const { certificatePem, keyPem } = ownKey('us');
    await importOwnKey(desk.office, 'default', { certificate: certificatePem, privateKey: keyPem }, {}, by);
    await importCertificate(desk.office, 'acme-as2', ownKey('partner').certificatePem, {}, by);
  });
  after(() => desk.close());

  const endpoint = (): As2Endpoint => {
    const found = desk.context.partners.endpoint('acme-as2') as As2Endpoint;
    return { ...found, mdn: { ...found.mdn, ask: 'async', returnTo: 'https://us.example/as2' } };
  };

  async function written(): Promise<Transmission> {
    const id = await desk.database.store.transaction((tx) =>
      insertTransmission(tx, {
        ...{ partner: 'acme', agreement: 'acme/live', endpoint: 'acme-as2', standard: 'x12' },
        ...{ control: String(++made), cycle: 0, name: `${made}.edi`, bytes: Buffer.from('ISA'), test: false },
        digest: Buffer.alloc(32),
      }),
    );
    return (await getTransmission(desk.database.store.db, id)) as Transmission;
  }

  /** Posts it to a partner who answers so. */
  function send(
    transmission: Transmission,
    answer: (posting: Posting) => Promise<Posted>,
    to: As2Endpoint = endpoint(),
  ) {
    const { context } = desk;
    const poster = { post: (_: unknown, posting: Posting) => answer(posting), close: () => undefined };
    const sender = { context, keyring: desk.keyring(), resolve: (text: string) => text, workshop, poster };
    return sendByAs2(sender, to, transmission, new AbortController().signal);
  }

  /** The partner's signed receipt for what it was sent. */
  async function receiptFor({ headers }: Posting): Promise<Posted> {
    const originalMessageId = headers['Message-ID'] ?? '';
    const { db } = desk.database.store;
    const { mic } = await db('as2_messages').where({ message_id: originalMessageId }).first();
    const built = buildMdn({
      ...{ recipient: 'ACME', originalMessageId, modifier: '', text: 'Taken.' },
      mic: { digest: 'sha-256', value: mic['sha-256'] },
      sign: {
        ...{ digest: 'sha-256', form: 'pkcs1', key: ownKey('partner').own, algorithmProtection: true },
      },
      digestSpelling: 'sha-256',
      now: desk.context.now(),
    });
    const fields = Object.entries({ ...built.headers, 'AS2-From': 'ACME', 'AS2-To': 'SALTMARSH' });
    const lower = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
    return { status: 200, headers: lower, body: built.body };
  }

  it('counts in the answer, where it was to come by itself', async () => {
    const sent = await send(await written(), receiptFor);
    assert(sent.kind === 'receipt');
    assert.equal(sent.verdict.kind, 'confirmed');
  });

  it('is waited for, where the answer holds anything else', async () => {
    const page = Buffer.from('<html>Thank you</html>');
    const headers = { 'content-type': 'text/html' };
    const sent = await send(await written(), async () => ({ status: 200, headers, body: page }));
    assert(sent.kind === 'taken');
    assert.notEqual(sent.receiptDue, null);
    assert.deepEqual(await desk.database.store.db('faults').select('code'), []);
    const sync = desk.context.partners.endpoint('acme-as2') as As2Endpoint;
    await assert.rejects(
      send(await written(), async () => ({ status: 200, headers, body: page }), sync),
      /does not count: .*they answered 200 with text\/html/,
    );
  });

  it('is told of where it does not count, once for each interchange, until one counts', async () => {
    const { store } = desk.database;
    const sync = desk.context.partners.endpoint('acme-as2') as As2Endpoint;
    const [mended, other] = [await written(), await written()];
    for (const transmission of [mended, mended, other]) {
      const answer = async (posting: Posting) => ({
        ...(await receiptFor(posting)),
        body: Buffer.from('--'),
      });
      await assert.rejects(send(transmission, answer, sync), /does not count/);
    }
    const told = () =>
      store
        .db('faults')
        .where({ code: 'as2-receipt-void' })
        .whereIn('value', [mended.id, other.id])
        .orderBy('id');
    const [fault, ...others] = await told();
    assert.match(
      fault.message,
      new RegExp(`^A receipt of ACME for ${mended.name} at acme-as2 does not count: `),
    );
    assert.deepEqual([fault.partner, fault.waiting, others.length], ['acme', true, 1]);
    const sent = await send(mended, receiptFor, sync);
    await store.transaction((tx) => noteGiven(desk.context, tx, { transmission: mended, as2: sent }));
    const after = (await told()).map(({ waiting, resolution }) => [waiting, resolution]);
    assert.deepEqual(after, [
      [false, 'over'],
      [true, null],
    ]);
  });

  it('that is being written when the answer comes: it was sent once', async () => {
    const transmission = await written();
    const empty = { status: 200, headers: {}, body: Buffer.alloc(0) };
    const sent = await send(transmission, async () => empty);
    const { store } = desk.database;
    const held = heldBeforeCommit(store);
    const evidence = {
      headers: {},
      body: Buffer.from('an MDN'),
      how: 'async',
      at: desk.context.now(),
    } as const;
    const confirmed = { kind: 'confirmed', modifier: '', text: '' } as const;
    const receipt = takeReceipt(
      { ...desk.context, store: held.store } as Context,
      sent.message.id,
      confirmed,
      evidence,
    );
    await held.reached;
    const answer = store.transaction((tx) => noteGiven(desk.context, tx, { transmission, as2: sent }));
    while (!(await somebodyWaits(store))) await new Promise((resolve) => setImmediate(resolve));
    held.release();
    await Promise.all([receipt, answer]);
    const row = await store.db('transmissions').where({ id: transmission.id }).first();
    assert.deepEqual([row.state, row.attempts], ['sent', 1]);
    assert.notEqual(row.delivered_at, null);
  });
});

/** A store whose transactions stop before they commit, until they are released. */
function heldBeforeCommit(store: Store) {
  const gate = deferred();
  const reached = deferred();
  const transaction: Store['transaction'] = (work) =>
    store.transaction(async (tx) => {
      const result = await work(tx);
      reached.resolve();
      await gate.promise;
      return result;
    });
  return { store: { ...store, transaction }, reached: reached.promise, release: gate.resolve };
}

function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function somebodyWaits({ db }: Store): Promise<boolean> {
  const { rows } = await db.raw(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}
