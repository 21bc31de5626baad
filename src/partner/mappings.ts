/**
 * The mappings as the gateway uses them: partners, guides and tables of one load. Whatever is wrong in them holds the partner
 * that it concerns, and nobody else.
 */
import { join, relative, resolve } from 'node:path';
import { releaseOf } from '../interchange/dictionary/dictionary.ts';
import { filesOf, fingerprint, noFiles } from '../mapping/files.ts';
import type { Guides } from '../mapping/guide.ts';
import type { GuideText } from '../mapping/guide-files.ts';
import { type LoadedGuides, loadGuides } from '../mapping/load.ts';
import { type Problem, Problems } from '../mapping/problem.ts';
import type { StoredTable } from '../mapping/tables.ts';
import { type Conflict, crossCheck } from './cross-check.ts';
import { endpointsOf, type PartnerFolder, partnerOf, readFolders } from './load.ts';
import type { Loaded } from './loaded.ts';
import type { Agreement } from './partner.ts';
import { type HeldPartner, type Partners, partnersOf } from './partners.ts';
import { salvage } from './salvage.ts';

export interface Mappings {
  readonly partners: Partners;
  readonly guides: Guides;
  /** Guides that could not be loaded, by name ('acme/850'), with what keeps them out. */
  readonly broken: ReadonlyMap<string, readonly Problem[]>;
  /** Everything that is wrong. */
  readonly problems: readonly Problem[];
  /** Of the directory before it was read; see mapping/files.ts. */
  readonly mark: string;
  /** Of the tables that the database had; see store/lookup-tables.ts. */
  readonly tablesMark: string;
  /** What the next load need not read and compile again. */
  readonly loadedGuides: LoadedGuides;
  /** Partner folders as last read without problems of their own, by name: what the next load goes by. */
  readonly folders: ReadonlyMap<string, PartnerFolder>;
}

export interface MappingsOptions {
  /** Whether partners marked `demo: true` are loaded too. */
  readonly demo: boolean;
  /** The load before this one: what was right then stands where it contradicts what is new. */
  readonly before?: Mappings;
  /** Whether guides are loaded; default: they are. Without them, partners are held for their partner.yaml only. */
  readonly guides?: boolean;
  /** Reads what the database keeps for the lookups of these guides; unset: nothing. */
  readonly tables?: (guides: readonly GuideText[]) => Promise<DatabaseTables>;
}

export interface DatabaseTables {
  /** Of the tables before they were read; see store/lookup-tables.ts. */
  readonly mark: string;
  readonly stored: readonly StoredTable[];
}

/**
 * Loads everything in a mappings directory, once and for all: what changes on the disk afterwards is another load's.
 * @throws Error when the directory cannot be read: without it there is nothing to run
 */
export async function loadMappings(directory: string, options: MappingsOptions): Promise<Mappings> {
  const { demo, before } = options;
  const files = options.guides === false ? noFiles : await filesOf(directory);
  const problems = new Problems();
  const folders = await readFolders(directory, { demo }, problems, { files, folders: before?.folders });
  const known = folders.flatMap((folder) => knownOf(directory, folder, before) ?? []);
  const trusted = new Set(folders.filter((folder) => isAsBefore(folder, before)).map(({ name }) => name));
  // What was here first keeps its ids and endpoint names: a newcomer that claims them is the one that waits.
  const ordered = [...known].sort((a, b) => Number(trusted.has(b.name)) - Number(trusted.has(a.name)));
  const endpoints = ordered.flatMap(endpointsOf);
  const conflicts = crossCheck(ordered, endpoints, [], problems);
  let tablesMark = '';
  const read = await loadGuides(directory, {
    files,
    stored: async (guides) => {
      const tables = await options.tables?.(guides);
      tablesMark = tables?.mark ?? '';
      return tables?.stored ?? [];
    },
    now: (name) => !name.startsWith('standard/'),
    ...(before === undefined ? {} : { before: before.loadedGuides }),
  });
  const { broken } = read;
  const partners = known.map(partnerOf);
  const reasons = new Reasons(directory, [...problems.found, ...read.problems]);
  reasons.addConflicts(conflicts, trusted);
  for (const partner of partners) reasons.addGuides(partner.name, partner.agreements, read.guides, broken);
  const all = [...problems.found, ...read.problems];
  const held = reasons.of(known.map(({ name }) => name));
  return {
    partners: partnersOf(partners, endpoints, held),
    guides: read.guides,
    broken,
    problems: all,
    mark: fingerprint(files),
    tablesMark,
    loadedGuides: read,
    folders: new Map(known.map((one) => [one.name, rememberedOf(one, folders, before)])),
  };
}

