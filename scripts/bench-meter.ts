/** What a run costs: CPU and memory of processes (read from /proc, so on Linux only), WAL, and the disk's own pace. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const ticks = 100;
const sampleMs = 500;

/** fdatasync calls a second on the disk of the directory, each after 8 KB were written over, as a WAL is. */
export function fdatasyncRate(directory: string, forMs = 1_500): number {
  const file = join(directory, 'fdatasync');
  const page = Buffer.alloc(8_192, 7);
  const pages = 256;
  const handle = openSync(file, 'w');
  try {
    for (let at = 0; at < pages; at++) writeSync(handle, page, 0, page.length, at * page.length);
    fdatasyncSync(handle);
    const begun = performance.now();
    let count = 0;
    for (; performance.now() - begun < forMs; count++) {
      writeSync(handle, page, 0, page.length, (count % pages) * page.length);
      fdatasyncSync(handle);
    }
    return Math.round(count / ((performance.now() - begun) / 1_000));
  } finally {
    closeSync(handle);
    rmSync(file);
  }
}

export interface Spent {
  /** CPU seconds since the meter began. */
  readonly nodeCpu: number;
  readonly postgresCpu: number;
  /** Highest seen, in MB. PostgreSQL's shared memory counts once. */
  readonly nodeRssMb: number;
  readonly postgresRssMb: number;
}

export interface Meter {
  /** Ends the sampling; null where there is no /proc. */
  stop(): Spent | null;
}

/** Watches the gateway's processes and the PostgreSQL server whose data lies in the home. */
export function startMeter(pids: readonly number[], home: string): Meter {
  if (!existsSync('/proc/self/stat')) return { stop: () => null };
  const server = Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const cpu = () => ({ node: sum(pids.map(cpuOf)), postgres: cpuOfServer(server) });
  const before = cpu();
  const peak = { node: 0, postgres: 0 };
  const sample = () => {
    peak.node = Math.max(peak.node, sum(pids.map(rssOf)));
    peak.postgres = Math.max(peak.postgres, sum([server, ...childrenOf(server)].map(pssOf)));
  };
  const timer = setInterval(sample, sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      const after = cpu();
      return {
        nodeCpu: after.node - before.node,
        postgresCpu: after.postgres - before.postgres,
        nodeRssMb: Math.round(peak.node / 1_024),
        postgresRssMb: Math.round(peak.postgres / 1_024),
      };
    },
  };
}

/** Fields of /proc/PID/stat after the command's name, which may hold anything. */
function stat(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function cpuOf(pid: number): number {
  const fields = stat(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticks;
}

/** The server's own, its ended sessions' and its running sessions'. */
function cpuOfServer(pid: number): number {
  const fields = stat(pid);
  const ended = (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / ticks;
  return ended + sum([pid, ...childrenOf(pid)].map(cpuOf));
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(stat(child)[1]) === pid);
}

/** The highest so far: the kernel keeps it. */
const rssOf = (pid: number): number => kilobytes(`/proc/${pid}/status`, 'VmHWM');
/** Memory with each shared page divided among those who share it. */
const pssOf = (pid: number): number => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss');

function kilobytes(file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(file))?.[1] ?? 0);
}

/** A process may end, or be another user's, while it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
