/** The header of a request that carries a message of ours (RFC 4130, 6 and 7.3). */
import type { Digest } from './as2.ts';
import { writeReceiptOptions } from './disposition.ts';
import { quoteName } from './names.ts';

/** What we are and what we can. */
export const ourVersion = {
  'as2-version': '1.2',
  'ediint-features': 'AS2-Reliability',
  'user-agent': 'Portolan',
} as const;

export interface RequestTerms {
  readonly us: string;
  readonly them: string;
  readonly messageId: string;
  readonly at: Date;
  /** The receipt that we ask for; null: none. `returnTo`: where an asynchronous one goes. */
  readonly ask: {
    readonly signed: boolean;
    readonly digest: Digest;
    readonly returnTo: string | null;
  } | null;
  readonly digestSpelling: 'sha-256' | 'sha256';
  /** The MIME header fields of the body, as `wrap` gives them. */
  readonly mime: Readonly<Record<string, string>>;
}

/** All header fields but those that HTTP itself sets. */
export function requestHeaders(terms: RequestTerms): Record<string, string> {
  const { us, them, messageId, at, ask, mime } = terms;
  return {
    ...ourVersion,
    date: at.toUTCString(),
    'message-id': messageId,
    'as2-from': quoteName(us),
    'as2-to': quoteName(them),
    ...(ask === null ? {} : receiptHeaders(us, ask, terms.digestSpelling)),
    ...Object.fromEntries(Object.entries(mime).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** Exactly one digest is asked for: of several, some take the first and some the last. */
function receiptHeaders(
  us: string,
  { signed, digest, returnTo }: NonNullable<RequestTerms['ask']>,
  spelling: RequestTerms['digestSpelling'],
): Record<string, string> {
  return {
    'disposition-notification-to': quoteName(us),
    ...(signed ? { 'disposition-notification-options': writeReceiptOptions(digest, spelling) } : {}),
    ...(returnTo === null ? {} : { 'receipt-delivery-option': returnTo }),
  };
}
