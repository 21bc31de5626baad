// Sends AS2 over HTTP: `sender.mjs FOLDER PORT COUNT PARALLEL FILE`. Packs each message anew, posts it, and proves its signed MDN.
// The first messages are not counted. Says what one message took.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { judgeMdn } from '../../dist/transport/as2/judge.js';
import { newMessageId } from '../../dist/transport/as2/names.js';
import { bytesOf, memoryBytes, pieceOf, pieceOfFile } from '../../dist/transport/as2/piece.js';
import { createPoster } from '../../dist/transport/as2/post.js';
import { requestHeaders } from '../../dist/transport/as2/request.js';
import { wrap } from '../../dist/transport/as2/wrap.js';
import { agreed, contentType, packing, workshopIn } from './house.mjs';
import { forget, peakMb, rssMb, tell, timed } from './spent.mjs';

const [folder, port, count, parallel, file] = process.argv.slice(2);
const partnership = agreed(folder, 'sender', 'receiver');
const workshop = workshopIn(folder);
const poster = createPoster();
const target = {
  url: `http://127.0.0.1:${port}/as2`,
  login: null,
  clientKey: null,
  authority: null,
  chunked: false,
  expectContinue: false,
};

async function payloadOf(path) {
  const lying = pieceOfFile(path, statSync(path).size);
  return lying.size > memoryBytes ? lying : pieceOf(await bytesOf(lying));
}

async function send(payload) {
  const now = new Date();
  const messageId = newMessageId(partnership.us, now);
  const { signWith, encryptTo } = partnership;
  const terms = { payload, contentType, filename: 'order.edi', packing, signWith, encryptTo, workshop, now };
  const wrapped = await wrap(terms);
  const { us, them } = partnership;
  const ask = { signed: true, digest: 'sha-256', spelling: 'sha-256', returnTo: null };
  const headers = requestHeaders({ us, them, messageId, at: now, ask, mime: wrapped.headers });
  const posted = await poster.post(target, { headers, body: wrapped.body });
  const asked = { signed: true, how: 'sync' };
  const pending = { id: messageId, messageId, partnership, mics: wrapped.mics, asked, settled: false };
  const verdict = await judgeMdn(posted, pending, { now: new Date() });
  await wrapped.body.remove();
  assert.equal(verdict.kind, 'confirmed', JSON.stringify(verdict));
}

async function sendAll(payload, messages) {
  let left = messages;
  const inTurn = async () => {
    while (left-- > 0) await send(payload);
  };
  await Promise.all(Array.from({ length: Number(parallel) }, inTurn));
}

const warmUp = Number(process.env.WARM_UP ?? 0);
const small = pieceOf(Buffer.alloc(5_000, 'ISA*00*'));
await sendAll(small, warmUp);
const payload = await payloadOf(file);
globalThis.gc?.();
// Those who count along begin here.
tell({ warm: true });
await new Promise((resolve) => process.stdin.once('data', resolve));
const before = rssMb();
forget();
const { ms, cpuMs } = await timed(() => sendAll(payload, Number(count)));
tell({ ms, cpuMs, grownMb: peakMb() - before });
poster.close();
process.exit();
