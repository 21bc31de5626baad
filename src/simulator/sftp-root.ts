/** A directory that clients see as `/`: no path leads out of it, by `..` or by a symbolic link. */
import { lstat, realpath } from 'node:fs/promises';
import { posix } from 'node:path';

/** The path leads out of the root. */
export class Outside extends Error {
  override readonly name = 'Outside';
  constructor() {
    super('Permission denied');
  }
}

/** Each gives a real path inside the root. @throws Outside; ENOENT when what must exist does not */
export interface Root {
  /** What the path names, symbolic links followed; it must exist. */
  follow(path: string): Promise<string>;
  /** The name itself in its folder, a last symbolic link not followed; it need not exist. */
  entry(path: string): Promise<string>;
  /** A file to open: as `entry`, but a symbolic link is followed. */
  leaf(path: string): Promise<string>;
}

/** @param root a real path: no symbolic link in it */
export function createRoot(root: string): Root {
  const inside = (path: string) => {
    if (path !== root && !path.startsWith(`${root}/`)) throw new Outside();
    return path;
  };
  const follow = async (path: string) => inside(await realpath(posix.join(root, posix.join('/', path))));
  const entry = async (path: string) => {
    const wanted = posix.join('/', path).replace(/\/$/, '');
    if (wanted === '') return root;
    return posix.join(await follow(posix.dirname(wanted)), posix.basename(wanted));
  };
  const leaf = async (path: string) => {
    const named = await entry(path);
    const found = await lstat(named).catch(() => null);
    return found?.isSymbolicLink() ? follow(path) : named;
  };
  return { follow, entry, leaf };
}
