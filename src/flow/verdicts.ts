/**
 * What an acknowledgment says is written at the documents that it is about: confirmed or refused, with the reasons. Nothing of
 * it is lost: what fits no document of ours, fits several, or does not judge, waits for a person with what it says.
 */
import { type Fault, fault } from '../fault.ts';
import { type Acknowledgment, type Answer, bareControl, judge, type Said } from '../interchange/verdict.ts';
import { type DocumentRow, documentsByControl, documentsByNumber } from '../store/documents.ts';
import { type FaultPlace, insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { attemptsOf } from '../store/transmissions.ts';
import type { Context } from './context.ts';
import { allKinds, businessKinds, edifactKinds, kindsOfGroup, numberingOf } from './kinds.ts';
import { type Source, settle } from './settle.ts';

/** Whose acknowledgment it is. */
export interface Whose {
  readonly partner: string;
  readonly agreement: string;
  readonly test: boolean;
}

/**
 * Writes what an acknowledgment says.
 * @param place where it stands, for what must wait for a person
 * @returns the documents that it spoke of, and how many faults wait for a person now
 */
export async function recordVerdicts(
  context: Context,
  tx: Tx,
  whose: Whose,
  place: FaultPlace,
  acknowledgment: Acknowledgment,
): Promise<{ documents: readonly DocumentRow[]; waiting: number }> {
  const found: DocumentRow[] = [];
  const faults: Fault[] = [];
  if (acknowledgment.answers.length === 0)
    faults.push(unmatched(acknowledgment, [], 'nothing that it names'));
  for (const lot of await lotsOf(tx, whose, acknowledgment)) {
    const { answers, documents } = lot;
    found.push(...documents);
    if (lot.ambiguous) faults.push(several(acknowledgment, answers, documents));
    else if (documents.length === 0)
      faults.push(unmatched(acknowledgment, answers, nameOf(answers[0] as Answer)));
    else
      faults.push(
        ...(await tell(context, tx, { acknowledgment, deliveryId: place.delivery_id ?? null }, lot)),
      );
  }
  await insertFaults(
    tx,
    faults.map((one) => ({ ...place, fault: one, waiting: true })),
  );
  return { documents: found, waiting: faults.length };
}

/** Tells each document what the answers say of it. Gives what must wait for a person beside the documents. */
async function tell(
  context: Context,
  tx: Tx,
  source: Omit<Source, 'attempts'>,
  { answers, documents, byNumber }: Lot,
): Promise<Fault[]> {
  const { acknowledgment } = source;
  const { said, strangers } = byNumber
    ? { said: [together(answers)], strangers: [] }
    : judge(answers, documents.map(sentAs));
  const attempts = await attemptsOf(
    tx,
    documents.map((document) => document.transmission_id ?? '0'),
  );
  const unclear: string[] = [];
  for (const [index, document] of documents.entries()) {
    const one = said[index];
    if (one === null || one === undefined) continue;
    if (one.verdict === 'unknown') unclear.push(withReasons(document, one));
    else
      await settle(
        context,
        tx,
        { ...source, attempts: attempts.get(document.transmission_id ?? '0') ?? 0 },
        document,
        one,
      );
  }
  const faults = strangersOf(acknowledgment, strangers);
  if (unclear.length > 0 && strangers.length === 0)
    faults.push(fault('acknowledgment-unclear', { type: acknowledgment.type, documents: listed(unclear) }));
  return faults;
}

function sentAs(document: DocumentRow) {
  return { group: document.group_control, type: document.kind, control: document.message_control ?? '' };
}

/** Answers that name one document by its business number all speak of it. */
function together(answers: readonly Answer[]): Said {
  const named = answers.map((answer) => ({ ...answer, type: null, control: null }));
  return judge(named, [{ group: null, type: '', control: '' }]).said[0] as Said;
}

/** Control numbers that we did not send, and documents that are left open: that many are named. */
const mostNamed = 5;

function strangersOf(acknowledgment: Acknowledgment, strangers: readonly Answer[]): Fault[] {
  const more = strangers.length - mostNamed;
  return strangers.slice(0, mostNamed).map((answer, index) => {
    const last = index === mostNamed - 1 && more > 0;
    return unmatched(acknowledgment, [answer], `${nameOf(answer)}${last ? ` and ${more} more` : ''}`);
  });
}

function unmatched({ type }: Acknowledgment, answers: readonly Answer[], control: string): Fault {
  return fault('acknowledgment-unmatched', { type, control, said: sentencesOf(answers) });
}

function several(
  { type }: Acknowledgment,
  answers: readonly Answer[],
  documents: readonly DocumentRow[],
): Fault {
  const names = listed(documents.map((document) => `${document.kind} ${document.message_control ?? '?'}`));
  return fault('acknowledgment-ambiguous', { type, documents: names, said: sentencesOf(answers) });
}

function sentencesOf(answers: readonly Answer[]): string {
  const all = answers.flatMap(({ sentence, findings }) =>
    findings.length === 0 ? [sentence] : findings.map((finding) => finding.sentence),
  );
  return all.length === 0 ? 'nothing.' : all.join(' ');
}

function withReasons(document: DocumentRow, { reasons }: Said): string {
  const name = `${document.kind} ${document.message_control ?? '?'}`;
  return reasons.length === 0 ? name : `${name} (${reasons.join('; ')})`;
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const first = names.slice(0, mostNamed).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

function nameOf({ scope, interchange, groupType, group, type, control, references }: Answer): string {
  if (scope === 'interchange') return `interchange ${interchange ?? '?'}`;
  if (scope === 'group') return `group ${[groupType ?? '', group ?? '?'].join(' ').trim()}`;
  const numbers = references.map(({ qualifier, number }) => `${qualifier} ${number}`).join(', ');
  return `${type ?? 'message'} ${control ?? (numbers === '' ? '?' : `(${numbers})`)}`;
}

/** The answers that are about one group, one interchange or one business number of ours, each lot to be judged together. */
function byPlace({ type, answers }: Acknowledgment): readonly (readonly Answer[])[] {
  const lots = new Map<string, Answer[]>();
  for (const answer of answers) {
    const { interchange, group, groupType, references } = answer;
    const key =
      type === 'TA1' || type === 'CONTRL'
        ? [interchange]
        : type === '824' || type === 'APERAK'
          ? group === null
            ? [references, answer.type]
            : [group, answer.type]
          : [group, groupType];
    const text = JSON.stringify(key);
    lots.set(text, [...(lots.get(text) ?? []), answer]);
  }
  return [...lots.values()];
}

interface Found {
  readonly documents: readonly DocumentRow[];
  /** Found by a business number, and not by control numbers. */
  readonly byNumber: boolean;
  /** The business numbers fit several documents. */
  readonly ambiguous: boolean;
}

interface Lot extends Found {
  readonly answers: readonly Answer[];
}

/** The answers with what they are about. An 824 whose control numbers are not ours may still quote a number that is. */
async function lotsOf(tx: Tx, whose: Whose, acknowledgment: Acknowledgment): Promise<Lot[]> {
  const lots: Lot[] = [];
  for (const answers of byPlace(acknowledgment)) {
    const found = await documentsFor(tx, whose, acknowledgment, answers);
    const byControl = found.documents.length > 0 || found.byNumber;
    if (acknowledgment.type !== '824' || byControl) lots.push({ answers, ...found });
    else
      for (const one of answers)
        lots.push({ answers: [one], ...(await byReferences(tx, whose, '824', one)) });
  }
  return lots;
}

async function documentsFor(
  tx: Tx,
  whose: Whose,
  { type }: Acknowledgment,
  answers: readonly Answer[],
): Promise<Found> {
  const [answer] = answers as [Answer, ...Answer[]];
  if (answer.interchange !== null || type === 'CONTRL' || type === 'TA1') {
    const kinds = type === 'TA1' ? allKinds : edifactKinds;
    return sure(
      await documentsByControl(tx, {
        ...whose,
        by: 'interchange',
        controls: formsOf(answer.interchange),
        kinds,
      }),
    );
  }
  if (answer.group === null && (type === '824' || type === 'APERAK'))
    return byReferences(tx, whose, type, answer);
  const kinds = type === '824' ? kindsNamed('x12', answer.type) : kindsOfGroup(answer.groupType);
  return sure(
    await documentsByControl(tx, { ...whose, by: 'group', controls: formsOf(answer.group), kinds }),
  );
}

function sure(documents: readonly DocumentRow[]): Found {
  return { documents, byNumber: false, ambiguous: false };
}

function kindsNamed(standard: 'x12' | 'edifact', type: string | null): string[] {
  return type === null ? businessKinds(standard) : [type];
}

/** What all the references agree on. A reference that fits nothing of ours says nothing; those that disagree fit all of it. */
async function byReferences(tx: Tx, whose: Whose, type: '824' | 'APERAK', answer: Answer): Promise<Found> {
  const kinds = kindsNamed(type === '824' ? 'x12' : 'edifact', answer.type);
  const references = answer.scope === 'message' ? answer.references.slice(0, mostReferences) : [];
  let left: readonly DocumentRow[] = [];
  for (const { qualifier, number } of references) {
    const fits = await byReference(tx, { ...whose, kinds }, qualifier, number);
    const both = left.filter(({ id }) => fits.some((one) => one.id === id));
    const disagree = left.length > 0 && fits.length > 0 && both.length === 0;
    if (disagree) return { documents: [...left, ...fits], byNumber: true, ambiguous: true };
    if (fits.length > 0) left = left.length === 0 ? fits : both;
  }
  return { documents: left, byNumber: true, ambiguous: left.length > 1 };
}

const mostReferences = 20;

async function byReference(
  tx: Tx,
  whose: Whose & { readonly kinds: readonly string[] },
  qualifier: string,
  number: string,
): Promise<readonly DocumentRow[]> {
  const numbering = numberingOf(qualifier);
  // A guide may put letters before a number of ours ('SN12').
  const numbers = [...new Set([number, number.replace(/^[A-Za-z]+-?(?=\d)/, '')])];
  const of = numbering === null ? (['order', 'shipment'] as const) : [numbering];
  const known = await documentsByNumber(tx, { ...whose, numbers, of });
  if (known.length > 0 || numbering !== null) return known;
  return documentsByControl(tx, { ...whose, by: 'interchange', controls: formsOf(number) });
}

/** Control numbers are kept as they were written, in X12 with zeros in front; partners write them either way. */
function formsOf(control: string | null): string[] {
  const bare = bareControl(control ?? '');
  return bare === '' ? [] : [...new Set([bare, bare.padStart(9, '0')])];
}
