/** TA1: what partners say of the envelope of an interchange of ours (X12.5: TA101 control number, TA104 A, E or R, TA105 why). */
import { fault } from '../fault.ts';
import type { Segment } from '../interchange/interchange.ts';
import { documentsOfInterchangeSent } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { aboutDocument } from './answer.ts';

interface Place {
  readonly partner: string | null;
  readonly endpoint: string;
  readonly delivery_id: string;
  readonly interchange_id: string;
}

/** TA1s of one interchange that are recorded. */
const mostTa1s = 100;

const words: Readonly<Record<string, string>> = { A: 'accepted', E: 'accepted with errors', R: 'rejected' };

/** Records each TA1 at the documents that it is about, if we sent them. Returns how many of them wait for a person: E and R. */
export async function recordTa1s(
  tx: Tx,
  place: Place,
  test: boolean,
  segments: readonly Segment[],
): Promise<number> {
  let waiting = 0;
  for (const segment of segments.slice(0, mostTa1s))
    waiting += (await recordTa1(tx, place, test, segment)) ? 1 : 0;
  return waiting;
}

async function recordTa1(tx: Tx, place: Place, test: boolean, { values }: Segment): Promise<boolean> {
  const [control = '', date = '', time = '', code = '', note = ''] = values.map((value) =>
    String(value).trim(),
  );
  const documents = await documentsOfInterchangeSent(tx, { partner: place.partner ?? '', control, test });
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
  if (code !== 'E' && code !== 'R') return false;
  const [only, another] = documents;
  const refused = fault('interchange-refused', { control, value: words[code], note });
  await insertFaults(tx, [
    {
      ...place,
      document_id: another === undefined ? (only?.id ?? null) : null,
      fault: refused,
      waiting: true,
    },
  ]);
  return true;
}
