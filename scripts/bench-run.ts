/** One measured run: a warm-up, the drop, and the watch until everything is written and sent. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type VolumeFile, x12Volume } from '../src/simulator/volume.ts';
import { query, queryOne } from '../src/store/sql.ts';
import type { Store } from '../src/store/store.ts';
import type { Gateway, LoopReport } from './bench-gateway.ts';
import { addresses, type Home, items, type PartnerName } from './bench-home.ts';
import { type Spent, startMeter } from './bench-meter.ts';

export interface Size {
  readonly interchanges: number;
  readonly orders: number;
  readonly lines: number;
}

export interface RoadResult {
  readonly size: Size;
  readonly ordersPerSecond: number;
  readonly writtenSeconds: number;
  readonly sentSeconds: number;
  readonly spent: Spent | null;
  readonly walMb: number;
  readonly databaseMb: number;
  readonly loop: LoopReport;
  /** GET /health/live, sent every 100 ms: median and worst, in milliseconds. */
  readonly health: readonly [number, number];
  /** Small orders of another partner, one every two seconds, drop to 855 written: median and worst, in seconds. */
  readonly corner: readonly [number, number];
  /** Every order has one decided order and one 855, and nothing waits for a person. */
  readonly complete: boolean;
  readonly missing: string;
}

export interface Bench {
  readonly home: Home;
  readonly gateway: Gateway;
  readonly store: Store;
  readonly size: Size;
  readonly say: (line: string) => void;
}

const lookMs = 250;
const tellMs = 2_000;
/** Nothing written or sent for so long: something is wrong. */
const patienceMs = 120_000;
const warmUp = 9_000_000;
const corner = { everyMs: 2_000, lines: 5 };

/** Runs it. The warm-up is one interchange of the same size, at most 1,000 orders, and is not counted. */
export async function measure(bench: Bench): Promise<RoadResult> {
  const { home, gateway, store, size, say } = bench;
  const warming = { ...size, interchanges: 1, orders: Math.min(size.orders, 1_000) };
  await drop(home, 'volume', filesOf(warming, warmUp));
  await settled(bench, { orders: warming.orders, transmissions: 1 }, performance.now());
  say('  warmed up');
  const staged = await stage(home, 'volume', filesOf(size, 1));
  const before = await totals(store);
  const meter = startMeter(gateway.pids, home.directory);
  const beside = startBeside(bench);
  gateway.takeLoop();
  const begun = performance.now();
  await release(staged);
  const orders = size.orders * size.interchanges;
  const times = await settled(
    bench,
    { orders: orders + warming.orders, transmissions: size.interchanges + 1 },
    begun,
  );
  const loop = gateway.takeLoop();
  const small = await beside.stop();
  const spent = meter.stop();
  const after = await totals(store);
  const missing = await whatIsMissing(bench, orders + warming.orders);
  return {
    size,
    ordersPerSecond: Math.round(orders / times.writtenSeconds),
    ...times,
    spent,
    walMb: Math.round((after.wal - before.wal) / 1e6),
    databaseMb: Math.round(after.size / 1e6),
    loop,
    ...small,
    complete: missing === '',
    missing,
  };
}

function* filesOf(size: Size, from: number): Generator<VolumeFile> {
  yield* x12Volume({
    addresses: addresses('volume'),
    interchanges: size.interchanges,
    ordersPer: size.orders,
    linesPer: size.lines,
    startControl: from,
    startNumber: from,
    quantity: 3,
    items,
  });
}

/** Writes files beside the mailbox, on the same disk; gives what moves each in. */
async function stage(
  home: Home,
  partner: PartnerName,
  files: Iterable<VolumeFile>,
): Promise<[string, string][]> {
  const moves: [string, string][] = [];
  for (const { name, bytes } of files) {
    const staged = join(home.directory, `${partner}-${name}`);
    await writeFile(staged, bytes);
    moves.push([staged, join(home.in(partner), name)]);
  }
  return moves;
}

async function release(moves: readonly (readonly [string, string])[]): Promise<void> {
  for (const [from, to] of moves) await rename(from, to);
}

async function drop(home: Home, partner: PartnerName, files: Iterable<VolumeFile>): Promise<void> {
  await release(await stage(home, partner, files));
}

interface Progress {
  readonly orders: number;
  readonly written: number;
  readonly sent: number;
  readonly acknowledged: number;
}

