/** What people do about keys: each deed is one transaction, recorded with who and why. Nothing of a private key leaves here. */
import {
  insertKey,
  type KeyKind,
  type KeyRow,
  type KeyUsage,
  lockKeys,
  ownKeys,
  partnerKeys,
  youngestOwnKey,
} from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { Certificate, OwnKey } from '../transport/as2/as2.ts';
import { readCertificate, readOwnKey } from '../transport/as2/certificate.ts';
import { type KeyPairPem, makeKeyPair, type NewCertificateTerms } from '../transport/as2/new-certificate.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import { type KeyOffice, noteKey, ownerOf, refuseDates } from './key-record.ts';

export interface UseTerms {
  /** From when it signs, or is encrypted to; default: at once. It opens and verifies at once in any case. */
  readonly from?: Date | undefined;
  readonly usage?: KeyUsage | undefined;
}

export interface NewKeyTerms {
  readonly from?: Date | undefined;
  readonly days: number;
  readonly bits: NewCertificateTerms['bits'];
  readonly commonName: string;
}

export interface OwnPair {
  readonly certificate: string | Buffer;
  readonly privateKey: string | Buffer;
  readonly passphrase?: string | undefined;
}

const dayMs = 86_400_000;
/** A new certificate is valid a little earlier than it is made: partners' clocks differ from ours. */
const earlierMs = 3_600_000;
/** As partner.yaml writes the `key` of an endpoint. */
const ownName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Makes the first key pair of a name. */
export async function newKey(office: KeyOffice, name: string, terms: NewKeyTerms, by: By): Promise<KeyRow> {
  refuseName(name);
  if ((await ownKeys(office.context.store.db, name)).length > 0)
    throw new DeedRefused(
      'conflict',
      `There are keys ${name} already: "portolan keys roll ${name}" makes the next.`,
    );
  return addOwn(office, name, await makePair(office, terms), terms, 'key-made', by);
}

/** Makes the next key pair of a name: it opens at once, and signs from a date; those before it go on opening. */
export async function rollKey(office: KeyOffice, name: string, terms: NewKeyTerms, by: By): Promise<KeyRow> {
  refuseName(name);
  if ((await ownKeys(office.context.store.db, name)).length === 0)
    throw new DeedRefused(
      'not-found',
      `There is no key ${name} to roll: "portolan keys new ${name}" makes the first.`,
    );
  return addOwn(office, name, await makePair(office, terms), terms, 'key-rolled', by);
}

/** Adds a key pair that was made elsewhere; beside keys that are there it is a roll. */
export async function importOwnKey(
  office: KeyOffice,
  name: string,
  pair: OwnPair,
  terms: UseTerms,
  by: By,
): Promise<KeyRow> {
  refuseName(name);
  const key = understood(() => readOwnKey(pair.certificate, pair.privateKey, pair.passphrase));
  return addOwn(office, name, key, terms, 'key-imported', by);
}

/** Pins a certificate of a partner's endpoint: its signatures count at once; it is encrypted to from a date. */
export async function importCertificate(
  { context }: KeyOffice,
  endpoint: string,
  certificate: string | Buffer,
  terms: UseTerms,
  by: By,
): Promise<KeyRow> {
  const owner = ownerOf(context, endpoint);
  const found = understood(() => readCertificate(certificate));
  refuseForeign(found);
  const row = newRow(context, 'partner', endpoint, found, terms, by);
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const kind =
      (await partnerKeys(tx, endpoint)).length === 0 ? 'certificate-imported' : 'certificate-rolled';
    return add(tx, { ...row, sealed: null }, kind, owner, by);
  });
}

function refuseName(name: string): void {
  if (!ownName.test(name))
    throw new DeedRefused('conflict', `A key's name is of small letters, digits and hyphens, not ${name}.`);
}

async function makePair({ context }: KeyOffice, terms: NewKeyTerms): Promise<OwnKey> {
  const now = context.now().getTime();
  const begin = Math.max(now, terms.from?.getTime() ?? now);
  const pair: KeyPairPem = await makeKeyPair({
    commonName: terms.commonName,
    bits: terms.bits,
    notBefore: wholeSecond(now - earlierMs),
    notAfter: wholeSecond(begin + terms.days * dayMs),
  });
  return readOwnKey(pair.certificate, pair.privateKey);
}

/** Certificates tell times in whole seconds. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

async function addOwn(
  { context, vault }: KeyOffice,
  name: string,
  key: OwnKey,
  terms: UseTerms,
  kind: string,
  by: By,
): Promise<KeyRow> {
  refuseForeign(key.certificate);
  const row = newRow(context, 'own', name, key.certificate, terms, by);
  const der = key.privateKey.export({ type: 'pkcs8', format: 'der' });
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    // All are sealed with what this process has, or none could be rolled: found out before a second secret is in use.
    const youngest = await youngestOwnKey(tx);
    if (youngest !== null) await vault.unseal(youngest.sealed, youngest);
    const sealed = await vault.seal(der, row);
    return add(tx, { ...row, sealed }, kind, null, by);
  });
}

function newRow(
  context: Context,
  kind: KeyKind,
  holder: string,
  certificate: Certificate,
  { from, usage = 'both' }: UseTerms,
  by: By,
) {
  const { pem, fingerprint, notBefore, notAfter } = certificate;
  const now = context.now();
  const useFrom = from ?? now;
  refuseDates(notBefore, notAfter, useFrom, now);
  return {
    ...{ kind, holder, usage, certificate: pem, fingerprint },
    ...{ use_from: useFrom, not_before: notBefore, not_after: notAfter },
    ...by,
  };
}

/** RFC 4130 leaves the algorithm open; what AS2 programs sign and encrypt with is RSA. */
function refuseForeign({ publicKey }: Certificate): void {
  const type = publicKey.asymmetricKeyType;
  if (type !== 'rsa')
    throw new DeedRefused('conflict', `The certificate holds a key of the kind ${type}; AS2 needs RSA.`);
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new DeedRefused('conflict', `It cannot be taken: ${(error as Error).message}.`);
  }
}

async function add(
  tx: Tx,
  row: Parameters<typeof insertKey>[1],
  kind: string,
  partner: string | null,
  by: By,
): Promise<KeyRow> {
  const added = await insertKey(tx, row);
  if (added === null)
    throw new DeedRefused(
      'conflict',
      `${row.holder} has this certificate already (${row.fingerprint.slice(0, 16)}).`,
    );
  await noteKey(tx, kind, added, partner, by);
  return added;
}
