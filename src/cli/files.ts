/** inspect and acknowledge: what is in a file, and what it would be answered. No gateway is needed. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { acknowledgeFile } from '../acknowledge-file.ts';
import { inspectJson, inspectText } from '../inspect.ts';
import { note, readNumber, readWords, type Verb, WrongUse } from './verb.ts';

export const inspect: Verb = {
  name: 'inspect',
  usage: 'portolan inspect FILE… [--json]     (- reads standard input)',
  about:
    'Reads files, checks them against the standard, shows interchanges, messages and faults.\n--json writes one line of JSON a file.',
  async run(words) {
    const { values, positionals } = readWords(words, inspect, { json: { type: 'boolean' } }, 1, mostFiles);
    const colour = process.stdout.isTTY && process.stdout.hasColors();
    let wrong = false;
    for (const file of positionals) {
      const bytes = await openFile(file);
      const bad = values.json
        ? await inspectJson(bytes, file, writeOut)
        : await inspectText(bytes, file, writeOut, colour);
      if (bad) wrong = true;
    }
    return wrong ? 1 : 0;
  },
};

export const acknowledge: Verb = {
  name: 'acknowledge',
  usage: 'portolan acknowledge FILE [--at TIME] [--control N]     (- reads standard input)',
  about:
    'Writes the acknowledgments that a file would get.\nRaw bytes alone on standard output, in the received delimiters. --at (ISO 8601) and --control make it repeatable.',
  async run(words) {
    const options = { at: { type: 'string' }, control: { type: 'string', default: '1' } } as const;
    const { values, positionals } = readWords(words, acknowledge, options, 1);
    const at = values.at === undefined ? new Date() : new Date(values.at);
    if (Number.isNaN(at.getTime()))
      throw new WrongUse(`--at takes a time such as 2026-11-22T10:15:00Z, not ${values.at}.`);
    const control = readNumber(values.control, 'control', 0);
    const { bytes, faults } = await acknowledgeFile(await openFile(positionals[0] as string), {
      at,
      control,
    });
    await writeOut(bytes);
    for (const fault of faults) note(`${fault.severity}: ${fault.message} ${fault.hint}`);
    return faults.some((fault) => fault.severity === 'error') ? 1 : 0;
  },
};

const mostFiles = 10_000;

/** A file's bytes; - is standard input. */
export async function openFile(file: string): Promise<AsyncIterable<Buffer>> {
  if (file === '-') return process.stdin;
  if ((await stat(file)).isDirectory()) throw new WrongUse(`${file} is a directory: name the files in it.`);
  return createReadStream(file);
}

/** Waits for a slow reader, so that memory stays bounded. */
async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
