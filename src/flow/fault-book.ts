/**
 * The faults of one interchange, as many as people can read: the first of each message, and no more than a ceiling in all.
 * What is left out is counted, and one more fault says so. One fault of a message waits for a person, since dealing with it
 * deals with them all.
 */
import { fault } from '../fault.ts';
import { type FaultPlace, insertFaults, type NewFault } from '../store/faults.ts';
import type { MessageState } from '../store/messages.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import type { FoundFault } from './outcome.ts';

/** Faults of one message that become rows, and that are kept with it. */
export const faultsPerMessage = 20;
/** Rows of one interchange. A message that is held has a row beyond it: a person must find it. */
const faultsPerInterchange = 2_000;

export class FaultBook {
  private readonly context: Context;
  private readonly tx: Tx;
  private rows: NewFault[] = [];
  private count = 0;
  private cut = 0;

  constructor(context: Context, tx: Tx) {
    this.context = context;
    this.tx = tx;
  }

  /** Notes the faults of one message, or of one envelope. */
  add(place: FaultPlace, found: readonly FoundFault[], state: MessageState): void {
    const kept = firstOf(found);
    for (const [index, one] of kept.entries()) {
      this.context.metrics.faults.inc({ code: one.fault.code });
      const room = this.count < faultsPerInterchange || (index === 0 && one.waiting && state === 'held');
      if (room) this.rows.push({ ...place, ...one, waiting: index === 0 && one.waiting });
      else this.cut += 1;
      this.count += room ? 1 : 0;
    }
  }

  /** Says how many are not kept. */
  close(place: FaultPlace): void {
    if (this.cut === 0) return;
    const one = fault('faults-cut', { more: this.cut, limit: faultsPerInterchange });
    this.rows.push({ ...place, fault: { ...one, severity: 'error' }, waiting: true });
    this.cut = 0;
  }

  async write(): Promise<void> {
    const { rows } = this;
    this.rows = [];
    await insertFaults(this.tx, rows);
  }
}

/** What waits comes first, then what else is found, in its order; a last one says how many more there are. */
function firstOf(found: readonly FoundFault[]): readonly FoundFault[] {
  const waits = found.findIndex((one) => one.waiting);
  const first = waits <= 0 ? found : [found[waits] as FoundFault, ...found.filter((_, at) => at !== waits)];
  // The reader's own last one already says so.
  if (first.length <= faultsPerMessage + 1) return first;
  const cut = fault('faults-cut', { limit: faultsPerMessage, more: first.length - faultsPerMessage });
  return [...first.slice(0, faultsPerMessage), { fault: cut, waiting: false }];
}
