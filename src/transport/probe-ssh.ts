/** What an SSH server says before anybody has logged in: its banner and the algorithms it offers (RFC 4253, 4.2 and 7.1). */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fine, noted, probeLimits, type Step, wrong } from './probe.ts';
import { type Algorithms, algorithmsFor, oldAlgorithms } from './ssh-algorithms.ts';

/** SSH_MSG_KEXINIT */
const kexInit = 20;
/** Far more than any server sends before the keys are exchanged. */
const mostBytes = 64 * 1024;

export interface Greeting {
  /** 'SSH-2.0-OpenSSH_9.2' */
  readonly banner: string;
  readonly offered: Algorithms;
}

/** Reads the greeting from a fresh connection. @throws when it is not an SSH server's, or does not come */
export async function readGreeting(socket: Socket): Promise<Greeting> {
  const signal = AbortSignal.timeout(probeLimits.answerMs);
  socket.write('SSH-2.0-portolan\r\n');
  let bytes = Buffer.alloc(0);
  for (;;) {
    const greeting = parse(bytes);
    if (greeting !== null) return greeting;
    if (bytes.length > mostBytes) throw new Error('What answers is no SSH server');
    const [more] = (await Promise.race([
      once(socket, 'data', { signal }),
      once(socket, 'close', { signal }).then(() => [null]),
    ])) as [Buffer | null];
    if (more === null) throw new Error('The server ended the connection before it said what it can');
    bytes = Buffer.concat([bytes, more]);
  }
}

/** null: there is more to come. */
function parse(bytes: Buffer): Greeting | null {
  const text = bytes.toString('latin1');
  const line = /(?:^|\n)(SSH-[^\r\n]*)\r?\n/.exec(text);
  if (line === null) {
    if (/^(HTTP\/|220[ -])/.test(text))
      throw new Error(`What answers is no SSH server: ${text.slice(0, 40)}`);
    return null;
  }
  const packet = bytes.subarray(line.index + line[0].length);
  if (packet.length < 6 || packet.length < 4 + packet.readUInt32BE(0)) return null;
  if (packet[5] !== kexInit) throw new Error('The server does not begin with its algorithms');
  return { banner: line[1] as string, offered: readLists(packet.subarray(6 + 16)) };
}

function readLists(bytes: Buffer): Algorithms {
  const lists: string[][] = [];
  for (let at = 0; lists.length < 6; ) {
    const length = bytes.readUInt32BE(at);
    lists.push(bytes.toString('latin1', at + 4, at + 4 + length).split(','));
    at += 4 + length;
  }
  const [kex = [], serverHostKey = [], cipher = [], , hmac = []] = lists;
  return { kex, serverHostKey, cipher, hmac };
}

const kinds = [
  ['kex', 'key exchange'],
  ['serverHostKey', 'host key'],
  ['cipher', 'cipher'],
  ['hmac', 'MAC'],
] as const;

/** Whether there is one of each kind that both know, and which old ones that would take. */
export function algorithmSteps({ offered }: Greeting, legacy: boolean | readonly string[]): Step[] {
  const ours = algorithmsFor(legacy);
  const steps = kinds.map(([kind, called]): Step => {
    const found = ours[kind].find((name) => offered[kind].includes(name));
    const isOld = (name: string) => (oldAlgorithms[kind] as readonly string[]).includes(name);
    if (found !== undefined && !isOld(found)) return fine(called, found);
    if (found !== undefined)
      return noted(called, `${found}, which is old`, 'Ask the partner for a newer server.');
    const usable = offered[kind].filter(isOld);
    if (usable.length === 0)
      return wrong(
        called,
        `theirs: ${offered[kind].join(', ')}`,
        'We know none of these: they need a newer server.',
      );
    const hint = `Ask the partner for a newer server. Until then: legacyAlgorithms: [${usable[0]}] in partner.yaml.`;
    return wrong(called, `theirs are old: ${offered[kind].join(', ')}`, hint);
  });
  return steps;
}
