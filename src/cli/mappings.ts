/** The mapping developer's verbs: what a file becomes, what a document becomes, and whether the mappings are right. */
import { readFile } from 'node:fs/promises';
import { loadConfig } from '../config.ts';
import { testPartner } from '../fixtures.ts';
import { textLines } from '../interchange/verdict-864.ts';
import { loadGuides } from '../mapping/load.ts';
import { problemText } from '../mapping/problem.ts';
import { loadPartners } from '../partner/load.ts';
import { checkMappings, type Translated, translateFile, writeDocument } from '../translate.ts';
import { openFile } from './files.ts';
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
    const { guides, partners } = await rooms();
    if (values.partner !== undefined && partners.byName(values.partner) === null)
      throw new WrongUse(`There is no partner ${values.partner}.`);
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
    const { guides } = await rooms();
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

export const partner: Verb = {
  name: 'partner',
  usage: 'portolan partner list\nportolan partner check\nportolan partner test NAME [--fixtures DIR]',
  about:
    'Lists the partners, or checks every partner folder and guide.\ncheck names each problem with file, line and column.',
  async run(words) {
    const options = { fixtures: { type: 'string', default: 'fixtures' } } as const;
    const { values, positionals } = readWords(words, partner, options, 1, 2);
    const [what, name] = positionals;
    if (what === 'list' && name === undefined) return list();
    if (what === 'check' && name === undefined) return check();
    if (what === 'test' && name !== undefined) return test(name, values.fixtures);
    throw new WrongUse(partner.usage);
  },
};

async function list(): Promise<number> {
  const { partners } = await rooms();
  for (const one of partners.all) {
    print(`${one.name}  ${one.title}${one.demo ? '  (demo)' : ''}`);
    for (const agreement of one.agreements) {
      const { standard, them, us, usage, endpoint } = agreement;
      print(
        `  ${agreement.name}  ${standard} ${agreement.version.message}  ${them.qualifier}/${them.id} → ${us.qualifier}/${us.id}  ${usage}  ${endpoint}`,
      );
    }
  }
  return 0;
}

async function check(): Promise<number> {
  const problems = await checkMappings(loadConfig(process.env, process.cwd()).mappings);
  for (const problem of problems) print(problemText(problem));
  note(problems.length === 0 ? 'Everything fits.' : `${problems.length} problems.`);
  return problems.length === 0 ? 0 : 1;
}

async function test(name: string, fixtures: string): Promise<number> {
  const { guides, partners } = await rooms();
  if (partners.byName(name) === null) throw new WrongUse(`There is no partner ${name}.`);
  const { passed, failed } = await testPartner(name, { fixtures, guides });
  for (const folder of passed) print(`fine     ${folder}`);
  for (const { folder, difference } of failed) print(`differs  ${folder}\n${difference}`);
  note(`${passed.length} fixtures pass, ${failed.length} differ.`);
  return failed.length === 0 ? 0 : 1;
}

async function rooms() {
  const { mappings } = loadConfig(process.env, process.cwd());
  const [{ guides }, { partners }] = await Promise.all([
    loadGuides(mappings),
    loadPartners(mappings, { demo: true }),
  ]);
  return { guides, partners };
}
