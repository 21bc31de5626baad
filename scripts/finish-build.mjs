/**
 * What the compiler leaves undone: copies the files that are read at run time from beside the compiled code, and links the
 * program where npx looks first, so that `npx portolan` starts at once.
 */
import { chmodSync, cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The dictionary's texts; the console's script, style sheet and icon. */
for (const folder of ['interchange/dictionary/', 'console/static/']) {
  cpSync(at(`src/${folder}`), at(`dist/${folder}`), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
}

chmodSync(at('dist/cli.js'), 0o755);
// Installed as somebody's dependency, npm makes this link itself; on Windows it needs a wrapper, which npx makes when asked.
if (existsSync(at('node_modules/.bin')) && process.platform !== 'win32') {
  const link = at('node_modules/.bin/portolan');
  rmSync(link, { force: true });
  symlinkSync('../../dist/cli.js', link);
}
