// One large message from file to file: `large.mjs FOLDER FILE RUNS`. Signs and encrypts it; decrypts and verifies it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { pieceOfFile } from '../../dist/transport/as2/piece.js';
import { unwrap } from '../../dist/transport/as2/unwrap.js';
import { wrap } from '../../dist/transport/as2/wrap.js';
import { agreed, contentType, packing, workshopIn } from './house.mjs';
import { peakMb, rssMb, tell, timed } from './spent.mjs';

const [folder, file, runs] = process.argv.slice(2);
const [sender, receiver] = [agreed(folder, 'sender', 'receiver'), agreed(folder, 'receiver', 'sender')];
const workshop = workshopIn(folder);
const payload = pieceOfFile(file, statSync(file).size);
const { signWith, encryptTo } = sender;
const idle = rssMb();

async function digestOf(piece) {
  const hash = createHash('sha256');
  for await (const chunk of piece.read()) hash.update(chunk);
  return hash.digest('hex');
}

const found = [];
for (let run = 0; run < Number(runs); run++) {
  const now = new Date();
  const terms = { payload, contentType, filename: 'large.edi', packing, signWith, encryptTo, workshop, now };
  const packed = await timed(() => wrap(terms));
  const { headers, body } = packed.result;
  const small = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const demand = { workshop, now, micDigests: [] };
  const opened = await timed(() => unwrap({ headers: small, body }, receiver, demand));
  const { payload: taken, signed, encrypted, evidence } = opened.result;
  assert.ok(signed !== null && encrypted !== null);
  if (run === 0) assert.equal(await digestOf(taken), await digestOf(payload));
  await Promise.all([taken, evidence.decrypted, body].map((piece) => piece?.remove()));
  found.push({ pack: [packed.ms, packed.cpuMs], open: [opened.ms, opened.cpuMs] });
}
tell({ runs: found, grownMb: peakMb() - idle });
