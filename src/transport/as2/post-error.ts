/** Why a post failed, for people, and whether the same bytes may be sent again. */
import type { IncomingHttpHeaders } from 'node:http';
import { networkText, placeOf } from '../network.ts';

/** A post that failed. The text says what happened and, where a person must act, what to do. */
export class PostError extends Error {
  override readonly name = 'PostError';
  /** The same bytes may be sent again later; else a person must see to it. */
  readonly retry: boolean;
  /** The status of the answer; null: there was none. */
  readonly status: number | null;
  /** A connection kept open ended at once: worth one more try right now. */
  readonly isStale: boolean;
  constructor(
    retry: boolean,
    text: string,
    {
      status = null,
      isStale = false,
      cause,
    }: { status?: number | null; isStale?: boolean; cause?: unknown } = {},
  ) {
    super(text, { cause });
    this.retry = retry;
    this.status = status;
    this.isStale = isStale;
  }
}

/** Characters of their answer that a text repeats. */
const excerptLength = 300;
/** Answers after which the same bytes may be sent again, with every 5xx. */
const passing = [408, 425, 429];

/** What an answer other than 2xx means. */
export function statusError(status: number, headers: IncomingHttpHeaders, body: Buffer): PostError {
  const retry = status >= 500 || passing.includes(status);
  const shown = /^(text\/|application\/(problem\+)?json)/i.test(headers['content-type'] ?? '')
    ? excerpt(body.toString('utf8'))
    : '';
  const advice = adviceFor(status, headers);
  const text = `They answered ${status}${advice === '' ? '' : `: ${advice}`}${shown === '' ? '' : `. They said: ${shown}`}`;
  return new PostError(retry, text, { status });
}

function adviceFor(status: number, headers: IncomingHttpHeaders): string {
  if (status >= 300 && status <= 399) {
    const place = excerpt(headers.location ?? '');
    return `another address${place === '' ? '' : ` (${place})`}, which is not followed; if it is theirs, make it the url`;
  }
  return advices[status] ?? '';
}

const advices: Readonly<Record<number, string>> = {
  401: 'user and password are missing or wrong',
  403: 'they do not let us in; ask whether our address, certificate or AS2 name is known there',
  404: 'there is no AS2 at this url',
  405: 'there is no AS2 at this url',
  407: 'a proxy is in between and wants its own password',
  411: 'they want Content-Length; switch the quirk chunked off',
  413: 'the message is larger than they take',
  417: 'they do not know Expect; switch the quirk expectContinue off',
  501: 'they cannot read it; if the quirk chunked is on, switch it off',
};

/** What a failed exchange means, with the place; errors that are not the network's stay as they are. */
export function failureOf(error: unknown, url: URL, reused: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const place = placeOf(url.hostname, url.port || (url.protocol === 'https:' ? 443 : 80));
  if (error instanceof PostError)
    return new PostError(error.retry, `${place}: ${error.message}`, { ...error, cause: error.cause });
  const { code = '' } = error as NodeJS.ErrnoException;
  const told = networkText(place, error);
  if (told !== null) {
    const isStale = reused && (code === 'ECONNRESET' || code === 'EPIPE');
    return new PostError(true, told, { isStale, cause: error });
  }
  const why = tlsReason(code, error.message);
  if (why !== null) return new PostError(false, `${place}: ${why}`, { cause: error });
  if (code.startsWith('HPE_')) {
    return new PostError(false, `${place}: the answer is no HTTP (${code})`, { cause: error });
  }
  return error;
}

const plainText = 'they speak no TLS there; is it http: instead of https:?';
const untrusted = 'nobody that we trust vouches for their TLS certificate; give the right authority';
const certificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'their TLS certificate has expired; they must renew it',
  CERT_NOT_YET_VALID: 'their TLS certificate is not valid yet; look at both clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'their TLS certificate is for another host; look at the url',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  ERR_SSL_WRONG_VERSION_NUMBER: plainText,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the certificate and the key of clientKey do not belong together',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'they want a client certificate; give clientKey',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'they do not trust our client certificate; send it to them',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'they refuse our client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'they say that our client certificate has expired',
};

function tlsReason(code: string, message: string): string | null {
  const known = certificate[code];
  if (known !== undefined) return known;
  if (/^ERR_OSSL_/.test(code)) return `clientKey or authority is not what TLS needs, PEM (${code})`;
  if (!/^(ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_)/.test(code)) return null;
  return /wrong version number/.test(message) ? plainText : `TLS failed (${code}): ${excerpt(message)}`;
}

/** Printable characters of theirs, on one line. */
function excerpt(text: string): string {
  return text
    .replace(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .slice(0, excerptLength);
}
