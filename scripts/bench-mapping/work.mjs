// One measured task, in a process of its own: `node work.mjs TASK STANDARD FILE SECONDS`. Plain JavaScript on dist/, as a user
// runs it. Prints one line of JSON: what was done, the CPU time of one order, and the peak of memory.
//   reader   the reader alone, with all checks
//   placed   the same, and the segments placed in loops: what a guide reads
//   read     the same, and each message read by the guide
//   write    documents written as segments by the guide
//   jsonata-read, jsonata-write   the same maps by JSONata, over plain objects that were made before
// With SECONDS 0 each task runs once, and what the guide and JSONata give is compared.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { isLoop, readInterchanges } from '../../dist/interchange/interchange.js';
import { loadGuides } from '../../dist/mapping/load.js';

const [task, standard, path, seconds] = process.argv.slice(2);
const name = standard === 'x12' ? '850' : 'ORDERS';
const bytes = readFileSync(path);
const here = (file) => new URL(file, import.meta.url);
const { guides, problems } = await loadGuides(here('guides').pathname);
assert.deepEqual(problems, []);
const guide = guides.all.find((one) => one.message === name);
const expression = (what) => jsonata(readFileSync(here(`jsonata/${name}-${what}.jsonata`), 'utf8'));

async function messages(work) {
  let count = 0;
  for await (const event of readInterchanges([bytes])) {
    if (event.kind !== 'message') continue;
    assert.equal(event.verdict, 'accepted');
    count += 1;
    await work(event);
  }
  return count;
}

/** A loop as an object: segments and loops by name in lists, elements e1, e2 …, components c1, c2 …. */
function plain(loop) {
  const made = {};
  for (const member of loop.members) {
    const key = isLoop(member) ? member.id : member.tag;
    made[key] ??= [];
    made[key].push(isLoop(member) ? plain(member) : elements(member.values, 'e'));
  }
  return made;
}

function elements(values, letter) {
  const made = {};
  values.forEach((value, index) => {
    if (value !== '') made[letter + (index + 1)] = typeof value === 'string' ? value : elements(value, 'c');
  });
  return made;
}

async function documents() {
  const made = [];
  await messages(async (message) => {
    const { document, faults, unmapped } = await guide.read(message);
    assert.deepEqual([faults, unmapped], [[], []]);
    made.push(document);
  });
  return made;
}

async function objects() {
  const made = [];
  await messages((message) => made.push(plain(message.root)));
  return made;
}

const each = (make, work) => async () => {
  const things = await make();
  return async () => {
    for (const thing of things) await work(thing);
    return things.length;
  };
};

/** Each prepares what is not measured, and gives what is: a round over all orders. */
const tasks = {
  reader: async () => () => messages(() => undefined),
  placed: async () => () => messages((message) => message.root),
  read: async () => () => messages(async (message) => assert.ok((await guide.read(message)).document)),
  write: each(documents, async (document) => assert.deepEqual((await guide.write(document)).faults, [])),
  'jsonata-read': async () => {
    const read = expression('read');
    return (await each(objects, (object) => read.evaluate(object)))();
  },
  'jsonata-write': async () => {
    const write = expression('write');
    return (await each(documents, (document) => write.evaluate(document)))();
  },
};

/** JSONata's lists carry marks of its own, and its composites are objects here. */
const bare = (value) => JSON.parse(JSON.stringify(value));
const withoutEmpty = (document) =>
  Object.fromEntries(
    Object.entries(document).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  );
const segment = ({ tag, values }) => ({
  tag,
  values: values.map((value) => (typeof value === 'string' ? value : Object.values(value))),
});

async function prove() {
  const [read, write] = [expression('read'), expression('write')];
  const all = await documents();
  const given = await objects();
  for (const [index, document] of all.entries()) {
    const theirs = bare(await read.evaluate(given[index]));
    assert.deepEqual({ ...withoutEmpty(theirs), lines: theirs.lines.map(withoutEmpty) }, bare(document));
    const { segments } = await guide.write(document);
    assert.deepEqual(bare(await write.evaluate(document)).map(segment), bare(segments).map(segment));
  }
  const digest = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 12);
  return { orders: all.length, lines: all[0].lines.length, digest };
}

async function measure() {
  const round = await tasks[task]();
  await round();
  await round();
  const until = performance.now() + Number(seconds) * 1_000;
  const begun = process.cpuUsage();
  let orders = 0;
  do orders += await round();
  while (performance.now() < until);
  const { user, system } = process.cpuUsage(begun);
  return { orders, cpuMs: (user + system) / 1_000 / orders };
}

const found = Number(seconds) === 0 ? await prove() : await measure();
const peakRssMb = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(`${JSON.stringify({ task, standard, ...found, peakRssMb })}\n`);
