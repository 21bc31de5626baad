/**
 * Certificates that expire, ours and partners': somebody is told 60, 30, 14, 7 and 1 days before, and when it is too late, once each
 * time. One process at a time looks, the one that sweeps. What was told is withdrawn when a successor takes over in time.
 */
import { type Fault, fault } from '../fault.ts';
import { insertEvents } from '../store/events.ts';
import { endWait, insertFaults, waitingCertificateFaults } from '../store/faults.ts';
import { currentKeys, type KeyRow, setAlarmed } from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import { endpointsWith } from './key-record.ts';
import { byHolder, isSucceeded } from './key-standing.ts';

/** Days before the end of a certificate at which somebody is told. */
export const alarmDays = [60, 30, 14, 7, 1] as const;
const dayMs = 86_400_000;

/** Whole days that begin until a moment; 0 or less: it is past. */
export function daysUntil(moment: Date, now: Date): number {
  return Math.ceil((moment.getTime() - now.getTime()) / dayMs);
}

/** The threshold that a certificate is past: days, 0 when it has expired, null while there is time. */
export function thresholdOf(notAfter: Date, now: Date): number | null {
  if (notAfter <= now) return 0;
  return [...alarmDays].reverse().find((days) => notAfter.getTime() - now.getTime() <= days * dayMs) ?? null;
}

/** Tells of certificates that come nearer to their end, and withdraws what is dealt with. */
export async function noteExpiring(context: Context): Promise<void> {
  await context.store.transaction(async (tx) => {
    const now = context.now();
    const groups = byHolder(await currentKeys(tx));
    const ending = groups.flatMap((rows) =>
      rows.filter((row) => thresholdOf(row.not_after, now) !== null && !isSucceeded(row, rows)),
    );
    await withdraw(context, tx, ending);
    for (const row of groups.flat()) {
      if (!ending.includes(row)) {
        if (row.alarmed_days !== null) await setAlarmed(tx, row.id, null);
        continue;
      }
      await tell(context, tx, row, thresholdOf(row.not_after, now) as number);
    }
  });
}

/** Faults about certificates that were rolled or retired since. */
async function withdraw(context: Context, tx: Tx, ending: readonly KeyRow[]): Promise<void> {
  const still = new Set(ending.map(valueOfFault));
  for (const { id, value } of await waitingCertificateFaults(tx)) {
    if (still.has(value ?? '')) continue;
    await endWait(tx, id, { ...dealt, resolution: 'rolled', at: context.now() });
  }
}

const dealt = { who: 'the gateway', why: 'Another certificate has taken over, or it was retired.' };
const again = { who: 'the gateway', why: 'The next fault about the same certificate says how long is left.' };

async function tell(context: Context, tx: Tx, row: KeyRow, threshold: number): Promise<void> {
  if (row.alarmed_days !== null && row.alarmed_days <= threshold) return;
  if (!(await setAlarmed(tx, row.id, threshold))) return;
  const earlier = (await waitingCertificateFaults(tx)).filter(({ value }) => value === valueOfFault(row));
  for (const { id } of earlier)
    await endWait(tx, id, { ...again, resolution: 'replaced', at: context.now() });
  const found = expiryFault(context, row);
  const partner = row.kind === 'own' ? null : (context.partners.endpoint(row.holder)?.owner ?? null);
  const endpoint = row.kind === 'own' ? null : row.holder;
  await insertFaults(tx, [{ partner, endpoint, fault: found, waiting: true }]);
  const { kind, holder, fingerprint, not_after } = row;
  const data = { key: row.id, kind, holder, fingerprint, notAfter: not_after, threshold };
  await insertEvents(tx, [{ kind: found.code, partner, data }]);
  context.metrics.faults.inc({ code: found.code });
}

/** What the fault's value is, by which it is found again. Faults keep 99 characters of it. */
function valueOfFault({ fingerprint, holder }: KeyRow): string {
  return `${fingerprint.slice(0, 16)} ${holder}`.slice(0, 99);
}

function expiryFault(context: Context, row: KeyRow): Fault {
  const { kind, holder, not_after } = row;
  const now = context.now();
  const days = daysUntil(not_after, now);
  const users = kind === 'own' ? endpointsWith(context, holder) : [];
  const details = {
    fingerprint: row.fingerprint.slice(0, 16),
    whose: kind === 'own' ? `our key ${holder}` : `the endpoint ${holder}`,
    users: users.length === 0 ? '' : `, which ${users.join(', ')} ${users.length === 1 ? 'uses' : 'use'}`,
    date: not_after.toISOString().slice(0, 10),
    left: days === 1 ? 'a day' : `${days} days`,
    mend:
      kind === 'own'
        ? `"portolan keys roll ${holder} --from DATE" makes the next one, and says what to send to the partner`
        : `Ask the partner for the next one, then "portolan keys roll --partner ${holder} CERT.pem --from DATE"`,
    value: valueOfFault(row),
  };
  return fault(not_after <= now ? 'certificate-expired' : 'certificate-expires', details);
}
