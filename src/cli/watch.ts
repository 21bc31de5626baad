/** Watching: work is done once, and again whenever a file that it stands on changes. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface Watched {
  /** Folders whose files count, with all folders below them. */
  readonly folders: readonly string[];
  /** Single files; their folders may hold others that do not count. */
  readonly files: readonly string[];
}

/** Editors write a file in several steps: what comes within this time is one change. In milliseconds. */
const settleMs = 80;

/**
 * Runs some work at once, and after each change, until the signal comes. Folders are watched, not files: most editors put a
 * new file in the old one's place. Changes during the work lead to another run behind it.
 * @param work is told the files that changed, none at first; what it throws ends the watching
 */
export async function watchFiles(
  watched: Watched,
  work: (changed: readonly string[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const changed = new Set<string>();
  const alarm = new Alarm();
  const watchers = new Watchers((file) => {
    changed.add(file);
    alarm.ring();
  });
  signal.addEventListener('abort', () => alarm.ring(), { once: true });
  try {
    while (!signal.aborted) {
      await watchers.look(watched);
      const now = [...changed].sort();
      changed.clear();
      await work(now);
      while (changed.size === 0 && !signal.aborted) await alarm.rung();
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, settleMs));
    }
  } finally {
    watchers.close();
  }
}

/** Lets one wait for the next ring; a ring that nobody waited for is not lost. */
class Alarm {
  #isRung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isRung = false;
    this.#wake = null;
  }
}

/** One watcher for each folder; new folders get theirs at each look. */
class Watchers {
  readonly #byFolder = new Map<string, FSWatcher>();
  readonly #tell: (file: string) => void;

  constructor(tell: (file: string) => void) {
    this.#tell = tell;
  }

  async look({ folders, files }: Watched): Promise<void> {
    for (const folder of folders) for (const each of await withThoseBelow(folder)) this.#watch(each, null);
    for (const file of files) this.#watch(dirname(file), basename(file));
  }

  #watch(folder: string, only: string | null): void {
    const key = JSON.stringify([folder, only]);
    if (this.#byFolder.has(key)) return;
    const watcher = watch(folder, (_event, name) => {
      if (name === null || (only === null ? isOfEditor(name) : name !== only)) return;
      this.#tell(join(folder, name));
    });
    // The folder is gone: a look finds it again when it comes back.
    watcher.on('error', () => {
      watcher.close();
      this.#byFolder.delete(key);
    });
    this.#byFolder.set(key, watcher);
  }

  close(): void {
    for (const watcher of this.#byFolder.values()) watcher.close();
    this.#byFolder.clear();
  }
}

async function withThoseBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return [
      folder,
      ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
    ];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Swap, backup and lock files, which editors keep beside the file. */
function isOfEditor(name: string): boolean {
  return name.startsWith('.') || name.endsWith('~') || name.startsWith('#') || /^\d+$/.test(name);
}

/** A signal for when the user ends the watching (Ctrl-C, or the process is asked to end). */
export function untilInterrupted(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
  return ending.signal;
}
