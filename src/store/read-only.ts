/** Reading what is stored, with PostgreSQL's word that nothing is written. */
import type { Store, Tx } from './store.ts';

/** Runs reads in one transaction that sees one state of the database and may not write; a write throws. */
export function readOnly<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.db.transaction(work, { readOnly: true, isolationLevel: 'repeatable read' });
}
