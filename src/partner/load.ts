/** Reads every partner folder: mappings/<partner>/partner.yaml. What is wrong is listed with its place, never thrown. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, Problems } from '../mapping/problem.ts';
import { checkYaml } from './checked-yaml.ts';
import { crossCheck, type Loaded } from './cross-check.ts';
import { type Agreement, type Endpoint, type Partner, partnerFile } from './partner.ts';
import { type Partners, partnersOf } from './partners.ts';

export interface LoadedPartners {
  readonly partners: Partners;
  /** Empty: everything may be used. Else `partners` holds what could be read, for the tools that show it. */
  readonly problems: readonly Problem[];
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
  const folders = await partnerFolders(directory);
  const read = await Promise.all(folders.map((name) => readPartner(directory, name, problems)));
  const loaded = read.filter((partner) => partner !== null && (demo || !partner.file.value.demo)) as Loaded[];
  const endpoints = loaded.flatMap(endpointsOf);
  crossCheck(loaded, endpoints, problems);
  return { partners: partnersOf(loaded.map(partnerOf), endpoints), problems: problems.found };
}

async function partnerFolders(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.filter((name) => name !== standardFolder && !name.startsWith('.')).sort();
}

async function readPartner(directory: string, name: string, problems: Problems): Promise<Loaded | null> {
  const folder = join(directory, name);
  const path = join(folder, 'partner.yaml');
  const start = { file: path, line: 1, column: 1 };
  if (!existsSync(path)) {
    problems.add(
      start,
      `The folder ${name} has no partner.yaml.`,
      'Every folder but standard/ is a partner.',
    );
    return null;
  }
  if (!folderName.test(name)) {
    problems.add(start, `A partner's folder is named in a-z, 0-9 and '-': ${name} is not.`);
    return null;
  }
  const file = checkYaml(partnerFile, path, await readFile(path, 'utf8'), problems);
  return file === null ? null : { name, folder, file };
}

function partnerOf({ name, folder, file }: Loaded): Partner {
  const { name: title, agreements, endpoints: _endpoints, partner: _notation, ...terms } = file.value;
  const placed = Object.entries(agreements).map(
    ([own, agreed]): Agreement =>
      Object.freeze({ ...agreed, key: `${name}/${own}`, partner: name, name: own }),
  );
  return Object.freeze({ ...terms, name, title, folder, agreements: placed });
}

function endpointsOf({ name: owner, file }: Loaded): Endpoint[] {
  return Object.entries(file.value.endpoints).map(([name, terms]) =>
    Object.freeze({ ...terms, name, owner, partners: [...new Set([owner, ...terms.carries])] }),
  );
}
