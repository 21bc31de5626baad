/** Looks for alarms at a moment of the test's choosing, and at those that wait. */
import { noteAlarms } from '../../src/flow/alarms.ts';
import type { Context } from '../../src/flow/context.ts';
import type { TestDatabase } from '../support/database.ts';

export function noteAlarmsAt(context: Context, at: Date): Promise<void> {
  return noteAlarms({ ...context, now: () => at });
}

/** Code, partner and message of each that waits. */
export async function alarmsOf({ store }: TestDatabase): Promise<[string, string | null, string][]> {
  const rows = await store.db('faults').where({ waiting: true }).orderBy('id').select('*');
  return rows.map(({ code, partner, message }) => [code, partner, message]);
}
