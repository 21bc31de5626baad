/** Giving files to an SFTP server: under a temporary name, checked, then renamed. */
import { partName, safeName } from './names.ts';
import { inFolder } from './sftp-box.ts';
import { replaceFile, stateOf, writeFile } from './sftp-files.ts';
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
  /** Names whose rename had no answer: the file may be there. */
  const unsure = new Set<string>();
  const inTurn = createTurns(terms.parallel);
  return async (name, bytes) => {
    const send = () => give(line, terms, unsure, name, bytes).catch((error) => orLost(line, error));
    await inTurn(safeName(name), send);
  };
}

async function give(line: Line, terms: SendTerms, unsure: Set<string>, name: string, bytes: Buffer) {
  const target = inFolder(terms.folder, name);
  const part = inFolder(terms.folder, partName(name));
  if (unsure.has(name) && (await line.run((hands) => stateOf(hands, target)))?.size === bytes.length) {
    unsure.delete(name);
    return;
  }
  await line.run((hands) => writeFile(hands, part, bytes, terms.fast));
  unsure.add(name);
  await line
    .run((hands) => replaceFile(hands, part, target))
    .catch((error: unknown) => {
      if (!(error instanceof LineLost)) unsure.delete(name);
      throw error;
    });
  unsure.delete(name);
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
