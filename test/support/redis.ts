/** A redis-server of the test's own: free port, own folder, nothing written to disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestFolder, testFolder } from './folder.ts';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server and returns once it takes connections.
 * @returns null, said aloud, where redis-server is not installed and nobody promised it; in CI that is an error
 */
export async function redisServer(): Promise<RedisServer | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const text =
      'redis-server is not installed: nothing is tested on Redis (scripts/test installs it where it can)';
    if (process.env.CI) throw new Error(text);
    console.error(text);
    return null;
  }
  const folder = await testFolder('redis');
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder.path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  await answering(server);
  return { url: `redis://127.0.0.1:${port}`, stop: () => stop(server, folder, kill) };
}

async function stop(server: ChildProcess, folder: TestFolder, kill: () => void): Promise<void> {
  process.removeListener('exit', kill);
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
  await folder.remove();
}

async function answering(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error('redis-server has no output to read');
  for await (const line of createInterface(server.stdout)) {
    if (line.includes('Ready to accept connections')) {
      server.stdout.resume();
      return;
    }
  }
  throw new Error('redis-server ended before it took connections');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}
