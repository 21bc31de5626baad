/** What the header of an AS2 request says, before its body is looked at. */
import type { IncomingMessage } from 'node:http';
import { Problem } from '../problem.ts';
import type { As2Limits } from './limits.ts';
import { readMessageId, readName } from './names.ts';
import { type ReceiptRequest, readReceiptRequest } from './receipt-request.ts';

export interface Envelope {
  /** AS2-To and AS2-From, unquoted. */
  readonly us: string;
  readonly them: string;
  readonly messageId: string;
  /** The fields that are kept; names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** null: no receipt is asked for. */
  readonly receipt: ReceiptRequest | null;
  readonly remote: string;
}

/** Fields that are secrets, and never kept. */
const secrets = ['authorization', 'proxy-authorization', 'cookie'];

/**
 * Reads AS2-From, AS2-To, Message-ID and what is asked for.
 * @throws Problem 400 when one of the three is missing, twice there or malformed: there is nobody to make an MDN out to, or
 *   nothing for it to name; 415 for a Content-Encoding; 431 for fields that are larger than the cap
 */
export function readEnvelope(request: IncomingMessage, limits: As2Limits): Envelope {
  const headers = keptHeaders(request, limits.headerBytes);
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw new Problem(415, 'Unsupported media type', 'Send the message as it is, without Content-Encoding');
  return {
    us: required(request, 'AS2-To', readName),
    them: required(request, 'AS2-From', readName),
    messageId: required(request, 'Message-ID', readMessageId),
    headers,
    receipt: readReceiptRequest(headers),
    remote: request.socket.remoteAddress ?? '',
  };
}

function required(request: IncomingMessage, name: string, read: (field: string) => string | null): string {
  const [field, ...others] = request.headersDistinct[name.toLowerCase()] ?? [];
  const value = field === undefined || others.length > 0 ? null : read(field);
  if (value !== null) return value;
  const wrong =
    field === undefined ? 'is missing' : others.length > 0 ? 'is there twice' : 'has a wrong form';
  throw new Problem(400, 'Bad request', `${name} ${wrong} (RFC 4130, sections 6.2 and 5.3.3)`);
}

function keptHeaders(request: IncomingMessage, most: number): Record<string, string> {
  const fields = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined || secrets.includes(name) ? [] : [[name, String(value)] as const],
  );
  const size = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > most) throw new Problem(431, 'Header fields too large', `They may have ${most} bytes`);
  return Object.fromEntries(fields);
}
