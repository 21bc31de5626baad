/** partner check: whether all of the mappings fits together. */
import { problemText } from '../mapping/problem.ts';
import { checkMappings } from '../translate.ts';
import type { RunSubVerb } from './partner.ts';
import { mappingsFolder } from './rooms.ts';
import { note, print, readWords } from './verb.ts';

export const checkPartners: RunSubVerb = async (words, self) => {
  readWords(words, self, {}, 0);
  const problems = await checkMappings(mappingsFolder());
  for (const problem of problems) print(problemText(problem));
  note(problems.length === 0 ? 'Everything fits.' : `${problems.length} problems.`);
  return problems.length === 0 ? 0 : 1;
};
