/** POST /as2 where something of ours is wrong: the sender hears that it should try again, and no message is judged. */
import assert from 'node:assert/strict';
import { createAs2Desk } from '../../src/flow/as2-desk.ts';
import { noteDiskFull } from '../../src/flow/disk.ts';
import { importCertificate, importOwnKey } from '../../src/flow/key-deeds.ts';
import type { Vault } from '../../src/flow/vault.ts';
import { createLogger } from '../../src/log.ts';
import type { Endpoint } from '../../src/partner/endpoint.ts';
import type { Partner } from '../../src/partner/partner.ts';
import { type HeldPartner, partnersOf } from '../../src/partner/partners.ts';
import { listDisks } from '../../src/store/disks-full.ts';
import type { Workshop } from '../../src/transport/as2/as2.ts';
import { createAs2Handler } from '../../src/transport/as2/handler.ts';
import { collect, pieceOf } from '../../src/transport/as2/piece.ts';
import { requestHeaders } from '../../src/transport/as2/request.ts';
import { wrap } from '../../src/transport/as2/wrap.ts';
import { listen } from '../../src/transport/listener.ts';
import { ownKey } from '../transport/as2/certificates.ts';
import { usual } from '../transport/as2/http-house.ts';
import { type KeyDesk, openKeyDesk } from './key-office.ts';

const by = { who: 'test', why: 'to try it' };
const inMemory: Workshop = { keep: async (bytes) => pieceOf(await collect(bytes)) };

