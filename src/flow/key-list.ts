/** Keys and certificates as people see them: what each does now, until when, and what is wrong. Nothing private is in it. */
import type { As2Endpoint } from '../partner/endpoint.ts';
import { currentKeys, type KeyKind, type KeyRow, type KeyUsage } from '../store/keys.ts';
import type { Certificate } from '../transport/as2/as2.ts';
import { concernsOf } from '../transport/as2/certificate-use.ts';
import type { Context } from './context.ts';
import { daysUntil, thresholdOf } from './expiry.ts';
import { endpointsWith } from './key-record.ts';
import { byHolder, chosen, type Duty, isSucceeded, standingOf } from './key-standing.ts';
import { readRow } from './keyring.ts';
import { KeysUnusable } from './vault.ts';

export interface KeyView {
  readonly kind: KeyKind;
  /** own: the key's name. partner: the endpoint's name. */
  readonly holder: string;
  /** Endpoints that use it. */
  readonly endpoints: readonly string[];
  readonly usage: KeyUsage;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  /** The common name, else all of the subject. */
  readonly subject: string;
  readonly does: readonly Duty[];
  /** What it does besides from `useFrom`, which is to come. */
  readonly later: readonly Duty[];
  readonly useFrom: Date;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Days left; 0 or less: it has expired. */
  readonly daysLeft: number;
  /** A sentence each. */
  readonly warnings: readonly string[];
  readonly addedAt: Date;
  readonly who: string;
  readonly why: string;
}

export interface KeyList {
  readonly keys: readonly KeyView[];
  /** What endpoints lack, a sentence each. */
  readonly missing: readonly string[];
}

type Whereabouts = Pick<Context, 'store' | 'partners' | 'now'>;

/** Every key and certificate in use, ours first, and what endpoints lack. */
export async function readKeyList(context: Whereabouts): Promise<KeyList> {
  const now = context.now();
  const groups = byHolder(await currentKeys(context.store.db));
  return {
    keys: groups.flatMap((rows) => rows.map((row) => viewOf(context, row, rows, now))),
    missing: context.partners.endpoints.flatMap((endpoint) =>
      endpoint.type === 'as2' ? lacksOf(endpoint, groups, now) : [],
    ),
  };
}

function viewOf(context: Whereabouts, row: KeyRow, rows: readonly KeyRow[], now: Date): KeyView {
  const { now: does, later } = standingOf(row, rows, now);
  const certificate = soundOf(row);
  const concerns =
    certificate instanceof KeysUnusable ? [certificate.message] : concernsOf(certificate, usesOf(row), now);
  return {
    kind: row.kind,
    holder: row.holder,
    endpoints: row.kind === 'own' ? endpointsWith(context, row.holder) : [row.holder],
    usage: row.usage,
    fingerprint: row.fingerprint,
    subject: certificate instanceof KeysUnusable ? '–' : subjectOf(certificate),
    does,
    later,
    useFrom: row.use_from,
    notBefore: row.not_before,
    notAfter: row.not_after,
    daysLeft: daysUntil(row.not_after, now),
    warnings: [...concerns, ...warningsOf(context, row, rows, now)],
    addedAt: row.created_at,
    who: row.who,
    why: row.why,
  };
}

/** A row that was changed in the database must not hide the others. */
function soundOf(row: KeyRow): Certificate | KeysUnusable {
  try {
    return readRow(row);
  } catch (error) {
    if (error instanceof KeysUnusable) return error;
    throw error;
  }
}

/** The common name of a certificate, else all of its subject on one line. */
export function subjectOf({ x509 }: Certificate): string {
  const { CN } = (x509.toLegacyObject().subject ?? {}) as { CN?: string | string[] };
  return [CN ?? x509.subject.replaceAll('\n', ', ')].flat().join(', ');
}

/** What a key is for, as its certificate is looked at. */
export function usesOf({ usage }: Pick<KeyRow, 'usage'>): { sign: boolean; encrypt: boolean } {
  return { sign: usage !== 'encrypt', encrypt: usage !== 'sign' };
}

function warningsOf({ partners }: Whereabouts, row: KeyRow, rows: readonly KeyRow[], now: Date): string[] {
  const ends = thresholdOf(row.not_after, now);
  const isAlone = ends !== null && ends > 0 && !isSucceeded(row, rows);
  const isGone = row.kind === 'partner' && partners.endpoint(row.holder) === null;
  return [
    ...(isAlone ? [`It expires in ${left(row.not_after, now)}, and none takes over.`] : []),
    ...(isGone ? [`No partner names the endpoint ${row.holder}: retire it if they have gone.`] : []),
  ];
}

function left(notAfter: Date, now: Date): string {
  const days = daysUntil(notAfter, now);
  return days === 1 ? 'a day' : `${days} days`;
}

function lacksOf(endpoint: As2Endpoint, groups: readonly (readonly KeyRow[])[], now: Date): string[] {
  const { name, key, sign, encrypt, demand, mdn } = endpoint;
  const of = (kind: KeyKind, holder: string) =>
    groups.find(([row]) => row?.kind === kind && row.holder === holder) ?? [];
  const ours = of('own', key);
  const theirs = of('partner', name);
  const needed = [
    ...((demand.signed || mdn.signed) && !theirs.some(({ usage }) => usage !== 'encrypt')
      ? ['verify with']
      : []),
    ...(encrypt !== 'none' && chosen(theirs, 'encrypt', now) === null ? ['encrypt to'] : []),
  ];
  const signs = sign === 'none' || ours.length === 0 || chosen(ours, 'sign', now) !== null;
  return [
    ...(ours.length === 0
      ? [`${name} uses our key ${key}, and there is none: "portolan keys new ${key}" makes it.`]
      : []),
    ...(signs ? [] : [`${name} signs with our key ${key}, and none of its pairs signs now.`]),
    ...(needed.length === 0
      ? []
      : [
          `${name} needs a certificate of the partner to ${needed.join(' and to ')}: "portolan keys import --partner ${name} CERT.pem".`,
        ]),
  ];
}
