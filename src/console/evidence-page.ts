/** What a person reads of an order's evidence: what happened, in which order, and which file shows it. Needs nothing else. */
import type { Evidence } from '../flow/evidence.ts';
import type { Pages, WrittenFile } from '../flow/evidence-zip.ts';
import type { DocumentAnswer } from '../flow/settle.ts';
import { evidenceStyle } from './evidence-style.ts';
import { type Html, html, type Piece } from './html.ts';
import { time } from './layout.ts';
import { eventWords, verdictWords } from './words.ts';

export const evidencePages: Pages = (evidence, files) => ({
  'README.txt': readme(evidence),
  'index.html': page(evidence, files).text,
});

function readme({ order, asOf }: Evidence): string {
  return `Evidence of the order ${order.number}, our number ${order.id}
as of ${asOf.toISOString()}, from the order gateway that received, answered and acknowledged it.

index.html     what happened to the order, with links to the files that show it: start here
order/         the order as it was read, our decision, its quantities, its timeline, faults and how they were resolved
received/      each file as it arrived, byte by byte, with where it came from: the order, and the partner's acknowledgments
sent/          each file that we sent, byte by byte, with how and when: acknowledgments, responses, ship notices, invoices
certificates/  for AS2: the certificates that counted then, theirs as they were pinned and ours
manifest.json  each file with what it shows, the time of that, its size and its SHA-256
SHA256SUMS     the same digests, to be checked

To check that nothing was changed since this archive was written, in the folder that it was unpacked to:

    sha256sum -c SHA256SUMS

Received and sent files were compared with the size and the SHA-256 that were noted when they came or were made. Their names
here are made of our numbers; what a partner called a file stands in manifest.json as fileName. All times are UTC.

AS2 messages, where there are any: FILE.headers.txt followed by FILE.body.bin is the message as it travelled;
FILE.mdn.headers.txt followed by FILE.mdn.body.bin is the receipt. A signed receipt can be verified with the certificate
of who signed it, which is in certificates/:

    cat FILE.mdn.headers.txt FILE.mdn.body.bin > mdn.eml
    openssl cms -verify -in mdn.eml -certfile signer.pem -CAfile signer.pem -purpose any

Within other files of the same delivery there may be other orders of the same partner: handle the archive as confidential.
`;
}

function page(evidence: Evidence, files: readonly WrittenFile[]): Html {
  const { order, asOf } = evidence;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence of order ${order.number}</title>
<style>${evidenceStyle}</style>
</head>
<body>
<header><h1>Evidence of order ${order.number}</h1>
<p>As of ${time(asOf)}. Links lead to the files that show it; <a href="README.txt">README.txt</a> says how the files are checked.</p></header>
<main>
${facts(evidence)}
<h2 id="documents">What we answered and sent</h2>${documents(evidence)}
<h2 id="timeline">What happened</h2>${timeline(evidence)}
${evidence.faults.length > 0 && html`<h2 id="faults">What was found wrong</h2>${faults(evidence)}`}
<h2 id="files">Files</h2>${fileTable(files)}
</main>
</body>
</html>
`;
}

const link = (path: string, text: string) => html`<a href="${path}">${text}</a>`;

function facts({ order, deliveries, guides }: Evidence): Html {
  const brought = deliveries.find(({ id }) => id === order.delivery_id);
  const all: readonly (readonly [string, Piece])[] = [
    ['Purchase order number', order.number],
    ['Our number', order.id],
    ['Partner', `${order.partner} (agreement ${order.agreement})`],
    ['State', order.state],
    ['Received', time(order.received_at)],
    ['Decided', time(order.decided_at)],
    ['Came in', link(`received/delivery-${order.delivery_id}.edi`, `delivery ${order.delivery_id}`)],
    ['Called by the partner', brought?.name ?? '–'],
    ['As read', link('order/order.json', 'order.json')],
    ['Guides', guides.join(', ') || '–'],
  ];
  return html`<dl>${all.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function documents({ documents: rows, transmissions }: Evidence): Html {
  if (rows.length === 0) return html`<p>Nothing was owed for it.</p>`;
  return html`<div class="wide"><table><thead><tr><th>Document</th><th>State</th><th>Written</th><th>Sent</th><th>Delivered</th><th>Acknowledged</th><th>Bytes</th></tr></thead><tbody>
${rows.map((row) => {
  const sent = transmissions.find(({ id }) => id === row.transmission_id);
  const { words = [] } = (row.answer ?? {}) as Partial<DocumentAnswer>;
  const said = words.map(({ type, verdict }) => `${type} ${verdictWords[verdict]}`).join(', ');
  return html`<tr><th>${link(`sent/document-${row.id}.json`, row.kind)}</th><td>${row.state}</td><td>${time(row.written_at)}</td><td>${time(row.sent_at)}</td><td>${time(sent?.delivered_at ?? null)}</td><td>${time(row.answered_at)} ${said}</td><td>${sent === undefined ? '–' : link(`sent/transmission-${sent.id}.edi`, `control number ${sent.control}`)}</td></tr>
`;
})}</tbody></table></div>`;
}

function timeline({ events }: Evidence): Html {
  return html`<ol>${events.map((event) => {
    const shown = { kind: event.kind, data: event.data };
    const by = event.who === null ? null : html` <span class="quiet">${event.who}: ${event.why}</span>`;
    return html`<li>${time(event.at)} ${eventWords(shown)}${by} ${source(event.delivery_id, event.kind)}</li>
`;
  })}</ol>`;
}

/** The file that shows what was said or came. */
function source(deliveryId: string | null, kind: string): Piece {
  if (deliveryId === null || kind === 'order-received') return null;
  return link(`received/delivery-${deliveryId}.edi`, `delivery ${deliveryId}`);
}

function faults({ faults: rows }: Evidence): Html {
  return html`<ul>${rows.map(
    (row) => html`<li>${time(row.at)} <b>${row.code}</b> ${row.message} ${
      row.resolved_at === null
        ? row.waiting && html`<span class="quiet">waits for a person</span>`
        : html`<span class="quiet">${row.resolution} by ${row.who}, ${time(row.resolved_at)}${row.why !== null && html`: ${row.why}`}</span>`
    }</li>
`,
  )}</ul>`;
}

function fileTable(files: readonly WrittenFile[]): Html {
  return html`<div class="wide"><table><thead><tr><th>File</th><th>What it shows</th><th>When</th><th>Bytes</th><th>SHA-256</th></tr></thead><tbody>
${files.map(
  ({ path, what, at, about, size, sha256 }) =>
    html`<tr><th>${link(path, path)}</th><td>${what}${about?.fileName !== undefined && html` <span class="quiet">called ${about.fileName}</span>`}</td><td>${time(at)}</td><td class="number">${size}</td><td><code>${sha256}</code></td></tr>
`,
)}</tbody></table></div>`;
}
