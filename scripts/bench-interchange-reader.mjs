// One measured reading, in a process of its own, cold: `node bench-interchange-reader.mjs READER STANDARD FILE TIMES [look]`.
// Plain JavaScript, and our reader from dist/: what is measured is what a user runs, not a loader of TypeScript. Prints one
// line of JSON. With `look` every value is counted, to prove that all was read; without, messages and segments only.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const begun = performance.now();
const cpuBegun = process.cpuUsage();
const require = createRequire(import.meta.url);
const [name, standard, path, times, mode] = process.argv.slice(2);
const found = { messages: 0, segments: 0, values: 0, characters: 0, faults: 0 };
const chunkBytes = 65_536;

/** A file that is read many times is read from the disk once: not the disk is measured. */
const held = Number(times) > 1 ? readFileSync(path) : null;
const chunks = () => (held === null ? createReadStream(path, { highWaterMark: chunkBytes }) : [held]);
const stream = () => (held === null ? chunks() : Readable.from(chunks()));
const whole = () => (held ?? readFileSync(path)).toString('latin1');

function count(value) {
  if (value === '') return;
  found.values += 1;
  found.characters += value.length;
}

function countAll(value) {
  if (typeof value === 'string') count(value);
  else for (const one of value) countAll(one);
}

/**
 * The limit: finds where each element of the current message begins (in the file), and keeps that until the message ends.
 * No values, no envelope, no faults.
 */
async function bare({ element, segment, release, first, last }) {
  const starts = new Float64Array(1 << 20);
  let [text, offset, from, at, kept, ordinal] = ['', 0, 0, 0, 0, 0];
  for (let left = Number(times); left > 0; left--) {
    for await (const chunk of chunks()) {
      text = text.slice(from) + chunk.latin1Slice();
      offset += from;
      at -= from;
      from = 0;
      scan();
    }
    [text, offset, from, at, kept] = ['', 0, 0, 0, 0];
  }

  function scan() {
    for (const end = text.length; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === element) starts[kept++] = offset + at + 1;
      else if (code === segment) endSegment();
      else if (code === release) at++;
    }
  }

  function endSegment() {
    ordinal += 1;
    if (text.startsWith(first, from)) ordinal = 1;
    else if (text.startsWith(last, from)) {
      found.messages += 1;
      found.segments += ordinal;
      kept = 0;
    }
    from = at + 1;
    starts[kept++] = offset + from;
  }
}

const bareX12 = { element: 42, segment: 126, release: -1, first: 'ST*', last: 'SE*' };
const bareEdifact = { element: 43, segment: 39, release: 63, first: 'UNH+', last: 'UNT+' };

/** `look`: every value of every segment is touched, and counted. */
async function ours({ check, look }) {
  const { readInterchanges } = await import('../dist/interchange/interchange.js');
  for (let left = Number(times); left > 0; left--)
    for await (const event of readInterchanges(chunks(), { check })) take(event, look);
}

function take(event, look) {
  if ('faults' in event) {
    for (const { severity } of event.faults) if (severity !== 'info') found.faults += 1;
  }
  if (event.kind !== 'message') return;
  found.messages += 1;
  found.segments += event.segmentCount;
  if (look) for (const segment of event.segments) lookAt(segment);
}

/** The values, with all repetitions where an element repeats: the first of them stands among the values, too. */
function lookAt({ values, repeats }) {
  if (repeats === undefined) return countAll(values);
  for (const [index, value] of values.entries()) countAll(repeats[index] ?? value);
}

/** node-x12, strict, the whole text at once. */
async function nodeX12Whole({ look }) {
  const { X12Parser } = require('node-x12');
  for (let left = Number(times); left > 0; left--) {
    const parsed = new X12Parser(true).parse(whole());
    const interchanges = Array.isArray(parsed) ? parsed : [parsed];
    for (const { functionalGroups } of interchanges)
      for (const { transactions } of functionalGroups)
        for (const { header, segments, trailer } of transactions) {
          found.messages += 1;
          found.segments += segments.length + 2;
          if (look) for (const { elements } of [header, ...segments, trailer]) countElements(elements);
        }
  }
}

