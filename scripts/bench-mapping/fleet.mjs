// Many partners at once, in a process of its own: `node --expose-gc fleet.mjs PARTNERS`. Each has a partner.yaml and three guides that extend
// the standard ones. Loads them, loads them again with nothing, one and all of them changed, and prints times and memory.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, fingerprint } from '../../dist/mapping/files.js';
import { loadMappings } from '../../dist/partner/mappings.js';

const count = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));

const partner = (name) => `partner: 1
name: Stores ${name}
timeZone: America/Chicago
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: BENCH }
    them: { qualifier: ZZ, id: ${name.toUpperCase()} }
    version: { interchange: "00401", message: "004010" }
    acknowledge: { send: "997" }
    documents: { "855": { within: 24h }, "856": { within: 24h } }
    endpoint: ${name}-box
endpoints:
  ${name}-box: { type: folder, in: ${name}/in, out: ${name}/out }
`;
const guides = (note) => ({
  850: `guide: 1 # ${note}
message: x12 004010 850
canonical: order
extends: standard/x12-004010/850
segments:
  - BEG: { "03": number! }
  - REF: { "01": =ZZ, "02": promotion }
  - PO1: { "06..": { pairs: { UP: item.upc, IN: item.buyerId, VN: item.sellerId } } }
`,
  855: `guide: 1 # ${note}
message: x12 004010 855
canonical: order-response
extends: standard/x12-004010/855
segments:
  - REF: { "01": =IA|VR, "02": vendor! }
`,
  856: `guide: 1 # ${note}
message: x12 004010 856
canonical: ship-notice
extends: standard/x12-004010/856
segments:
  - BSN: { "02": number! }
`,
});

async function write(index, note) {
  const name = `p${String(index).padStart(3, '0')}`;
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'partner.yaml'), partner(name));
  for (const [type, text] of Object.entries(guides(note)))
    await writeFile(join(folder, name, `${type}.yaml`), text);
}

/** After a turn of the event loop: until then whatever was looked at weakly is kept. */
const rssMb = async () => {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
  }
  return process.memoryUsage.rss() / 1_048_576;
};
const seconds = async (work) => {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, wall: (performance.now() - begun) / 1_000, cpu: (user + system) / 1e6 };
};

try {
  await cp(new URL('../../mappings/standard', import.meta.url).pathname, join(folder, 'standard'), {
    recursive: true,
  });
  for (let index = 0; index < count; index++) await write(index, 'as it was');
  const emptyRssMb = await rssMb();
  const load = (before) => loadMappings(folder, { demo: false, ...(before ? { before } : {}) });
  const first = await seconds(() => load());
  let mappings = first.result;
  assert.deepEqual(mappings.problems, []);
  assert.equal(mappings.partners.all.length, count);
  first.result = null;
  const loadedRssMb = await rssMb();
  const look = await seconds(async () => fingerprint(await filesOf(folder)));
  const again = async () => {
    const taken = await seconds(() => load(mappings));
    mappings = taken.result;
    assert.deepEqual([mappings.problems, mappings.partners.held], [[], []]);
    return { wall: taken.wall, cpu: taken.cpu };
  };
  await write(0, 'changed');
  const one = await again();
  for (let index = 0; index < count; index++) await write(index, 'changed again');
  const all = await again();
  const reloadedRssMb = await rssMb();
  const found = {
    partners: count,
    // Behind the memory: whoever asks for all has the standard ones compiled, too, which are otherwise made when they are needed.
    guides: mappings.guides.all.length,
    first: { wall: first.wall, cpu: first.cpu },
    look: { wall: look.wall, cpu: look.cpu },
    one,
    all,
    emptyRssMb,
    loadedRssMb,
    reloadedRssMb,
  };
  process.stdout.write(`${JSON.stringify(found)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