/** The folder as it stands, as it stood in the load before, or what can be made out of it; null: it is no partner's. */
function knownOf(directory: string, folder: PartnerFolder, before: Mappings | undefined): Loaded | null {
  const { name, text, loaded } = folder;
  if (loaded !== null) return loaded;
  const earlier = before?.folders.get(name)?.loaded;
  if (earlier != null) return earlier;
  if (text === null) return null;
  const path = join(directory, name, 'partner.yaml');
  const start = { file: path, line: 1, column: 1 };
  return {
    name,
    folder: join(directory, name),
    file: { value: salvage(name, text), place: () => start },
  };
}

function isAsBefore({ name, text, loaded }: PartnerFolder, before: Mappings | undefined): boolean {
  if (loaded === null || before === undefined || before.partners.heldBecause(name) !== null) return false;
  return before.folders.get(name)?.text === text;
}

/** Only what was read whole is gone by later. */
function rememberedOf(
  { name }: Loaded,
  folders: readonly PartnerFolder[],
  before: Mappings | undefined,
): PartnerFolder {
  const now = folders.find((folder) => folder.name === name) as PartnerFolder;
  return now.loaded === null ? (before?.folders.get(name) ?? now) : now;
}

/** A problem's file by its path in the mappings directory. */
function nameIn(directory: string, file: string): string {
  return relative(resolve(directory), resolve(file)).replaceAll('\\', '/');
}

/** Why partners are held. */
class Reasons {
  readonly #directory: string;
  readonly #found = new Map<string, Problem[]>();

  constructor(directory: string, problems: readonly Problem[]) {
    this.#directory = directory;
    for (const problem of problems) this.#add(this.#ownerOf(problem), [problem]);
  }

  /** Two that claim the same, and neither was here first: both wait, since nobody knows who is meant. */
  addConflicts(conflicts: readonly Conflict[], trusted: ReadonlySet<string>): void {
    for (const { earlier, later } of conflicts)
      if (!trusted.has(earlier)) this.#add(earlier, (this.#found.get(later) ?? []).slice(0, 1));
  }

  /** A guide of its own that is broken, or one that its agreements name. */
  addGuides(
    partner: string,
    agreements: readonly Agreement[],
    guides: Guides,
    broken: ReadonlyMap<string, readonly Problem[]>,
  ): void {
    for (const [name, problems] of broken) if (name.startsWith(`${partner}/`)) this.#add(partner, problems);
    for (const agreement of agreements)
      for (const name of neededBy(agreement, guides)) this.#add(partner, broken.get(name) ?? []);
  }

  of(names: readonly string[]): HeldPartner[] {
    return names.flatMap((partner) => {
      const problems = this.#found.get(partner);
      return problems === undefined ? [] : [{ partner, problems }];
    });
  }

  #ownerOf({ file }: Problem): string {
    return nameIn(this.#directory, file).split('/')[0] as string;
  }

  #add(partner: string, problems: readonly Problem[]): void {
    if (problems.length > 0)
      this.#found.set(partner, [...new Set([...(this.#found.get(partner) ?? []), ...problems])]);
  }
}

/** The standard guides by which an agreement's documents would be written, where none was loaded. */
function neededBy(agreement: Agreement, guides: Guides): string[] {
  const { standard, partner } = agreement;
  return Object.entries(agreement.documents).flatMap(([type, terms]) => {
    const release = releaseOf(standard, type, terms.version ?? agreement.version.message)?.release ?? '';
    const name = terms.guide ?? type;
    return guides.find(partner, standard, release, name) === null
      ? [`standard/${standard}-${release}/${name}`]
      : [];
  });
}
