/**
 * API keys of POST /edi: made, rolled and revoked by people, each deed with who and why; and the alarms of those that end while
 * their partner has no other.
 */
import { fault } from '../fault.ts';
import {
  type ApiKeyRow,
  endingApiKeys,
  followApiKey,
  insertApiKey,
  lockApiKey,
  noteApiKeyAlarm,
  revokeApiKey,
} from '../store/api-keys.ts';
import { insertEvents } from '../store/events.ts';
import { endWait, insertFaults, waitingOfCode } from '../store/faults.ts';
import { forgetAnswers } from '../store/idempotency.ts';
import type { Tx } from '../store/store.ts';
import { makeApiKey } from '../transport/apikey.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';

/** What the deeds of keys need. */
export type KeyOffice = Pick<Context, 'store' | 'partners' | 'now'>;

export interface KeyTerms {
  /** For people: which system of theirs has it. */
  readonly note: string | null;
  /** When it ends; null: never. */
  readonly expiresAt: Date | null;
}

/**
 * Makes a key for an endpoint.
 * @returns the key itself, which is not kept
 * @throws DeedRefused when there is no such endpoint of type http
 */
export function newApiKey(office: KeyOffice, endpoint: string, terms: KeyTerms, by: By): Promise<string> {
  return office.store.transaction(async (tx) => {
    const { key, prefix } = await make(office, tx, endpoint, terms);
    await insertEvents(tx, [eventOf(office, 'apikey-made', { endpoint, prefix }, by, terms)]);
    return key;
  });
}

export interface RollTerms {
  /** How long the old key goes on, in milliseconds. */
  readonly overlapMs: number;
  /** When the new one ends; undefined: it lasts as long as the old one was to, null: never. */
  readonly expiresAt?: Date | null;
}

export interface Rolled {
  readonly key: string;
  /** When the old key ends. */
  readonly endsAt: Date;
}

/**
 * Makes a key that follows another one; both work until the overlap is over.
 * @throws DeedRefused when there is no such good key, or another one follows it already
 */
export function rollApiKey(office: KeyOffice, prefix: string, terms: RollTerms, by: By): Promise<Rolled> {
  return office.store.transaction(async (tx) => {
    const old = await goodKey(office, tx, prefix);
    if (old.successor !== null) {
      const text = `The key ${prefix} is rolled already: ${old.successor} follows it. Roll or revoke that one.`;
      throw new DeedRefused('conflict', text);
    }
    const { endpoint, note } = old;
    const expiresAt = terms.expiresAt === undefined ? sameLife(office, old) : terms.expiresAt;
    const made = await make(office, tx, endpoint, { note, expiresAt });
    const overlapEnds = office.now().getTime() + terms.overlapMs;
    const endsAt = new Date(Math.min(overlapEnds, old.expires_at?.getTime() ?? overlapEnds));
    await followApiKey(tx, prefix, made.prefix, endsAt);
    const data = { follows: prefix, until: endsAt };
    await insertEvents(tx, [
      eventOf(office, 'apikey-rolled', { endpoint, prefix: made.prefix }, by, { expiresAt, ...data }),
    ]);
    return { key: made.key, endsAt };
  });
}

/**
 * Ends a key at once.
 * @throws DeedRefused when there is no such good key
 */
export function endApiKey(office: KeyOffice, prefix: string, by: By): Promise<void> {
  return office.store.transaction(async (tx) => {
    const old = await goodKey(office, tx, prefix);
    await revokeApiKey(tx, prefix, office.now());
    await insertEvents(tx, [eventOf(office, 'apikey-revoked', old, by, {})]);
  });
}

async function make(office: KeyOffice, tx: Tx, endpoint: string, { note, expiresAt }: KeyTerms) {
  if (office.partners.endpoint(endpoint)?.type !== 'http')
    throw new DeedRefused('not-found', `No partner has an endpoint ${endpoint} of type http.`);
  const createdAt = office.now();
  if (expiresAt !== null && expiresAt <= createdAt)
    throw new DeedRefused('conflict', `${expiresAt.toISOString()} is past: the key would never work.`);
  const { key, prefix, hash } = makeApiKey();
  await insertApiKey(tx, { prefix, hash, endpoint, note, createdAt, expiresAt });
  return { key, prefix };
}

