// Our SFTP client: `sftp.mjs out|in TERMS FILES BYTES FOLDER`. Sends that many files, or polls until it has them all and each is in the
// archive. TERMS is JSON: where the server is, and how to log in.
import assert from 'node:assert/strict';
import { openSftp } from '../../dist/transport/sftp.js';
import { openSpool } from '../../dist/transport/spool.js';
import { tell, timed } from './spent.mjs';

const [direction, terms, files, bytes, folder] = process.argv.slice(2);
const spool = await openSpool(folder);
const place = { name: 'bench', spool, settleMs: 1 };
const box = openSftp({ ...JSON.parse(terms), direction, afterwards: 'archive', pattern: '*' }, place);
const names = Array.from({ length: Number(files) }, (_, at) => `order-${String(at).padStart(6, '0')}.edi`);
const content = Buffer.alloc(Number(bytes), 'ISA*00*');

/** Sizes, by name. */
const taken = new Map();
const receive = async (_endpoint, arrival) => {
  taken.set(arrival.name, arrival.size);
  return { deliveryId: arrival.name };
};

const move = {
  out: () => Promise.all(names.map((name) => box.send(name, content))),
  in: async () => {
    while (taken.size < names.length) await box.poll(receive, AbortSignal.timeout(600_000));
  },
};
// Connecting counts, as it does for the peer.
const { ms, cpuMs } = await timed(move[direction]);
if (direction === 'in') for (const name of names) assert.equal(taken.get(name), content.length, name);
await box.close();
tell({ ms, cpuMs });
