/** Folders for tests, under the system's temporary folder, open to other users (embedded PostgreSQL changes user as root). */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes an empty folder; the caller removes it in `after`. */
export async function testFolder(name = 'folder'): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), `portolan-${name}-`));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
