/** `scripts/bench interchange`: how fast files of orders are read, by us and by others. See docs/performance.md. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFile, type Standard } from './bench-interchange-files.ts';
import { styles } from './bench-interchange-orders.ts';
import { measure, type ReaderName, readersOf, type Sample } from './bench-interchange-run.ts';
import { aimsOf, table } from './bench-interchange-table.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    times: { type: 'string', default: '2000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    large: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Plan {
  readonly name: string;
  readonly standard: Standard;
  readonly messages: number;
  readonly lines: number;
  readonly times: number;
}

const plans = plansOf(count('messages') * (values.large ? 10 : 1), count('times'));
const [wantedFiles, wantedReaders] = wanted();
const runs = count('runs');
const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, cutShort);
try {
  const samples: Sample[] = [];
  for (const plan of plans.filter(({ name }) => wantedFiles.has(name))) samples.push(await make(plan));
  const pairs = samples.flatMap((sample) =>
    wantedOf(sample.standard).map((reader) => [sample, reader] as const),
  );
  const rows = await measure(pairs, runs, say);
  const aims = aimsOf(rows);
  process.stdout.write(`${values.json ? JSON.stringify({ machine: machine(), rows, aims }) : shown()}\n`);
  const ours = rows.filter(({ reader }) => reader.startsWith('ours'));
  process.exitCode = ours.every(({ read }) => read === 'all') ? 0 : 1;

  function shown(): string {
    return `${machine()}; medians of ${runs}\n\n${table(rows, aims)}`;
  }
} finally {
  if (values.keep) say(`The files are in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

/** Two large files, and two of 5 KB that are read many times. */
function plansOf(messages: number, times: number): readonly Plan[] {
  return [
    { name: 'x12', standard: 'x12', messages, lines: 40, times: 1 },
    { name: 'edifact', standard: 'edifact', messages: Math.ceil(messages * 0.6), lines: 40, times: 1 },
    { name: 'x12-small', standard: 'x12', messages: 1, lines: 19, times },
    { name: 'edifact-small', standard: 'edifact', messages: 1, lines: 13, times },
  ];
}

/** `--only` names files or readers; naming none of a kind means all of it. */
function wanted(): [ReadonlySet<string>, ReadonlySet<string>] {
  const files = plans.map(({ name }) => name);
  const readers: string[] = [...readersOf('x12'), ...readersOf('edifact')];
  for (const name of values.only) {
    if (files.includes(name) || readers.includes(name)) continue;
    say(
      `--only does not know '${name}'. Files: ${files.join(', ')}. Readers: ${[...new Set(readers)].join(', ')}`,
    );
    process.exit(2);
  }
  const among = (all: readonly string[]) => {
    const named = values.only.filter((name) => all.includes(name));
    return new Set(named.length > 0 ? named : all);
  };
  return [among(files), among(readers)];
}

function wantedOf(standard: Standard): readonly ReaderName[] {
  return readersOf(standard).filter((reader) => wantedReaders.has(reader));
}

async function make({ name, standard, messages, lines, times }: Plan): Promise<Sample> {
  const path = join(folder, `${name}.edi`);
  const made = await makeFile(path, styles[standard], messages, lines);
  const often = times > 1 ? `, read ${times} times` : '';
  say(`${name}: ${messages} orders of ${lines} lines, ${(made.bytes / 1e6).toFixed(3)} MB${often}`);
  return { name, path, standard, times, ...made };
}

/** The files are large: they go, too, when nobody waits for the end. */
function cutShort(): never {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
  process.exit(130);
}

function machine(): string {
  const [first] = cpus();
  const [system] = release().split('-');
  return `${first?.model ?? 'unknown processor'}, ${cpus().length} cores, ${type()} ${system} ${arch()}, Node ${process.version}`;
}

function count(name: 'messages' | 'times' | 'runs'): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  say(`--${name} needs a whole number above 0`);
  process.exit(2);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
