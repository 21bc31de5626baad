/** What a message asks for as its receipt (RFC 4130, 7.3): three header fields. */
import type { Digest } from './as2.ts';
import { writeReceiptOptions } from './disposition.ts';
import { digestNamed } from './mic.ts';

/** The receipt that was asked for. */
export interface ReceiptRequest {
  /** async: to another address, in a request of our own. Which address is agreed, never taken from a message. */
  readonly how: 'sync' | 'async';
  readonly signed: boolean;
  /** Those that we know of the digests asked for, the one liked best first. */
  readonly digests: readonly Digest[];
  /** What they require and we cannot give. */
  readonly lacking: 'unsupported-format' | 'unsupported-mic-algorithms' | null;
}

/**
 * Reads Disposition-Notification-To, Disposition-Notification-Options and Receipt-Delivery-Option.
 * @param headers names in small letters
 * @returns null: no receipt is asked for
 */
export function readReceiptRequest(headers: Readonly<Record<string, string>>): ReceiptRequest | null {
  if ((headers['disposition-notification-to'] ?? '').trim() === '') return null;
  const options = readOptions(headers['disposition-notification-options'] ?? '');
  const protocol = options.get('signed-receipt-protocol');
  const micalg = options.get('signed-receipt-micalg');
  const signed = protocol?.values.includes('pkcs7-signature') ?? false;
  const digests = (micalg?.values ?? []).map(digestNamed).filter((digest) => digest !== null);
  return {
    how: (headers['receipt-delivery-option'] ?? '').trim() === '' ? 'sync' : 'async',
    signed,
    digests,
    lacking: lackingOf(protocol, signed, micalg, digests),
  };
}

/** The receipt that we ask for. */
export interface WantedReceipt {
  readonly signed: boolean;
  readonly digest: Digest;
  readonly spelling: 'sha-256' | 'sha256';
  /** The address of our own /as2 for an asynchronous one; null: in the answer. */
  readonly returnTo: string | null;
}

/** The header fields that ask for a receipt. Products look only at whether the first is there. */
export function writeReceiptRequest(wanted: WantedReceipt): Record<string, string> {
  const { signed, digest, spelling, returnTo } = wanted;
  return {
    'Disposition-Notification-To': returnTo ?? 'as2@localhost',
    ...(signed ? { 'Disposition-Notification-Options': writeReceiptOptions(digest, spelling) } : {}),
    ...(returnTo === null ? {} : { 'Receipt-Delivery-Option': returnTo }),
  };
}

interface Option {
  readonly required: boolean;
  readonly values: readonly string[];
}

/** `attribute=importance, value, value; …`, without regard to case and blanks. The first of a name counts. */
function readOptions(field: string): ReadonlyMap<string, Option> {
  const options = new Map<string, Option>();
  for (const part of field.toLowerCase().split(';')) {
    const [, name, list] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(part) ?? [];
    if (name === undefined || list === undefined || options.has(name)) continue;
    const [importance, ...values] = list.split(',').map((value) => value.replace(/["\s]/g, ''));
    const isImportance = importance === 'required' || importance === 'optional';
    options.set(name, {
      required: importance === 'required',
      values: isImportance ? values : [importance ?? '', ...values],
    });
  }
  return options;
}

function lackingOf(
  protocol: Option | undefined,
  signed: boolean,
  micalg: Option | undefined,
  digests: readonly Digest[],
): ReceiptRequest['lacking'] {
  if (protocol?.required && !signed) return 'unsupported-format';
  return micalg?.required && digests.length === 0 ? 'unsupported-mic-algorithms' : null;
}
