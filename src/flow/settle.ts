/**
 * What a document of ours became by all that the partner said of it. Each level (envelope, syntax, application) has its last
 * word; a refusal on any of them refuses the document. A refusal is taken back only for bytes that were sent again since.
 */
import { fault } from '../fault.ts';
import type { Acknowledgment, Finding, Level, Said, Stated } from '../interchange/verdict.ts';
import { type DocumentRow, updateAnswered } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { aboutDocument } from './answer.ts';
import type { Context } from './context.ts';

/** One word of the partner on a document. */
export interface Word {
  readonly level: Level;
  /** '997', 'APERAK', … */
  readonly type: string;
  readonly verdict: Stated;
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
  readonly at: string;
  /** Times that the document had been sent, or tried, by then. */
  readonly attempts: number;
}

/** documents.answer: the word that stands, and the last one of each level. */
export interface DocumentAnswer extends Omit<Word, 'at' | 'attempts'> {
  readonly words: readonly Word[];
}

/** A word that is a refusal of the whole document or of a part of it. */
export function refuses({ verdict }: Pick<Word, 'verdict'>): boolean {
  return verdict === 'rejected' || verdict === 'partly';
}

/** Where a word comes from. */
export interface Source {
  readonly acknowledgment: Acknowledgment;
  /** The delivery in which it came. */
  readonly deliveryId: string | null;
  /** Times that the document's interchange was sent, or tried, by now. */
  readonly attempts: number;
}

/** Writes what the partner says of one document. The same word again changes nothing. */
export async function settle(
  context: Context,
  tx: Tx,
  { acknowledgment, deliveryId, attempts }: Source,
  row: DocumentRow,
  said: Said,
): Promise<void> {
  const word = wordOf(context, acknowledgment, said, attempts);
  const document = { ...row, deliveryId };
  const words = wordsOf(document);
  const before = words.find(({ level }) => level === word.level);
  // A TA1 has an event of its own.
  if (word.verdict === 'received')
    return word.level === 'envelope' ? undefined : note(tx, document, 'reached', word);
  if (before !== undefined && saysTheSame(before, word)) return note(tx, document, 'answered-again', word);
  if (before !== undefined && refuses(before) && !refuses(word) && before.attempts >= word.attempts)
    return contradict(tx, document, before, word);
  // What was said of the first sending counts no more once the same bytes were sent again and answered.
  const others = words.filter(({ level, attempts }) => level !== word.level && attempts >= word.attempts);
  await write(context, tx, document, [...others, word], before);
}

function wordOf(
  context: Context,
  { level, type }: Acknowledgment,
  { verdict, reasons, findings }: Said,
  attempts: number,
): Word {
  const at = context.now().toISOString();
  // Their answer may be quicker than our note that it was sent.
  return { level, type, verdict, reasons, findings, at, attempts: Math.max(1, attempts) };
}

function wordsOf(document: DocumentRow): readonly Word[] {
  return (document.answer as DocumentAnswer | null)?.words ?? [];
}

/** What they say of bytes that were sent again is news, even in the same words. */
function saysTheSame(before: Word, word: Word): boolean {
  const reasons = JSON.stringify(before.reasons) === JSON.stringify(word.reasons);
  return reasons && before.verdict === word.verdict && before.attempts === word.attempts;
}

/** A document, and the delivery that speaks of it. */
type Spoken = DocumentRow & { readonly deliveryId: string | null };

async function note(tx: Tx, document: Spoken, kind: string, word: Word): Promise<void> {
  const { type: by, verdict, reasons } = word;
  const place = { ...aboutDocument(document), delivery_id: document.deliveryId };
  await insertEvents(tx, [{ ...place, kind, data: { type: document.kind, by, verdict, reasons } }]);
}

async function contradict(tx: Tx, document: Spoken, before: Word, word: Word): Promise<void> {
  await note(tx, document, 'contradicted', word);
  const name = `${document.kind} ${document.message_control ?? '?'}`;
  const found = fault('acknowledgment-contradicts', { type: word.type, document: name, before: before.type });
  await insertFaults(tx, [{ ...faultPlace(document), fault: found, waiting: true }]);
}

async function write(
  context: Context,
  tx: Tx,
  document: Spoken,
  words: readonly Word[],
  before: Word | undefined,
): Promise<void> {
  const last = words.at(-1) as Word;
  const standing = refuses(last) ? last : (words.find(refuses) ?? last);
  const { at: _at, attempts: _attempts, ...told } = standing;
  const answer: DocumentAnswer = { ...told, words };
  const state = refuses(standing) ? 'refused' : 'confirmed';
  await updateAnswered(tx, document.id, state, context.now(), answer);
  await note(tx, document, refuses(last) ? 'refused' : 'confirmed', last);
  // A TA1 has one fault for the whole interchange.
  if (!refuses(last) || last.level === 'envelope') return;
  const accepted =
    before !== undefined && !refuses(before) ? [`Its ${before.type} had accepted it before`] : [];
  const refused = fault('document-refused', {
    document: last.verdict === 'partly' ? `a part of our ${document.kind}` : `our ${document.kind}`,
    by: last.type,
    reasons: [...accepted, ...last.reasons].join('; ') || 'no reason given',
  });
  await insertFaults(tx, [{ ...faultPlace(document), fault: refused, waiting: true }]);
}

function faultPlace({ partner, order_id, id }: DocumentRow) {
  return { partner, order_id, document_id: id };
}
