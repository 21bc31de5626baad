/** What is done to a path: looked at, opened, renamed, removed. */
import ssh2, { type Attributes } from 'ssh2';
import { isSafeName, UnsafeName } from './names.ts';
import type { HostedFile } from './sftp-server-desk.ts';
import { accountOf, mayBegin, storing, type Visit } from './sftp-server-hall.ts';
import { type Handle, openToRead, openToWrite } from './sftp-server-handles.ts';
import { fileAttributes, folderAttributes, type Place, placeOf } from './sftp-server-listing.ts';
import { Refused } from './sftp-server-refused.ts';

const { OPEN_MODE } = ssh2.utils.sftp;

/** Opens a file: of ours to read, of theirs to write. @throws Refused */
export async function openPath(visit: Visit, path: string, flags: number): Promise<Handle> {
  const writes = (flags & ~OPEN_MODE.READ) !== 0;
  const place = placed(visit, path);
  if (place.kind !== 'file') throw writes ? notHere(visit) : noSuchFile();
  if (place.folder === 'in') {
    if (!writes) throw new Refused('PERMISSION_DENIED', 'What lies in /in is not given back');
    return openToWrite(visit, checkedName(place.name), flags);
  }
  if (writes) throw notHere(visit);
  return openToRead(await fileAt(visit, place));
}

/** Opens a folder to list it. @throws Refused */
export function openFolderPath(visit: Visit, path: string): Handle {
  const place = placed(visit, path);
  if (place.kind === 'root') return { kind: 'listing', folder: null, after: null, isDone: false };
  if (place.kind !== 'folder') throw noSuchFile();
  return { kind: 'listing', folder: place.folder, after: null, isDone: false };
}

/** @throws Refused */
export async function statPath(visit: Visit, path: string): Promise<Attributes> {
  const place = placed(visit, path);
  if (place.kind === 'root') return folderAttributes(null, visit.hall.now());
  if (place.kind === 'folder') return folderAttributes(place.folder, visit.hall.now());
  return fileAttributes(await fileAt(visit, place));
}

/** Owners, modes and times are ours to say: what clients wish is passed over. A size is not. @throws Refused */
export async function setStatPath(visit: Visit, path: string, wished: Attributes): Promise<void> {
  const { size } = await statPath(visit, path);
  if (wished.size !== undefined && wished.size !== size)
    throw new Refused('PERMISSION_DENIED', 'A file that lies here is not cut or stretched');
}

/** @param replace whether what has the new name gives way, as posix-rename@openssh.com asks. @throws Refused */
export async function renamePath(visit: Visit, from: string, to: string, replace: boolean): Promise<void> {
  mayBegin(visit);
  const [source, target] = [placed(visit, from), placed(visit, to)];
  if (source.kind !== 'file' || source.folder !== 'in' || target.kind !== 'file' || target.folder !== 'in')
    throw new Refused('PERMISSION_DENIED', 'Only files in /in get another name, and stay there');
  const name = checkedName(target.name);
  const file = await fileAt(visit, source);
  if (name === file.name) return;
  await storing(visit, () => visit.hall.desk.rename(accountOf(visit), file, name, replace, visit.from));
}

/** @throws Refused */
export async function removePath(visit: Visit, path: string): Promise<void> {
  mayBegin(visit);
  const place = placed(visit, path);
  if (place.kind !== 'file') throw place.kind === 'elsewhere' ? noSuchFile() : foldersStay();
  const file = await fileAt(visit, place);
  if (!(await visit.hall.desk.remove(accountOf(visit), file, visit.from))) throw noSuchFile();
}

/** Folders are neither made nor removed. */
export function makePath(visit: Visit, path: string): never {
  const { kind } = placed(visit, path);
  if (kind !== 'root' && kind !== 'folder') throw foldersStay();
  throw new Refused('FAILURE', 'There is such a folder already');
}

export function foldersStay(): Refused {
  return new Refused('PERMISSION_DENIED', 'Folders are neither made nor removed here');
}

function placed(visit: Visit, path: string): Place {
  return placeOf(path, accountOf(visit).folders);
}

async function fileAt(visit: Visit, place: Place): Promise<HostedFile> {
  if (place.kind !== 'file' || !isSafeName(place.name)) throw noSuchFile();
  const file = await visit.hall.desk.find(accountOf(visit), place.folder, place.name);
  if (file === null) throw noSuchFile();
  return file;
}

function checkedName(name: string): string {
  if (isSafeName(name)) return name;
  throw new Refused('PERMISSION_DENIED', new UnsafeName(name).message);
}

function noSuchFile(): Refused {
  return new Refused('NO_SUCH_FILE', 'There is no such file');
}

function notHere(visit: Visit): Refused {
  const takes = accountOf(visit).folders.includes('in');
  return new Refused('PERMISSION_DENIED', takes ? 'Files go into /in' : 'Nothing is taken here');
}
