/** What the verbs of a mapping developer work with: the guides and partners of PORTOLAN_MAPPINGS. */
import { loadConfig } from '../config.ts';
import type { Guides } from '../mapping/guide.ts';
import { loadGuides } from '../mapping/load.ts';
import { nearMiss } from '../mapping/problem.ts';
import { loadPartners } from '../partner/load.ts';
import type { Partner } from '../partner/partner.ts';
import type { Partners } from '../partner/partners.ts';
import { WrongUse } from './verb.ts';

export interface Rooms {
  /** The directory itself. */
  readonly mappings: string;
  readonly guides: Guides;
  readonly partners: Partners;
}

/** Where partner folders and guides stand. */
export function mappingsFolder(): string {
  return loadConfig(process.env, process.cwd()).mappings;
}

/** Loads guides and partners, those of the demo too. What has problems is left out: `partner check` names it. */
export async function loadRooms(): Promise<Rooms> {
  const mappings = mappingsFolder();
  const [{ guides }, { partners }] = await Promise.all([
    loadGuides(mappings),
    loadPartners(mappings, { demo: true }),
  ]);
  return { mappings, guides, partners };
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
