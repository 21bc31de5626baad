/** `scripts/bench mapping`: what guides cost, beside JSONata doing the same and beside the reader alone. See docs/performance.md. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { makeFile, type Standard } from './bench-interchange-files.ts';
import { styles } from './bench-interchange-orders.ts';

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '200' },
    lines: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '5' },
    partners: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});

const tasks = ['reader', 'placed', 'read', 'write', 'jsonata-read', 'jsonata-write'] as const;
type Task = (typeof tasks)[number];

interface Measured {
  readonly task: Task;
  readonly standard: Standard;
  readonly orders: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

export interface Fleet {
  readonly partners: number;
  readonly guides: number;
  readonly first: Spent;
  readonly look: Spent;
  readonly one: Spent;
  readonly all: Spent;
  readonly emptyRssMb: number;
  readonly loadedRssMb: number;
  readonly reloadedRssMb: number;
}

const [orders, lines, partners] = [count('orders'), count('lines'), count('partners')];
const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
try {
  const rows: Measured[] = [];
  const proofs: object[] = [];
  for (const standard of ['x12', 'edifact'] as const) {
    const path = join(folder, `${standard}.edi`);
    await makeFile(path, styles[standard], orders, lines);
    say(`${standard}: ${orders} orders of ${lines} lines; what the guide and JSONata give is compared`);
    proofs.push(await work('read', standard, path, '0'));
    for (const task of count('seconds') === 0 ? [] : tasks) {
      say(`  ${standard} ${task}`);
      rows.push((await work(task, standard, path, values.seconds)) as Measured);
    }
  }
  say(`${partners} partners`);
  const fleet = (await child(['--expose-gc', program('fleet.mjs'), String(partners)])) as Fleet;
  process.stdout.write(
    values.json ? `${JSON.stringify({ machine: machine(), proofs, rows, fleet })}\n` : shown(rows, fleet),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

function work(task: Task, standard: Standard, path: string, seconds: string): Promise<object> {
  return child([program('work.mjs'), task, standard, path, seconds]);
}

async function child(words: readonly string[]): Promise<object> {
  const { stdout } = await run(process.execPath, [...words]);
  return JSON.parse(stdout) as object;
}

function program(name: string): string {
  return fileURLToPath(new URL(`bench-mapping/${name}`, import.meta.url));
}

function shown(rows: readonly Measured[], fleet: Fleet): string {
  const parts = [
    machine(),
    '',
    '| order | task | ms CPU | a second | peak MB | |',
    '|---|---|---|---|---|---|',
  ];
  for (const { task, standard, cpuMs, peakRssMb } of rows)
    parts.push(
      `| ${standard} | ${task} | ${cpuMs.toFixed(2)} | ${Math.round(1_000 / cpuMs)} | ${Math.round(peakRssMb)} | ${remark(rows, task, standard)} |`,
    );
  const { first, look, one, all } = fleet;
  const mb = (megabytes: number) => `${Math.round(megabytes)} MB`;
  const s = ({ wall, cpu }: Spent) => `${wall.toFixed(2)} s (CPU ${cpu.toFixed(2)} s)`;
  parts.push(
    '',
    `${fleet.partners} partners, ${fleet.guides} guides: first load ${s(first)}; a look for changes ${s(look)};`,
    `one folder changed ${s(one)}; all changed ${s(all)}.`,
    `Memory: ${mb(fleet.emptyRssMb)} before, ${mb(fleet.loadedRssMb)} loaded, ${mb(fleet.reloadedRssMb)} after loading all of them anew.`,
    '',
  );
  return parts.join('\n');
}

/** Mapping alone is what reading takes beyond placing the segments; it must be below reading with checks. */
function remark(rows: readonly Measured[], task: Task, standard: Standard): string {
  const ms = (name: Task) => rows.find((row) => row.task === name && row.standard === standard)?.cpuMs ?? 0;
  const mapping = ms('read') - ms('placed');
  if (task === 'read')
    return `mapping alone ${mapping.toFixed(2)} ms, ${(mapping / ms('reader')).toFixed(1)} times the reader`;
  if (task === 'jsonata-read') return `${(ms(task) / mapping).toFixed(1)} times the guide`;
  if (task === 'jsonata-write') return `${(ms(task) / ms('write')).toFixed(1)} times the guide`;
  return '';
}

function machine(): string {
  const [first] = cpus();
  const [system] = release().split('-');
  return `${first?.model ?? 'unknown processor'}, ${cpus().length} cores, ${type()} ${system} ${arch()}, Node ${process.version}`;
}

function count(name: 'orders' | 'lines' | 'seconds' | 'partners'): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= (name === 'seconds' ? 0 : 1)) return number;
  say(`--${name} needs a whole number`);
  process.exit(2);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
