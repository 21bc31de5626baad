/** What people do about keys: each deed is one transaction, recorded with who and why. Nothing of a private key leaves here. */
import { insertEvents } from '../store/events.ts';
import {
  currentKeys,
  insertKey,
  type KeyKind,
  type KeyRow,
  type KeyUsage,
  lockKeys,
  ownKeys,
  partnerKeys,
  retireKey,
  setUseFrom,
  youngestOwnKey,
} from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { Certificate, OwnKey } from '../transport/as2/as2.ts';
import { readCertificate, readOwnKey } from '../transport/as2/certificate.ts';
import { type KeyPairPem, makeKeyPair, type NewCertificateTerms } from '../transport/as2/new-certificate.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import { type Purpose, serving } from './key-standing.ts';
import type { Vault } from './vault.ts';

/** Where keys are dealt with. */
export interface KeyOffice {
  readonly context: Context;
  readonly vault: Vault;
}

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

/** Which key is meant: its fingerprint, or how it begins, and its holder where several have it. */
export interface Named {
  readonly fingerprint: string;
  readonly holder?: string | undefined;
}

/** Ends the use of a key. @param last it may be the last of its holder that does what it does */
export function retire(
  { context }: Pick<KeyOffice, 'context'>,
  which: Named,
  { last }: { readonly last: boolean },
  by: By,
): Promise<KeyRow> {
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const row = await named(tx, which);
    if (!last) await refuseLast(context, tx, row);
    await retireKey(tx, row.id, context.now());
    await note(tx, 'key-retired', row, ownerOf(context, row.holder, row.kind), by);
    return row;
  });
}

/** Moves the date from which a key signs, or is encrypted to. */
export function reschedule(
  { context }: Pick<KeyOffice, 'context'>,
  which: Named,
  from: Date,
  by: By,
): Promise<KeyRow> {
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const row = await named(tx, which);
    refuseDates(row.not_before, row.not_after, from, context.now());
    await setUseFrom(tx, row.id, from);
    const moved = { ...row, use_from: from };
    await note(tx, 'key-rescheduled', moved, ownerOf(context, row.holder, row.kind), by);
    return moved;
  });
}

/** Endpoints that sign and open with a key of ours. */
export function endpointsWith({ partners }: Pick<Context, 'partners'>, name: string): readonly string[] {
  return partners.endpoints.flatMap((endpoint) =>
    endpoint.type === 'as2' && endpoint.key === name ? [endpoint.name] : [],
  );
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

/** One that has expired already may be needed all the same; one that cannot be valid when its turn comes is a slip. */
function refuseDates(notBefore: Date, notAfter: Date, from: Date, now: Date): void {
  if (from < notBefore)
    throw new DeedRefused(
      'conflict',
      `The certificate is valid from ${notBefore.toISOString()} only: give --from ${notBefore.toISOString()}, or later.`,
    );
  if (from >= notAfter && notAfter > now)
    throw new DeedRefused(
      'conflict',
      `The certificate expires on ${notAfter.toISOString()}, before it would be used.`,
    );
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
  await note(tx, kind, added, partner, by);
  return added;
}

async function note(tx: Tx, kind: string, row: KeyRow, partner: string | null, by: By): Promise<void> {
  const { id, holder, fingerprint, usage, use_from, not_after } = row;
  const data = {
    key: id,
    kind: row.kind,
    holder,
    fingerprint,
    usage,
    useFrom: use_from,
    notAfter: not_after,
  };
  await insertEvents(tx, [{ kind, partner, data, ...by }]);
}

/** The partner whose endpoint it is. @throws DeedRefused when it is no AS2 endpoint of the mappings */
function ownerOf(context: Context, endpoint: string): string;
function ownerOf(context: Context, holder: string, kind: KeyKind): string | null;
function ownerOf({ partners }: Context, holder: string, kind?: KeyKind): string | null {
  const endpoint = kind === 'own' ? null : partners.endpoint(holder);
  if (kind !== undefined || endpoint?.type === 'as2') return endpoint?.owner ?? null;
  const names = partners.endpoints.filter(({ type }) => type === 'as2').map(({ name }) => name);
  throw new DeedRefused(
    'not-found',
    `No partner has an endpoint ${holder} of type as2. ${names.length === 0 ? 'There is none at all: "portolan partner check" shows whether a file is broken.' : `There are: ${names.join(', ')}.`}`,
  );
}

/** The key whose fingerprint begins so, written in any of the usual ways. */
async function named(tx: Tx, { fingerprint: text, holder }: Named): Promise<KeyRow> {
  const begin = text
    .toLowerCase()
    .replace(/^sha-?256[:=]/, '')
    .replaceAll(':', '');
  if (!/^[0-9a-f]{8,64}$/.test(begin))
    throw new DeedRefused('conflict', `A fingerprint is at least its first 8 hex digits, not ${text}.`);
  const found = (await currentKeys(tx)).filter(
    (row) => row.fingerprint.startsWith(begin) && (holder === undefined || row.holder === holder),
  );
  const [first] = found;
  if (first === undefined)
    throw new DeedRefused(
      'not-found',
      `No key in use has the fingerprint ${text}: "portolan keys list" shows them.`,
    );
  if (found.length > 1)
    throw new DeedRefused(
      'conflict',
      `${found.length} keys have it: ${found.map((row) => `${row.holder} ${row.fingerprint}`).join(', ')}. Give more of it, or --of and the holder.`,
    );
  return first;
}

const needed: Readonly<Record<KeyKind, Readonly<Record<Purpose, string>>>> = {
  own: { sign: 'sign with', encrypt: 'open messages with' },
  partner: { sign: 'verify signatures with', encrypt: 'encrypt to' },
};

async function refuseLast(context: Context, tx: Tx, row: KeyRow): Promise<void> {
  const rows = row.kind === 'own' ? await ownKeys(tx, row.holder) : await partnerKeys(tx, row.holder);
  const others = rows.filter(({ id }) => id !== row.id);
  // Single ones must have begun; what opens and verifies does so at once.
  const single: Purpose = row.kind === 'own' ? 'sign' : 'encrypt';
  for (const purpose of ['sign', 'encrypt'] as const) {
    if (serving([row], purpose).length === 0) continue;
    const heirs = serving(others, purpose).filter(
      (heir) => purpose !== single || heir.use_from <= context.now(),
    );
    if (heirs.length === 0)
      throw new DeedRefused(
        'conflict',
        `${row.holder} would have nothing left to ${needed[row.kind][purpose]}. Roll first; --last retires it all the same.`,
      );
  }
}
