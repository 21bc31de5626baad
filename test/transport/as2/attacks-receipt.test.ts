/**
 * Attacks on AS2 by receipts and replays, over real HTTP. Each runs twice: as it is, when it must not succeed, and once more with the
 * one defence that is meant against it switched off by what is handed in, when it must: so the first run proves something.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OwnKey } from '../../../src/transport/as2/as2.ts';
import type { Agreed } from '../../../src/transport/as2/desk.ts';
import { judgeMdn } from '../../../src/transport/as2/judge.ts';
import { buildMdn } from '../../../src/transport/as2/mdn.ts';
import { newMessageId } from '../../../src/transport/as2/names.ts';
import { as2Headers } from '../../../src/transport/as2/request.ts';
import { attack, evil, genuine, ours, theirs, withHouse } from './attack.ts';
import { ownKey } from './certificates.ts';
import { closePoster, deliver, type House, memoryDesk, pack, post } from './http-house.ts';

describe('attacks on AS2 by receipts and replays', () => {
  after(() => closePoster());

  const mdnFor = async (
    house: House,
    agreed: Agreed,
    key: OwnKey,
    change: { noMic?: boolean; from?: string } = {},
  ) => {
    const { pending, messageId } = await pack(house.desk, agreed, { payload: Buffer.from(genuine) });
    const now = new Date();
    const { headers, body } = buildMdn({
      recipient: 'THEM',
      originalMessageId: messageId,
      modifier: '',
      text: 'Taken.',
      mic: change.noMic ? null : { digest: 'sha-256', value: pending.mics['sha-256'] },
      sign: { digest: 'sha-256', form: 'pkcs1', key, algorithmProtection: true },
      digestSpelling: 'sha-256',
      now,
    });
    const names = as2Headers(change.from ?? 'THEM', 'US', newMessageId('them', now), now);
    await post(house.url, { headers: { ...names, ...headers }, body }).catch(() => undefined);
    return house.desk.arrived[0]?.verdict.kind ?? null;
  };

  attack('an MDN without a MIC', (defended) => {
    const judge: typeof judgeMdn = (message, pending, terms) =>
      judgeMdn(message, pending, { ...terms, doubt: () => null });
    return withHouse(ours, defended ? {} : { judge }, async (house) => {
      const verdict = await mdnFor(house, ours, ownKey('partner').own, { noMic: true });
      if (defended) assert.equal(verdict, 'disputed');
      return verdict === 'confirmed';
    });
  });

  attack('an MDN from elsewhere, in the name of the partner', (defended) => {
    const judge: typeof judgeMdn = (message, pending, terms) =>
      judgeMdn(message, pending, { ...terms, verify: () => undefined as never });
    return withHouse(ours, defended ? {} : { judge }, async (house) => {
      const verdict = await mdnFor(house, ours, ownKey('stranger').own);
      if (defended) assert.deepEqual([verdict, house.desk.notices[0]?.kind], [null, 'untrusted-mdn']);
      return verdict === 'confirmed';
    });
  });

  attack('a replay of the same bytes', (defended) => {
    const desk = memoryDesk([ours]);
    // Forgets what it took.
    const forgetful = {
      ...desk,
      begin: (request: Parameters<typeof desk.begin>[0]) => memoryless(desk, request),
    };
    return withHouse(ours, defended ? {} : { desk: forgetful }, async (house) => {
      const { rows } = defended ? house.desk : desk;
      const sent = await pack(memoryDesk([]), theirs, { payload: Buffer.from(genuine) });
      const [first, second] = [await post(house.url, sent), await post(house.url, sent)];
      if (defended) {
        assert.deepEqual(second.body, first.body);
        assert.equal(second.headers['message-id'], first.headers['message-id']);
      }
      return rows.filter(({ state }) => state === 'accepted').length > 1;
    });
  });

  attack('a replay of an id with other bytes', (defended) => {
    const desk = memoryDesk([ours]);
    const forgetful = {
      ...desk,
      begin: (request: Parameters<typeof desk.begin>[0]) => memoryless(desk, request),
    };
    return withHouse(ours, defended ? {} : { desk: forgetful }, async (house) => {
      const { rows } = defended ? house.desk : desk;
      for (const payload of [genuine, evil]) {
        const messageId = '<once@them>';
        await post(
          house.url,
          await pack(memoryDesk([]), theirs, { payload: Buffer.from(payload), messageId }),
        );
      }
      if (defended)
        assert.deepEqual([rows[1]?.state, rows[1]?.modifier], ['conflict', 'unexpected-processing-error']);
      return rows.some((row) => row.state === 'accepted' && row.payload === evil);
    });
  });

  attack('an asynchronous MDN to an internal address', async (defended) => {
    let hits = 0;
    const internal = createServer((_, response) => {
      hits += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(internal, 'listening');
    const returnTo = `http://127.0.0.1:${(internal.address() as AddressInfo).port}/admin`;
    const agreed = { ...ours, deliverMdnTo: null as string | null };
    const desk = memoryDesk([agreed]);
    // Lets the message say where its receipt goes.
    const obedient = { ...desk, partnership: async () => ({ ...agreed, deliverMdnTo: returnTo }) };
    try {
      return await withHouse(agreed, { desk: defended ? desk : obedient }, async (house) => {
        const ask = { how: 'async' as const, signed: true, returnTo };
        const sent = await pack(memoryDesk([]), theirs, { payload: Buffer.from(genuine), ask });
        await post(house.url, sent).catch((error) => assert.equal(error.status, 403));
        if (!defended) agreed.deliverMdnTo = returnTo;
        await deliver(desk);
        if (defended) assert.equal(desk.notices[0]?.kind, 'no-mdn-address');
        return hits > 0;
      });
    } finally {
      internal.closeAllConnections();
      internal.close();
    }
  });
});

type Desk = ReturnType<typeof memoryDesk>;

/** Begins a request as if nothing had been taken before. */
function memoryless(desk: Desk, request: Parameters<Desk['begin']>[0]) {
  const changed = { ...request, messageId: `${request.messageId} ${desk.rows.length}` };
  return desk.begin(changed);
}