async function goodKey(office: KeyOffice, tx: Tx, prefix: string): Promise<ApiKeyRow> {
  const row = await lockApiKey(tx, prefix);
  const isOver = row?.expires_at != null && row.expires_at <= office.now();
  if (row !== null && row.revoked_at === null && !isOver) return row;
  throw new DeedRefused('not-found', `There is no good key ${prefix}.`);
}

/** A key that was to end is followed by one that lasts as long. */
function sameLife(office: KeyOffice, { created_at, expires_at }: ApiKeyRow): Date | null {
  if (expires_at === null) return null;
  return new Date(office.now().getTime() + expires_at.getTime() - created_at.getTime());
}

function eventOf(
  office: KeyOffice,
  kind: string,
  { endpoint, prefix }: Pick<ApiKeyRow, 'endpoint' | 'prefix'>,
  by: By | undefined,
  data: object,
) {
  const partner = office.partners.endpoint(endpoint)?.owner ?? null;
  return { kind, partner, data: { endpoint, prefix, ...data }, ...by };
}

const dayMs = 86_400_000;
/** Days before its end at which a key is told of; 0: it has ended. */
export const alarmDays = [14, 7, 1, 0] as const;
/** A key that another one follows is told of on its last day, if the other was never used. */
const followedDays = 1;

const code = 'apikey-expires';
const noMore = { who: 'the gateway', why: 'Another key is used, or this one ended as it was meant to.' };

/** Tells of keys that end without another in use, once at each threshold; and ends the wait of those that are seen to. */
export async function noteEndingApiKeys(context: Context): Promise<void> {
  const now = context.now();
  const within = (days: number) => new Date(now.getTime() + days * dayMs);
  await context.store.transaction(async (tx) => {
    const ending = await endingApiKeys(tx, { alone: within(alarmDays[0]), followed: within(followedDays) });
    const waiting = await waitingOfCode(tx, code);
    for (const row of waiting) {
      if (ending.some(({ prefix }) => prefix === row.value)) continue;
      await endWait(tx, row.id, { ...noMore, resolution: 'mended', at: now });
    }
    for (const key of ending)
      await alarm(
        context,
        tx,
        key,
        waiting.some(({ value }) => value === key.prefix),
      );
  });
}

async function alarm(context: Context, tx: Tx, key: ApiKeyRow, isWaiting: boolean): Promise<void> {
  const { id, prefix, endpoint, successor, alarmed_days: alarmed } = key;
  const expiresAt = key.expires_at as Date;
  const leftMs = expiresAt.getTime() - context.now().getTime();
  const days = alarmDays.findLast((threshold) => leftMs <= threshold * dayMs) ?? alarmDays[0];
  if (alarmed !== null && alarmed <= days) return;
  await noteApiKeyAlarm(tx, id, days);
  const kind = days === 0 ? 'apikey-expired' : 'apikey-expiring';
  const event = eventOf(context, kind, key, undefined, { expiresAt, successor, days });
  await insertEvents(tx, [event]);
  if (isWaiting) return;
  const because =
    successor === null ? 'no other follows it' : `${successor}, which follows it, was never used`;
  const found = fault(code, { prefix, endpoint, expires: expiresAt.toISOString(), because, value: prefix });
  await insertFaults(tx, [{ partner: event.partner, endpoint, fault: found, waiting: true }]);
  context.metrics.faults.inc({ code });
}

/** How long the answer of an API's write is kept for who sends it again. */
const answersKeptMs = 30 * dayMs;
/** Answers forgotten in one sweep. */
const mostForgotten = 5_000;

/** Forgets answers that nobody will ask for any more. */
export async function forgetOldAnswers({ store, now }: Context): Promise<void> {
  await forgetAnswers(store.db, new Date(now().getTime() - answersKeptMs), mostForgotten);
}
