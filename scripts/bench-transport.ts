/**
 * `scripts/bench transport`: AS2 beside the cryptography that it cannot do without and beside `openssl cms`; SFTP beside OpenSSH's
 * client. See docs/performance.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, cpus, release, tmpdir, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeKeyPair } from '../src/transport/as2/new-certificate.ts';
import {
  type Large,
  largeMessage,
  type Memory,
  memoryOf,
  type Small,
  smallMessages,
} from './bench-transport-as2.ts';
import { profileInto } from './bench-transport-run.ts';
import { type Copies, copies } from './bench-transport-sftp.ts';
import { table } from './bench-transport-table.ts';

const names = ['as2', 'large', 'memory', 'sftp'] as const;
type Name = (typeof names)[number];

/** What was measured; what was left out, or cannot be measured here, is null. */
export interface Results {
  readonly machine: string;
  readonly small: Small | null;
  readonly large: Large | null;
  readonly memory: Memory | null;
  readonly sftp: Copies | null;
}

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    megabytes: { type: 'string', default: '50' },
    heavy: { type: 'string', default: '100' },
    files: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
for (const name of values.only)
  if (!names.some((known) => known === name)) refuse(`--only does not know '${name}': ${names.join(', ')}`);

const wanted = (name: Name) => values.only.length === 0 || values.only.includes(name);
const runs = count('runs');
if (values.profile !== undefined) profileInto(resolve(values.profile));
const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
try {
  await makeKeys();
  const small = wanted('as2')
    ? await smallMessages(await payload(5_000), folder, count('messages'), say)
    : null;
  const large = wanted('large')
    ? await largeMessage(await payload(count('megabytes') * 1e6), folder, runs, say)
    : null;
  const memory = wanted('memory') ? await memoryOf(await payload(count('heavy') * 1e6), folder, say) : null;
  const sftp = wanted('sftp') ? await copies(folder, count('files'), runs, say) : null;
  const results: Results = { machine: machine(), small, large, memory, sftp };
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : table(results));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** RSA of 2048 bits and a certificate for both sides. */
async function makeKeys(): Promise<void> {
  await mkdir(join(folder, 'tmp'));
  for (const name of ['sender', 'receiver']) {
    const now = Date.now();
    const terms = { commonName: name, bits: 2048, notBefore: new Date(now - 86_400_000) } as const;
    const { certificate, privateKey } = await makeKeyPair({ ...terms, notAfter: new Date(now + 86_400_000) });
    await writeFile(join(folder, `${name}.pem`), certificate);
    await writeFile(join(folder, `${name}.key.pem`), privateKey);
  }
}

/** A file of so many bytes that nothing makes smaller. */
async function payload(size: number): Promise<string> {
  const path = join(folder, `payload-${size}.edi`);
  await writeFile(path, randomBytes(size));
  return path;
}

function machine(): string {
  const [first] = cpus();
  const [system] = release().split('-');
  return `${first?.model ?? 'unknown processor'}, ${cpus().length} cores, ${type()} ${system} ${arch()}, Node ${process.version}`;
}

function count(name: 'messages' | 'megabytes' | 'heavy' | 'files' | 'runs'): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1) return number;
  return refuse(`--${name} needs a whole number from 1`);
}

function refuse(reason: string): never {
  say(reason);
  process.exit(2);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
