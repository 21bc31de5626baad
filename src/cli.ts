#!/usr/bin/env node
/** The back door: one verb, one small function. Exit status: 0 fine, 1 faults of severity error, 2 wrong use or our failure. */
import type { Verb } from './cli/verb.ts';

interface Row {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly sum: string;
  /** Loads only what the verb needs: inspect starts in a fraction of the time that the gateway does. */
  load(): Promise<Verb>;
}

const data = () => import('./cli/data.ts');
const deeds = () => import('./cli/deeds.ts');
const files = () => import('./cli/files.ts');
const run = () => import('./cli/run.ts');

const verbs: readonly Row[] = [
  { name: 'start', sum: 'runs the gateway', load: async () => (await run()).start },
  {
    name: 'inspect',
    sum: 'shows what is in a file, and what is wrong with it',
    load: async () => (await import('./cli/inspect.ts')).inspect,
  },
  {
    name: 'acknowledge',
    sum: 'writes the acknowledgments that a file would get',
    load: async () => (await files()).acknowledge,
  },
  {
    name: 'translate',
    sum: 'shows the canonical documents of a file',
    load: async () => (await import('./cli/translate.ts')).translate,
  },
  {
    name: 'write',
    sum: 'writes a message from a canonical document',
    load: async () => (await import('./cli/write.ts')).write,
  },
  {
    name: 'partner',
    sum: 'sets up, checks and tests partners and guides',
    load: async () => (await import('./cli/partner.ts')).partner,
  },
  {
    name: 'fixture',
    sum: 'makes a masked fixture of a stored delivery',
    load: async () => (await import('./cli/fixture.ts')).fixture,
  },
  {
    name: 'simulate',
    sum: 'lets a demo partner send orders, and judges our answers',
    load: async () => (await run()).simulateVerb,
  },
  { name: 'load', sum: 'loads items, stock or prices', load: async () => (await data()).load },
  { name: 'ship', sum: 'records a shipment', load: async () => (await data()).ship },
  {
    name: 'faults',
    sum: 'shows what waits for a person, and deals with it',
    load: async () => (await deeds()).faults,
  },
  { name: 'replay', sum: 'processes a stored delivery again', load: async () => (await deeds()).replay },
  { name: 'resend', sum: 'sends the same bytes again', load: async () => (await deeds()).resend },
  { name: 'pause', sum: "holds a partner's queue", load: async () => (await deeds()).pauseVerb },
  { name: 'resume', sum: "frees a partner's queue", load: async () => (await deeds()).resumeVerb },
  {
    name: 'apikey',
    sum: 'makes, lists, rolls and revokes keys for POST /edi',
    load: async () => (await import('./cli/apikey.ts')).apiKey,
  },
  {
    name: 'keys',
    sum: 'makes, imports and rolls keys and certificates of AS2',
    load: async () => (await import('./cli/keys.ts')).keys,
  },
  {
    name: 'evidence',
    sum: 'writes everything about an order into a zip',
    load: async () => (await import('./cli/evidence.ts')).evidence,
  },
  {
    name: 'hosted',
    sum: 'passwords and host keys of the built-in SFTP server',
    load: async () => (await import('./cli/hosted.ts')).hosted,
  },
  { name: 'backup', sum: 'writes everything into one file', load: async () => (await data()).backUp },
  { name: 'restore', sum: 'fills an empty database from a backup', load: async () => (await data()).putBack },
  {
    name: 'migrate',
    sum: 'brings the database schema up to date',
    load: async () => (await data()).migrateSchema,
  },
  {
    name: 'doctor',
    sum: 'checks configuration, partners, guides, keys and database',
    load: async () => (await data()).doctor,
  },
];

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const row = verbs.find((candidate) => candidate.name === name);
  if (row === undefined) {
    process.stderr.write(`There is no verb ${name}.\n\n${usage()}`);
    return 2;
  }
  const verb = await row.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(verb.help?.(rest) ?? `${verb.usage}\n\n${verb.about}\n`);
    return 0;
  }
  return verb.run(rest);
}

function usage(): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const rows = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.sum}`);
  return `portolan VERB …\n\n${rows.join('\n')}\n\nportolan VERB --help says more. Settings: docs/configuration.md.\n`;
}

/** Errors that people can mend are told in a sentence; those that they cannot, with their place. */
const plainErrors = ['WrongUse', 'ConfigError', 'StartError', 'DeedRefused', 'KeysUnusable', 'BackupRefused'];

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return plainErrors.includes(error.name) || isSystemError(error)
    ? error.message
    : (error.stack ?? error.message);
}

/** A file, a port or a connection that is not there; a database that does not let us in (SQLSTATE 28, 3D). */
function isSystemError(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return 'syscall' in error || (typeof code === 'string' && /^(28|3D)/.test(code));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 2;
}
