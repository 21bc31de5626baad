/**
 * Programs that tests start as processes. They run what is built (dist) where that is as new as the sources, which starts
 * two seconds of processor time sooner than compiling them on the way; else, as when a developer runs one test, the sources.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { build, Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'src');
const built = join(root, 'dist');
/** Inside of node_modules, so that what lies here finds the packages. */
const kept = join(root, 'node_modules', '.cache', 'portolan-test');

/** To be imported by a process that runs TypeScript; works in every folder. */
export const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;

/** Words for node that start the command line; a verb follows. */
export function commandLine(): readonly string[] {
  return isBuilt() ? [join(built, 'cli.js')] : ['--import', tsx, join(source, 'cli.ts')];
}

/**
 * Words for node that start a program of the tests, whose imports from src come from dist where they can.
 * @param path of the TypeScript file, absolute
 */
export async function testProgram(path: string): Promise<readonly string[]> {
  return isBuilt() ? [await compiled(path)] : ['--import', tsx, path];
}

const made = new Map<string, Promise<string>>();

function compiled(path: string): Promise<string> {
  const begun = made.get(path) ?? compile(path);
  made.set(path, begun);
  return begun;
}

/** Named for what it holds: several test runs may do the same at the same time. */
async function compile(path: string): Promise<string> {
  const { outputFiles } = await esbuild().build({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    plugins: [fromDist],
  });
  const text = outputFiles[0]?.text ?? '';
  mkdirSync(kept, { recursive: true });
  const file = join(kept, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  const own = `${file}.${process.pid}`;
  writeFileSync(own, text);
  renameSync(own, file);
  return file;
}

const fromDist: Plugin = {
  name: 'from dist',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: inPlace(path), loader: 'ts' }));
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const target = join(resolveDir, path);
      if (!target.startsWith(source + sep)) return undefined;
      const file = join(built, relative(source, target)).replace(/\.ts$/, '.js');
      return { path: pathToFileURL(file).href, external: true };
    });
  },
};

/** A file's text, which says where it stands: all of them become one file, which stands elsewhere. */
function inPlace(path: string): string {
  return readFileSync(path, 'utf8')
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
}

/** The compiler that tsx brings along. */
function esbuild(): { readonly build: typeof build } {
  const fromTsx = createRequire(createRequire(import.meta.url).resolve('tsx'));
  return fromTsx('esbuild') as { readonly build: typeof build };
}

/** As scripts/set-up.sh decides whether to build. */
function isBuilt(): boolean {
  const entry = statSync(join(built, 'cli.js'), { throwIfNoEntry: false });
  if (entry === undefined) return false;
  const others = ['scripts/finish-build.mjs', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  return [...filesIn(source), ...others.map((name) => join(root, name))].every(
    (path) => statSync(path).mtimeMs <= entry.mtimeMs,
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
}