/** Waits until the 855 of every order is written, and until every 855 and 997 of the volume partner is sent. */
async function settled(
  { store, say }: Bench,
  wanted: { orders: number; transmissions: number },
  begun: number,
): Promise<{ writtenSeconds: number; sentSeconds: number }> {
  let writtenSeconds = 0;
  let [toldAt, movedAt, last] = [begun, performance.now(), ''];
  for (;;) {
    const now = await progress(store);
    const at = performance.now();
    const seconds = Math.round((at - begun) / 100) / 10;
    if (writtenSeconds === 0 && now.written >= wanted.orders) writtenSeconds = seconds;
    if (writtenSeconds > 0 && now.sent >= wanted.orders && now.acknowledged >= wanted.transmissions)
      return { writtenSeconds, sentSeconds: seconds };
    const line = `decided ${now.orders}, 855 written ${now.written}, sent ${now.sent}, 997 sent ${now.acknowledged}`;
    if (line !== last) movedAt = at;
    if (at - toldAt > tellMs) {
      say(`  ${seconds.toFixed(1).padStart(6)} s  ${line}`);
      toldAt = at;
    }
    last = line;
    if (at - movedAt > patienceMs) throw new Error(`Nothing happens any more: ${line}`);
    await sleep(lookMs);
  }
}

function progress(store: Store): Promise<Progress> {
  return queryOne<Progress>(
    store.db,
    `select count(*) filter (where kind = '855')::int as orders,
       count(written_at) filter (where kind = '855')::int as written,
       count(sent_at) filter (where kind = '855')::int as sent,
       count(sent_at) filter (where kind = '997')::int as acknowledged
     from documents where partner = 'volume'`,
  );
}

async function totals(store: Store): Promise<{ wal: number; size: number }> {
  const row = await queryOne<{ wal: string; size: string }>(
    store.db,
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal, pg_database_size(current_database()) as size`,
  );
  return { wal: Number(row.wal), size: Number(row.size) };
}

async function whatIsMissing({ store }: Bench, orders: number): Promise<string> {
  const row = await queryOne<{ orders: number; answered: number; waiting: number }>(
    store.db,
    `select (select count(*) from orders where partner = 'volume' and state = 'accepted')::int as orders,
       (select count(distinct subject) from documents where partner = 'volume' and kind = '855' and sent_at is not null)::int as answered,
       (select count(*) from faults where waiting)::int as waiting`,
  );
  const found: string[] = [];
  if (row.orders !== orders) found.push(`${row.orders} of ${orders} orders accepted`);
  if (row.answered !== orders) found.push(`${row.answered} of ${orders} answered`);
  if (row.waiting > 0) found.push(`${row.waiting} faults wait for a person`);
  return found.join(', ');
}

/** What happens beside the volume: another partner's small orders, and somebody who asks whether the gateway lives. */
function startBeside({ home, gateway, store }: Bench) {
  const stop = new AbortController();
  const drops = new Map<string, number>();
  const answersMs: number[] = [];
  const every = async (ms: number, act: (turn: number) => Promise<void>) => {
    for (let turn = 1; !stop.signal.aborted; turn++) {
      await act(turn);
      await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const asking = every(100, async () => {
    const begun = performance.now();
    await (await fetch(`${gateway.url}/health/live`)).text();
    answersMs.push(performance.now() - begun);
  });
  const ordering = every(corner.everyMs, async (turn) => {
    const files = cornerFiles(turn);
    drops.set(`CORNER${turn}`, Date.now());
    await drop(home, 'corner', files);
  });
  return {
    async stop() {
      stop.abort();
      await Promise.all([asking, ordering]);
      return { health: spread(answersMs, 0), corner: spread(await cornerSeconds(store, drops), 1) };
    },
  };
}

function cornerFiles(turn: number): Iterable<VolumeFile> {
  return x12Volume({
    addresses: addresses('corner'),
    interchanges: 1,
    ordersPer: 1,
    linesPer: corner.lines,
    startControl: turn,
    startNumber: turn,
    prefix: 'CORNER',
    items,
  });
}

/** The last one or two may still be on their way, like those of any quiet moment: they are waited for. */
async function cornerSeconds(store: Store, drops: ReadonlyMap<string, number>): Promise<number[]> {
  for (const end = Date.now() + 20_000; ; await sleep(lookMs)) {
    const rows = await query<{ number: string; written_at: Date }>(
      store.db,
      `select o.number, d.written_at from documents d join orders o on o.id = d.order_id
       where d.partner = 'corner' and d.kind = '855' and d.written_at is not null`,
    );
    if (rows.length < drops.size && Date.now() < end) continue;
    if (rows.length < drops.size)
      throw new Error(`${drops.size - rows.length} small orders were not answered`);
    return rows.map((row) => (row.written_at.getTime() - (drops.get(row.number) ?? 0)) / 1_000);
  }
}

function spread(values: readonly number[], digits: number): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => Number((sorted[index] ?? 0).toFixed(digits));
  return [at(Math.floor(sorted.length / 2)), at(sorted.length - 1)];
}
