/** Passwords of the built-in SFTP server: scrypt, with the terms beside the digest so that they can be raised later. */
import { randomBytes, randomInt, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scryptAsync = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Some 60 ms and 32 MiB for each try. */
const terms = { N: 2 ** 15, r: 8, p: 1 } as const;
const memory = 64 * 1024 * 1024;
const digestBytes = 32;
const saltBytes = 16;
/** Longest password looked at, in characters. */
export const longestPassword = 256;
/** Shortest password that a person may choose. */
export const leastPassword = 12;

/** Letters and digits that nobody takes for each other. */
const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const madeLength = 24;

/** A password of some 139 random bits, to be shown once. */
export function makePassword(): string {
  return Array.from({ length: madeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** What is kept of a password: 'scrypt$N$r$p$salt$digest'. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const digest = await scryptAsync(bytesOf(password), salt, digestBytes, { ...terms, maxmem: memory });
  return ['scrypt', terms.N, terms.r, terms.p, salt.toString('base64'), digest.toString('base64')].join('$');
}

/**
 * Whether it is the password that was kept.
 * @param kept null: there is none. The answer is then no, after the same work.
 */
export async function verifyPassword(password: string, kept: string | null): Promise<boolean> {
  const [name, N, r, p, salt = '', digest = ''] = (kept ?? nobodys).split('$');
  if (name !== 'scrypt') throw new Error(`A password is kept in a form that is not known: ${name}`);
  const expected = Buffer.from(digest, 'base64');
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: memory };
  const found = await scryptAsync(bytesOf(password), Buffer.from(salt, 'base64'), digestBytes, options);
  return expected.length === found.length && timingSafeEqual(expected, found) && kept !== null;
}

const nobodys = ['scrypt', terms.N, terms.r, terms.p, '', Buffer.alloc(digestBytes).toString('base64')].join(
  '$',
);

/** What differs only in how a keyboard composes a letter is the same password. */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.slice(0, longestPassword).normalize('NFC'));
}
