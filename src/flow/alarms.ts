/**
 * Alarms: what goes wrong without a message to hang it on. A partner is silent, something waits too long to be sent, an endpoint
 * is out of reach, its host key is another one, a disk is full. Each is told once, as a fault that waits for a person, and
 * ends by itself with its cause. One process at a time looks, the one that sweeps.
 */
import { fault } from '../fault.ts';
import type { Endpoint } from '../partner/endpoint.ts';
import { type BreakerRow, listBreakers } from '../store/breakers.ts';
import { listDisks } from '../store/disks-full.ts';
import { insertEvents } from '../store/events.ts';
import { endWait, insertFaults } from '../store/faults.ts';
import type { Queryable } from '../store/store.ts';
import { lastReceived, oldestUnsent, waitingAlarms, wasTold } from '../store/view-alarms.ts';
import { failuresToOpen } from '../transport/retry.ts';
import { type Context, spanMs } from './context.ts';
import { heldNames } from './live.ts';
import { hasPassed } from './working-time.ts';

const codes = ['partner-silent', 'send-waits', 'endpoint-down', 'host-key-changed', 'disk-full'] as const;

/** An endpoint that fails for this long is an alarm, in milliseconds. */
const downMs = 10 * 60_000;

interface Alarm {
  readonly code: (typeof codes)[number];
  /** What it is about: the same value is the same alarm. */
  readonly value: string;
  /** When its cause began: of one cause a person is told once. */
  readonly since: Date;
  readonly partner: string | null;
  readonly endpoint: string | null;
  readonly details: Readonly<Record<string, string>>;
}

/** Tells of what is wrong now, and ends what is not any more. */
export async function noteAlarms(context: Context): Promise<void> {
  await context.store.transaction(async (tx) => {
    const alarms = [
      ...(await silent(context, tx)),
      ...(await unsent(context, tx)),
      ...(await down(context, tx)),
      ...(await full(tx)),
    ];
    const noted = await waitingAlarms(tx, codes);
    const isAbout = (one: { code: string; value: string }) => (other: { code: string; value: string }) =>
      one.code === other.code && one.value === other.value;
    for (const row of noted) {
      if (alarms.some(isAbout(row))) continue;
      await endWait(tx, row.id, { ...over, resolution: 'over', at: context.now() });
      await insertEvents(tx, [{ kind: 'alarm-over', data: { code: row.code, about: row.value } }]);
      context.log.info({ code: row.code, about: row.value }, 'an alarm is over');
    }
    for (const alarm of alarms) {
      if (noted.some(isAbout(alarm)) || (await wasTold(tx, alarm.code, alarm.value, alarm.since))) continue;
      const { code, value, partner, endpoint, details } = alarm;
      const told = fault(code, { ...details, value });
      await insertFaults(tx, [{ partner, endpoint, fault: told, waiting: true }]);
      context.log.warn({ code, partner, endpoint }, told.message);
      await insertEvents(tx, [{ kind: code, partner, data: { about: value, ...details } }]);
      context.metrics.faults.inc({ code });
    }
  });
}

const over = { who: 'the gateway', why: 'The cause has ended.' };

async function silent({ partners, now }: Context, db: Queryable): Promise<Alarm[]> {
  const expecting = partners.endpoints.filter(
    ({ direction, expectEvery }) => direction !== 'out' && expectEvery !== undefined,
  );
  if (expecting.length === 0) return [];
  const last = await lastReceived(
    db,
    expecting.map(({ name }) => name),
  );
  return expecting.flatMap((endpoint) => {
    const { name, owner, expectEvery = '' } = endpoint;
    const [since, partner] = [last.get(name), partners.byName(owner)];
    if (since === undefined || partner === null) return [];
    if (!hasPassed(partner.calendar, partner.timeZone, since, now(), spanMs(expectEvery))) return [];
    const details = { endpoint: name, since: moment(since), every: expectEvery };
    return [{ ...about(endpoint), code: 'partner-silent', value: name, since, details }];
  });
}

async function unsent(context: Context, db: Queryable): Promise<Alarm[]> {
  const rows = await oldestUnsent(db, heldNames(context));
  return rows.flatMap(({ endpoint: name, since, reason }) => {
    const endpoint = context.partners.endpoint(name);
    if (endpoint === null) return [];
    const within = 'sendWithin' in endpoint ? endpoint.sendWithin : defaultWithin;
    if (context.now().getTime() - since.getTime() < spanMs(within)) return [];
    const details = { endpoint: name, since: moment(since), reason: reason ?? 'it was not tried yet' };
    return [{ ...about(endpoint), code: 'send-waits', value: name, since, details }];
  });
}

const defaultWithin = '1h';

async function down({ partners, now }: Context, db: Queryable): Promise<Alarm[]> {
  const rows = await listBreakers(db);
  return rows.flatMap((row): Alarm[] => {
    const endpoint = partners.endpoint(row.endpoint);
    if (endpoint === null) return [];
    if (row.host_key !== null) return [keyChanged(endpoint, row, row.host_key)];
    if (row.failures < failuresToOpen || now().getTime() - row.since.getTime() < downMs) return [];
    const { since, reason } = row;
    const used = row.work === 'poll' ? 'polled' : 'sent to';
    const details = { endpoint: endpoint.name, used, since: moment(since), reason };
    return [
      { ...about(endpoint), code: 'endpoint-down', value: `${endpoint.name} ${row.work}`, since, details },
    ];
  });
}

function keyChanged(endpoint: Endpoint, { since, work }: BreakerRow, shown: string): Alarm {
  const pinned = 'hostKeys' in endpoint ? endpoint.hostKeys.join(', ') : '';
  const details = { endpoint: endpoint.name, shown, pinned, work };
  return {
    ...about(endpoint),
    code: 'host-key-changed',
    value: `${endpoint.name} ${shown}`.slice(0, 99),
    since,
    details,
  };
}

async function full(db: Queryable): Promise<Alarm[]> {
  return (await listDisks(db)).map(({ place, host, since }) => ({
    code: 'disk-full',
    value: `${place} ${host}`.slice(0, 99),
    since,
    partner: null,
    endpoint: null,
    details: { place: place === 'database' ? 'the database' : 'PORTOLAN_HOME/spool', host },
  }));
}

function about({ name, partners }: Endpoint): Pick<Alarm, 'partner' | 'endpoint'> {
  return { endpoint: name, partner: partners.length === 1 ? (partners[0] as string) : null };
}

/** As people read it: '2026-03-01 14:05 UTC'. */
function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Sets the gauges that alarms are drawn from: ages and failures by endpoint, as of now. */
export async function measureAlarms(context: Context): Promise<void> {
  const { store, partners, metrics } = context;
  const [received, waiting, breakers] = await Promise.all([
    lastReceived(
      store.db,
      partners.endpoints.filter(({ direction }) => direction !== 'out').map(({ name }) => name),
    ),
    oldestUnsent(store.db, []),
    listBreakers(store.db),
  ]);
  const age = (at: Date) => Math.max(0, (context.now().getTime() - at.getTime()) / 1000);
  for (const gauge of [metrics.silence, metrics.unsent, metrics.down]) gauge.reset();
  for (const [endpoint, at] of received) metrics.silence.set({ endpoint }, age(at));
  for (const { endpoint, since } of waiting) metrics.unsent.set({ endpoint }, age(since));
  for (const { endpoint, work, failures } of breakers) metrics.down.set({ endpoint, work }, failures);
}
