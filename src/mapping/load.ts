/**
 * Loads every guide of a mappings directory: `standard/<standard>-<release>/<name>.yaml` and `<partner>/<name>.yaml`.
 * A guide with problems is left out, and so is what extends it; the problems say where and why.
 */
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Standard } from '../interchange/interchange.ts';
import type { CanonicalName } from '../order/canonical.ts';
import { compileGuide, rulesOf } from './compile.ts';
import { wholeGuide } from './extend.ts';
import { type Unreadable, yamlText } from './file-text.ts';
import { type Files, filesOf, inTurns } from './files.ts';
import type { Guide, Guides } from './guide.ts';
import { type Compiled, makeGuide } from './make.ts';
import type { GuideSource } from './notation.ts';
import { parseGuide } from './parse.ts';
import { nearMiss, type Problem, Problems } from './problem.ts';
import { recent } from './recent.ts';
import { type LookupTable, loadTables, type StoredTable, type Tables } from './tables.ts';

interface Source {
  readonly file: GuideSource;
  /** Path as problems name it. */
  readonly path: string;
  readonly text: string;
  /** As `filesOf` gave it before the text was read. */
  readonly mark: string;
  /** SHA-256 (hex) of the text: part of the digest of every guide that is made of it. */
  readonly digest: string;
}

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
  readonly sources: ReadonlyMap<string, Source>;
  readonly tables: Tables;
  /** null: a base, or broken. */
  readonly made: ReadonlyMap<string, Made | null>;
}

/** A guide with what it was made of. */
interface Made {
  readonly guide: Guide;
  readonly chain: readonly Source[];
}

/** A guide's file as it was read. */
export interface GuideText {
  /** 'acme/850' */
  readonly name: string;
  readonly text: string;
}

export interface LoadOptions {
  /** What the directory holds, where somebody has looked already. */
  readonly files?: Files;
  /** Tables that the database keeps for partners; asked for once it is known what the guides say. */
  readonly stored?: (guides: readonly GuideText[]) => Promise<readonly StoredTable[]>;
  /** An earlier load of the same directory: what did not change since is taken from it. */
  readonly before?: LoadedGuides;
  /**
   * Standard guides are checked and compiled when they are first asked for, not at the load: most are never used. What is wrong with
   * one is in `broken` from then on.
   */
  readonly standardLater?: boolean;
}

/**
 * Loads and checks all guides.
 * @param dir the mappings directory; problems name files by their path from the working directory
 * @throws Error when the directory cannot be read
 */
export async function loadGuides(dir: string, options: LoadOptions = {}): Promise<LoadedGuides> {
  const { before, standardLater = false, files = await filesOf(dir) } = options;
  const problems = new Problems();
  const broken = new Map<string, readonly Problem[]>();
  const known = before?.memory.sources ?? new Map<string, Source>();
  const sources = await readSources(dir, files, known, { broken, problems });
  const texts = [...sources].map(([name, { text }]) => ({ name, text }));
  const stored = (await options.stored?.(texts)) ?? [];
  const tables = await loadTables(dir, stored, problems, { files, before: before?.memory.tables });
  const load = { sources, tables, broken, problems, before: before?.memory.made ?? new Map<string, Made>() };
  const made = new Map<string, Made | null>();
  const makeNow = (name: string): Guide | null => {
    const known = made.get(name);
    const one = known === undefined ? loadOne(name, load) : known;
    made.set(name, one);
    return one?.guide ?? null;
  };
  const names = [...sources.keys()];
  const isLater = (name: string) =>
    standardLater && name.startsWith(standardFolder) && !load.before.get(name);
  for await (const name of withPauses(names)) if (!isLater(name)) makeNow(name);
  // What is checked later has nothing to go by, and the load before is not kept in memory for it.
  load.before = new Map();
  return {
    guides: guidesOf(names, makeNow),
    problems: dedupe(problems.found),
    broken,
    memory: { sources, tables, made },
  };
}

const standardFolder = 'standard/';

