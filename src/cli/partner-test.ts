/** partner test: the fixture folders of a partner. */
import { testPartner } from '../fixtures.ts';
import type { RunSubVerb } from './partner.ts';
import { loadRooms, namedPartner } from './rooms.ts';
import { note, print, readWords } from './verb.ts';

export const testPartners: RunSubVerb = async (words, self) => {
  const options = { fixtures: { type: 'string', default: 'fixtures' } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const rooms = await loadRooms();
  const { name } = namedPartner(rooms, positionals[0] as string);
  const { passed, failed } = await testPartner(name, { fixtures: values.fixtures, guides: rooms.guides });
  for (const folder of passed) print(`fine     ${folder}`);
  for (const { folder, difference } of failed) print(`differs  ${folder}\n${difference}`);
  note(`${passed.length} fixtures pass, ${failed.length} differ.`);
  return failed.length === 0 ? 0 : 1;
};
