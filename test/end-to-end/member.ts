/** A process of the gateway that a test keeps alive, kills and stops: after each death it is started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testProgram } from '../support/program.ts';
import { type KillPoint, killPointText } from './kill-points.ts';
import type { Share } from './worker.ts';

/** How one life of the process ends: at a kill point of its own, or killed from outside so long after it was ready. */
export type End = { readonly at: KillPoint } | { readonly afterMs: number };

const entry = join(import.meta.dirname, 'worker.ts');

export class Member {
  readonly #share: Share;
  readonly #ends: End[];
  #child: ChildProcess | null = null;
  #stopping = false;
  #life: Promise<void> = Promise.resolve();
  /** Lives that ended by SIGKILL. */
  kills = 0;
  /** The newest process takes work. */
  ready = false;
  /** What went wrong on the way: a process that ended by itself. */
  readonly troubles: string[] = [];

  /** @param ends one for each life; the life after the last one goes on until `stop` */
  constructor(share: Share, ends: readonly End[] = []) {
    this.#share = share;
    this.#ends = [...ends];
  }

  get left(): number {
    return this.#ends.length;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#life = this.#live();
  }

  /** SIGKILL, and no new life. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGKILL');
    await this.#life;
  }

  /** SIGTERM, and the process must end by itself. @returns its exit status; null when it had to be killed */
  async stop(withinMs = 15_000): Promise<number | null> {
    this.#stopping = true;
    const child = this.#child;
    child?.kill('SIGTERM');
    const timer = setTimeout(() => child?.kill('SIGKILL'), withinMs);
    await this.#life;
    clearTimeout(timer);
    return child?.exitCode ?? null;
  }

  async #live(): Promise<void> {
    const program = await testProgram(entry);
    while (!this.#stopping) {
      const end = this.#ends[0];
      const child = this.#spawn(program, end);
      this.#child = child;
      const gone = once(child, 'exit');
      const orphan = () => child.kill('SIGKILL');
      process.once('exit', orphan);
      const timer = this.#watch(child, end);
      const [status, signal] = await gone;
      process.removeListener('exit', orphan);
      clearTimeout(timer.id);
      this.ready = false;
      if (signal === 'SIGKILL') {
        this.kills += 1;
        this.#ends.shift();
      } else if (!this.#stopping) {
        this.troubles.push(`a process ended by itself: ${status ?? signal}`);
        return;
      }
    }
  }

  #spawn(program: readonly string[], end: End | undefined): ChildProcess {
    const point = end !== undefined && 'at' in end ? killPointText(end.at) : '';
    return spawn(process.execPath, [...program, JSON.stringify(this.#share)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORTOLAN_TEST_KILL: point },
    });
  }

  #watch(child: ChildProcess, end: End | undefined): { id: NodeJS.Timeout | undefined } {
    const timer: { id: NodeJS.Timeout | undefined } = { id: undefined };
    if (child.stdout === null) throw new Error('A worker has no output to read');
    createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('ready')) return;
      this.ready = true;
      if (end !== undefined && 'afterMs' in end) {
        timer.id = setTimeout(() => child.kill('SIGKILL'), end.afterMs);
      }
    });
    return timer;
  }
}
