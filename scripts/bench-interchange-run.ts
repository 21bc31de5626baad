/** Readings of the benchmark's files, each in a process of its own; the readers take turns, round by round. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contents, MadeFile, Standard } from './bench-interchange-files.ts';

const readers = {
  x12: ['bare', 'ours-unchecked', 'ours', 'ours-values', 'node-x12', 'node-x12-stream', 'x12-parser'],
  edifact: ['bare', 'ours-unchecked', 'ours', 'ours-values', 'edifact-parser', 'edifact-validator'],
} as const;

export type ReaderName = (typeof readers)[Standard][number];
export const readersOf = (standard: Standard): readonly ReaderName[] => readers[standard];

export interface Sample extends MadeFile {
  readonly name: string;
  readonly path: string;
  readonly standard: Standard;
  /** How often it is read. */
  readonly times: number;
}

/** What one process says of its reading. */
interface Reading extends Contents {
  /** Faults above info: only our reader looks for any. */
  readonly faults: number;
  /** From the process's first line to the last message: loading the reader is in it, starting Node is not. */
  readonly seconds: number;
  /** User and system time of all threads in the same span. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly error: string | null;
}

export interface Row {
  readonly file: string;
  readonly standard: Standard;
  readonly reader: ReaderName;
  readonly bytes: number;
  readonly messages: number;
  readonly segments: number;
  /** 'all', or what is wrong with the output. */
  readonly read: string;
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
  readonly peakRssMb: readonly number[];
}

interface Turns {
  readonly sample: Sample;
  readonly reader: ReaderName;
  readonly proof: Reading | string;
  readonly timed: Reading[];
}

const program = fileURLToPath(new URL('bench-interchange-reader.mjs', import.meta.url));
const patienceMs = 900_000;

/** One proof for each reader and file, which counts every value and is not timed; then the rounds. */
export async function measure(
  pairs: readonly (readonly [Sample, ReaderName])[],
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const all: Turns[] = [];
  for (const [sample, reader] of pairs) {
    say(`  proof    ${sample.name} ${reader}`);
    all.push({ sample, reader, proof: await read(sample, reader, 'look'), timed: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { sample, reader, proof, timed } of all) {
      if (typeof proof === 'string' || proof.error !== null) continue;
      const reading = await read(sample, reader);
      if (typeof reading === 'string') continue;
      timed.push(reading);
      say(`  ${round} of ${rounds}   ${sample.name} ${reader}: ${reading.seconds.toFixed(2)} s`);
    }
  }
  return all.map(rowOf);
}

/** What went wrong, as text, when the process did not end well. */
function read(sample: Sample, reader: ReaderName, mode = ''): Promise<Reading | string> {
  const words = [program, reader, sample.standard, sample.path, String(sample.times), mode];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patienceMs });
  const [said, complained] = [textOf(child.stdout), textOf(child.stderr)];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (status === 0) return resolve(JSON.parse(said()) as Reading);
      const complaint = complained()
        .split('\n')
        .find((line) => /^\w*\s?error\b|^\w*Error:/i.test(line));
      resolve(complaint ?? `ended with ${signal ?? status}`);
    });
  });
}

function textOf(source: NodeJS.ReadableStream): () => string {
  let text = '';
  source.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return () => text;
}

function rowOf({ sample, reader, proof, timed }: Turns): Row {
  const { messages = 0, segments = 0 } = typeof proof === 'string' ? {} : proof;
  return {
    file: sample.name,
    standard: sample.standard,
    reader,
    bytes: sample.bytes * sample.times,
    messages,
    segments,
    read: verdict(sample, reader, proof, timed),
    seconds: timed.map((reading) => reading.seconds),
    cpuSeconds: timed.map((reading) => reading.cpuSeconds),
    peakRssMb: timed.map((reading) => reading.peakRssMb),
  };
}

function verdict(
  sample: Sample,
  reader: ReaderName,
  proof: Reading | string,
  timed: readonly Reading[],
): string {
  if (typeof proof === 'string') return proof;
  const failed = [proof, ...timed].find(({ error }) => error !== null);
  if (failed?.error) return failed.error;
  const wrong = [
    ...differences(sample, proof, reader !== 'bare'),
    ...timed.flatMap((one) => differences(sample, one, false)),
  ];
  const faults = proof.faults > 0 ? [`${proof.faults} faults`] : [];
  return wrong.length + faults.length === 0
    ? 'all'
    : `wrong output: ${[...new Set([...wrong, ...faults])].join(', ')}`;
}

/** Where a reading counted otherwise than the file's maker did; the bare tokenizer has no values. */
function differences(sample: Sample, reading: Reading, withValues: boolean): string[] {
  const names = ['messages', 'segments', ...(withValues ? (['values', 'characters'] as const) : [])] as const;
  return names.flatMap((name) => {
    const more = reading[name] - sample[name] * sample.times;
    return more === 0 ? [] : [`${more > 0 ? '+' : ''}${more} ${name}`];
  });
}
