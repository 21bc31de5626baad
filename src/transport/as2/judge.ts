/** What an MDN that came back means for the message it speaks of (RFC 4130, 7.4 and 7.5). */
import { Refusal } from './as2.ts';
import type { Pending, Verdict } from './desk.ts';
import { type Mdn, readMdn, verifyMdn } from './mdn.ts';
import { sameMic } from './mic.ts';
import { MimeError } from './mime.ts';
import { inBrackets, innerName, readName } from './names.ts';

export interface JudgeTerms {
  readonly now: Date;
  /** Proves the signature; default: `verifyMdn`, which takes pinned certificates alone. */
  readonly verify?: typeof verifyMdn;
  /** Says why the MIC proves nothing, or null; default: `doubtMic`. */
  readonly doubt?: typeof doubtMic;
}

/**
 * Judges an MDN. It counts only when its signer is pinned (where a signed one was asked for, or it is signed), it names the
 * pending message, From and To are swapped exactly, and, if it says processed, when its MIC is that of what was sent.
 * @param message header fields as node gives them, and the body, of the HTTP message that carried it
 */
export async function judgeMdn(
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer },
  pending: Pending,
  terms: JudgeTerms,
): Promise<Verdict> {
  const mdn = await read(message);
  if (mdn instanceof MimeError) {
    return { kind: 'untrusted', reason: `It cannot be read: ${mdn.message}`, disposition: null };
  }
  const doubt = misaddressed(message.headers, mdn, pending) ?? unproved(mdn, pending, terms);
  const disposition = mdn.disposition.text;
  if (doubt !== null) return { kind: 'untrusted', reason: doubt, disposition };
  const { verdict, modifier } = mdn.disposition;
  const isDuplicate = modifier === 'duplicate-document';
  // Some call a repeat an error, although they have it: the MIC tells.
  if ((verdict === 'error' || verdict === 'failure') && !isDuplicate) {
    return { kind: 'refused', disposition, text: mdn.text };
  }
  const reason = (terms.doubt ?? doubtMic)(mdn, pending.mics);
  if (reason !== null) return { kind: 'disputed', reason, disposition, text: mdn.text };
  return { kind: 'confirmed', modifier: isDuplicate ? modifier : '', text: mdn.text };
}

async function read({
  headers,
  body,
}: {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}): Promise<Mdn | MimeError> {
  try {
    return await readMdn(headers, body);
  } catch (error) {
    if (error instanceof MimeError) return error;
    throw error;
  }
}

/** Why it is not about this message, between these names; null: it is. */
function misaddressed(
  headers: Readonly<Record<string, string>>,
  { originalMessageId }: Mdn,
  { messageId, partnership }: Pending,
): string | null {
  if (originalMessageId === null || inBrackets(originalMessageId) !== messageId)
    return 'Its Original-Message-ID is not that of the message';
  if (!isNamed(headers['as2-from'], partnership.them)) return 'Its AS2-From is not the AS2-To of the message';
  if (!isNamed(headers['as2-to'], partnership.us)) return 'Its AS2-To is not the AS2-From of the message';
  return null;
}

function isNamed(field: string | undefined, name: string): boolean {
  const named = field === undefined ? null : readName(field.trim());
  return named !== null && (named === name || innerName(named) === name);
}

/** Why it is not proved to be theirs; null: it is, or no signature was asked for and none is there. */
function unproved(
  mdn: Mdn,
  { asked, partnership }: Pending,
  { now, verify = verifyMdn }: JudgeTerms,
): string | null {
  if (mdn.signed === null && !asked.signed) return null;
  const { digests, expired } = partnership.demands;
  try {
    verify(mdn, partnership.pinned, { digests, expired, now });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Why the MIC does not prove that they have what was sent; null: it does, in whichever digest they chose. */
export function doubtMic({ mic, micText }: Mdn, mics: Pending['mics']): string | null {
  if (micText === null) return 'It has no MIC';
  if (mic === null) return 'Its MIC is in a form or a digest that nobody here knows';
  return sameMic(mics, mic) ? null : 'Its MIC is not that of what was sent: something else arrived there';
}
