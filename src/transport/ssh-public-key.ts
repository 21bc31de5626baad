/** OpenSSH's public keys as text (RFC 4253, 6.6), as far as they may be told without any cryptography. */

export interface SshPublicKey {
  /** 'ssh-ed25519', 'ecdsa-sha2-nistp256' … 'ssh-rsa' */
  readonly type: string;
  readonly blob: Buffer;
}

/** Types taken. An RSA key signs with SHA-256 or SHA-512 (RFC 8332), whatever its type is called. */
export const sshKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;
/** Shortest RSA modulus taken, in bits. */
export const leastRsaBits = 2048;

const form = /^([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})(?:[ \t].*)?$/;

/** Reads a line such as 'ssh-ed25519 AAAA… comment'. Gives the reason, in a sentence, when it is not taken. */
export function readSshPublicKey(line: string): SshPublicKey | string {
  const [, type, text] = form.exec(line.trim()) ?? [];
  if (type === undefined || text === undefined)
    return "A public key is one line as ssh-keygen writes it: 'ssh-ed25519 AAAA…'.";
  if (!sshKeyTypes.some((known) => known === type))
    return `Keys of type ${type} are not taken: ${sshKeyTypes.join(', ')}.`;
  const blob = Buffer.from(text, 'base64');
  const fields = readFields(blob);
  if (fields === null || fields[0]?.toString('latin1') !== type || fields.length !== fieldsOf(type))
    return `The public key is cut off or changed: what follows ${type} is not a key of that type.`;
  if (type === 'ssh-rsa' && bitsOf(fields[2] as Buffer) < leastRsaBits)
    return `An RSA key needs at least ${leastRsaBits} bits.`;
  return { type, blob };
}

/** The type, then: a point; a curve and a point; an exponent and a modulus. */
function fieldsOf(type: string): number {
  return type === 'ssh-ed25519' ? 2 : 3;
}

function readFields(blob: Buffer): Buffer[] | null {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (blob.length - at < 4) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function bitsOf(modulus: Buffer): number {
  const from = modulus.findIndex((byte) => byte !== 0);
  if (from < 0) return 0;
  return (modulus.length - from) * 8 - (Math.clz32(modulus[from] as number) - 24);
}
