/** keys: our key pairs, private part sealed, and the certificates of partners. Nothing is deleted: what ends is retired. */
import { query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

/** own: a key pair of ours. partner: a certificate of theirs. */
export type KeyKind = 'own' | 'partner';
export type KeyUsage = 'both' | 'sign' | 'encrypt';

export interface NewKey {
  readonly kind: KeyKind;
  /** own: the key's name. partner: the endpoint's name. */
  readonly holder: string;
  readonly usage: KeyUsage;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of its DER in small hex digits. */
  readonly fingerprint: string;
  /** The sealed private key; null for a partner's. */
  readonly sealed: Buffer | null;
  readonly use_from: Date;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly who: string;
  readonly why: string;
}

/** What may be shown of a key: all but the sealed part. */
export interface KeyRow extends Omit<NewKey, 'sealed'> {
  readonly id: string;
  readonly retired_at: Date | null;
  readonly alarmed_days: number | null;
  readonly created_at: Date;
}

export interface OwnKeyRow extends KeyRow {
  readonly sealed: Buffer;
}

const shown =
  'id, kind, holder, usage, certificate, fingerprint, use_from, not_before, not_after, retired_at, alarmed_days, created_at, who, why';
const newestFirst = 'use_from desc, id desc';

/** Adds a key; null: its holder has this certificate already. */
export async function insertKey(tx: Tx, key: NewKey): Promise<KeyRow | null> {
  const rows = await query<KeyRow>(
    tx,
    `insert into keys (kind, holder, usage, certificate, fingerprint, sealed, use_from, not_before, not_after, who, why)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning ${shown}`,
    [
      ...[key.kind, key.holder, key.usage, key.certificate, key.fingerprint, key.sealed],
      ...[key.use_from, key.not_before, key.not_after, key.who, key.why],
    ],
  );
  return rows[0] ?? null;
}

/** Our key pairs of a name that are not retired, those that begin last first. */
export async function ownKeys(db: Queryable, name: string): Promise<OwnKeyRow[]> {
  return query<OwnKeyRow>(
    db,
    `select ${shown}, sealed from keys where kind = 'own' and holder = ? and retired_at is null order by ${newestFirst}`,
    [name],
  );
}

/** Certificates of a partner's endpoint that are not retired, those that begin last first. */
export async function partnerKeys(db: Queryable, endpoint: string): Promise<KeyRow[]> {
  return query<KeyRow>(
    db,
    `select ${shown} from keys where kind = 'partner' and holder = ? and retired_at is null order by ${newestFirst}`,
    [endpoint],
  );
}

/** Keys that counted while AS2 messages came and went: ours, and those of the partner's endpoint. */
export async function keysAround(
  db: Queryable,
  { deliveries, transmissions }: Readonly<Record<'deliveries' | 'transmissions', readonly string[]>>,
): Promise<KeyRow[]> {
  return query<KeyRow>(
    db,
    `select ${shown} from keys k where exists (select from as2_messages m
       where (m.delivery_id = any(?::bigint[]) or m.transmission_id = any(?::bigint[]))
         and (k.kind = 'own' or k.holder = m.endpoint)
         and k.created_at <= m.last_at and (k.retired_at is null or k.retired_at >= m.at)) order by id`,
    [deliveries, transmissions],
  );
}

/** Every key that is not retired, by holder, those that begin last first. */
export async function currentKeys(db: Queryable): Promise<KeyRow[]> {
  return query<KeyRow>(
    db,
    `select ${shown} from keys where retired_at is null order by kind, holder, ${newestFirst}`,
  );
}

/** The youngest key pair of ours, of any name, that is not retired. */
export async function youngestOwnKey(db: Queryable): Promise<OwnKeyRow | null> {
  const rows = await query<OwnKeyRow>(
    db,
    `select ${shown}, sealed from keys where kind = 'own' and retired_at is null order by id desc limit 1`,
  );
  return rows[0] ?? null;
}

/** Every key pair of ours, retired ones too. */
export async function allOwnKeys(db: Queryable): Promise<OwnKeyRow[]> {
  return query<OwnKeyRow>(db, `select ${shown}, sealed from keys where kind = 'own' order by id`);
}

/** Keys that are retired, those retired last first. */
export async function retiredKeys(db: Queryable): Promise<KeyRow[]> {
  return query<KeyRow>(
    db,
    `select ${shown} from keys where retired_at is not null order by retired_at desc, id desc`,
  );
}

/** Lets one deed at a time change the keys; reading goes on. Held until the transaction ends. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.raw('lock table keys in share row exclusive mode');
}

export async function retireKey(tx: Tx, id: string, at: Date): Promise<void> {
  await query(tx, 'update keys set retired_at = ? where id = ? and retired_at is null', [at, id]);
}

/** Takes a retired key up again. @returns false when its holder has the same certificate in use */
export async function takeUpKey(tx: Tx, id: string): Promise<boolean> {
  const rows = await query<{ id: string }>(
    tx,
    `update keys k set retired_at = null where id = ? and not exists (select from keys o where o.kind = k.kind
       and o.holder = k.holder and o.fingerprint = k.fingerprint and o.retired_at is null) returning id`,
    [id],
  );
  return rows.length > 0;
}

export async function setSealed(tx: Tx, id: string, sealed: Buffer): Promise<void> {
  await query(tx, 'update keys set sealed = ? where id = ?', [sealed, id]);
}

export async function setUseFrom(tx: Tx, id: string, from: Date): Promise<void> {
  await query(tx, 'update keys set use_from = ? where id = ?', [from, id]);
}

/**
 * Notes at which threshold somebody was told that a certificate ends; null: nobody needs to be told any more.
 * @returns false when that was noted before
 */
export async function setAlarmed(tx: Tx, id: string, days: number | null): Promise<boolean> {
  const { changed } = await queryOne<{ changed: boolean }>(
    tx,
    `with done as (update keys set alarmed_days = ?::int where id = ? and alarmed_days is distinct from ?::int returning id)
     select exists (select from done) as changed`,
    [days, id, days],
  );
  return changed;
}
