/** partner list: who they are, and under which ids. */
import { loadPartners } from '../partner/load.ts';

import type { RunSubVerb } from './partner.ts';
import { mappingsFolder } from './rooms.ts';
import { print, readWords } from './verb.ts';

export const listPartners: RunSubVerb = async (words, self) => {
  readWords(words, self, {}, 0);
  const { partners } = await loadPartners(mappingsFolder(), { demo: true });
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
};
