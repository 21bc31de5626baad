/** Reads every partner folder: mappings/<partner>/partner.yaml. What is wrong is listed with its place, never thrown. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Unreadable, yamlText } from '../mapping/file-text.ts';
import { type Files, inTurns } from '../mapping/files.ts';
import { type Problem, Problems } from '../mapping/problem.ts';
import { checkYaml } from './checked-yaml.ts';
import { crossCheck } from './cross-check.ts';
import type { Endpoint } from './endpoint.ts';
import type { Loaded } from './loaded.ts';
import { type Agreement, type Partner, partnerFile } from './partner.ts';
import { type Partners, partnersOf } from './partners.ts';
import { salvage } from './salvage.ts';

export interface LoadedPartners {
  readonly partners: Partners;
  /** Empty: everything may be used. Else `partners` holds what could be read, for the tools that show it. */
  readonly problems: readonly Problem[];
}

/** A partner's folder as it was read. */
export interface PartnerFolder {
  readonly name: string;
  /** Of partner.yaml, '' where it cannot be read; null: there is none, or the folder is no partner's. */
  readonly text: string | null;
  /** Of partner.yaml before it was read; see mapping/files.ts. */
  readonly mark: string | undefined;
  /** null: partner.yaml is broken, or there is none. */
  readonly loaded: Loaded | null;
}

/** Holds the guides that partners extend; no partner of its own. */
const standardFolder = 'standard';
const folderName = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Loads the partner folders.
 * @param directory PORTOLAN_MAPPINGS
 * @param options.demo whether partners marked `demo: true` are loaded too
 */
export async function loadPartners(directory: string, { demo }: { demo: boolean }): Promise<LoadedPartners> {
  const problems = new Problems();
  const folders = await readFolders(directory, { demo }, problems);
  const loaded = folders.flatMap((folder) => folder.loaded ?? []);
  const broken = folders.flatMap(({ name, text, loaded }) =>
    text === null || loaded !== null ? [] : [name],
  );
  const endpoints = loaded.flatMap(endpointsOf);
  crossCheck(loaded, endpoints, broken, problems);
  return { partners: partnersOf(loaded.map(partnerOf), endpoints), problems: problems.found };
}

/**
 * Reads and checks each folder by itself.
 * @param earlier.files what the directory holds, where somebody has looked already
 * @param earlier.folders of an earlier load, by name: what has not changed since is not read, or not parsed again
 */
export async function readFolders(
  directory: string,
  { demo }: { demo: boolean },
  problems: Problems,
  earlier: { readonly files?: Files; readonly folders?: ReadonlyMap<string, PartnerFolder> | undefined } = {},
): Promise<readonly PartnerFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const found = names
    .filter((name) => name !== standardFolder && !name.startsWith('.'))
    .sort()
    .map((name): FoundFolder => {
      const folder = join(directory, name);
      const mark = earlier.files?.marks.get(`${name}/partner.yaml`);
      return { name, folder, path: join(folder, 'partner.yaml'), mark, before: earlier.folders?.get(name) };
    });
  const read = async ({ path, mark, before }: FoundFolder) =>
    before?.loaded != null && before.text !== null && mark !== undefined && before.mark === mark
      ? before.text
      : yamlText(path);
  const folders: PartnerFolder[] = [];
  for await (const [one, text] of inTurns(found, read)) {
    const folder = readFolder(one, text, problems);
    if (demo || !isDemo(folder)) folders.push(folder);
  }
  return folders;
}

/** A partner's folder before its partner.yaml is read. */
interface FoundFolder extends Pick<PartnerFolder, 'name' | 'mark'> {
  readonly folder: string;
  readonly path: string;
  readonly before: PartnerFolder | undefined;
}

function readFolder(
  { name, folder, path, mark, before }: FoundFolder,
  text: string | Unreadable,
  problems: Problems,
): PartnerFolder {
  const start = { file: path, line: 1, column: 1 };
  if (typeof text !== 'string' && text.missing) {
    problems.add(
      start,
      `The folder ${name} has no partner.yaml.`,
      'Every folder but standard/ is a partner.',
    );
    return { name, text: null, mark, loaded: null };
  }
  if (!folderName.test(name)) {
    problems.add(start, `A partner's folder is named in a-z, 0-9 and '-': ${name} is not.`);
    return { name, text: null, mark, loaded: null };
  }
  if (typeof text !== 'string') {
    problems.add(start, `partner.yaml cannot be read: ${text.why}.`, text.hint);
    return { name, text: '', mark, loaded: null };
  }
  if (before?.loaded != null && before.text === text) {
    problems.file(path, text);
    return before.mark === mark ? before : { ...before, mark };
  }
  const file = checkYaml(partnerFile, path, text, problems);
  return { name, text, mark, loaded: file === null ? null : { name, folder, file } };
}

function isDemo({ name, text, loaded }: PartnerFolder): boolean {
  if (loaded !== null) return loaded.file.value.demo;
  return text !== null && salvage(name, text).demo;
}

export function partnerOf({ name, folder, file }: Pick<Loaded, 'name' | 'folder' | 'file'>): Partner {
  const { name: title, agreements, endpoints: _endpoints, partner: _notation, ...terms } = file.value;
  const placed = Object.entries(agreements).map(
    ([own, agreed]): Agreement =>
      Object.freeze({ ...agreed, key: `${name}/${own}`, partner: name, name: own }),
  );
  return Object.freeze({ ...terms, name, title, folder, agreements: placed });
}

export function endpointsOf({ name: owner, file }: Pick<Loaded, 'name' | 'file'>): Endpoint[] {
  return Object.entries(file.value.endpoints).map(([name, terms]) =>
    Object.freeze({ ...terms, name, owner, partners: [...new Set([owner, ...terms.carries])] }),
  );
}
