/** What must be true once the storm is over: compared are what partners sent and what they found in their mailboxes. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../src/store/store.ts';
import type { Member } from './member.ts';
import { inspected, type Peer } from './peer.ts';
import { type Ground, goods, waitingRows } from './road.ts';

export interface Berth {
  readonly name: string;
  readonly peer: Peer;
}

export interface Harbor {
  readonly ground: Ground;
  readonly peers: readonly Berth[];
  /** The processes, in the order of the crew. */
  readonly members: readonly Member[];
  /** Aborted when all is over, also when it went wrong. */
  readonly stop: AbortController;
  close(): Promise<void>;
}

/** Files of the partner that the gateway has not taken away. */
export async function lyingOut({ ground }: Harbor): Promise<string[]> {
  const found = await readdir(join(ground.site.home, 'northgate', 'out'));
  return found.filter((name) => name !== 'archive');
}

/** What lies in a partner's mailbox: files that it has not read, and unfinished ones. */
export async function lyingIn({ ground }: Harbor, name: string): Promise<string[]> {
  const folder = join(ground.site.home, name, 'in');
  return existsSync(folder) ? readdir(folder) : [];
}

export async function check(harbor: Harbor, { orders }: { readonly orders: number }): Promise<string[]> {
  const { ground, peers, members } = harbor;
  const { store } = ground.database;
  const complaints = [
    ...(sum(members, 'left') > 0 ? [`${sum(members, 'left')} planned deaths did not come`] : []),
    ...(await lyingOut(harbor)).map((name) => `${name} was left in the out folder`),
    ...(await waitingRows(store)).map(
      (row) => `${row.stage} ${row.subject} still waits: ${row.last_error ?? ''}`,
    ),
    ...(await checkStore(store, orders)),
  ];
  for (const berth of peers) {
    complaints.push(
      ...(await lyingIn(harbor, berth.name)).map((name) => `${berth.name} has ${name} left in its mailbox`),
    );
    complaints.push(...(await checkPeer(store, berth)));
  }
  return complaints;
}

/** Every order took its stock once, and nothing waits for a person. */
async function checkStore(store: Store, orders: number): Promise<string[]> {
  const complaints: string[] = [];
  for (const { sku } of [goods[0], goods[2]]) {
    const row = await store.db('stock').where({ sku }).first();
    if (Number(row.reserved) !== orders * 10)
      complaints.push(`${sku} is reserved ${row.reserved} times, not ${orders * 10}`);
  }
  const faults = await store.db('faults').where({ waiting: true });
  const late = await store.db('documents').whereIn('kind', ['855', 'ORDRSP']).whereNot('state', 'confirmed');
  return [
    ...complaints,
    ...faults.map(({ code, message }) => `${code} waits: ${message}`),
    ...late.map(({ kind, subject, state }) => `the ${kind} for ${subject} is ${state}`),
  ];
}

async function checkPeer(store: Store, { name, peer }: Berth): Promise<string[]> {
  const complaints = peer.wrong().map((summary) => `${name}: ${summary}`);
  const orders = await store.db('orders').where({ partner: name });
  const x12 = peer.simulated.standard === 'x12';
  for (const { expected } of peer.sent) {
    const { orderNumber } = expected;
    const rows = orders.filter(({ number }) => number === orderNumber).length;
    if (rows !== 1) complaints.push(`${name}: order ${orderNumber} is there ${rows} times`);
    for (const kind of x12 ? ['997', '855'] : ['CONTRL', 'ORDRSP']) {
      const found = contents(peer, kind, orderNumber);
      if (found.size !== 1)
        complaints.push(
          `${name}: the ${kind} of ${orderNumber} came with ${found.size} contents: ${[...found.values()]}`,
        );
    }
  }
  const bytes = new Map<string, Buffer>();
  for (const mail of peer.mails) {
    const before = bytes.get(mail.name);
    if (before !== undefined && !before.equals(mail.bytes))
      complaints.push(`${name}: ${mail.name} came with other bytes`);
    bytes.set(mail.name, mail.bytes);
    const faults = (await inspected(mail)).filter((line) => !line.includes(': info '));
    complaints.push(...faults);
  }
  return complaints;
}

/** The different documents of a kind that speak of an order, with the control numbers that brought them. */
function contents(peer: Peer, kind: string, orderNumber: string): Map<string, string> {
  const found = new Map<string, string>();
  peer.answers.forEach((answer, at) => {
    if (answer.kind !== kind || !speaksOf(peer, at, orderNumber)) return;
    found.set(JSON.stringify({ ...answer, file: '', again: false }), answer.interchange.control);
  });
  return found;
}

/** A repeat is judged without its order's number; it has the content of the first one, which has it. */
function speaksOf(peer: Peer, at: number, orderNumber: string): boolean {
  const answer = peer.answers[at];
  return answer?.again === false && peer.judgements[at]?.orderNumber === orderNumber;
}

export function sum(members: readonly Member[], what: 'kills' | 'left'): number {
  return members.reduce((total, member) => total + member[what], 0);
}
