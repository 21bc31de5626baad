/** Processes that are measured: the gateway as `portolan start` runs it, and redis-server. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Home } from './bench-home.ts';

/** What a gateway says about its event loop, once a second; milliseconds. */
export interface LoopReport {
  readonly maxMs: number;
  readonly p99Ms: number;
  /** Processor time of the turn that used most: of all threads, so the loop itself was held up for less. */
  readonly turnCpuMs: number;
}

export interface Gateway {
  readonly pids: readonly number[];
  readonly url: string;
  /** The worst since the last call. */
  takeLoop(): LoopReport;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly home: Home;
  readonly processes: number;
  readonly redisUrl: string | null;
  readonly profile: string | null;
}

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const watch = pathToFileURL(fileURLToPath(new URL('bench-watch.mjs', import.meta.url))).href;
const startMs = 60_000;
const stopMs = 30_000;

/** Starts the first process with every role, and further ones that work and send. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const loops: LoopReport[] = [];
  const children = [launch(options, { PORTOLAN_PORT: String(port) }, loops)];
  const stop = () => Promise.all([...children].reverse().map(end)).then(() => undefined);
  try {
    await untilReady(url, children[0] as ChildProcess);
    for (let more = 1; more < options.processes; more++)
      children.push(launch(options, { PORTOLAN_ROLES: 'work,send' }, loops));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pids: children.map((child) => child.pid as number),
    url,
    takeLoop: () => worst(loops.splice(0)),
    stop,
  };
}

function launch(
  { home, redisUrl, profile }: GatewayOptions,
  more: Record<string, string>,
  loops: LoopReport[],
): ChildProcess {
  const flags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const env = {
    ...process.env,
    PORTOLAN_HOME: home.directory,
    PORTOLAN_MAPPINGS: home.mappings,
    PORTOLAN_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    REDIS_URL: redisUrl ?? '',
    ...more,
  };
  const child = spawn(process.execPath, [...flags, `--import=${watch}`, program, 'start'], {
    env,
    cwd: home.directory,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.on('message', (report) => loops.push(report as LoopReport));
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(linesOfTrouble(text.toString())));
  return child;
}

/** Log lines; what the gateway says of its configuration is not news here. */
function linesOfTrouble(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') || line.includes('Error'))
    .map((line) => `  gateway: ${line}\n`)
    .join('');
}

function worst(loops: readonly LoopReport[]): LoopReport {
  return {
    maxMs: Math.max(0, ...loops.map((loop) => loop.maxMs)),
    p99Ms: Math.max(0, ...loops.map((loop) => loop.p99Ms)),
    turnCpuMs: Math.max(0, ...loops.map((loop) => loop.turnCpuMs)),
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`The gateway did not start (exit status ${child.exitCode})`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await ended;
  clearTimeout(timer);
}

export interface Redis {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether redis-server is installed. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A redis-server of its own, in the home, that keeps nothing on disk: the queue may be lost. */
export async function startRedis(home: Home): Promise<Redis> {
  const port = await freePort();
  const directory = join(home.directory, 'redis');
  await mkdir(directory);
  const terms = { port: String(port), dir: directory, bind: '127.0.0.1', save: '', appendonly: 'no' };
  const words = Object.entries(terms).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`redis-server ended with ${status}`)));
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return { pid: child.pid as number, url: `redis://127.0.0.1:${port}`, stop: () => end(child) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('No port')),
      );
    });
  });
}
