/** What `scripts/bench transport` measures of AS2, and how. */
import { join } from 'node:path';
import { measured, part, startPart, type Taken } from './bench-transport-run.ts';

type Say = (line: string) => void;

/** Milliseconds of processor time for one message, by role. */
export interface Roles {
  readonly sender: number;
  readonly receiver: number;
}

export interface Small {
  readonly messages: number;
  /** Messages a second from one sending to one receiving process: one after the other; four at a time. */
  readonly inTurn: number;
  readonly atOnce: number;
  readonly ours: Roles;
  /** The cryptography alone. */
  readonly bare: Roles;
}

interface Sent extends Taken {
  readonly grownMb: number;
}
interface Received {
  readonly accepted: number;
  readonly cpuMs: number;
  readonly grownMb: number;
}

const atOnce = 4;
/** Until then V8 compiles our code and node's; a gateway runs for weeks. */
const warmUp = 3_000;

/** Messages of 5 KB, signed and encrypted, with signed synchronous MDN, over HTTP on loopback. */
export async function smallMessages(
  file: string,
  folder: string,
  messages: number,
  say: Say,
): Promise<Small> {
  say(`AS2: ${messages} messages of 5 KB`);
  const first = await part<Roles>('bare', folder, String(messages), file);
  const single = await exchange(file, folder, messages, 1);
  const several = await exchange(file, folder, messages, atOnce);
  // Before and after: what else the machine does moves both.
  const last = await part<Roles>('bare', folder, String(messages), file);
  const perSecond = ({ sent }: Exchange) => (messages / sent.ms) * 1_000;
  return {
    messages,
    inTurn: perSecond(single),
    atOnce: perSecond(several),
    ours: {
      sender: (single.sent.cpuMs + several.sent.cpuMs) / messages / 2,
      receiver: (single.received.cpuMs + several.received.cpuMs) / messages / 2,
    },
    bare: { sender: (first.sender + last.sender) / 2, receiver: (first.receiver + last.receiver) / 2 },
  };
}

interface Exchange {
  readonly sent: Sent;
  readonly received: Received;
}

/** @param flags of node for both processes */
async function exchange(
  file: string,
  folder: string,
  messages: number,
  parallel: number,
  flags: readonly string[] = [],
): Promise<Exchange> {
  const receiver = startPart('receiver', [folder], flags);
  try {
    const { port } = await receiver.next<{ port: number }>();
    const words = [folder, String(port), String(messages), String(parallel), file];
    const sender = startPart('sender', words, flags, { WARM_UP: String(Math.min(warmUp, messages * 10)) });
    await sender.next();
    receiver.say();
    await receiver.next<Received>();
    sender.say();
    const sent = await sender.next<Sent>();
    receiver.say();
    const received = await receiver.next<Received>();
    await sender.end();
    if (received.accepted !== messages) throw new Error(`${received.accepted} of ${messages} were accepted`);
    return { sent, received };
  } finally {
    await receiver.end();
  }
}

export interface Memory {
  readonly megabytes: number;
  /** Most memory above that of the idle process, in MB. */
  readonly senderMb: number;
  readonly receiverMb: number;
  readonly seconds: number;
}

/** One heavy message, from its file to the receiver's workshop; both processes have sent or taken small ones before. */
export async function memoryOf(file: string, folder: string, say: Say): Promise<Memory> {
  say('AS2: memory');
  // Only here is garbage collected before: it takes code that was compiled with it, which would be compiled again while it counts.
  const { sent, received } = await exchange(file, folder, 1, 1, ['--expose-gc']);
  return {
    megabytes: megabytesOf(file),
    senderMb: sent.grownMb,
    receiverMb: received.grownMb,
    seconds: sent.ms / 1_000,
  };
}

export interface Large {
  readonly megabytes: number;
  /** Sign and encrypt; decrypt and verify. Medians. */
  readonly ours: { readonly pack: Taken; readonly open: Taken; readonly grownMb: number };
  readonly openssl: { readonly pack: Taken; readonly open: Taken };
}

/** One large message, packed and opened from file to file, beside processes of openssl, in turns. */
export async function largeMessage(file: string, folder: string, runs: number, say: Say): Promise<Large> {
  say(`AS2: ${runs} times a message of ${megabytesOf(file)} MB`);
  type Found = { runs: { pack: [number, number]; open: [number, number] }[]; grownMb: number };
  const ours: Found[] = [];
  const openssl: { pack: Taken; open: Taken }[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await part<Found>('large', folder, file, '1'));
    openssl.push(await byOpenssl(file, folder));
  }
  const taken = (which: 'pack' | 'open') =>
    ours.flatMap((one) => one.runs).map((one) => ({ ms: one[which][0], cpuMs: one[which][1] }));
  return {
    megabytes: megabytesOf(file),
    ours: {
      pack: median(taken('pack')),
      open: median(taken('open')),
      grownMb: Math.max(...ours.map(({ grownMb }) => grownMb)),
    },
    openssl: {
      pack: median(openssl.map(({ pack }) => pack)),
      open: median(openssl.map(({ open }) => open)),
    },
  };
}

/** Each pair side by side, through a pipe: the fastest way to use it. */
async function byOpenssl(file: string, folder: string): Promise<{ pack: Taken; open: Taken }> {
  const at = (name: string) => join(folder, name);
  const sign = `openssl cms -sign -binary -nosmimecap -md sha256 -signer sender.pem -inkey sender.key.pem -in ${file}`;
  const encrypt = `openssl cms -encrypt -binary -aes-256-cbc -outform DER -out openssl.cms receiver.pem`;
  const decrypt = `openssl cms -decrypt -inform DER -binary -in openssl.cms -recip receiver.pem -inkey receiver.key.pem`;
  const verify = `openssl cms -verify -binary -CAfile sender.pem -purpose any -out ${at('opened')}`;
  const pipe = (first: string, second: string) => ['-c', `set -o pipefail; ${first} | ${second}`];
  const pack = await measured('bash', pipe(sign, encrypt), folder);
  const open = await measured('bash', pipe(decrypt, verify), folder);
  await measured('cmp', [file, at('opened')], folder);
  return { pack, open };
}

const megabytesOf = (file: string) => Number(/payload-(\d+)/.exec(file)?.[1]) / 1e6;

/** The run in the middle, by the wall clock. */
export function median(taken: readonly Taken[]): Taken {
  const sorted = [...taken].sort((a, b) => a.ms - b.ms);
  return sorted[Math.floor(sorted.length / 2)] as Taken;
}
