/** write: what a document becomes. */
import { readFile } from 'node:fs/promises';
import { nearMiss } from '../mapping/problem.ts';
import { writeDocument } from '../translate.ts';
import { loadRooms } from './rooms.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';

export const write: Verb = {
  name: 'write',
  usage: 'portolan write GUIDE FILE.json     (GUIDE such as standard/x12-004010/855 or harbor-and-pine/855)',
  about: 'Writes a message from a canonical document, a segment a line.',
  async run(words) {
    const { positionals } = readWords(words, write, {}, 2);
    const [name, file] = positionals as [string, string];
    const { guides } = await loadRooms(name.split('/')[0]);
    const guide = guides.named(name);
    if (guide === null) {
      const names = guides.all.map((one) => one.name);
      throw new WrongUse(
        `There is no guide ${name}. ${nearMiss(name, names) ?? `There are: ${names.join(', ')}.`}`,
      );
    }
    const { text, faults } = await writeDocument(guide, parsed(file, await readFile(file, 'utf8')));
    if (text !== '') print(text);
    for (const fault of faults) note(`${fault.severity}: ${fault.message} ${fault.hint}`);
    return faults.some((fault) => fault.severity === 'error') ? 1 : 0;
  },
};

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongUse(`${file} is no JSON: ${(error as Error).message}.`);
  }
}
