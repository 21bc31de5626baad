/**
 * Every way to pack a message between two houses over real HTTP, each with two kinds of MDN in turn, so that every pair
 * meets; AS2_MATRIX=whole in the environment sends each with all five.
 */
import assert from 'node:assert/strict';
import type { Cipher, Digest, Packing } from '../../../src/transport/as2/as2.ts';
import {
  type Ask,
  agreedWith,
  closePoster,
  deliver,
  type House,
  mirrored,
  openHouse,
  send,
  usual,
} from './http-house.ts';

const digests: readonly Digest[] = ['sha-1', 'sha-256', 'sha-384', 'sha-512'];
const ciphers: readonly Cipher[] = [
  'aes-128-cbc',
  'aes-192-cbc',
  'aes-256-cbc',
  '3des',
  'aes-128-gcm',
  'aes-192-gcm',
  'aes-256-gcm',
];
const compressions = ['none', 'before-signing', 'after-signing'] as const;
const receipts: readonly Ask[] = [
  { how: 'none', signed: false },
  { how: 'sync', signed: false },
  { how: 'sync', signed: true },
  { how: 'async', signed: false },
  { how: 'async', signed: true },
];

describe('AS2 between two houses', () => {
  const demands = {
    signed: false,
    encrypted: false,
    digests,
    ciphers,
    expired: false,
    mostBytes: 8 * 1024 * 1024,
  };
  const payload = Buffer.from(`ISA*00*${'PO1*1*24*EA*12.5**UP*012345678905~\r\n'.repeat(20)}é\0`, 'latin1');
  let us: House;
  let them: House;
  let ours = agreedWith('Our House', 'THEM "X"', { demands });
  let theirs = mirrored(ours);
  const isWhole = process.env.AS2_MATRIX === 'whole';
  let turn = 0;

  before(async () => {
    us = await openHouse([]);
    them = await openHouse([]);
    ours = { ...ours, deliverMdnTo: them.url };
    theirs = { ...theirs, deliverMdnTo: us.url };
    us.desk.partnerships.push(ours);
    them.desk.partnerships.push(theirs);
  });
  after(async () => {
    closePoster();
    await us.close();
    await them.close();
  });

  const exchange = async (packing: Packing, ask: Ask, { bytes = payload, filename = 'order.edi' } = {}) => {
    // Directions take turns: both sides do everything.
    turn += 1;
    const [from, to, agreed] = turn % 2 === 0 ? [us, them, ours] : [them, us, theirs];
    const label = JSON.stringify({ packing, ask });
    const { sent, posted, verdict } = await send(from.desk, agreed, to.url, {
      payload: bytes,
      packing,
      ask,
      filename,
    });
    assert.deepEqual([...us.errors, ...them.errors], [], label);
    const row = to.desk.rows.at(-1);
    assert.equal(row?.state, 'accepted', label);
    assert.ok(row?.payload === bytes.toString('latin1'), label);
    assert.equal(row?.opened?.filename, filename, label);
    assert.equal(row?.opened?.signed?.digest ?? 'none', packing.sign, label);
    assert.equal(row?.opened?.encrypted?.cipher ?? 'none', packing.encrypt, label);
    assert.equal(row?.opened?.compressed, packing.compress !== 'none', label);
    if (ask.how === 'sync') assert.equal(verdict.kind, 'confirmed', `${label} ${JSON.stringify(verdict)}`);
    else assert.deepEqual([posted.status, posted.body.length], [200, 0], label);
    if (ask.how !== 'async') return assert.equal(to.desk.queue.length, 0);
    assert.equal(to.desk.queue[0]?.answer.headers['Content-Type'] !== undefined, true);
    await deliver(to.desk);
    const arrived = from.desk.arrived.at(-1);
    assert.equal(arrived?.pending.messageId, sent.messageId, label);
    assert.equal(arrived?.verdict.kind, 'confirmed', label);
  };

  for (const sign of ['none', ...digests] as const) {
    for (const encrypt of ['none', ...ciphers] as const) {
      it(`carries sign ${sign}, encrypt ${encrypt}, each compression, with MDNs`, async () => {
        for (const compress of compressions) {
          const first = turn;
          for (const ask of receipts.filter((_, index) => isWhole || (index + first) % 5 < 2)) {
            const signature = turn % 3 === 0 ? 'pss' : 'pkcs1';
            const keyTransport = turn % 5 < 2 ? 'oaep' : 'pkcs1';
            await exchange({ ...usual, sign, encrypt, compress, signature, keyTransport }, ask);
          }
        }
      });
    }
  }

  const signedReceipt: Ask = { how: 'sync', signed: true };

  it('carries it with every quirk', async () => {
    const quirks: Partial<Packing['quirks']>[] = [
      { digestSpelling: 'sha256' },
      { transferEncoding: 'base64' },
      { algorithmProtection: false },
      { quoteFilename: false },
    ];
    for (const quirk of quirks) {
      const packing = { ...usual, quirks: { ...usual.quirks, ...quirk } };
      for (const encrypt of ['none', 'aes-256-cbc'] as const)
        await exchange({ ...packing, encrypt }, signedReceipt);
    }
  });

  it('carries filenames of every kind', async () => {
    for (const filename of [
      'order 1;2.edi',
      'a"b\\c.edi',
      '../../etc/passwd',
      'Bestellung ä€.edi',
      'x'.repeat(200),
    ])
      await exchange(usual, signedReceipt, { filename });
  });

  it('carries what does not stay in memory, and leaves nothing behind', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024, 'ISA*00*~PO1*1*24*EA*12.5~\r\n', 'latin1');
    for (const compress of compressions) {
      const packing = { ...usual, compress, encrypt: 'aes-256-gcm' } as const;
      await exchange({ ...packing, sign: 'sha-512' }, signedReceipt, { bytes });
    }
    await Promise.all([us.idle(), them.idle()]);
    assert.deepEqual([us.left.size, them.left.size], [0, 0]);
  });
});