interface Load {
  readonly sources: ReadonlyMap<string, Source>;
  readonly tables: Tables;
  readonly broken: Map<string, readonly Problem[]>;
  readonly problems: Problems;
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

/** The files that can be read; what is wrong with one is in `broken`, and whatever extends it is left out with it. */
async function readSources(
  dir: string,
  { marks, closed }: Files,
  known: ReadonlyMap<string, Source>,
  into: Pick<Load, 'broken' | 'problems'>,
): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>();
  const pathOf = (entry: string) => relative(process.cwd(), join(dir, entry));
  for (const [folder, { why, hint }] of closed)
    into.problems.add(
      { file: pathOf(folder), line: 1, column: 1 },
      `This folder cannot be read: ${why}.`,
      hint,
    );
  const found = [...marks]
    .filter(([path]) => isGuideFile(path))
    .map(([entry, mark]) => {
      const name = entry.slice(0, -'.yaml'.length);
      const old = known.get(name);
      return { name, mark, path: pathOf(entry), old: old?.path === pathOf(entry) ? old : undefined };
    });
  const read = async ({ path, mark, old }: FoundSource) => (old?.mark === mark ? old.text : yamlText(path));
  for await (const [one, text] of inTurns(found, read)) {
    const source = readSource(one, text, into);
    if (source !== null) sources.set(one.name, source);
  }
  return sources;
}

/** A guide's file before it is read. */
interface FoundSource extends Pick<Source, 'path' | 'mark'> {
  readonly name: string;
  /** As it was at the load before. */
  readonly old: Source | undefined;
}

function readSource(
  { name, path, mark, old }: FoundSource,
  text: string | Unreadable,
  { broken, problems }: Pick<Load, 'broken' | 'problems'>,
): Source | null {
  const before = problems.count;
  if (typeof text !== 'string') {
    problems.add({ file: path, line: 1, column: 1 }, `This guide cannot be read: ${text.why}.`, text.hint);
    broken.set(name, problems.found.slice(before));
    return null;
  }
  if (old?.text === text) {
    problems.file(path, text);
    return old.mark === mark ? old : { ...old, mark };
  }
  const file = parseGuide(path, name, text, problems);
  if (file !== null && problems.count === before) return { file, path, text, mark, digest: sha256(text) };
  broken.set(name, problems.found.slice(before));
  return null;
}

function isGuideFile(path: string): boolean {
  return path.endsWith('.yaml') && !path.endsWith('partner.yaml');
}

/** null: a base, or a guide with problems. */
function loadOne(name: string, load: Load): Made | null {
  const { problems, broken, sources } = load;
  const before = problems.count;
  const chain = chainOf(name, [], load);
  const made = chain === null ? null : (unchanged(name, chain, load) ?? makeOne(name, chain, load));
  const isBase = sources.get(name)?.file.head === null;
  if (made === null && (!isBase || problems.count > before) && !broken.has(name))
    broken.set(name, problems.found.slice(before));
  return made;
}

/** The guide of the load before, when neither its files nor the tables that it uses have changed. */
function unchanged(name: string, chain: Chain, { before, tables }: Load): Made | null {
  const old = before.get(name);
  if (old === undefined || old === null || old.chain.length !== chain.length) return null;
  if (!chain.every(({ file }, index) => file === old.chain[index]?.file)) return null;
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
  const own = tables.of(chain.map(({ file }) => file.name));
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
    const plan = found.count > wrong ? null : compileGuide(whole, rules, own, found);
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
  const digest = digestOf(chain, own.used());
  const type = message.value;
  const about = { name, standard, release, message: type, canonical, digest };
  return { guide: makeGuide({ ...about, rules, tables: own.used() }, compiled), chain };
}

function digestOf(chain: Chain, tables: readonly LookupTable[]): string {
  return sha256([...chain, ...tables].map(({ digest }) => digest).join('\0')).slice(0, 12);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

type Chain = readonly [Source, ...Source[]];

/** The guide and all that it extends, nearest first; null when one of them is broken or not there. */
function chainOf(name: string, extendedBy: readonly string[], load: Load): Chain | null {
  const { sources, broken, problems } = load;
  const source = sources.get(name);
  if (source === undefined) return null;
  const parent = source.file.extends;
  if (parent === null) return [source];
  const { value, at } = parent;
  if ([name, ...extendedBy].includes(value)) {
    problems.add(at, `'${value}' extends itself.`);
    return null;
  }
  if (!sources.has(value)) {
    const why = broken.get(value);
    if (why !== undefined) broken.set(name, why);
    else {
      const hint =
        nearMiss(value, sources.keys()) ??
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
  if (theirs === ours) return true;
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
