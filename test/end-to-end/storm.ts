/**
 * A storm: real processes of the gateway, three partners that send orders over SFTP and POST /edi, and a plan of deaths made
 * from a seed. Afterwards a checker holds what the partners found in their mailboxes against what they sent.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../src/flow/flow.ts';
import { type Carrier, mailbox } from '../../src/simulator/carrier.ts';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import type { Store } from '../../src/store/store.ts';
import { openGateway, type Site } from './gateway.ts';
import { interrupted, type KillPoint, type Moment, moments, type Step, steps } from './kill-points.ts';
import { type End, Member } from './member.ts';
import { edifactTerms, x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { fillShelf, type Ground, layGround, waitingRows } from './road.ts';
import { type Berth, check, type Harbor, lyingIn, lyingOut, sum } from './storm-check.ts';

export interface StormOptions {
  readonly seed: number;
  readonly orders: number;
  /** Kill points of each step. */
  readonly deathsPerStep: number;
  /** Deaths at a moment that no kill point chose. */
  readonly timedDeaths: number;
  /** Done to the database before anything runs. */
  readonly prepare?: (store: Store) => Promise<void>;
  /** The storm may end once this is so; unset: when every death has come and nothing is on its way. */
  readonly enough?: (store: Store) => Promise<boolean>;
}

export interface Aftermath {
  /** What is not as it must be, a sentence each. */
  readonly complaints: readonly string[];
  readonly kills: number;
  /** How often each step was under way when its process died. */
  readonly interrupted: ReadonlyMap<Step, number>;
}

const takeoverMs = 2_000;
const password = 'tide-and-timber';

export async function storm(options: StormOptions): Promise<Aftermath> {
  const harbor = await openHarbor(options);
  try {
    const { members, peers, ground } = harbor;
    for (const member of members) member.start();
    const reading = Promise.all(peers.map(({ peer }) => readForever(peer, harbor.stop.signal)));
    try {
      const enough = async () => (await options.enough?.(ground.database.store)) === true;
      await sendAll(harbor, options.orders, enough);
      await calm(harbor, enough);
    } finally {
      harbor.stop.abort();
    }
    await reading;
    const statuses = await Promise.all(members.map((member) => member.stop()));
    for (const { peer } of peers) await peer.read({ acknowledge: false });
    const complaints = await check(harbor, options);
    const troubles = members.flatMap((member) => member.troubles);
    const unstopped = statuses
      .filter((status) => status !== 0)
      .map((status) => `a process ended with ${status}`);
    return {
      complaints: [...troubles, ...unstopped, ...complaints],
      kills: sum(members, 'kills'),
      interrupted: interrupted(await readFile(journalOf(ground.site), 'utf8')),
    };
  } finally {
    await harbor.close();
  }
}

async function openHarbor(options: StormOptions): Promise<Harbor> {
  const ground = await layGround(folders);
  const server = await openMailbox(ground);
  const site: Site = {
    ...ground.site,
    takeoverMs,
    secrets: {
      'env:PORT': String(server.port),
      'env:PASSWORD': password,
      'env:HOST_KEY': server.fingerprint,
    },
  };
  const { store } = ground.database;
  await options.prepare?.(store);
  const first = await openGateway(site, { roles: [] });
  await fillShelf(first.flow.context);
  const { partners } = first.flow.context;
  await first.close();
  const stop = new AbortController();
  const port = await freePort();
  const share = { site, port, journal: journalOf(site) };
  const ends = plan(options);
  const members = crew.map((role, place) => new Member({ ...share, roles: [role] }, ends[place]));
  const peers = await Promise.all(
    Object.keys(folders).map(async (name) => {
      const agreement = partners.byName(name)?.agreements[0];
      if (agreement === undefined) throw new Error(`There is no partner ${name}`);
      return { name, peer: new Peer(agreement, await carrierOf(ground, name, port, stop.signal)) };
    }),
  );
  return {
    ground,
    peers,
    members,
    stop,
    async close() {
      stop.abort();
      await Promise.all(members.map((member) => member.kill()));
      await server.close();
      await ground.remove();
    },
  };
}

const folders = {
  northgate: x12Terms('northgate', {
    them: 'NORTHGATE',
    endpoints: {
      'northgate-box': {
        type: 'sftp',
        host: '127.0.0.1',
        port: 'env:PORT',
        user: 'saltmarsh',
        password: 'env:PASSWORD',
        hostKeys: ['env:HOST_KEY'],
        in: '/out',
        out: '/in',
        every: '1s',
      },
    },
  }),
  southgate: x12Terms('southgate', { them: 'SOUTHGATE', endpoints: httpEnds('southgate') }),
  ostwind: edifactTerms('ostwind', { them: '4000001000012', endpoints: httpEnds('ostwind') }),
};

/** Orders by POST /edi; answers, and their acknowledgments, over folders. */
function httpEnds(name: string) {
  return {
    [`${name}-http`]: { type: 'http' },
    [`${name}-box`]: { type: 'folder', direction: 'out', out: `${name}/in` },
  };
}

async function openMailbox({ site }: Ground): Promise<SftpServer> {
  const root = join(site.home, 'northgate');
  for (const folder of ['in', 'out']) await mkdir(join(root, folder), { recursive: true });
  return startSftpServer({ root, users: [{ name: 'saltmarsh', password }] });
}

