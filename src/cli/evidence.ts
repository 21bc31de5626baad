/** evidence: everything that can be shown about an order, in one zip file. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { evidencePages } from '../console/evidence-page.ts';
import { gatherEvidence } from '../flow/evidence.ts';
import { zipEvidence } from '../flow/evidence-zip.ts';
import { getOrders, type OrderRow, ordersByNumber } from '../store/orders.ts';
import type { Store } from '../store/store.ts';
import { withStore } from './office.ts';
import { note, readWords, type Verb, WrongUse } from './verb.ts';

export const evidence: Verb = {
  name: 'evidence',
  usage:
    'portolan evidence ORDER [--partner P] [--id] [--out FILE.zip]     (--out - writes to standard output)',
  about:
    'Writes a zip with everything about an order: what arrived and what was sent, byte by byte, with AS2 receipts, acknowledgments,\nthe timeline and faults, and digests that "sha256sum -c SHA256SUMS" checks. Open index.html in it.\nORDER is its purchase order number, or our number of it; --id: it is our number.',
  async run(words) {
    const options = {
      partner: { type: 'string' },
      out: { type: 'string' },
      id: { type: 'boolean' },
    } as const;
    const { values, positionals } = readWords(words, evidence, options, 1);
    return withStore(async (store) => {
      const { id } = await findOrder(
        store,
        positionals[0] as string,
        values.partner ?? null,
        values.id === true,
      );
      const found = await gatherEvidence(store, id);
      if (found === null) throw new WrongUse(`There is no order ${id}.`);
      const out = values.out ?? `evidence-order-${id}.zip`;
      const zip = zipEvidence(found, evidencePages);
      if (out === '-') await pipeline(zip, process.stdout, { end: false });
      else await writeWhole(zip, out);
      note(
        `${found.exhibits.length} files of evidence of order ${found.order.number} (${id}): ${out === '-' ? 'written' : out}`,
      );
      return 0;
    });
  },
};

/** Under another name until it is whole: half an archive under its own name would look like all there is. */
async function writeWhole(zip: NodeJS.ReadableStream, out: string): Promise<void> {
  const part = `${out}.${randomBytes(4).toString('hex')}.part`;
  try {
    await pipeline(zip, createWriteStream(part, { flags: 'wx', mode: 0o600 }));
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** @throws WrongUse with the candidates, when it is none or several */
async function findOrder(
  store: Store,
  text: string,
  partner: string | null,
  isId: boolean,
): Promise<OrderRow> {
  const byNumber = isId ? [] : await ordersByNumber(store.db, partner, text);
  const byId = /^\d{1,18}$/.test(text) ? await getOrders(store.db, [text]) : [];
  const found = [...byNumber, ...byId.filter(({ id }) => byNumber.every((other) => other.id !== id))].filter(
    (order) => partner === null || order.partner === partner,
  );
  const [only, another] = found;
  if (only === undefined)
    throw new WrongUse(`There is no order ${text}${partner === null ? '' : ` of ${partner}`}.`);
  if (another === undefined) return only;
  const lines = found.map(
    (order) =>
      `  ${order.id}  ${order.partner}  number ${order.number}  received ${order.received_at.toISOString()}`,
  );
  throw new WrongUse(
    `${text} may be any of these: give --partner, or our number (the first one) with --id.\n${lines.join('\n')}`,
  );
}
