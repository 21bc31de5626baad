/** What people do about keys that are there: retire them, take them up again, put off their day. */
import {
  currentKeys,
  type KeyKind,
  type KeyRow,
  lockKeys,
  ownKeys,
  partnerKeys,
  retiredKeys,
  retireKey,
  setUseFrom,
  takeUpKey,
} from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import { type KeyOffice, noteKey, ownerOf, refuseDates } from './key-record.ts';
import { type Purpose, serving } from './key-standing.ts';

/** Which key is meant: its fingerprint, or how it begins, and its holder where several have it. */
export interface Named {
  readonly fingerprint: string;
  readonly holder?: string | undefined;
}

/** Ends the use of a key. @param last it may be the last of its holder that does what it does */
export function retire(
  { context }: Pick<KeyOffice, 'context'>,
  which: Named,
  { last }: { readonly last: boolean },
  by: By,
): Promise<KeyRow> {
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const row = await named(tx, which);
    if (!last) await refuseLast(context, tx, row);
    await retireKey(tx, row.id, context.now());
    await noteKey(tx, 'key-retired', row, ownerOf(context, row.holder, row.kind), by);
    return row;
  });
}

/** Takes up again what was retired by mistake: the private key is still there. */
export function takeUp({ context }: Pick<KeyOffice, 'context'>, which: Named, by: By): Promise<KeyRow> {
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    // The same certificate may have been retired before: the last time counts.
    const row = namedAmong(latestOnly(await retiredKeys(tx)), which, 'No retired key has');
    if (!(await takeUpKey(tx, row.id)))
      throw new DeedRefused('conflict', `${row.holder} has this certificate in use.`);
    await noteKey(tx, 'key-taken-up', row, ownerOf(context, row.holder, row.kind), by);
    return { ...row, retired_at: null };
  });
}

/** Moves the date from which a key signs, or is encrypted to. */
export function reschedule(
  { context }: Pick<KeyOffice, 'context'>,
  which: Named,
  from: Date,
  by: By,
): Promise<KeyRow> {
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const row = await named(tx, which);
    refuseDates(row.not_before, row.not_after, from, context.now());
    await setUseFrom(tx, row.id, from);
    const moved = { ...row, use_from: from };
    await noteKey(tx, 'key-rescheduled', moved, ownerOf(context, row.holder, row.kind), by);
    return moved;
  });
}

/** The key in use whose fingerprint begins so, written in any of the usual ways. */
async function named(tx: Tx, which: Named): Promise<KeyRow> {
  return namedAmong(await currentKeys(tx), which, 'No key in use has');
}

function namedAmong(rows: readonly KeyRow[], { fingerprint: text, holder }: Named, none: string): KeyRow {
  const begin = text
    .toLowerCase()
    .replace(/^sha-?256[:=]/, '')
    .replaceAll(':', '');
  if (!/^[0-9a-f]{8,64}$/.test(begin))
    throw new DeedRefused('conflict', `A fingerprint is at least its first 8 hex digits, not ${text}.`);
  const found = rows.filter(
    (row) => row.fingerprint.startsWith(begin) && (holder === undefined || row.holder === holder),
  );
  const [first] = found;
  if (first === undefined)
    throw new DeedRefused(
      'not-found',
      `${none} the fingerprint ${text}${holder === undefined ? '' : ` at ${holder}`}: "portolan keys list" shows them.`,
    );
  if (found.length > 1)
    throw new DeedRefused(
      'conflict',
      `${found.length} keys have it: ${found.map((row) => `${row.holder} ${row.fingerprint}`).join(', ')}. Give more of it, or --of and the holder.`,
    );
  return first;
}

/** Of each holder's certificates the one that was retired last. */
function latestOnly(rows: readonly KeyRow[]): readonly KeyRow[] {
  const seen = new Set<string>();
  return rows.filter(({ kind, holder, fingerprint }) => {
    const name = `${kind} ${holder} ${fingerprint}`;
    return !seen.has(name) && seen.add(name);
  });
}

const needed: Readonly<Record<KeyKind, Readonly<Record<Purpose, string>>>> = {
  own: { sign: 'sign with', encrypt: 'open messages with' },
  partner: { sign: 'verify signatures with', encrypt: 'encrypt to' },
};

async function refuseLast(context: Context, tx: Tx, row: KeyRow): Promise<void> {
  const rows = row.kind === 'own' ? await ownKeys(tx, row.holder) : await partnerKeys(tx, row.holder);
  const others = rows.filter(({ id }) => id !== row.id);
  // Single ones must have begun; what opens and verifies does so at once.
  const single: Purpose = row.kind === 'own' ? 'sign' : 'encrypt';
  for (const purpose of ['sign', 'encrypt'] as const) {
    if (serving([row], purpose).length === 0) continue;
    const heirs = serving(others, purpose).filter(
      (heir) => purpose !== single || heir.use_from <= context.now(),
    );
    if (heirs.length === 0)
      throw new DeedRefused(
        'conflict',
        `${row.holder} would have nothing left to ${needed[row.kind][purpose]}. Roll first; --last retires it all the same.`,
      );
  }
}