function journalOf({ home }: Site): string {
  return join(home, 'journal');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function carrierOf(ground: Ground, name: string, port: number, signal: AbortSignal): Promise<Carrier> {
  const folder = join(ground.site.home, name);
  const box = mailbox({ outgoing: join(folder, 'out'), incoming: join(folder, 'in') });
  if (name === 'northgate') return box;
  const key = await ground.key(`${name}-http`);
  return {
    ...box,
    send: (_name, bytes) => postUntilTaken(`http://127.0.0.1:${port}/edi`, key, bytes, signal),
  };
}

let posted = 0;
const takenMs = 150_000;
const answerMs = 30_000;

/** As a careful sender does it: again and again until there is a 2xx. Every second one has no Idempotency-Key. */
async function postUntilTaken(url: string, key: string, bytes: Buffer, stop: AbortSignal): Promise<void> {
  posted += 1;
  const headers = {
    authorization: `Bearer ${key}`,
    ...(posted % 2 === 0 ? { 'idempotency-key': randomUUID() } : {}),
  };
  const end = Date.now() + takenMs;
  while (!stop.aborted) {
    if (Date.now() > end) throw new Error('Nobody took a file at POST /edi');
    const status = await postOnce(url, headers, bytes);
    if (status >= 200 && status < 300) return;
    if (status >= 400 && status < 500 && status !== 429) throw new Error(`POST /edi answered ${status}`);
    await sleep(200);
  }
}

async function postOnce(url: string, headers: Record<string, string>, bytes: Buffer): Promise<number> {
  try {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes), signal });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // Nobody is there, or died before it answered: what this is about.
    return 0;
  }
}

/** One process each; two of them share the work. */
const crew: readonly Role[] = ['receive', 'work', 'work', 'send'];

function roleOf(step: Step): Role {
  return step === 'receive' || step === 'send' ? step : 'work';
}

/** Deaths of each process of the crew, in an order that the seed gives. */
function plan({ seed, deathsPerStep, timedDeaths }: StormOptions): readonly (readonly End[])[] {
  const random = seeded(seed);
  const planned: End[][] = crew.map(() => []);
  const give = (role: Role, end: End) => {
    const lists = planned.filter((_, place) => crew[place] === role);
    lists.sort((a, b) => a.length - b.length)[0]?.push(end);
  };
  for (const step of steps) {
    for (const moment of momentsOf(step, random).slice(0, deathsPerStep)) {
      const at: KillPoint = { step, moment, count: 1 + Math.floor(random() * most[step]) };
      give(roleOf(step), { at });
    }
  }
  for (let death = 0; death < timedDeaths; death += 1)
    give(crew[death % crew.length] as Role, { afterMs: Math.floor(random() * 1_500) });
  return planned.map((ends) => shuffled(ends, random));
}

/** Received, and the sender does not know: it sends again, and only a unique key tells. That death comes in every plan. */
function momentsOf(step: Step, random: () => number): readonly Moment[] {
  const mixed = shuffled(moments, random);
  return step === 'receive'
    ? ['after-commit', ...mixed.filter((moment) => moment !== 'after-commit')]
    : mixed;
}

/** Steps that take many rows at once run less often. */
const most: Readonly<Record<(typeof steps)[number], number>> = {
  receive: 3,
  translate: 3,
  decide: 2,
  answer: 2,
  send: 4,
  reconcile: 1,
};

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

async function readForever(peer: Peer, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await peer.read();
    await sleep(200);
  }
}

/** Orders of one wave. */
const waveSize = 5;
const waveMs = 300;
const deathMs = 20_000;

/** Sends wave after wave, each once the one before was taken; while deaths are planned it keeps a wave for each of them. */
async function sendAll(
  { peers, members }: Harbor,
  orders: number,
  enough: () => Promise<boolean>,
): Promise<void> {
  for (let sent = 0; sent < orders && !(await enough()); sent += waveSize) {
    const before = sum(members, 'kills');
    const numbers = Array.from({ length: Math.min(waveSize, orders - sent) }, (_, at) => sent + at);
    const sending = numbers.map((number) =>
      (peers[number % peers.length] as Berth).peer.order(`PO-${number + 1}`),
    );
    await Promise.all(sending);
    const wavesLeft = Math.floor((orders - sent) / waveSize);
    const end = Date.now() + (sum(members, 'left') >= wavesLeft ? deathMs : waveMs);
    while (Date.now() < end && sum(members, 'kills') === before && !troubled(members)) await sleep(50);
    refuseTroubles(members);
  }
}

function troubled(members: readonly Member[]): boolean {
  return members.some((member) => member.troubles.length > 0);
}

/** A process that ends by itself will not come back: there is nothing to wait for. */
function refuseTroubles(members: readonly Member[]): void {
  const troubles = members.flatMap((member) => member.troubles);
  if (troubles.length > 0) throw new Error(troubles.join('; '));
}

const calmMs = 90_000;

/** Waits until every planned death has come and nothing is on its way any more. */
async function calm(harbor: Harbor, enough: () => Promise<boolean>): Promise<void> {
  const { members, ground } = harbor;
  const end = Date.now() + calmMs;
  let still = 0;
  while (still < 4 && Date.now() < end && !(await enough())) {
    refuseTroubles(members);
    const busy = (await waitingRows(ground.database.store)).length + (await lyingOut(harbor)).length;
    const unread = (await Promise.all(harbor.peers.map(({ name }) => lyingIn(harbor, name)))).flat();
    const over = sum(members, 'left') === 0 && busy + unread.length === 0;
    still = over && members.every(({ ready }) => ready) ? still + 1 : 0;
    await sleep(150);
  }
}
