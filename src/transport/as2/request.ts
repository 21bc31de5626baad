/** The header of what we say in AS2 (RFC 4130, 6 and 7.3): messages, and MDNs. */
import { quoteName } from './names.ts';
import { type WantedReceipt, writeReceiptRequest } from './receipt-request.ts';

/** Header fields of all that we say in AS2, except MIME's. */
export function as2Headers(us: string, them: string, messageId: string, at: Date): Record<string, string> {
  return {
    'AS2-Version': '1.2',
    'AS2-From': quoteName(us),
    'AS2-To': quoteName(them),
    'Message-ID': messageId,
    // RFC 6017: what we know to do beyond RFC 4130. Repeats under one id are the same bytes, and get the same answer.
    'EDIINT-Features': 'AS2-Reliability',
    Date: at.toUTCString(),
  };
}

export interface RequestTerms {
  readonly us: string;
  readonly them: string;
  readonly messageId: string;
  readonly at: Date;
  /** The receipt that we ask for; null: none. */
  readonly ask: WantedReceipt | null;
  /** The MIME header fields of the body, as `wrap` gives them. */
  readonly mime: Readonly<Record<string, string>>;
}

/** All header fields of a message but those that HTTP itself sets. */
export function requestHeaders({ us, them, messageId, at, ask, mime }: RequestTerms): Record<string, string> {
  return {
    'User-Agent': 'Portolan',
    ...as2Headers(us, them, messageId, at),
    ...(ask === null ? {} : writeReceiptRequest(ask)),
    ...mime,
  };
}
