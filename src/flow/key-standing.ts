/** What each key is for at a moment: which signs, opens, verifies, is encrypted to, and which ends without a successor. */
import type { KeyRow, KeyUsage } from '../store/keys.ts';

export type Purpose = Exclude<KeyUsage, 'both'>;
/** own: signs, opens. partner: verifies, encrypts. */
export type Duty = 'signs' | 'opens' | 'verifies' | 'encrypts';

/** Those of a holder's keys that serve a purpose, in their order. */
export function serving<Row extends KeyRow>(rows: readonly Row[], purpose: Purpose): readonly Row[] {
  return rows.filter(({ usage }) => usage === 'both' || usage === purpose);
}

/**
 * The one key of a holder that signs, or is encrypted to, at a moment: of those that began, the one that began last. One that has
 * expired stands back while another has not; where all have, it goes on: a message that nobody takes is seen, one unsent is not.
 * @param rows of one holder, not retired, those that begin last first
 */
export function chosen<Row extends KeyRow>(rows: readonly Row[], purpose: Purpose, now: Date): Row | null {
  const began = serving(rows, purpose).filter((row) => row.use_from <= now);
  return began.find((row) => row.not_after > now) ?? began[0] ?? null;
}

export interface Standing {
  readonly now: readonly Duty[];
  /** What it does besides from `use_from`, which is to come. */
  readonly later: readonly Duty[];
}

/** What a key does now, among all of its holder's. */
export function standingOf(row: KeyRow, rows: readonly KeyRow[], now: Date): Standing {
  const [first, any] = (row.kind === 'own' ? ['signs', 'opens'] : ['encrypts', 'verifies']) as readonly [
    Duty,
    Duty,
  ];
  const [single, all] = (row.kind === 'own' ? ['sign', 'encrypt'] : ['encrypt', 'sign']) as readonly [
    Purpose,
    Purpose,
  ];
  const isChosen = chosen(rows, single, now)?.id === row.id;
  const serves = serving([row], all).length > 0;
  const begins = serving([row], single).length > 0 && row.use_from > now;
  return {
    now: [...(isChosen ? [first] : []), ...(serves ? [any] : [])],
    later: begins ? [first] : [],
  };
}

/** Whether other keys of its holder take over all that a key does, without a gap, before it expires. */
export function isSucceeded(row: KeyRow, rows: readonly KeyRow[]): boolean {
  const heirs = rows.filter(
    (other) =>
      other.not_after > row.not_after && other.use_from <= row.not_after && other.not_before <= row.not_after,
  );
  const purposes: readonly Purpose[] = row.usage === 'both' ? ['sign', 'encrypt'] : [row.usage];
  return purposes.every((purpose) => serving(heirs, purpose).length > 0);
}

/** The keys of each holder, in their order. */
export function byHolder<Row extends KeyRow>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.kind} ${row.holder}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()];
}
