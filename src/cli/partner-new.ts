/** partner new: a partner's folder out of a sample file, and what the standard guide does not cover of it. */
import { open } from 'node:fs/promises';
import { relative } from 'node:path';
import { checkMappings, concerns } from '../check-mappings.ts';
import type { Fault } from '../fault.ts';
import { visible } from '../inspect-columns.ts';
import { problemText } from '../mapping/problem.ts';
import { mostSampleBytes, NotScaffolded, scaffold } from '../scaffold.ts';
import { placeText, quoted, whyText } from '../scaffold-text.ts';
import type { StudiedMessage, Study } from '../study.ts';
import type { Leftover, Line } from '../study-guide.ts';
import type { RunSubVerb } from './partner.ts';
import { mappingsFolder } from './rooms.ts';
import { note, print, readWords, WrongUse } from './verb.ts';

export const newPartner: RunSubVerb = async (words, self) => {
  const options = { from: { type: 'string' }, fixtures: { type: 'string', default: 'fixtures' } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const [name = ''] = positionals;
  if (values.from === undefined) throw new WrongUse(`--from names a sample file of theirs.\n${self.usage}`);
  const place = { name, mappings: mappingsFolder(), fixtures: values.fixtures };
  try {
    const { study, files } = await scaffold(place, await readSample(values.from));
    tell(study);
    for (const file of files) print(`wrote ${relative(process.cwd(), file)}`);
    return (await fits(place.mappings, name, study)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotScaffolded)) throw error;
    tellFaults(error.faults);
    note(`${error.message} Nothing was written.`);
    return error.faults.length > 0 ? 1 : 2;
  }
};

/** @throws WrongUse when it is larger than a sample may be */
async function readSample(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    if ((await file.stat()).isDirectory()) throw new WrongUse(`${path} is a directory: name a file in it.`);
    const { size } = await file.stat();
    if (size > mostSampleBytes)
      throw new WrongUse(
        `${path} has ${size} bytes; a sample has at most ${mostSampleBytes}: cut it to a few messages.`,
      );
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function tell({ addresses, messages, faults }: Study): void {
  for (const { begin, version, ours } of addresses) {
    const [us, them] = ours ? [begin.sender, begin.receiver] : [begin.receiver, begin.sender];
    const ids = [them, us].map(({ qualifier, id }) => (qualifier === '' ? id : `${qualifier}:${id}`));
    const standard = begin.standard === 'x12' ? 'X12' : 'EDIFACT';
    const usage = begin.test ? 'test' : 'production';
    print(visible(`${standard} ${version}, ${usage}: they are ${ids[0]}, we are ${ids[1]}.`));
  }
  tellFaults(faults);
  for (const message of messages) tellMessage(message);
}

function tellMessage(message: StudiedMessage): void {
  const { type, release, count, values, candidates, leftovers, refused, acknowledgment } = message;
  const times = count === 1 ? 'one message' : `${count} messages`;
  print('');
  print(visible(`${type}${release === null ? '' : ` of ${release}`}, ${times}, ${values} values`));
  tellFaults(message.faults);
  const [best, ...others] = candidates;
  if (acknowledgment) print('  Read without a guide.');
  else if (best === undefined)
    print('  No standard guide reads it: it is acknowledged, and held for a person, until there is one.');
  else print(`  Nearest guide: ${best.guide.name}, which reads ${best.read} of ${values}.`);
  for (const other of others) print(`  (${other.guide.name} reads ${other.read}.)`);
  if (refused.length > 0) print('  It cannot take, so that the message would wait for a person:');
  tellFaults(refused);
  if (leftovers.length > 0) print('  Not read:');
  for (const leftover of leftovers) print(`    ${leftoverText(leftover)}`);
  tellUnused(message.unused.filter(({ reads }) => reads));
}

/** Faults shown of one kind of message. */
const mostFaults = 10;

function tellFaults(faults: readonly Fault[]): void {
  for (const { severity, at, message } of faults.slice(0, mostFaults))
    print(visible(`  ${severity}: ${at?.line === undefined ? '' : `line ${at.line}: `}${message}`));
  if (faults.length > mostFaults)
    print(`  and ${faults.length - mostFaults} more: portolan inspect shows them.`);
}

function leftoverText(leftover: Leftover): string {
  const times = leftover.count > 1 ? `, ${leftover.count} times` : '';
  return visible(`${placeText(leftover)}: ${quoted(leftover.value)}${times} - ${whyText[leftover.why]}`);
}

/** Fields named of a line that the sample never uses. */
const mostFields = 5;

/** What stands under an unused segment is not told apart. */
function tellUnused(unused: readonly Line[]): void {
  const names = new Set(unused.map(({ name }) => name));
  const top = unused.filter(({ name }) => !aboveOf(name).some((above) => names.has(above)));
  if (top.length === 0) return;
  print('  Of the guide, the sample never uses:');
  for (const { name, fields, guide } of top) {
    const some = fields.length > mostFields ? [...fields.slice(0, mostFields), '…'] : fields;
    print(`    ${name}: ${some.join(', ')} (${guide})`);
  }
}

function aboveOf(name: string): string[] {
  const parts = name.split(' > ');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(' > '));
}

/** Whether the new folder fits in with the others. Says what is to be done next. */
async function fits(mappings: string, name: string, { messages, faults }: Study): Promise<boolean> {
  const { problems } = await checkMappings(mappings, name);
  const ours = problems.filter((problem) => concerns(problem, mappings, name));
  for (const problem of ours) print(problemText(problem));
  const told = [...faults, ...messages.flatMap((message) => message.faults)];
  if (ours.length > 0) note(`\n${ours.length} problems.`);
  else if (messages.some(({ refused }) => refused.length > 0))
    note(
      `\nIt loads, and the fixture expects that the sample waits for a person, as said above. Next: change the guide, then portolan partner test ${name} --bless.`,
    );
  else if (told.some(({ severity }) => severity === 'error'))
    note(
      `\nIt loads, but the sample breaks the standard, as said above, and the fixture expects that it is answered so. Next: take a sample without errors, or look at what the fixture expects, then portolan partner test ${name}.`,
    );
  else note(`\nEverything fits. Next: look at what the fixture expects, then portolan partner test ${name}.`);
  return ours.length === 0;
}
