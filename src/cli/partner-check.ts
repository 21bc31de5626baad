/** partner check: whether all of the mappings fits together. */
import { type CheckedMappings, checkMappings, concerns } from '../check-mappings.ts';
import { type Problem, problemText } from '../mapping/problem.ts';
import type { RunSubVerb } from './partner.ts';
import { mappingsFolder, noPartner } from './rooms.ts';
import { note, print, readWords } from './verb.ts';

export const checkPartners: RunSubVerb = async (words, self) => {
  const options = { json: { type: 'boolean', default: false } } as const;
  const { values, positionals } = readWords(words, self, options, 0, 1);
  const dir = mappingsFolder();
  const [name] = positionals;
  const checked = await checkMappings(dir, name);
  if (name !== undefined && !checked.names.includes(name)) throw noPartner(name, checked.names);
  const ours = (problem: Problem) => name === undefined || concerns(problem, dir, name);
  const [problems, notes] = [checked.problems.filter(ours), checked.notes.filter(ours)];
  for (const problem of problems) print(values.json ? jsonLine('problem', problem) : problemText(problem));
  for (const problem of notes)
    print(values.json ? jsonLine('note', problem) : `note: ${problemText(problem)}`);
  const said = summary(checked, problems.length, notes.length);
  note(name === undefined ? said : `${name}, and what it stands on: ${said}`);
  return problems.length === 0 ? 0 : 1;
};

function jsonLine(severity: 'problem' | 'note', problem: Problem): string {
  return JSON.stringify({ severity, ...problem });
}

function summary(checked: CheckedMappings, problems: number, notes: number): string {
  const { partners, agreements, guides, tables } = checked;
  const what = [
    counted(partners, 'partner'),
    counted(agreements, 'agreement'),
    counted(guides, 'guide'),
    ...(tables === 0 ? [] : [counted(tables, 'table')]),
  ].join(', ');
  const found = problems === 0 ? 'everything fits' : counted(problems, 'problem');
  return `${what}: ${found}${notes === 0 ? '' : `, ${counted(notes, 'note')}`}.`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
