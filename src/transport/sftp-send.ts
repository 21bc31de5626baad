/** Giving files to an SFTP server: under a temporary name, checked, then renamed. */
import { createHash } from 'node:crypto';
import { partName, safeName } from './names.ts';
import { inFolder } from './sftp-box.ts';
import { removeFile, replaceFile, stateOf, writeFile } from './sftp-files.ts';
import { type Line, LineLost, orLost } from './sftp-line.ts';

export interface SendTerms {
  /** The server's path. */
  readonly folder: string;
  /** Files under way at the same time. */
  readonly parallel: number;
  readonly fast: boolean;
}

/**
 * Makes the send of an endpoint; several may be under way over its one connection.
 * @throws (the send) MailboxLost when there is no connection; UnsafeName; what the server says about this file
 */
export function createSend(line: Line, terms: SendTerms): (name: string, bytes: Buffer) => Promise<void> {
  const memory: Memory = { lost: new Map(), litter: new Set() };
  const inTurn = createTurns(terms.parallel);
  return async (name, bytes) => {
    const send = () => give(line, terms, memory, name, bytes).catch((error) => orLost(line, error));
    await inTurn(safeName(name), send);
  };
}

/** A send whose connection was cut: the server may still be at what it was asked before that. */
interface Lost {
  readonly digest: string;
  /** The temporary name that it used; the next one uses another, which nothing of this one can touch. */
  readonly part: string;
  /** Whether the answer to the renaming is what is missing. */
  readonly isRenamed: boolean;
}

/** What an endpoint remembers from one send to the next. */
interface Memory {
  /** By name. */
  readonly lost: Map<string, Lost>;
  /** Temporary files of lost sends that are still to be removed: no send uses their names. */
  readonly litter: Set<string>;
}

async function give(
  line: Line,
  terms: SendTerms,
  { lost, litter }: Memory,
  name: string,
  bytes: Buffer,
): Promise<void> {
  const target = inFolder(terms.folder, name);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const before = lost.get(name);
  const part = freePart(terms.folder, name, (path) => path === before?.part || litter.has(path));
  let isRenamed = false;
  try {
    if (
      before?.isRenamed !== true ||
      before.digest !== digest ||
      !(await hasArrived(line, before, target, bytes))
    ) {
      await line.run((hands) => writeFile(hands, part, bytes, terms.fast));
      isRenamed = true;
      await line.run((hands) => replaceFile(hands, part, target));
    }
  } catch (error) {
    if (error instanceof LineLost) lost.set(name, { digest, part, isRenamed });
    throw error;
  }
  lost.delete(name);
  if (before !== undefined) litter.add(before.part);
  await Promise.all([...litter].map((path) => sweep(line, litter, path)));
}

function freePart(folder: string, name: string, isTaken: (path: string) => boolean): string {
  for (let nth = 1; ; nth += 1) {
    const path = inFolder(folder, partName(nth === 1 ? name : `${name}.${nth}`));
    if (!isTaken(path)) return path;
  }
}

/** It disturbs nobody: after a cut the next send tries again, and what a server does not let us remove stays. */
async function sweep(line: Line, litter: Set<string>, path: string): Promise<void> {
  try {
    await line.run((hands) => removeFile(hands, path));
    litter.delete(path);
  } catch (error) {
    if (line.isUp() && !(error instanceof LineLost)) litter.delete(path);
  }
}

/** Whether the renaming happened whose answer is missing. An older file of the same size may lie there: then the part does too. */
async function hasArrived(line: Line, { part }: Lost, target: string, bytes: Buffer): Promise<boolean> {
  const [there, left] = await line.run((hands) =>
    Promise.all([stateOf(hands, target), stateOf(hands, part)]),
  );
  return there?.size === bytes.length && left === null;
}

/** Lets so many work at the same time, and of one name only one: the others wait. */
function createTurns(most: number): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const named = new Map<string, Promise<unknown>>();
  const queue: (() => void)[] = [];
  let running = 0;
  const enter = async () => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
  };
  const leave = () => {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (name, work) => {
    const before = named.get(name);
    const mine = (async () => {
      await before?.catch(() => undefined);
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    })();
    named.set(name, mine);
    return mine.finally(() => {
      if (named.get(name) === mine) named.delete(name);
    });
  };
}
