#!/usr/bin/env node
import { backUp, doctor, load, migrateSchema, putBack, ship } from './cli/data.ts';
import { apiKey, faults, pauseVerb, replay, resend, resumeVerb } from './cli/deeds.ts';
/** The back door: one verb, one small function. Exit status: 0 fine, 1 faults of severity error, 2 wrong use or our failure. */
import { acknowledge, inspect } from './cli/files.ts';
import { partner, translate, write } from './cli/mappings.ts';
import { simulateVerb, start } from './cli/run.ts';
import { type Verb, WrongUse } from './cli/verb.ts';
import { ConfigError } from './config.ts';
import { DeedRefused } from './flow/deed.ts';
import { StartError } from './main.ts';

const verbs: readonly Verb[] = [
  start,
  inspect,
  acknowledge,
  translate,
  write,
  partner,
  simulateVerb,
  load,
  ship,
  faults,
  replay,
  resend,
  pauseVerb,
  resumeVerb,
  apiKey,
  backUp,
  putBack,
  migrateSchema,
  doctor,
];

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb === undefined) {
    process.stderr.write(`There is no verb ${name}.\n\n${usage()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${verb.usage}\n\n${verb.about}\n`);
    return 0;
  }
  return verb.run(rest);
}

function usage(): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const rows = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.about.split('\n')[0]}`);
  return `portolan VERB …\n\n${rows.join('\n')}\n\nportolan VERB --help says more. Settings: docs/configuration.md.\n`;
}

/** What people can mend is told in a sentence; what they cannot is told with its place. */
function explain(error: unknown): string {
  const plain =
    error instanceof WrongUse ||
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof DeedRefused;
  if (plain || isSystemError(error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 2;
}
