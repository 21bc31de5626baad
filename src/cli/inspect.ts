/** inspect: what is in files, and what is wrong with it. No gateway is needed. */
import { fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { inspectJson } from '../inspect.ts';
import { visible } from '../inspect-columns.ts';
import { Progress } from '../inspect-progress.ts';
import { countOf, Tally } from '../inspect-tally.ts';
import { inspectText } from '../inspect-text.ts';
import { ClosedOutput, wantsColour, writeOut } from './output.ts';
import { note, readWords, type Verb, WrongUse } from './verb.ts';

export const inspect: Verb = {
  name: 'inspect',
  usage: 'portolan inspect FILE… [--json]     (- reads standard input)',
  about: `Reads files, checks them against the standard, and shows interchanges, groups, messages and faults: each fault with its
place in the file, the segment as it was received, what is wrong and what to do.
--json writes one line of JSON for each file instead, while it is read.

A file that cannot be read is told on standard error, and the others are inspected all the same.
Exit status: 0 fine, 1 an error was found, 2 a file could not be read, or wrong use.
Colours: on a terminal; NO_COLOR=1 is without, FORCE_COLOR=1 with them.`,
  async run(words) {
    const { values, positionals } = readWords(words, inspect, { json: { type: 'boolean' } }, 1, mostFiles);
    if (positionals.filter((file) => file === '-').length > 1)
      throw new WrongUse('Standard input (-) can be read once only.');
    return inspectFiles(positionals, values.json === true);
  },
};

const mostFiles = 10_000;

/** What became of several files. */
interface Outcome {
  fine: number;
  readonly faulty: string[];
  readonly unread: string[];
}

async function inspectFiles(files: readonly string[], json: boolean): Promise<number> {
  const outcome: Outcome = { fine: 0, faulty: [], unread: [] };
  try {
    for (const file of files) await inspectOne(file, json, outcome);
    if (!json && files.length > 1) await writeOut(summaryOf(files.length, outcome));
  } catch (error) {
    if (!(error instanceof ClosedOutput)) throw error;
  }
  return outcome.unread.length > 0 ? 2 : outcome.faulty.length > 0 ? 1 : 0;
}

async function inspectOne(file: string, json: boolean, outcome: Outcome): Promise<void> {
  const tally = new Tally();
  try {
    await read(file, json, tally);
  } catch (error) {
    if (!isOfFile(error)) throw error;
    note(visible(`${file}: ${reasonOf(error)}`));
    outcome.unread.push(file);
    return;
  } finally {
    // Also when nobody reads the output any more: what was found by then was found.
    if (tally.faults.error > 0) outcome.faulty.push(file);
  }
  if (tally.faults.error === 0) outcome.fine += 1;
}

async function read(file: string, json: boolean, tally: Tally): Promise<void> {
  const { bytes, total } = await openSource(file);
  const screen = process.stderr;
  const progress = screen.isTTY ? new Progress({ screen, file, tally, total }) : null;
  const source = progress === null ? bytes : progress.through(bytes);
  const out = (text: string) => {
    if (process.stdout.isTTY) progress?.erase();
    return writeOut(text);
  };
  const erase = eraseWhenKilled(progress);
  try {
    if (json) await inspectJson(source, file, out, tally);
    else {
      const colour = wantsColour(process.stdout, process.env);
      // Some terminals say 0: they do not know.
      const columns = process.stdout.columns > 0 ? { columns: process.stdout.columns } : {};
      await inspectText(source, file, out, { colour, ...columns }, tally);
    }
  } finally {
    erase();
  }
}

/** Gives what erases the progress at the end. When the process is interrupted first, it ends as it would have anyway. */
function eraseWhenKilled(progress: Progress | null): () => void {
  if (progress === null) return () => undefined;
  const killed = () => {
    progress.erase();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', killed);
  return () => {
    progress.erase();
    process.removeListener('SIGINT', killed);
  };
}

/** Opens a file before anything is written about it; - is standard input, of a size that nobody knows. */
async function openSource(file: string): Promise<{ bytes: AsyncIterable<Uint8Array>; total: number | null }> {
  if (file === '-') {
    // Node.js reads a folder there as an empty file.
    if (fstatSync(0).isDirectory()) throw isFolder();
    if (process.stdin.isTTY) note('Reading standard input, up to Ctrl-D …');
    return { bytes: process.stdin, total: null };
  }
  const handle = await open(file);
  const stat = await handle.stat();
  if (!stat.isDirectory())
    return { bytes: handle.createReadStream(), total: stat.isFile() ? stat.size : null };
  await handle.close();
  throw isFolder();
}

function isFolder(): Error {
  return Object.assign(new Error('is a directory'), { code: 'EISDIR', syscall: 'read' });
}

/** The system refused a file, or the reading of it; not the writing of what was found. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error && error.syscall !== 'write';
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file. Check its name and folder.';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read. Ask for the right to read it, or run as the user it belongs to.';
    case 'EISDIR':
      return 'it is a folder. Name the files in it.';
    default:
      return `it could not be read: ${error.message}.`;
  }
}

const mostNamed = 20;

/** What became of several files, and which of them want to be looked at. */
function summaryOf(files: number, { fine, faulty, unread }: Outcome): string {
  const lines = [
    '',
    `${countOf(files, 'file')}: ${fine.toLocaleString('en-US')} without errors, ${faulty.length.toLocaleString('en-US')} with errors, ${unread.length.toLocaleString('en-US')} not read`,
    ...named('with errors', faulty),
    ...named('not read', unread),
  ];
  return `${lines.join('\n')}\n`;
}

function named(what: string, files: readonly string[]): string[] {
  const more =
    files.length > mostNamed ? [`  and ${countOf(files.length - mostNamed, 'more file')} ${what}`] : [];
  return [...files.slice(0, mostNamed).map((file) => visible(`  ${what}: ${file}`)), ...more];
}
