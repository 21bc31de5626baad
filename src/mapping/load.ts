/**
 * Loads every guide of a mappings directory: `standard/<standard>-<release>/<name>.yaml` and `<partner>/<name>.yaml`.
 * A guide with problems is left out, and so is what extends it; the problems say where and why.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Standard } from '../interchange/interchange.ts';
import type { CanonicalName } from '../order/canonical.ts';
import { canonicalFields } from './canon.ts';
import { compileGuide, rulesOf } from './compile.ts';
import { wholeGuide } from './extend.ts';
import { type Files, filesOf } from './files.ts';
import type { Guide, Guides } from './guide.ts';
import {
  type GuideFiles,
  type GuideText,
  readGuideFiles,
  type Source,
  sha256,
  type Told,
} from './guide-files.ts';
import { type Compiled, makeGuide } from './make.ts';
import type { GuideSource } from './notation.ts';
import { nearMiss, type Problem, Problems } from './problem.ts';
import { recent } from './recent.ts';
import { type LookupTable, loadTables, type StoredTable, type Tables } from './tables.ts';

/** What one load found. */
export interface LoadedGuides {
  readonly guides: Guides;
  /** Everything that is wrong, each once. */
  readonly problems: readonly Problem[];
  /** Guides that were left out, by name ('acme/850'), with what keeps them out: their own problems or those of what they extend. */
  readonly broken: ReadonlyMap<string, readonly Problem[]>;
  /** For the next load: what was read and compiled. */
  readonly memory: Memory;
}

/** Files and guides of a load, so that the next one reads and compiles only what changed. */
interface Memory {
  readonly sources: Pick<GuideFiles, 'texts' | 'parsed'>;
  readonly tables: Tables;
  /** null: a base, or broken. */
  readonly made: ReadonlyMap<string, Made | null>;
}

/** A guide with what it was made of. */
interface Made {
  readonly guide: Guide;
  readonly chain: readonly Source[];
}

export interface LoadOptions {
  /** What the directory holds, where somebody has looked already. */
  readonly files?: Files;
  /** Tables that the database keeps for partners; asked for once it is known what the guides say. */
  readonly stored?: (guides: readonly GuideText[]) => Promise<readonly StoredTable[]>;
  /** An earlier load of the same directory: what did not change since is taken from it. */
  readonly before?: LoadedGuides;
  /**
   * Which guides are parsed, checked and compiled at the load; the others are when they are first asked for: most never. What is wrong
   * with one of those is in `broken` from then on. Default: all.
   */
  readonly now?: (name: string) => boolean;
}

/**
 * Loads and checks all guides.
 * @param dir the mappings directory; problems name files by their path from the working directory
 * @throws Error when the directory cannot be read
 */
export async function loadGuides(dir: string, options: LoadOptions = {}): Promise<LoadedGuides> {
  const { before, now = () => true, files = await filesOf(dir) } = options;
  const told = { problems: new Problems(), broken: new Map<string, readonly Problem[]>() };
  const { problems, broken } = told;
  const sources = await readGuideFiles(dir, files, before?.memory.sources, told);
  const stored = (await options.stored?.([...sources.texts.values()])) ?? [];
  const tables = await loadTables(dir, stored, problems, { files, before: before?.memory.tables });
  const load = { sources, tables, ...told, before: before?.memory.made ?? new Map<string, Made>() };
  const made = new Map<string, Made | null>();
  const makeNow = (name: string): Guide | null => {
    const known = made.get(name);
    const one = known === undefined ? loadOne(name, load) : known;
    made.set(name, one);
    return one?.guide ?? null;
  };
  const names = [...sources.texts.keys()];
  for await (const name of withPauses(names)) if (now(name) || load.before.get(name) != null) makeNow(name);
  // What is checked later has nothing to go by, and the load before is not kept in memory for it.
  load.before = new Map();
  return {
    guides: guidesOf(names, makeNow),
    problems: dedupe(problems.found),
    broken,
    memory: { sources: { texts: sources.texts, parsed: sources.parsed }, tables, made },
  };
}

interface Load extends Told {
  readonly sources: GuideFiles;
  readonly tables: Tables;
  readonly before: ReadonlyMap<string, Made | null>;
}

/** The longest that the checking of guides holds up everything else that the process does. */
const longestTurnMs = 20;

/** Gives each item, and the event loop its turn from time to time. */
async function* withPauses<T>(items: readonly T[]): AsyncGenerator<T> {
  let begun = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - begun < longestTurnMs) continue;
    await nextTurn();
    begun = performance.now();
  }
}

/** null: a base, or a guide with problems. */
function loadOne(name: string, load: Load): Made | null {
  const { problems, broken, sources } = load;
  const before = problems.count;
  const chain = chainOf(name, [], load);
  const made = chain === null ? null : (unchanged(name, chain, load) ?? makeOne(name, chain, load));
  const isBase = sources.find(name)?.file.head === null;
  if (made === null && (!isBase || problems.count > before) && !broken.has(name))
    broken.set(name, problems.found.slice(before));
  return made;
}