function countElements(elements) {
  for (const { value } of elements) count(value);
}

/** node-x12 fed by a stream, not strict (a strict one takes the second chunk for a broken ISA): it gives segments. */
function nodeX12Stream({ look }) {
  const { X12Parser } = require('node-x12');
  return segmentsFrom(
    () => new X12Parser(false),
    ({ tag }) => tag,
    ({ elements }) => look && countElements(elements),
  );
}

/** x12-parser gives segments, too: { name, '1': …, '2': … }, components as '2-1'. */
async function x12Parser({ look }) {
  const { X12parser } = await import('x12-parser');
  return segmentsFrom(
    () => new X12parser('latin1'),
    ({ name: tag }) => tag,
    ({ name: _, ...values }) => look && countAll(Object.values(values)),
  );
}

/** Counts the segments from ST to SE that a stream gives. */
async function segmentsFrom(open, tagOf, look) {
  for (let left = Number(times); left > 0; left--) {
    let ordinal = 0;
    const parser = open();
    const source = stream().once('error', (error) => parser.destroy(error));
    for await (const segment of source.pipe(parser)) {
      const tag = tagOf(segment);
      if (tag === 'ST') ordinal = 1;
      else if (ordinal > 0) ordinal += 1;
      if (ordinal > 0) look(segment);
      if (tag !== 'SE') continue;
      found.messages += 1;
      found.segments += ordinal;
      ordinal = 0;
    }
  }
}

/** edifact's Parser, with its Validator and all definitions that it comes with, or without. */
async function edifact({ validate, look }) {
  const { Parser, Validator } = require('edifact');
  for (let left = Number(times); left > 0; left--) {
    const validator = validate ? new Validator() : undefined;
    validator?.define(require('edifact/segments.js'));
    validator?.define(require('edifact/elements.js'));
    const parser = hooked(new Parser(validator), look);
    for await (const chunk of chunks()) parser.write(chunk.latin1Slice());
    parser.end();
  }
}

function hooked(parser, look) {
  let ordinal = 0;
  parser.encoding('UNOC');
  parser.onopensegment = (tag) => {
    if (tag === 'UNH') ordinal = 1;
    else if (ordinal > 0) ordinal += 1;
    if (tag !== 'UNT') return;
    found.messages += 1;
    found.segments += ordinal;
    ordinal = -1;
  };
  parser.onclosesegment = () => {
    if (ordinal < 0) ordinal = 0;
  };
  parser.onelement = () => {};
  parser.oncomponent = (value) => {
    if (look && ordinal !== 0) count(value);
  };
  return parser;
}

const look = mode === 'look';
const readers = {
  bare: () => bare(standard === 'x12' ? bareX12 : bareEdifact),
  'ours-unchecked': () => ours({ check: false, look }),
  ours: () => ours({ check: true, look }),
  'ours-values': () => ours({ check: true, look: true }),
  'node-x12': () => nodeX12Whole({ look }),
  'node-x12-stream': () => nodeX12Stream({ look }),
  'x12-parser': () => x12Parser({ look }),
  'edifact-parser': () => edifact({ validate: false, look }),
  'edifact-validator': () => edifact({ validate: true, look }),
};

/** The high-water mark of this process; what the system counts for it also knows the one that started it (Linux). */
function peakRssMb() {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return Math.round(Number(own ?? process.resourceUsage().maxRSS) / 1_024);
}

let error = null;
try {
  await readers[name]();
} catch (thrown) {
  error = thrown instanceof Error ? thrown.message : String(thrown);
}
const seconds = (performance.now() - begun) / 1_000;
const { user, system } = process.cpuUsage(cpuBegun);
console.log(
  JSON.stringify({ ...found, seconds, cpuSeconds: (user + system) / 1e6, peakRssMb: peakRssMb(), error }),
);
