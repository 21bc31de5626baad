/**
 * What an MDN says of a message (RFC 4130, 7.4.3 and 7.5; RFC 3798, 3.2.6), and how we ask for one (RFC 4130, 7.3).
 * Written as RFC 4130 spells it; read without regard to case and blanks, since every product writes it its own way.
 */
import type { Digest, Modifier } from './as2.ts';
import { nameOf } from './mic.ts';

const mode = 'automatic-action/MDN-sent-automatically';

/** unknown-trading-relationship and invalid-message-id come from the draft that is to follow RFC 4130. */
const values: Readonly<Record<Modifier, string>> = {
  '': 'processed',
  'duplicate-document': 'processed/warning: duplicate-document',
  'authentication-failed': 'processed/error: authentication-failed',
  'decompression-failed': 'processed/error: decompression-failed',
  'decryption-failed': 'processed/error: decryption-failed',
  'insufficient-message-security': 'processed/error: insufficient-message-security',
  'integrity-check-failed': 'processed/error: integrity-check-failed',
  'invalid-message-id': 'processed/error: invalid-message-id',
  'unexpected-processing-error': 'processed/error: unexpected-processing-error',
  'unknown-trading-relationship': 'processed/error: unknown-trading-relationship',
  'sender-equals-receiver': 'processed/error: sender-equals-receiver',
  'unsupported-format': 'failed/failure: unsupported format',
  'unsupported-mic-algorithms': 'failed/failure: unsupported MIC-algorithms',
};

/** How a disposition reads. */
export interface Disposition {
  /** warning: they have the message; error and failure: they do not, as does every type that AS2 does not know. */
  readonly verdict: 'processed' | 'warning' | 'error' | 'failure';
  /** null: one that we do not know; `text` has it. */
  readonly modifier: Modifier | null;
  /** As they wrote it, without the mode; blanks in a row as one, at most 200 characters. */
  readonly text: string;
}

/** The value of the Disposition field. */
export function writeDisposition(modifier: Modifier): string {
  return `${mode}; ${values[modifier]}`;
}

/** Reads the value of a Disposition field; whatever it says means something. */
export function readDisposition(value: string): Disposition {
  const whole = value.slice(0, 1000).replace(/\s+/g, ' ').trim();
  const text = whole
    .slice(whole.indexOf(';') + 1)
    .trim()
    .slice(0, 200);
  const match = /^([a-z-]+) ?(?:\/ ?([a-z-]+) ?(?:: ?(.*))?)?$/i.exec(text);
  const [type, kind, detail] = (match?.slice(1) ?? []).map((part) => part?.toLowerCase());
  return { verdict: verdictOf(type, kind), modifier: modifierOf(type, kind, detail ?? ''), text };
}

/** Asks for a signed receipt in one digest: some products take the first of a list, some the last. */
export function writeReceiptOptions(digest: Digest, spelling: 'sha-256' | 'sha256'): string {
  return `signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, ${nameOf(digest, spelling)}`;
}

function verdictOf(type: string | undefined, kind: string | undefined): Disposition['verdict'] {
  if (type !== 'processed') return 'failure';
  if (kind === undefined) return 'processed';
  return kind === 'warning' || kind === 'failure' ? kind : 'error';
}

function modifierOf(type: string | undefined, kind: string | undefined, detail: string): Modifier | null {
  if (type === 'processed' && kind === undefined) return '';
  const name = detail
    .replace(/["']/g, '')
    .trim()
    .replace(/[ _]/g, '-')
    .replace(/^unsupported-mic-algorithm$/, '$&s');
  return name !== '' && Object.hasOwn(values, name) ? (name as Modifier) : null;
}
