/** control-numbers: the last number used, by agreement and scope. The row lock keeps numbers in one line per agreement. */
import { queryOne } from './sql.ts';
import type { Tx } from './store.ts';

export type Scope = 'interchange' | 'group' | 'message' | 'sscc';

/**
 * Takes `count` numbers in a row from a range that rolls over. A block never crosses the end of the range.
 * @returns the first number, and how often the range has rolled over
 */
export async function takeNumbers(
  tx: Tx,
  agreement: string,
  scope: Scope,
  range: { first: number; last: number },
  count = 1,
): Promise<{ first: number; cycle: number }> {
  if (count > range.last - range.first + 1)
    throw new Error(`${count} ${scope} numbers do not fit in ${range.first}–${range.last}`);
  const { last, cycle } = await queryOne<{ last: string; cycle: number }>(
    tx,
    `insert into control_numbers as c (agreement, scope, last) values (?, ?, ?)
     on conflict (agreement, scope) do update set
       last = case when c.last + ? > ? or c.last < ? then ? else c.last + ? end,
       cycle = case when c.last + ? > ? or c.last < ? then c.cycle + 1 else c.cycle end
     returning last, cycle`,
    [
      agreement,
      scope,
      range.first + count - 1,
      count,
      range.last,
      range.first - 1,
      range.first + count - 1,
      count,
      count,
      range.last,
      range.first - 1,
    ],
  );
  return { first: Number(last) - count + 1, cycle };
}
