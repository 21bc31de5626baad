/**
 * Private keys for logging in, in any usual form: OpenSSH's own, PEM (PKCS#1, SEC 1) and PKCS#8, each with a passphrase or
 * without. ssh2 reads no PKCS#8, so that is turned into what it reads. Only the key itself is used, never an agent.
 */
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

/** A private key that cannot be used; the text says why, and holds nothing of it. */
export class UnusableKey extends Error {
  override readonly name = 'UnusableKey';
}

/** The smallest RSA key that is used, in bits. */
const leastRsaBits = 2048;

export interface LoginKey {
  /** Unlocked, in a form that ssh2 reads. */
  readonly text: string;
  /** 'ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256' … */
  readonly type: string;
}

/**
 * Reads a private key. One that is locked in OpenSSH's own form costs a second or more, so do it once.
 * @throws UnusableKey
 */
export function readLoginKey(given: string, passphrase: string | undefined): LoginKey {
  const text = `${given.replace(/\r\n/g, '\n').trim()}\n`;
  const isPem = /^-----BEGIN (RSA |EC |ENCRYPTED |)PRIVATE KEY-----/.test(text);
  const unlocked = isPem ? forSsh2(readPem(text, passphrase)) : readOther(text, passphrase);
  const key = parsed(unlocked, undefined);
  if (!isAllowed(key.type)) throw new UnusableKey(`A key of type ${key.type} is not used: ${usable}`);
  if (key.type === 'ssh-rsa') checkRsa(key.getPublicSSH());
  return { text: unlocked, type: key.type };
}

/** OpenSSH's own form, or PuTTY's. */
function readOther(text: string, passphrase: string | undefined): string {
  const key = parsed(text, passphrase);
  if (!key.isPrivateKey()) throw new UnusableKey('This is a public key; the private one is needed');
  return forSsh2(createPrivateKey(key.getPrivatePEM()));
}

function parsed(text: string, passphrase: string | undefined): ParsedKey {
  const key = ssh2.utils.parseKey(text, passphrase);
  if (key instanceof Error) throw new UnusableKey(`The private key cannot be read: ${key.message}`);
  return key;
}

const usable = 'make one with "ssh-keygen -t ed25519"';

function isAllowed(type: string): boolean {
  return /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/.test(type);
}

function checkRsa(blob: Buffer): void {
  const strings: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    strings.push(blob.subarray(at + 4, end));
    at = end;
  }
  const modulus = BigInt(`0x${(strings[2] ?? Buffer.from([0])).toString('hex')}`);
  const bits = modulus.toString(2).length;
  if (bits < leastRsaBits)
    throw new UnusableKey(`An RSA key of ${bits} bits is not used, only of ${leastRsaBits} and more`);
}

function readPem(text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const isLocked =
      code === 'ERR_MISSING_PASSPHRASE' || /bad decrypt|interrupted or cancelled/i.test(message);
    const why = passphrase === undefined ? 'it needs a passphrase' : 'the passphrase is another one';
    throw new UnusableKey(`The private key cannot be read: ${isLocked ? why : message}`);
  }
}

function forSsh2(key: KeyObject): string {
  const pem = (type: 'pkcs1' | 'sec1') => key.export({ format: 'pem', type }).toString();
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return pem('pkcs1');
    case 'ec':
      return pem('sec1');
    case 'ed25519':
      return ed25519ForSsh2(key);
    default:
      throw new UnusableKey(`A key of type ${key.asymmetricKeyType} is not used: ${usable}`);
  }
}

/** OpenSSH's own form (PROTOCOL.key), without a passphrase. */
function ed25519ForSsh2(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const type = Buffer.from('ssh-ed25519');
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    ...[type, open, Buffer.concat([seed, open]), Buffer.alloc(0)].map(field),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const none = field(Buffer.from('none'));
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[none, none, field(Buffer.alloc(0)), Buffer.from([0, 0, 0, 1])],
    field(Buffer.concat([field(type), field(open)])),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = bytes.toString('base64').replace(/.{1,70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A string of RFC 4251, 5: its length, then its bytes. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
