// Receives AS2 over HTTP: `receiver.mjs FOLDER`. Says { port } once it listens; every line of its input begins a new count and
// is answered by what was spent since the line before.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createAs2Handler } from '../../dist/transport/as2/handler.js';
import { agreed, deskOf, workshopIn } from './house.mjs';
import { cpuMs, forget, peakMb, rssMb, tell } from './spent.mjs';

const [folder] = process.argv.slice(2);
const desk = deskOf(agreed(folder, 'receiver', 'sender'));
const any = { burst: 1e9, perSecond: 1e9, callers: 10 };
const log = {
  info() {},
  warn: (entry) => desk.trouble.push(entry),
  error: (entry) => desk.trouble.push(entry),
};
const handle = createAs2Handler({
  desk,
  workshop: workshopIn(folder),
  log,
  limits: { remoteRate: any, partnerRate: any },
});
const server = createServer((request, response) => void handle(request, response));
server.on('checkContinue', (request, response) => void handle(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ port: server.address().port });

let last = { cpu: process.cpuUsage(), accepted: 0, rss: rssMb() };
for await (const _ of createInterface(process.stdin)) {
  assert.deepEqual(desk.trouble, []);
  tell({ accepted: desk.accepted - last.accepted, cpuMs: cpuMs(last.cpu), grownMb: peakMb() - last.rss });
  globalThis.gc?.();
  last = { cpu: process.cpuUsage(), accepted: desk.accepted, rss: rssMb() };
  forget();
}
process.exit();
