/** Who may come in: signatures and passwords, slowed down for who guesses. Every refusal looks the same from outside. */
import { BlockList, isIPv6 } from 'node:net';
import type { AuthContext, PasswordAuthContext, PublicKeyAuthContext } from 'ssh2';
import type { HostedAccount, HostedDesk } from './sftp-server-desk.ts';
import { showsKey } from './sftp-server-keys.ts';
import { verifyPassword } from './sftp-server-password.ts';
import {
  accountThrottle,
  addressThrottle,
  createThrottle,
  type ThrottleTerms,
} from './sftp-server-throttle.ts';
import { createTurns } from './sftp-server-turns.ts';

export interface Door {
  /** Whether somebody from this address may try now. */
  isOpen(address: string): boolean;
  /** Judges one try. shown: this key would do. */
  judge(context: AuthContext, address: string): Promise<Judgement>;
  /** A connection ended without anybody having come in, though keys were tried. */
  leftOutside(address: string): void;
}

export type Judgement =
  | { readonly is: 'refused'; readonly account: HostedAccount | null; readonly counts: boolean }
  | { readonly is: 'shown' }
  | { readonly is: 'in'; readonly account: HostedAccount };

/** Passwords checked at once in this process; each takes 32 MiB and a processor. */
const checksAtOnce = 2;
/** Passwords that wait for it; more are refused unseen. */
const checksWaiting = 64;

export interface DoorTerms {
  readonly desk: HostedDesk;
  readonly address?: ThrottleTerms;
  readonly account?: ThrottleTerms;
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: () => number;
}

export function createDoor({
  desk,
  address = addressThrottle,
  account = accountThrottle,
  now,
}: DoorTerms): Door {
  const addresses = createThrottle(address, now);
  const accounts = createThrottle(account, now);
  const checks = createTurns(checksAtOnce, checksWaiting);
  const password = async (context: PasswordAuthContext, from: string): Promise<Judgement> => {
    const known = desk.account(context.username);
    const kept = known === null ? null : await desk.password(known.endpoint);
    // Whether or not there is such an account, and whether or not it must wait: the same work.
    const isRight = (await checks(() => verifyPassword(context.password, kept))) ?? false;
    const mayTry = accounts.isOpen(context.username) && addresses.isOpen(groupOf(from));
    if (isRight && mayTry && known !== null && isAllowedFrom(known, from)) {
      accounts.succeeded(context.username);
      addresses.succeeded(groupOf(from));
      return { is: 'in', account: known };
    }
    accounts.failed(context.username);
    addresses.failed(groupOf(from));
    return { is: 'refused', account: known, counts: true };
  };
  const key = (context: PublicKeyAuthContext, from: string): Judgement => {
    const known = desk.account(context.username);
    const shows = known === null ? 'no' : showsKey(context, known.keys);
    if (shows === 'no' || known === null || !isAllowedFrom(known, from))
      return { is: 'refused', account: known, counts: false };
    if (shows === 'shown') return { is: 'shown' };
    addresses.succeeded(groupOf(from));
    return { is: 'in', account: known };
  };
  return {
    isOpen: (from) => addresses.isOpen(groupOf(from)),
    leftOutside: (from) => addresses.failed(groupOf(from)),
    async judge(context, from) {
      if (context.method === 'password') return password(context, from);
      if (context.method === 'publickey') return key(context, from);
      return { is: 'refused', account: null, counts: false };
    },
  };
}

/** The address of a client as it is told and compared: IPv4 in its own form wherever it came in. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Who is slowed down together: an IPv4 address; of IPv6 the /64, which one customer has. */
function groupOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const first = head.split(':').filter((part) => part !== '');
  const last = tail.split(':').filter((part) => part !== '');
  const gap = address.includes('::') ? 8 - first.length - last.length : 0;
  return [...first, ...Array<string>(Math.max(gap, 0)).fill('0'), ...last].slice(0, 4).join(':');
}

function isAllowedFrom({ allowedFrom }: HostedAccount, from: string): boolean {
  if (allowedFrom.length === 0) return true;
  const list = new BlockList();
  for (const network of allowedFrom) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list.check(from, isIPv6(from) ? 'ipv6' : 'ipv4');
}
