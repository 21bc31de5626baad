/** What partners found in documents of ours, each with the segment that we sent and the place in it. */
import type { Context } from '../flow/context.ts';
import { type ShownFinding, shownFindings } from '../flow/shown-finding.ts';
import { getDocument } from '../store/documents.ts';
import type { DocumentView } from '../store/view-documents.ts';
import { type Html, html, type Piece } from './html.ts';

/** Documents whose bytes are looked into for one page. */
const mostDocuments = 20;

/** null where partners found nothing. */
export async function refusedSection(
  context: Context,
  documents: readonly DocumentView[],
): Promise<Html | null> {
  const parts: Piece[] = [];
  for (const { id, kind, answeredAt } of documents
    .filter((one) => one.answeredAt !== null)
    .slice(0, mostDocuments)) {
    const document = await getDocument(context.store.db, id);
    const found = document === null ? [] : await shownFindings(context.store.db, document);
    if (found.length > 0 && answeredAt !== null)
      parts.push(html`<h3>${kind}, document ${id}</h3><ul class="faults">${found.map(findingItem)}</ul>`);
  }
  if (parts.length === 0) return null;
  return html`<section id="findings"><h2>What the partner found</h2>${parts}</section>`;
}

/** A mark that is empty where something is missing has a caret in it. */
function findingItem({ finding, segment, span: [from, to] }: ShownFinding): Html {
  const place =
    segment !== null &&
    html`<pre class="raw">${segment.slice(0, from)}<mark class="error">${segment.slice(from, to) || '‸'}</mark>${segment.slice(to)}</pre>`;
  return html`<li class="fault"><div><p class="what">${finding.sentence}</p>${place}</div></li>`;
}