describe('POST /as2 in trouble', () => {
  let desk: KeyDesk;
  let sealed: Vault;
  before(async () => {
    desk = await openKeyDesk('2026-11-22T12:00:00Z');
    sealed = desk.vault('the master secret of ours');
    const office = { context: desk.context, vault: sealed };
    const { certificatePem, keyPem } = ownKey('us');
    await importOwnKey(office, 'default', { certificate: certificatePem, privateKey: keyPem }, {}, by);
    await importCertificate(office, 'acme-as2', ownKey('partner').certificatePem, {}, by);
  });
  after(() => desk.close());

  /** Posts a message of acme's. @returns status and text of the answer */
  async function post(
    vault: Vault,
    {
      workshop = inMemory,
      isReceiptSigned = true,
      partners = desk.context.partners,
      message = packed(isReceiptSigned),
    } = {},
  ): Promise<{ status: number; text: string }> {
    const context = { ...desk.context, partners };
    const office = { context, keyring: desk.keyring(vault), resolve: async (text: string) => text };
    const failed = (error: unknown) => noteDiskFull(context, error);
    const handle = createAs2Handler({ desk: createAs2Desk(office), workshop, failed, now: context.now });
    const log = createLogger('silent');
    const { url, close } = await listen({ host: '127.0.0.1', port: 0, tls: null, handle, log });
    try {
      const { headers, body } = await message;
      const answer = await fetch(`${url}/as2`, { method: 'POST', headers, body });
      return { status: answer.status, text: await answer.text() };
    } finally {
      await close(0);
    }
  }

  async function packed(
    isReceiptSigned: boolean,
    messageId = '<1@acme>',
  ): Promise<{ headers: Record<string, string>; body: Buffer }> {
    const at = desk.context.now();
    const { headers, body } = await wrap({
      ...{ payload: pieceOf(Buffer.from('ISA')), contentType: 'application/edi-x12', filename: 'a.edi' },
      ...{ packing: usual, signWith: ownKey('partner').own, encryptTo: ownKey('us').certificate },
      ...{ workshop: inMemory, now: at },
    });
    const ask = { signed: isReceiptSigned, digest: 'sha-256', spelling: 'sha-256', returnTo: null } as const;
    const names = { us: 'ACME', them: 'SALTMARSH', messageId };
    return {
      headers: requestHeaders({ ...names, at, ask, mime: headers }),
      body: await collect(body.read()),
    };
  }

  const messages = () => desk.database.store.db('as2_messages').pluck('state');
  const disks = async () => (await listDisks(desk.database.store.db)).map(({ place }) => place);

  it('whose keys cannot be opened: 503, and neither an MDN nor a message', async () => {
    const { status, text } = await post(desk.vault('another master secret'), { isReceiptSigned: false });
    assert.equal(status, 503);
    assert.doesNotMatch(text, /Disposition|secret/i);
    assert.deepEqual(await messages(), []);
  });

  it('that could not read a partner.yaml: 503 for names that nobody has, which may be that partner’s', async () => {
    const { partners } = desk.context;
    const [acme] = partners.all.filter(({ name }) => name === 'acme');
    const held = [{ partner: 'acme', problems: [] }];
    const others = partners.endpoints.filter(({ owner }) => owner !== 'acme');
    const statusWith = async (all: readonly Partner[], waiting: readonly HeldPartner[]) =>
      (await post(sealed, { partners: partnersOf(all, others, waiting) })).status;
    assert.equal(await statusWith([], held), 503);
    assert.equal(await statusWith([], []), 200, 'a stranger is told so');
    assert.equal(await statusWith([acme as Partner], held), 200, 'it was read before, and has no such names');
    assert.deepEqual(await messages(), []);
  });

  it('whose endpoint says direction: out: a stranger’s answer, and a fault that says why', async () => {
    const { all, endpoints } = desk.context.partners;
    const sending = endpoints.map((one) => ({ ...one, direction: 'out' as const }) as Endpoint);
    const { text } = await post(sealed, { partners: partnersOf(all, sending) });
    assert.match(text, /^Disposition: .*unknown-trading-relationship\r$/m);
    assert.deepEqual(await messages(), []);
    const [told] = await desk.database.store.db('faults').where({ endpoint: 'acme-as2' }).pluck('message');
    assert.match(told, /acme-as2 must not say direction: out/);
  });

  it('whose disk is full: 503 and an alarm, until a message could be stored', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const { status } = await post(sealed, { workshop: { keep: async () => Promise.reject(full) } });
    assert.deepEqual([status, await disks(), await messages()], [503, ['spool'], []]);
    const taken = await post(sealed);
    assert.match(taken.text, /^Disposition: .*; processed\r$/m);
    assert.deepEqual([taken.status, await disks(), await messages()], [200, [], ['accepted']]);
  });

  it('whose disk is full once the bytes are stored: they are stored once, however often they come', async () => {
    const message = packed(true, '<2@acme>');
    let kept = 0;
    const keep: Workshop['keep'] = async (bytes) => {
      kept += 1;
      if (kept % 2 === 1) return inMemory.keep(bytes, 1_000_000);
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    const { db } = desk.database.store;
    const rows = () => db('as2_messages').where({ message_id: '<2@acme>' }).select('state', 'times');
    for (const times of [0, 1, 2]) {
      assert.equal((await post(sealed, { workshop: { keep }, message })).status, 503);
      assert.deepEqual(await rows(), [{ state: 'begun', times }]);
    }
    const { text } = await post(sealed, { message });
    assert.match(text, /^Disposition: .*; processed\r$/m);
    assert.deepEqual(await rows(), [{ state: 'accepted', times: 3 }]);
    assert.equal((await post(sealed, { message })).text, text, 'the stored MDN');
  });

  it('that could not read a partner.yaml: who puts names in two pairs of quotes is known all the same', async () => {
    const { all, endpoints } = desk.context.partners;
    const others = all.filter(({ name }) => name !== 'bolt');
    const partners = partnersOf(others, endpoints, [{ partner: 'bolt', problems: [] }]);
    const { headers, body } = await packed(true, '<3@acme>');
    const message = Promise.resolve({ headers: { ...headers, 'AS2-From': '"\\"ACME\\""' }, body });
    assert.match((await post(sealed, { partners, message })).text, /^Disposition: .*; processed\r$/m);
  });
});
