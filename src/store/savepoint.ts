/** A point in a transaction that it can go back to, so that one bad part does not undo the others. */
import { query } from './sql.ts';
import type { Tx } from './store.ts';

export interface Savepoint {
  /** What was done since stays part of the transaction. */
  keep(): Promise<void>;
  /** Undoes what was done since; the transaction can go on, even after an error. */
  undo(): Promise<void>;
}

/** Sets a savepoint. At most one is open at a time. */
export async function setSavepoint(tx: Tx): Promise<Savepoint> {
  await query(tx, 'savepoint part');
  return {
    keep: async () => {
      await query(tx, 'release savepoint part');
    },
    undo: async () => {
      await query(tx, 'rollback to savepoint part');
      await query(tx, 'release savepoint part');
    },
  };
}
