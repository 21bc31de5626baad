/** Endpoints that are left alone over all processes, and alarms that are told once and end by themselves. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAlarms } from '../../src/flow/alarms.ts';
import { isOutOfReach, LeftAlone, throughBreaker } from '../../src/flow/breaker.ts';
import type { Context } from '../../src/flow/context.ts';
import { noteDiskFull, noteStored } from '../../src/flow/disk.ts';
import { hasPassed } from '../../src/flow/working-time.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { calendar, everyDay } from '../../src/order/calendar.ts';
import type { Endpoint } from '../../src/partner/endpoint.ts';
import type { Partner } from '../../src/partner/partner.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { insertDelivery } from '../../src/store/deliveries.ts';
import { resolveFault } from '../../src/store/faults.ts';
import { addReady } from '../../src/store/ready.ts';
import { insertTransmission } from '../../src/store/transmissions.ts';
import { MailboxLost } from '../../src/transport/mailbox.ts';
import { UnknownHostKey } from '../../src/transport/sftp-line.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { alarmsOf, noteAlarmsAt } from './alarm-desk.ts';

const endpoint = {
  ...{ name: 'acme-sftp', owner: 'acme', partners: ['acme'], type: 'sftp', direction: 'both' },
  ...{ in: '/in', out: '/out', hostKeys: ['SHA256:pinned'], expectEvery: '24h', sendWithin: '1h' },
} as unknown as Endpoint;
const acme = {
  ...{ name: 'acme', timeZone: 'UTC', agreements: [], calendar: everyDay },
} as unknown as Partner;
const hourMs = 3_600_000;

describe('alarms', () => {
  let database: TestDatabase;
  let context: Context;
  let acts: number;
  beforeEach(async () => {
    database = await freshDatabase();
    acts = 0;
    context = {
      store: database.store,
      partners: partnersOf([acme], [endpoint]),
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(),
      poke: () => undefined,
    } as unknown as Context;
  });
  afterEach(() => database.drop());

  const send = (error: Error | null) =>
    throughBreaker(context, { endpoint: endpoint.name, work: 'send', isDown: isOutOfReach }, async () => {
      acts += 1;
      if (error !== null) throw error;
    }).then(
      () => 'sent',
      (thrown: Error) => thrown.name,
    );
  const open = () => database.store.db('breakers').update({ until: new Date(Date.now() - 1_000) });
  const written = () =>
    database.store.transaction(async (tx) => {
      const id = await insertTransmission(tx, {
        ...{
          partner: 'acme',
          agreement: 'acme/live',
          endpoint: endpoint.name,
          standard: 'x12',
          control: '1',
        },
        ...{ cycle: 0, name: '1.edi', digest: Buffer.alloc(32), bytes: Buffer.from('x'), test: false },
      });
      await addReady(tx, [
        { stage: 'send', subject: id, partner: 'acme', notBefore: new Date(Date.now() + hourMs) },
      ]);
      return id;
    });

  it('does not let two hundred sends hammer a server that is down, and lets one try when its time has come', async () => {
    await written();
    for (let failures = 0; failures < 3; failures += 1)
      assert.equal(await send(new MailboxLost('no connection')), 'MailboxLost');
    const many = () => Promise.all(Array.from({ length: 200 }, () => send(new MailboxLost('no connection'))));
    assert.deepEqual([...new Set(await many())], ['LeftAlone']);
    assert.equal(acts, 3);
    await open();
    assert.equal((await many()).filter((name) => name === 'MailboxLost').length, 1);
    assert.equal(acts, 4);
    await open();
    assert.equal(await send(null), 'sent');
    const [row] = await database.store.db('ready').select('not_before');
    assert.ok(!(row?.not_before > new Date()), 'what waited for the endpoint may leave at once');
    assert.equal(await send(null), 'sent');
  });

  it('does not blame an endpoint for what is wrong with one file', async () => {
    for (let failures = 0; failures < 5; failures += 1)
      assert.equal(await send(new Error('a folder is there')), 'Error');
    assert.equal(acts, 5);
    assert.ok(!(await send(null)).includes(LeftAlone.name));
  });

  it('tells once of a partner who is silent, and ends it when something comes', async () => {
    const receive = (at: Date) =>
      database.store.transaction(async (tx) => {
        const digest = Buffer.alloc(32);
        const source = at.toISOString();
        const id = await insertDelivery(tx, { endpoint: endpoint.name, source, name: 'a', size: 1, digest });
        await tx('deliveries').where({ id }).update({ received_at: at });
      });
    const start = new Date('2026-03-02T10:00:00Z');
    const later = (hours: number) => new Date(start.getTime() + hours * hourMs);
    await noteAlarmsAt(context, later(100));
    await receive(start);
    await noteAlarmsAt(context, later(23));
    assert.deepEqual(await alarmsOf(database), []);
    const logged: string[] = [];
    const note = (_: unknown, text: string) => logged.push(text);
    const heard = { ...context, log: { warn: note, info: note } } as unknown as Context;
    await noteAlarmsAt(heard, later(25));
    await noteAlarmsAt(heard, later(26));
    const sentence =
      'Nothing was received at acme-sftp since 2026-03-02 10:00 UTC; something is expected every 24h.';
    assert.deepEqual(await alarmsOf(database), [['partner-silent', 'acme', sentence]]);
    await receive(later(26.5));
    await noteAlarmsAt(heard, later(27));
    assert.deepEqual(await alarmsOf(database), []);
    assert.deepEqual(logged, [sentence, 'an alarm is over']);
    const [fault] = await database.store.db('faults').select('who', 'resolution');
    assert.deepEqual(fault, { who: 'the gateway', resolution: 'over' });
  });

  it('does not tell again of what a person has dealt with, while its cause lasts', async () => {
    await written();
    const later = new Date(Date.now() + 2 * hourMs);
    await noteAlarmsAt(context, later);
    assert.deepEqual(
      (await alarmsOf(database)).map(([code]) => code),
      ['send-waits'],
    );
    await database.store.transaction(async (tx) => {
      const [row] = await tx('faults').select('*');
      await resolveFault(tx, row, { resolution: 'rejected', who: 'me', why: 'known', at: new Date() });
    });
    await noteAlarmsAt(context, later);
    assert.deepEqual(await alarmsOf(database), []);
    await measureAlarms(context);
    const unsent = (await context.metrics.unsent.get()).values[0];
    assert.deepEqual(unsent?.labels, { endpoint: 'acme-sftp' });
  });

  it('does not count what the partner refused as waiting to be sent: it would hide what really waits', async () => {
    const refused = await written();
    await database.store.db('ready').where({ subject: refused }).delete();
    await noteAlarmsAt(context, new Date(Date.now() + 2 * hourMs));
    assert.deepEqual(await alarmsOf(database), []);
    await measureAlarms(context);
    assert.deepEqual((await context.metrics.unsent.get()).values, []);
  });

  it('names both host keys when the server shows another one, and ends when it is right again', async () => {
    await send(new UnknownHostKey('edi.example.com', 'SHA256:shown', ['SHA256:pinned']));
    await noteAlarmsAt(context, new Date());
    const message = 'The server of acme-sftp shows the host key SHA256:shown; pinned is SHA256:pinned.';
    assert.deepEqual(await alarmsOf(database), [['host-key-changed', 'acme', message]]);
    await send(null);
    await noteAlarmsAt(context, new Date());
    assert.deepEqual(await alarmsOf(database), []);
  });

  it('says after a while that an endpoint is down', async () => {
    for (let failures = 0; failures < 3; failures += 1) await send(new MailboxLost('no connection'));
    await noteAlarmsAt(context, new Date());
    assert.deepEqual(await alarmsOf(database), []);
    await noteAlarmsAt(context, new Date(Date.now() + 11 * 60_000));
    const [[code, , message] = []] = await alarmsOf(database);
    assert.equal(code, 'endpoint-down');
    assert.match(message ?? '', /acme-sftp cannot be sent to since .* UTC: no connection\.$/);
  });

  const wordless = new MailboxLost('', { cause: new Error('the cause') });
  const unheard = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  for (const [name, error, reason] of [
    ['what caused it', wordless, 'the cause'],
    ['its code', new MailboxLost('', { cause: unheard }), 'ECONNREFUSED'],
    ['its name', new MailboxLost(''), 'MailboxLost'],
  ] as const) {
    it(`says of an endpoint that is down, where the error has no message, ${name}`, async () => {
      for (let failures = 0; failures < 3; failures += 1) await send(error);
      await noteAlarmsAt(context, new Date(Date.now() + 11 * 60_000));
      const [[, , message] = []] = await alarmsOf(database);
      assert.equal(message?.split(' UTC: ')[1], `${reason}.`);
    });
  }

  it('tells of a full disk, ours or the database’s, until something could be stored again', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    await noteDiskFull(context, new AggregateError([new Error('other'), full]));
    await noteDiskFull(context, Object.assign(new Error('could not extend file'), { code: '53100' }));
    await noteDiskFull(context, new Error('something else'));
    await noteAlarmsAt(context, new Date());
    assert.deepEqual(
      (await alarmsOf(database)).map(([code, , message]) => [code, /database|spool/.exec(message)?.[0]]),
      [
        ['disk-full', 'database'],
        ['disk-full', 'spool'],
      ],
    );
    await noteStored(context);
    await noteAlarmsAt(context, new Date());
    assert.deepEqual(await alarmsOf(database), []);
  });

  it('polls a mailbox in one of two processes at a time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-polls-'));
    const book = join(folder, 'polls');
    const workers = ['one', 'two'].map((holder) =>
      fork(new URL('./poll-worker.ts', import.meta.url), [database.store.url, holder, book]),
    );
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
    const lines = (await readFile(book, 'utf8')).trim().split('\n');
    await rm(folder, { recursive: true });
    assert.deepEqual(
      workers.map(({ exitCode }) => exitCode),
      [0, 0],
    );
    assert.ok(lines.length >= 10, lines.join());
    for (let at = 0; at < lines.length; at += 2) {
      const [holder] = (lines[at] ?? '').split(' ');
      assert.deepEqual(lines.slice(at, at + 2), [`${holder} begins`, `${holder} ends`]);
    }
    assert.equal(new Set(lines.map((line) => line.split(' ')[0])).size, 2, 'both had their turns');
  });
});

describe('working time', () => {
  const days = calendar.parse({ workdays: ['mon', 'tue', 'wed', 'thu', 'fri'], holidays: ['2026-03-09'] });
  const at = (text: string) => new Date(text);

  it('stands still on days without work', () => {
    // A Friday afternoon; Monday, the 9th, is a holiday.
    const friday = at('2026-03-06T15:00:00Z');
    assert.ok(!hasPassed(days, 'UTC', friday, at('2026-03-10T14:00:00Z'), 24 * hourMs));
    assert.ok(hasPassed(days, 'UTC', friday, at('2026-03-10T15:00:00Z'), 24 * hourMs));
    assert.ok(hasPassed(everyDay, 'UTC', friday, at('2026-03-07T15:00:00Z'), 24 * hourMs));
  });

  it('begins its days where the partner is', () => {
    // 23:00 UTC on Sunday is Monday in Tokyo.
    const sunday = at('2026-03-01T14:00:00Z');
    assert.ok(hasPassed(days, 'Asia/Tokyo', sunday, at('2026-03-01T17:00:00Z'), 2 * hourMs));
    assert.ok(!hasPassed(days, 'UTC', sunday, at('2026-03-01T17:00:00Z'), 2 * hourMs));
  });
});
