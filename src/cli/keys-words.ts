/** What the words of `keys` mean: dates, files, references to passphrases. */
import { readFile } from 'node:fs/promises';
import { loadConfig } from '../config.ts';
import type { Context } from '../flow/context.ts';
import type { KeyOffice } from '../flow/key-record.ts';
import { openVault, type Vault } from '../flow/vault.ts';
import { resolveSecret } from '../partner/secret.ts';
import type { KeyUsage } from '../store/keys.ts';
import { keySizes, type NewCertificateTerms } from '../transport/as2/new-certificate.ts';
import { withPartners } from './office.ts';
import { note, WrongUse } from './verb.ts';

/** A certificate of a partner's is a few KB; a bundle some more. */
const mostFileBytes = 1024 * 1024;

/** Does some work where keys are dealt with. */
export function withKeys<T>(work: (office: KeyOffice) => Promise<T>): Promise<T> {
  const vault = vaultOf(loadConfig(process.env, process.cwd()).keySecret);
  return withPartners((context: Context) => work({ context, vault }));
}

/** The vault of a master secret, given by value or by reference. */
export function vaultOf(secret: string | null): Vault {
  const { home } = loadConfig(process.env, process.cwd());
  const resolve = (reference: string) => resolveSecret(reference, { home, env: process.env, warn: note });
  return openVault({ home, secret, resolve, warn: note });
}

/** A secret never stands on the command line, where every user of the machine can read it. @throws WrongUse */
export function checkReference(option: string, reference: string): string {
  if (/^(env|file):./.test(reference)) return reference;
  throw new WrongUse(`--${option} takes a reference, 'env:NAME' or 'file:PATH', not the secret itself.`);
}

/**
 * A moment: 'now', a day (its first moment in UTC), or ISO 8601 with its zone. One that is past counts as a slip.
 * @throws WrongUse
 */
export function readMoment(text: string, now: Date): Date {
  if (text === 'now') return now;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const moment = new Date(text);
  if (
    !(isDay || isMoment) ||
    Number.isNaN(moment.getTime()) ||
    (isDay && !moment.toISOString().startsWith(text))
  )
    throw new WrongUse(`${text} is no date: give now, 2027-03-01, or 2027-03-01T06:00:00Z.`);
  if (moment < now) throw new WrongUse(`${text} is past: give a date to come, or now.`);
  return moment;
}

export function readUsage(text: string | undefined): KeyUsage | undefined {
  if (text === undefined || text === 'both' || text === 'sign' || text === 'encrypt') return text;
  throw new WrongUse(`--use takes both, sign or encrypt, not ${text}.`);
}

export function readBits(text: string | undefined): NewCertificateTerms['bits'] {
  const bits = keySizes.find((size) => String(size) === (text ?? '2048'));
  if (bits === undefined) throw new WrongUse(`--bits takes ${keySizes.join(', ')}, not ${text}.`);
  return bits;
}

/** RFC 5280, ub-common-name. */
export function readCommonName(text: string): string {
  if (/^[^\p{Cc}]{1,64}$/u.test(text)) return text;
  throw new WrongUse('--common-name takes 1 to 64 characters.');
}

/** The passphrase behind a reference. */
export async function readPassphrase(reference: string | undefined): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  const { home } = loadConfig(process.env, process.cwd());
  return resolveSecret(checkReference('passphrase', reference), { home, env: process.env, warn: note }).catch(
    (error: Error) => {
      throw new WrongUse(`${error.message}.`);
    },
  );
}

/** A certificate or key in PEM, or in DER. @throws WrongUse that says how to convert what partners also send */
export async function readPem(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (bytes.length > mostFileBytes) throw new WrongUse(`${path} is too large for a certificate or a key.`);
  const text = bytes.toString('latin1');
  if (text.includes('-----BEGIN PKCS7-----') || /\.p7[bc]$/i.test(path))
    throw new WrongUse(
      `${path} is a PKCS#7 bundle. Take the partner's certificate out of it: openssl pkcs7 -print_certs -in ${path} -out cert.pem (with -inform DER where it is not text).`,
    );
  if (/\.(p12|pfx)$/i.test(path))
    throw new WrongUse(
      `${path} is a PKCS#12 file. Take both parts out of it: openssl pkcs12 -in ${path} -clcerts -nokeys -out cert.pem, and openssl pkcs12 -in ${path} -nocerts -out key.pem, which asks for a new passphrase of the key.`,
    );
  return bytes;
}

/** As openssl and most AS2 programs show it. */
export function shownFingerprint(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':');
}

/** A moment as people read it, in UTC, to the minute. */
export function shownMoment(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
