/** What `scripts/bench transport` measures of SFTP: files sent and taken, beside OpenSSH's client at the same server. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from './bench-transport-as2.ts';
import { part, type Taken } from './bench-transport-run.ts';
import { type Sshd, startSshd } from './bench-transport-sshd.ts';

export interface Copies {
  readonly files: number;
  readonly bytes: number;
  readonly out: Beside;
  readonly in: Beside;
}

/** Ours; OpenSSH's client as it is used; and the same renaming each file as ours does. Medians. */
export interface Beside {
  readonly ours: Taken;
  readonly openssh: Taken;
  readonly renaming: Taken;
}

const bytes = 2_000;
const kinds = ['ours', 'openssh', 'renaming'] as const;

/** Both ways, in turns; null where there is no OpenSSH. */
export async function copies(
  folder: string,
  files: number,
  runs: number,
  say: (line: string) => void,
): Promise<Copies | null> {
  const keys = join(folder, 'ssh');
  await mkdir(keys, { mode: 0o700 });
  const sshd = await startSshd(keys);
  if (sshd === null) {
    say('SFTP: there is no sshd here (openssh-server)');
    return null;
  }
  try {
    const names = Array.from({ length: files }, (_, at) => `order-${String(at).padStart(6, '0')}.edi`);
    const ground: Ground = { sshd, names, folder, content: Buffer.alloc(bytes, 'ISA*00*') };
    say(`SFTP: ${runs} times ${files} files of ${bytes} bytes`);
    return { files, bytes, out: await beside(ground, runs, sent), in: await beside(ground, runs, taken) };
  } finally {
    await sshd.stop();
  }
}

interface Ground {
  readonly sshd: Sshd;
  readonly names: readonly string[];
  readonly folder: string;
  readonly content: Buffer;
}
type Copy = (ground: Ground, kind: (typeof kinds)[number]) => Promise<Taken>;

async function beside(ground: Ground, runs: number, copy: Copy): Promise<Beside> {
  const found: Record<(typeof kinds)[number], Taken[]> = { ours: [], openssh: [], renaming: [] };
  for (let run = 0; run < runs; run++) for (const kind of kinds) found[kind].push(await copy(ground, kind));
  return { ours: median(found.ours), openssh: median(found.openssh), renaming: median(found.renaming) };
}

/** Sends all files; the folder that they lie in afterwards is looked at. */
const sent: Copy = async (ground, kind) => {
  const { sshd, names } = ground;
  const [here, there] = [await freshFolder(ground, 'here'), await freshFolder(ground, 'there')];
  const commands: Record<typeof kind, (name: string) => readonly string[]> = {
    ours: () => [],
    openssh: (name) => [`put ${here}/${name} ${there}/${name}`],
    renaming: (name) => [
      `put ${here}/${name} ${there}/${name}.part`,
      `rename ${there}/${name}.part ${there}/${name}`,
    ],
  };
  if (kind !== 'ours') await fill(ground, here);
  const took =
    kind === 'ours'
      ? await ours(ground, 'out', { out: there })
      : await sshd.batch(names.flatMap(commands[kind]));
  await holdsAll(ground, there);
  return took;
};

/** Takes all files; ours, and OpenSSH's where it renames, leave them in an archive. */
const taken: Copy = async (ground, kind) => {
  const { sshd, names } = ground;
  const [here, there] = [await freshFolder(ground, 'here'), await freshFolder(ground, 'there')];
  await fill(ground, there);
  if (kind !== 'ours') await mkdir(join(there, 'archive'));
  const commands: Record<typeof kind, (name: string) => readonly string[]> = {
    ours: () => [],
    openssh: (name) => [`get ${there}/${name} ${here}/${name}`],
    renaming: (name) => [
      `get ${there}/${name} ${here}/${name}`,
      `rename ${there}/${name} ${there}/archive/${name}`,
    ],
  };
  const took =
    kind === 'ours'
      ? await ours(ground, 'in', { in: there })
      : await sshd.batch(names.flatMap(commands[kind]));
  if (kind !== 'ours') await holdsAll(ground, here);
  if (kind !== 'openssh') await holdsAll(ground, join(there, 'archive'));
  return took;
};

function ours({ sshd, names, folder }: Ground, direction: 'in' | 'out', folders: object): Promise<Taken> {
  const terms = JSON.stringify({ ...sshd.terms, ...folders });
  return part<Taken>('sftp', direction, terms, String(names.length), String(bytes), join(folder, 'spool'));
}

async function freshFolder({ folder }: Ground, name: string): Promise<string> {
  const path = join(folder, name);
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
  return path;
}

async function fill({ names, content }: Ground, folder: string): Promise<void> {
  for (const name of names) await writeFile(join(folder, name), content);
}

async function holdsAll({ names }: Ground, folder: string): Promise<void> {
  const found = (await readdir(folder)).filter((name) => name.startsWith('order-'));
  if (found.length !== names.length)
    throw new Error(`${found.length} of ${names.length} files are in ${folder}`);
}
