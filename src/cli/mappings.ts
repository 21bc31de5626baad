/** The mapping developer's verbs: what a file becomes, and what a document becomes. */
import { readFile } from 'node:fs/promises';
import { textLines } from '../interchange/verdict-864.ts';
import { type Translated, translateFile, writeDocument } from '../translate.ts';
import { openFile } from './files.ts';
import { loadRooms, namedPartner } from './rooms.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';

export const translate: Verb = {
  name: 'translate',
  usage: 'portolan translate FILE [--partner P] [--trace] [--json]     (- reads standard input)',
  about:
    'Shows the canonical documents of a file, its faults, and the data that no guide reads; of acknowledgments, what they say.\n--trace says where each value comes from. --json writes a line a message.',
  async run(words) {
    const options = {
      partner: { type: 'string' },
      trace: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readWords(words, translate, options, 1);
    const { guides, partners } = await loadRooms();
    if (values.partner !== undefined) namedPartner({ partners }, values.partner);
    const source = await openFile(positionals[0] as string);
    const how = {
      guides,
      partners,
      trace: values.trace === true,
      ...(values.partner === undefined ? {} : { partner: values.partner }),
    };
    let wrong = false;
    for await (const line of translateFile(source, how)) {
      if (values.json) print(JSON.stringify(line));
      else show(line);
      if (line.faults.some((fault) => fault.severity === 'error')) wrong = true;
    }
    return wrong ? 1 : 0;
  },
};

function show(line: Translated): void {
  if (line.message !== null) print(`${line.message} of ${line.partner ?? 'nobody we know'}`);
  if (line.document !== null) print(JSON.stringify(line.document, null, 2));
  for (const answer of line.acknowledgment?.answers ?? []) {
    print(answer.sentence);
    for (const { sentence } of answer.findings) print(`  ${sentence}`);
  }
  if (line.text !== undefined) for (const text of textLines(line.text)) print(text);
  for (const fault of line.faults) print(`${fault.severity}: ${fault.message} ${fault.hint}`);
  for (const item of line.unmapped) print(`not read: ${item.tag} element ${item.element}: ${item.value}`);
  for (const origin of line.lineage ?? []) print(JSON.stringify(origin));
}

export const write: Verb = {
  name: 'write',
  usage: 'portolan write GUIDE FILE.json     (GUIDE such as standard/x12-004010/855 or harbor-and-pine/855)',
  about: 'Writes a message from a canonical document, a segment a line.',
  async run(words) {
    const { positionals } = readWords(words, write, {}, 2);
    const [name, file] = positionals as [string, string];
    const { guides } = await loadRooms();
    const guide = guides.all.find((candidate) => candidate.name === name);
    if (guide === undefined)
      throw new WrongUse(
        `There is no guide ${name}. There are: ${guides.all.map((one) => one.name).join(', ')}.`,
      );
    const { text, faults } = await writeDocument(guide, JSON.parse(await readFile(file, 'utf8')));
    if (text !== '') print(text);
    for (const fault of faults) note(`${fault.severity}: ${fault.message} ${fault.hint}`);
    return faults.some((fault) => fault.severity === 'error') ? 1 : 0;
  },
};
