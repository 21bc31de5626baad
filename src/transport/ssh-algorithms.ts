/**
 * Which SSH algorithms we offer. What is known to be weak is offered only to a partner whose server has nothing better, by
 * name, and after everything that is not. The names are those that ssh2 1.17 knows.
 */

/** By kind, best first, as ssh2 wants them. */
export interface Algorithms {
  readonly kex: readonly string[];
  readonly serverHostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly hmac: readonly string[];
}

/** Offered to everybody: no SHA-1, no CBC, no group below 2048 bits. */
export const modernAlgorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
};

/** Offered only where partner.yaml asks for them. */
export const oldAlgorithms = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa', 'ssh-dss'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-sha1-96', 'hmac-md5'],
} as const satisfies Algorithms;

const kinds = ['kex', 'serverHostKey', 'cipher', 'hmac'] as const;

/** Every old algorithm, by name. */
export const oldNames = [
  ...oldAlgorithms.kex,
  ...oldAlgorithms.serverHostKey,
  ...oldAlgorithms.cipher,
  ...oldAlgorithms.hmac,
] as const;

/** true: all old ones. Else those named. */
export type LegacyAlgorithms = boolean | readonly string[];

/** What is offered to one partner: everything modern, then the old ones allowed. */
export function algorithmsFor(legacy: LegacyAlgorithms): Algorithms {
  const allowed = legacyNames(legacy);
  const offer = (kind: (typeof kinds)[number]) => [
    ...modernAlgorithms[kind],
    ...oldAlgorithms[kind].filter((name) => allowed.includes(name)),
  ];
  return {
    kex: offer('kex'),
    serverHostKey: offer('serverHostKey'),
    cipher: offer('cipher'),
    hmac: offer('hmac'),
  };
}

/** The old algorithms that a setting allows. */
export function legacyNames(legacy: LegacyAlgorithms): readonly string[] {
  if (typeof legacy === 'boolean') return legacy ? oldNames : [];
  return legacy;
}

/** What people are told of a partner with old algorithms; null without any. */
export function legacyWarning(endpoint: string, legacy: LegacyAlgorithms): string | null {
  const names = legacyNames(legacy);
  if (names.length === 0) return null;
  const which = legacy === true ? 'all of them' : names.join(', ');
  return `The endpoint '${endpoint}' allows old SSH algorithms (${which}): they can be broken. Ask the partner for a newer server.`;
}
