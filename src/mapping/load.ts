/**
 * Loads every guide of a mappings directory: `standard/<standard>-<release>/<name>.yaml` and `<partner>/<name>.yaml`.
 * A guide with problems is left out, and so is what extends it; the problems say where and why.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Standard } from '../interchange/interchange.ts';
import type { CanonicalName } from '../order/canonical.ts';
import { compileGuide, type GuidePlan, rulesOf } from './compile.ts';
import { wholeGuide } from './extend.ts';
import type { Guide, Guides } from './guide.ts';
import { makeGuide } from './make.ts';
import type { GuideSource } from './notation.ts';
import { parseGuide } from './parse.ts';
import { nearMiss, type Problem, Problems } from './problem.ts';
import { rankIn } from './structure.ts';

interface Source {
  readonly file: GuideSource;
  readonly text: string;
  /** Its own text has problems, whatever it extends. */
  readonly broken: boolean;
}

/**
 * Loads and checks all guides.
 * @param dir the mappings directory; problems name files by their path from the working directory
 * @throws Error when the directory cannot be read
 */
export async function loadGuides(dir: string): Promise<{ guides: Guides; problems: readonly Problem[] }> {
  const problems = new Problems();
  const sources = await readSources(dir, problems);
  const all = [...sources.keys()].flatMap((name) => {
    const guide = loadOne(name, sources, problems);
    return guide === null ? [] : [guide];
  });
  return { guides: guidesOf(all), problems: dedupe(problems.found) };
}

async function readSources(dir: string, problems: Problems): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>();
  const entries = await readdir(dir, { recursive: true });
  for (const entry of entries.filter(isGuideFile).sort()) {
    const path = join(dir, entry);
    const text = await readFile(path, 'utf8');
    const name = entry.replaceAll('\\', '/').slice(0, -'.yaml'.length);
    const before = problems.count;
    const file = parseGuide(relative(process.cwd(), path), name, text, problems);
    if (file !== null) sources.set(name, { file, text, broken: problems.count > before });
  }
  return sources;
}

function isGuideFile(path: string): boolean {
  return path.endsWith('.yaml') && !path.endsWith('partner.yaml');
}

/** null: a base, or a guide with problems. */
function loadOne(name: string, sources: ReadonlyMap<string, Source>, problems: Problems): Guide | null {
  const before = problems.count;
  const chain = chainOf(name, [], sources, problems);
  const head = chain?.[0].file.head ?? null;
  if (chain === null || head === null) return null;
  const rules = rulesOf(head, problems);
  if (rules === null || !extendsItsStandard(chain, problems)) return null;
  const files = chain.map(({ file }) => file) as [GuideSource, ...GuideSource[]];
  const whole = wholeGuide(files, head, rankIn(rules), problems);
  const plan: GuidePlan | null = problems.count > before ? null : compileGuide(whole, rules, problems);
  if (plan === null) return null;
  const digest = createHash('sha256')
    .update(chain.map(({ text }) => text).join('\0'))
    .digest('hex')
    .slice(0, 12);
  const { standard, release, message, canonical } = head;
  return makeGuide(
    {
      name,
      standard,
      release,
      message: message.value,
      canonical: canonical.value as CanonicalName,
      digest,
      whole,
      rules,
    },
    plan,
  );
}

type Chain = readonly [Source, ...Source[]];

/** The guide and all that it extends, nearest first; null when one of them is broken or not there. */
function chainOf(
  name: string,
  extendedBy: readonly string[],
  sources: ReadonlyMap<string, Source>,
  problems: Problems,
): Chain | null {
  const source = sources.get(name);
  if (source === undefined || source.broken) return null;
  const parent = source.file.extends;
  if (parent === null) return [source];
  const { value, at } = parent;
  if ([name, ...extendedBy].includes(value)) {
    problems.add(at, `'${value}' extends itself.`);
    return null;
  }
  if (!sources.has(value)) {
    const hint = nearMiss(value, sources.keys()) ?? `There are ${[...sources.keys()].join(', ')}.`;
    problems.add(at, `There is no guide '${value}' to extend.`, hint);
    return null;
  }
  const further = chainOf(value, [name, ...extendedBy], sources, problems);
  return further === null ? null : [source, ...further];
}

/** Release and message may differ along a chain: 005010 extends 004010, an 865 an 855. The standard may not. */
function extendsItsStandard([{ file }, ...parents]: Chain, problems: Problems): boolean {
  const { head } = file;
  const other = parents.find((parent) => parent.file.head !== null)?.file;
  if (head === null || file.extends === null || (other?.head?.standard ?? head.standard) === head.standard)
    return true;
  problems.add(
    file.extends.at,
    `'${other?.name}' is a guide of ${other?.head?.standard}, this is one of ${head.standard}.`,
    'Extend a guide of the same standard, or a base.',
  );
  return false;
}

/** The same line of a standard guide is found wrong again by every guide that extends it. */
function dedupe(found: readonly Problem[]): Problem[] {
  const unique = new Map(
    found.map((problem) => [`${problem.file}:${problem.line}:${problem.column}:${problem.message}`, problem]),
  );
  return [...unique.values()];
}

function guidesOf(all: readonly Guide[]): Guides {
  const byName = new Map(all.map((guide) => [guide.name, guide]));
  return {
    all,
    find(partner: string, standard: Standard, release: string, name: string): Guide | null {
      const own = byName.get(`${partner}/${name}`);
      if (own !== undefined && own.standard === standard && own.release === release) return own;
      return byName.get(`standard/${standard}-${release}/${name}`) ?? null;
    },
  };
}
