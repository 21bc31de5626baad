/** acknowledge: what a file would be answered. No gateway is needed. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type AcknowledgeFileOptions, acknowledgeFile } from '../acknowledge-file.ts';
import { loadConfig } from '../config.ts';
import type { Fault } from '../fault.ts';
import { loadPartners } from '../partner/load.ts';
import { agreementWith } from '../partner/partners.ts';
import { settingsWith } from '../partner/settings.ts';
import { writeOut } from './output.ts';
import { note, readNumber, readWords, type Verb, WrongUse } from './verb.ts';

export const acknowledge: Verb = {
  name: 'acknowledge',
  usage: 'portolan acknowledge FILE [--partner P] [--at TIME] [--control N]     (- reads standard input)',
  about:
    'Writes the acknowledgments that a file would get: TA1, 997, 999 or CONTRL.\nRaw bytes alone on standard output, in the received delimiters. --partner takes what was agreed with P; --at (ISO 8601) and --control make it repeatable.',
  async run(words) {
    const options = {
      partner: { type: 'string' },
      at: { type: 'string' },
      control: { type: 'string', default: '1' },
    } as const;
    const { values, positionals } = readWords(words, acknowledge, options, 1);
    const at = values.at === undefined ? new Date() : new Date(values.at);
    if (Number.isNaN(at.getTime()))
      throw new WrongUse(`--at takes a time such as 2026-11-22T10:15:00Z, not ${values.at}.`);
    const control = readNumber(values.control, 'control', 0);
    const agreed = values.partner === undefined ? {} : await agreedWith(values.partner);
    const source = await openFile(positionals[0] as string);
    const { bytes, faults } = await acknowledgeFile(source, { at, control, ...agreed }).catch(tooLarge);
    await writeOut(bytes);
    for (const fault of faults) note(`${fault.severity}: ${placeOf(fault)}${fault.message} ${fault.hint}`);
    return faults.some((fault) => fault.severity === 'error') ? 1 : 0;
  },
};

/** Where a fault is, for people: 'line 9, message 2, segment 2: '; '' where it has no place. */
function placeOf({ at }: Fault): string {
  const { line, message, segment } = at ?? {};
  const parts = Object.entries({ line, message, segment }).flatMap(([name, ordinal]) =>
    ordinal === undefined || ordinal === 0 ? [] : [`${name} ${ordinal}`],
  );
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

/** @throws WrongUse in place of the RangeError for a number that the answers cannot have */
function tooLarge(error: unknown): never {
  throw error instanceof RangeError && error.message.includes('does not fit')
    ? new WrongUse(`--control: ${error.message}.`)
    : error;
}

/** How a partner's files are read and acknowledged. */
async function agreedWith(name: string): Promise<Pick<AcknowledgeFileOptions, 'terms' | 'settings'>> {
  const { mappings } = loadConfig(process.env, process.cwd());
  const { partners } = await loadPartners(mappings, { demo: true });
  const partner = partners.byName(name);
  if (partner === null) throw new WrongUse(`There is no partner ${name}.`);
  return {
    settings: settingsWith(partner),
    terms: (begin) => agreementWith(partner, begin)?.acknowledge ?? null,
  };
}

/** A file's bytes; - is standard input. */
export async function openFile(file: string): Promise<AsyncIterable<Buffer>> {
  if (file === '-') return process.stdin;
  if ((await stat(file)).isDirectory()) throw new WrongUse(`${file} is a directory: name the files in it.`);
  return createReadStream(file);
}
