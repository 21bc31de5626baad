/** TA1: what partners say of the envelope of an interchange of ours (X12.5: TA101 control number, TA104 A, E or R, TA105 why). */
import { fault } from '../fault.ts';
import type { Segment } from '../interchange/interchange.ts';
import { readTa1 } from '../interchange/verdict.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { aboutDocument } from './answer.ts';
import type { Context } from './context.ts';
import { recordVerdicts } from './verdicts.ts';

interface Place {
  readonly partner: string | null;
  readonly endpoint: string;
  readonly delivery_id: string;
  readonly interchange_id: string;
}

/** TA1s of one interchange that are recorded; one fault says how many more there were. */
const mostTa1s = 1_000;

const words: Readonly<Record<string, string>> = { noted: 'accepted with errors', rejected: 'rejected' };

/**
 * Records each TA1 at the documents that it is about, if we sent them; R refuses them all.
 * @param agreement of the interchange that holds the TA1s
 * @returns how many faults wait for a person: of E and R, and of what we did not send
 */
export async function recordTa1s(
  context: Context,
  tx: Tx,
  { agreement, ...place }: Place & { readonly agreement: string },
  test: boolean,
  segments: readonly Segment[],
): Promise<number> {
  let waiting = 0;
  for (const segment of segments.slice(0, mostTa1s))
    waiting += await recordTa1(context, tx, { agreement, place, test }, segment);
  const more = segments.length - mostTa1s;
  if (more <= 0) return waiting;
  const control = `${more} more interchanges`;
  const cut = fault('acknowledgment-unmatched', {
    type: 'TA1',
    control,
    said: 'nothing of them was recorded.',
  });
  await insertFaults(tx, [{ ...place, fault: cut, waiting: true }]);
  return waiting + 1;
}

async function recordTa1(
  context: Context,
  tx: Tx,
  { agreement, place, test }: { agreement: string; place: Place; test: boolean },
  segment: Segment,
): Promise<number> {
  const acknowledgment = readTa1(segment);
  const whose = { partner: place.partner ?? '', agreement, test };
  const { documents, waiting } = await recordVerdicts(context, tx, whose, place, acknowledgment);
  const [control = '', date = '', time = '', code = '', note = ''] = segment.values.map((value) =>
    String(value).trim(),
  );
  const data = { control, date, time, code, note };
  const { partner, delivery_id, interchange_id } = place;
  await insertEvents(
    tx,
    documents.length === 0
      ? [{ kind: 'ta1-received', partner, delivery_id, interchange_id, data }]
      : documents.map((document) => ({
          ...aboutDocument(document),
          kind: 'ta1-received',
          delivery_id,
          data: { ...data, transmission: document.transmission_id },
        })),
  );
  const value = words[acknowledgment.verdict];
  if (value === undefined || documents.length === 0) return waiting;
  const reasons = acknowledgment.answers.flatMap(({ findings }) => findings.map(({ reason }) => reason));
  const refused = fault('interchange-refused', {
    control,
    value,
    note: reasons.join('; ') || 'no reason given',
  });
  const [only, another] = documents;
  const document_id = another === undefined ? (only?.id ?? null) : null;
  await insertFaults(tx, [{ ...place, document_id, fault: refused, waiting: true }]);
  return waiting + 1;
}
