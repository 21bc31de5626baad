/** Long work in turns: what else this process does must not wait for it. */
import { setImmediate as breathe } from 'node:timers/promises';

/** How long work may go on before others get their turn. */
const turnMs = 20;

/** Counts the time of one piece of long work. */
export class Turns {
  private since = performance.now();

  /** Lets others run when it is their turn. */
  async pass(): Promise<void> {
    if (performance.now() - this.since < turnMs) return;
    await breathe();
    this.since = performance.now();
  }
}