/** The guide of the load before, when neither its files nor the tables that it uses have changed. */
function unchanged(name: string, chain: Chain, { before, tables }: Load): Made | null {
  const old = before.get(name);
  if (old === undefined || old === null || old.chain.length !== chain.length) return null;
  if (!chain.every((source, index) => source === old.chain[index])) return null;
  const used = old.guide.tables;
  if (used.length === 0) return old;
  const now = tables.of(chain.map(({ file }) => file.name));
  return used.every((table) => now.find(table.name)?.digest === table.digest) ? old : null;
}

function makeOne(name: string, chain: Chain, { problems, tables }: Load): Made | null {
  const before = problems.count;
  const { head } = chain[0].file;
  if (head === null) return null;
  const rules = rulesOf(head, problems);
  if (rules === null || !extendsItsKind(chain, problems)) return null;
  const named = tables.of(chain.map(({ file }) => file.name));
  const compile = (found: Problems): Compiled | null => {
    const wrong = found.count;
    const files = chain.map(({ file }) => file) as [GuideSource, ...GuideSource[]];
    const whole = wholeGuide(files, head, rules, found);
    if (whole.segments.length === 0)
      found.add(
        head.message.at,
        'The guide has no segments, so it reads nothing.',
        "Write 'segments', or 'extends'.",
      );
    const plan = found.count > wrong ? null : compileGuide(whole, rules, named, found);
    return plan === null ? null : { plan, whole };
  };
  let checked = compile(problems);
  if (checked === null || problems.count > before) return null;
  const compiled = recent(() => checked ?? (compile(new Problems()) as Compiled));
  compiled();
  // From here on it is kept for as long as it is used.
  checked = null;
  const { standard, release, message } = head;
  const canonical = head.canonical.value as CanonicalName;
  const digest = digestOf(chain, named.used());
  const type = message.value;
  const { at, extends: parent } = chain[0].file;
  const own = { name, at, extends: parent?.value ?? null };
  const about = { ...own, standard, release, message: type, canonical, digest };
  return { guide: makeGuide({ ...about, rules, tables: named.used() }, compiled), chain };
}

function digestOf(chain: Chain, tables: readonly LookupTable[]): string {
  return sha256([...chain, ...tables].map(({ digest }) => digest).join('\0')).slice(0, 12);
}

type Chain = readonly [Source, ...Source[]];

/** The guide and all that it extends, nearest first; null when one of them is broken or not there. */
function chainOf(name: string, extendedBy: readonly string[], load: Load): Chain | null {
  const { sources, broken, problems } = load;
  const source = sources.find(name);
  if (source === null) return null;
  const parent = source.file.extends;
  if (parent === null) return [source];
  const { value, at } = parent;
  if ([name, ...extendedBy].includes(value)) {
    problems.add(at, `'${value}' extends itself.`);
    return null;
  }
  if (sources.find(value) === null) {
    const why = broken.get(value);
    if (why !== undefined) broken.set(name, why);
    else {
      const hint =
        nearMiss(value, sources.texts.keys()) ??
        "A guide is named by its folder and file: 'standard/x12-004010/850'.";
      problems.add(at, `There is no guide '${value}' to extend.`, hint);
    }
    return null;
  }
  const further = chainOf(value, [name, ...extendedBy], load);
  const why = broken.get(value);
  if (further === null && why !== undefined) broken.set(name, why);
  return further === null ? null : [source, ...further];
}

/** Release and message may differ along a chain: 005010 extends 004010, an 865 an 855. The standard may not, nor the document. */
function extendsItsKind([{ file }, ...parents]: Chain, problems: Problems): boolean {
  const { head } = file;
  const other = parents.find((parent) => parent.file.head !== null)?.file;
  if (head === null || file.extends === null || other == null || other.head === null) return true;
  const [theirs, ours] =
    other.head.standard === head.standard
      ? [other.head.canonical.value, head.canonical.value]
      : [other.head.standard, head.standard];
  // That there is no such document at all is told when it is compiled, with what was probably meant.
  if (theirs === ours || canonicalFields(head.canonical.value) === null) return true;
  problems.add(
    file.extends.at,
    `'${other.name}' is a guide of ${theirs}, this is one of ${ours}.`,
    'Extend a guide of the same standard and canonical document, or a base.',
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

/** @param make gives the guide of a name, checked by now; null: a base, or broken */
function guidesOf(names: readonly string[], make: (name: string) => Guide | null): Guides {
  const known = new Set(names);
  const named = (name: string) => (known.has(name) ? make(name) : null);
  return {
    named,
    in: (folder) => names.filter((name) => name.startsWith(`${folder}/`)).flatMap((name) => make(name) ?? []),
    get all() {
      return names.flatMap((name) => make(name) ?? []);
    },
    find(partner: string, standard: Standard, release: string, name: string): Guide | null {
      const own = named(`${partner}/${name}`);
      if (own !== null && own.standard === standard && own.release === release) return own;
      return named(`standard/${standard}-${release}/${name}`);
    },
  };
}
