/** What a message asks for as its receipt (RFC 4130, 7.3): three header fields. */
import type { Digest } from './as2.ts';

/** The receipt that was asked for. */
export interface ReceiptRequest {
  /** async: to another address, in a request of our own. Which address is agreed, never taken from a message. */
  readonly how: 'sync' | 'async';
  readonly signed: boolean;
  /** The first digest that we know of those asked for; null: none was asked for, or none is known and that is allowed. */
  readonly digest: Digest | null;
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
  const digest = micalg?.values.map(readDigest).find((known) => known !== null) ?? null;
  return {
    how: (headers['receipt-delivery-option'] ?? '').trim() === '' ? 'sync' : 'async',
    signed,
    digest,
    lacking: lackingOf(protocol, signed, micalg, digest),
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

/** RFC 3851, 5751 and 8551 spell them in three ways. */
function readDigest(value: string): Digest | null {
  const size = /^sha-?(1|256|384|512)$/.exec(value)?.[1];
  return size === undefined ? null : (`sha-${size}` as Digest);
}

function lackingOf(
  protocol: Option | undefined,
  signed: boolean,
  micalg: Option | undefined,
  digest: Digest | null,
): ReceiptRequest['lacking'] {
  if (protocol?.required && !signed) return 'unsupported-format';
  return micalg?.required && digest === null ? 'unsupported-mic-algorithms' : null;
}
