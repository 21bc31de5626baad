/** A verb of the mapping developer under --watch: the mappings are loaded again, and the verb runs, at each change. */
import { relative } from 'node:path';
import { loadRooms, mappingsFolder, type Rooms } from './rooms.ts';
import { note, WrongUse } from './verb.ts';
import { untilInterrupted, watchFiles } from './watch.ts';

/**
 * Runs until Ctrl-C. What goes wrong by the user's files is told, and the next change tries again.
 * @param partner whose guides it is about; unset: all
 * @param files single files that count besides the mappings
 * @param folders folders that count besides the mappings
 * @returns the exit status: ending by Ctrl-C is fine
 */
export async function watchedRun(
  partner: string | undefined,
  files: readonly string[],
  folders: readonly string[],
  run: (rooms: Rooms) => Promise<number>,
): Promise<number> {
  let rooms: Rooms | undefined;
  const work = async (changed: readonly string[]) => {
    if (changed.length > 0)
      note(`\n${clock()}  ${changed.map((file) => relative(process.cwd(), file)).join(', ')}`);
    try {
      rooms = await loadRooms(partner, rooms);
      await run(rooms);
    } catch (error) {
      if (!isOfFiles(error)) throw error;
      note((error as Error).message);
    }
    note('Waiting for changes. Ctrl-C ends it.');
  };
  await watchFiles({ files, folders: [mappingsFolder(), ...folders] }, work, untilInterrupted());
  return 0;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** A file that is away while an editor replaces it, a name that is not there yet, a document that is half written. */
function isOfFiles(error: unknown): boolean {
  return (
    error instanceof WrongUse ||
    error instanceof SyntaxError ||
    (error instanceof Error && 'syscall' in error)
  );
}
