/** Events in words, for timelines. */
import type { Word } from '../flow/settle.ts';
import type { EventView } from '../store/view-events.ts';

type Data = Readonly<Record<string, unknown>>;

/** What happened, as a sentence. A kind that is new here is shown by its name. */
export function eventWords({ kind, data }: Pick<EventView, 'kind' | 'data'>): string {
  const facts = (data ?? {}) as Data;
  return sentences[kind]?.(facts) ?? kind;
}

const sentences: Readonly<Record<string, (data: Data) => string>> = {
  received: ({ name, endpoint, replayOf }) =>
    replayOf === undefined ? `Received ${name} at ${endpoint}` : `Taken up again from delivery ${replayOf}`,
  translated: ({ interchanges }) => `Read: ${listed(interchanges) || 'no interchange'}`,
  repeated: ({ first }) => `The same bytes as interchange ${first}: answered again, not processed again`,
  replayed: ({ as }) => `Processed again as delivery ${as}`,
  'order-received': ({ number }) => `Order ${number} read`,
  'order-accepted': ({ lines }) => `Accepted: ${counted(lines)}`,
  'order-partially-accepted': ({ lines }) => `Accepted in part: ${counted(lines)}`,
  'order-rejected': ({ lines }) => `Rejected: ${counted(lines)}`,
  'order-held': () => 'Held for a person',
  written: ({ type, control }) => `${type} written, control number ${control}`,
  sent: ({ type, endpoint }) => `${type} sent through ${endpoint}`,
  'sent-again': ({ type, endpoint }) => `${type} sent again through ${endpoint}`,
  delivered: ({ type, endpoint, says }) =>
    `${type} delivered: the receipt from ${endpoint} says ${says === '' ? 'processed' : says}`,
  'not-taken': ({ type, endpoint, says }) => `${type} not taken at ${endpoint}: ${says}`,
  unanswered: ({ type, endpoint, times }) =>
    `${type} sent ${times} times to ${endpoint}, and no receipt came`,
  'mdn-sent': ({ messageId }) => `The receipt for ${messageId} was given`,
  'as2-repeated': ({ messageId }) => `The message ${messageId} came again: its receipt was given again`,
  'as2-refused': ({ messageId, modifier, reason }) =>
    `The message ${messageId} was refused with ${modifier}: ${reason}`,
  'as2-conflict': ({ messageId }) => `Other content came under the Message-ID ${messageId}: it was not taken`,
  'document-held': ({ type, faults }) => `${type} cannot be written: ${listed(faults)}`,
  'resend-asked': () => 'Asked to send again',
  'retry-asked': ({ endpoint }) => `Asked to try ${endpoint} at once`,
  confirmed: ({ type, by, verdict }) => `${type} confirmed by the partner's ${by} (${verdict})`,
  refused: ({ type, by, reasons }) =>
    `${type} refused by the partner's ${by}: ${listed(reasons) || 'no reason given'}`,
  reached: ({ type, by }) => `${type} reached the partner, whose ${by} does not judge it yet`,
  'answered-again': ({ type, by }) => `${type}: the partner's ${by} says the same again`,
  contradicted: ({ type, by }) => `${type} accepted by the partner's ${by}, though it was refused before`,
  'ta1-received': ({ control, code, note }) => `TA1 for our interchange ${control}: ${code} ${note}`,
  overdue: ({ type }) => `${type} is overdue: we have not sent it in time`,
  'answer-overdue': ({ type }) => `The partner's acknowledgment of ${type} is overdue`,
  'apikey-made': ({ prefix, endpoint }) => `API key ${prefix} made for ${endpoint}`,
  'apikey-rolled': ({ prefix, endpoint, follows, until }) =>
    `API key ${prefix} made for ${endpoint}; ${follows}, which it follows, ends at ${until}`,
  'apikey-revoked': ({ prefix, endpoint }) => `API key ${prefix} of ${endpoint} revoked`,
  'apikey-expiring': ({ prefix, endpoint, expiresAt }) =>
    `API key ${prefix} of ${endpoint} ends at ${expiresAt}`,
  'apikey-expired': ({ prefix, endpoint }) => `API key ${prefix} of ${endpoint} has ended`,
  'hosted-login': ({ endpoint, from, how }) =>
    `${endpoint} signed in at our SFTP server from ${from} (${how})`,
  'hosted-login-failed': ({ endpoint, from, how }) =>
    `Somebody at ${from} failed to sign in as ${endpoint} at our SFTP server (${how})`,
  'hosted-refused': ({ endpoint, from, how }) =>
    `${endpoint} refused at our SFTP server, from ${from}: ${how}`,
  'hosted-uploaded': ({ name, from }) => `${name} put into in/ from ${from}`,
  'hosted-uploaded-again': ({ name, from }) =>
    `${name} put into in/ again from ${from}: the same file, taken once`,
  'hosted-fetched': ({ name, from }) => `${name} fetched by the partner from ${from}`,
  'hosted-taken-away': ({ name, from }) => `${name} removed from out/ by the partner, from ${from}`,
  'hosted-withdrawn': ({ name, from }) => `${name} removed from in/ by the partner, from ${from}`,
  'hosted-never-fetched': ({ name }) =>
    `${name} lay in out/ until it was too old: the partner never fetched it`,
  'hosted-never-finished': ({ name }) =>
    `${name} lay in in/ until it was too old: it never got its final name`,
  'hosted-password-set': ({ endpoint }) => `${endpoint} got another password for our SFTP server`,
  'hosted-password-removed': ({ endpoint }) => `${endpoint} has no password for our SFTP server any more`,
  'hosted-host-keys-made': ({ fingerprints }) =>
    `Our SFTP server has other host keys: ${listed(fingerprints)}`,
  'key-made': ({ holder, fingerprint }) => `Key ${holder} made: ${short(fingerprint)}`,
  'key-imported': ({ holder, fingerprint }) => `Key ${holder} imported: ${short(fingerprint)}`,
  'key-rolled': ({ holder, fingerprint, useFrom }) =>
    `Key ${holder} rolled: ${short(fingerprint)} signs from ${useFrom}`,
  'key-rescheduled': ({ holder, fingerprint, useFrom }) =>
    `${holder}: ${short(fingerprint)} counts from ${useFrom} instead`,
  'key-retired': ({ holder, fingerprint }) => `${holder}: ${short(fingerprint)} retired`,
  'key-taken-up': ({ holder, fingerprint }) => `${holder}: ${short(fingerprint)} taken up again`,
  'keys-resealed': ({ count }) => `${count} private keys sealed anew`,
  'certificate-imported': ({ holder, fingerprint }) =>
    `Certificate of ${holder} pinned: ${short(fingerprint)}`,
  'certificate-rolled': ({ holder, fingerprint, useFrom }) =>
    `Next certificate of ${holder} pinned: ${short(fingerprint)}, encrypted to from ${useFrom}`,
  'certificate-expires': ({ holder, fingerprint, notAfter }) =>
    `Certificate ${short(fingerprint)} of ${holder} expires at ${notAfter}`,
  'certificate-expired': ({ holder, fingerprint }) =>
    `Certificate ${short(fingerprint)} of ${holder} has expired`,
  shipped: ({ shipment, cartons }) => `Shipment ${shipment} recorded, ${cartons} cartons`,
  'fault-replayed': ({ code }) => `Fault ${code} replayed`,
  'fault-rejected': ({ code }) => `Fault ${code} rejected`,
  'fault-accepted': ({ code }) => `Fault ${code} accepted`,
  'fault-accepted-duplicate': ({ code }) => `Fault ${code}: the duplicate accepted`,
};

/** What a partner said of a document. */
export const verdictWords: Readonly<Record<Word['verdict'], string>> = {
  accepted: 'accepted',
  noted: 'accepted with errors',
  partly: 'refused in part',
  rejected: 'refused',
  received: 'received',
  unknown: 'unclear',
};

/** 'sent' is good news, 'refused' is not: the colour of a place in a timeline. */
export function eventTone(kind: string): 'good' | 'bad' | 'plain' {
  if (/^(confirmed|order-accepted|shipped)$/.test(kind)) return 'good';
  if (/(refused|rejected|held|overdue|contradicted)/.test(kind)) return 'bad';
  return 'plain';
}

/** The first digits of a fingerprint. */
function short(fingerprint: unknown): string {
  return String(fingerprint).slice(0, 16);
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.join('; ') : '';
}

function counted(lines: unknown): string {
  const counts = Object.entries((lines ?? {}) as Record<string, number>);
  return counts.map(([action, n]) => `${n} ${n === 1 ? 'line' : 'lines'} ${action}`).join(', ');
}
