/** What the verbs of a mapping developer work with: the guides and partners of PORTOLAN_MAPPINGS. */
import { relative, sep } from 'node:path';
import { loadConfig } from '../config.ts';
import type { Guides } from '../mapping/guide.ts';
import { type LoadedGuides, loadGuides } from '../mapping/load.ts';
import { nearMiss, type Problem, problemText } from '../mapping/problem.ts';
import { loadPartners } from '../partner/load.ts';
import type { Partner } from '../partner/partner.ts';
import type { Partners } from '../partner/partners.ts';
import { WrongUse } from './verb.ts';

export interface Rooms {
  /** The directory itself. */
  readonly mappings: string;
  readonly guides: Guides;
  readonly partners: Partners;
  /** What is wrong, of partner files and guides. What has problems is left out of the others. */
  readonly problems: readonly Problem[];
  /** What was loaded, for the next load. */
  readonly loaded: LoadedGuides;
}

/** Where partner folders and guides stand. */
export function mappingsFolder(): string {
  return loadConfig(process.env, process.cwd()).mappings;
}

/**
 * Loads guides and partners, those of the demo too.
 * @param partner whose guides are checked, others only when they are used; unset: all are
 * @param before an earlier load: what has not changed since is taken from it
 */
export async function loadRooms(partner?: string, before?: Rooms): Promise<Rooms> {
  const mappings = mappingsFolder();
  const now = (name: string) => partner === undefined || name.startsWith(`${partner}/`);
  const [loaded, { partners, problems }] = await Promise.all([
    loadGuides(mappings, { now, ...(before === undefined ? {} : { before: before.loaded }) }),
    loadPartners(mappings, { demo: true }),
  ]);
  return { mappings, guides: loaded.guides, partners, problems: [...problems, ...loaded.problems], loaded };
}

/** Problems that keep out a partner's own file or guides: what is shown of the partner would be the standard's instead. */
export function spoiling({ mappings, problems, loaded }: Rooms, partner: string): readonly Problem[] {
  const guides = [...loaded.broken].flatMap(([name, why]) => (name.startsWith(`${partner}/`) ? why : []));
  const own = problems.filter(({ file }) => relative(mappings, file).split(sep)[0] === partner);
  return [...new Map([...own, ...guides].map((one) => [problemText(one), one])).values()];
}

/** @throws WrongUse when there is no partner of that name */
export function namedPartner({ partners }: Pick<Rooms, 'partners'>, name: string): Partner {
  const found = partners.byName(name);
  if (found === null)
    throw noPartner(
      name,
      partners.all.map((one) => one.name),
    );
  return found;
}

/** Says that there is no partner of a name, and which may be meant. */
export function noPartner(name: string, names: readonly string[]): WrongUse {
  return new WrongUse([`There is no partner ${name}.`, nearMiss(name, names) ?? ''].join(' ').trim());
}
