/** A guide book as one HTML page that needs nothing else: to be sent, printed, and read on a phone. */
import { type Html, html } from './console/html.ts';
import type { GuideBook, MessagePage } from './guide-book.ts';
import type { PageCode, PageElement } from './guide-elements.ts';
import type { PageSegment } from './guide-page.ts';
import { guideStyle } from './guide-style.ts';
import { elementNotes, headline, messageTitle, segmentUse } from './guide-words.ts';

/** Writes the whole book. Every text of guides and partners is escaped. */
export function guideHtml(book: GuideBook): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Message guide: ${book.title}</title>
<style>${guideStyle}</style>
</head>
<body>
<a class="skip" href="#messages">To the messages</a>
<header>
<h1>Message guide: ${book.title}</h1>
<p>${headline}</p>
</header>
<nav aria-label="Contents">
<ul>
<li><a href="#agreed">What is agreed</a></li>
${book.messages.map(
  (page, at) => html`<li><a href="#message-${at + 1}">${messageTitle(page)}</a></li>
`,
)}</ul>
</nav>
<main>
<section id="agreed" aria-labelledby="agreed-title">
<h2 id="agreed-title">What is agreed</h2>
${book.facts.length > 0 && factList(book.facts)}
${book.agreements.map(
  ({ name, facts }) => html`<h3>Agreement ${name}</h3>
${factList(facts)}`,
)}
</section>
<div id="messages">
${book.messages.map(messageHtml)}
</div>
</main>
</body>
</html>
`;
  return page.text;
}

function factList(facts: readonly { readonly name: string; readonly value: string }[]): Html {
  return html`<dl>
${facts.map(
  ({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>`;
}

function messageHtml(page: MessagePage, at: number): Html {
  const id = `message-${at + 1}`;
  const { guide, agreements, segments, examples, codes } = page;
  return html`<section class="message" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${messageTitle(page)}</h2>
<p class="source">${guide.standard === 'x12' ? 'X12' : 'EDIFACT'} ${guide.release}, under ${agreements.join(', ')}. Guide ${guide.name}, version ${guide.digest}.</p>
${overview(segments, id)}
<h3>Segments in detail</h3>
${segments.map((segment, row) => segmentHtml(segment, `${id}-${row + 1}`))}
${
  codes.length > 0 &&
  html`<h3>Codes</h3>
${codes.map(({ id: element, name, codes: list }) => codeTable(`${element} ${name}`, list))}`
}
${
  examples.length > 0 &&
  html`<h3>Examples</h3>
${examples.map(
  ({ title, text }) => html`<figure>
<figcaption>${title}</figcaption>
<pre tabindex="0"><code>${text}</code></pre>
</figure>
`,
)}`
}
</section>
`;
}

function overview(segments: readonly PageSegment[], id: string): Html {
  return html`<table class="overview">
<caption>Segments from top to bottom</caption>
<thead><tr><th scope="col">Segment</th><th scope="col">For</th><th scope="col">Use</th><th scope="col">Most</th></tr></thead>
<tbody>
${segments.map(
  ({ depth, tag, name, purpose, use, required, ignored }, row) => html`<tr>
<th scope="row" class="depth-${Math.min(depth, deepest)}"><a href="#${id}-${row + 1}">${tag}</a> ${name}</th>
<td data-label="For">${ignored === null ? purpose : `Not read: ${ignored}`}</td>
<td data-label="Use">${use.mandatory ? 'mandatory' : 'optional'}${required && html`, <strong>required here</strong>`}</td>
<td data-label="Most">${use.most === Number.POSITIVE_INFINITY ? 'any number' : use.most}</td>
</tr>
`,
)}</tbody>
</table>`;
}

/** Deeper levels are shown as this one. */
const deepest = 5;

function segmentHtml(segment: PageSegment, id: string): Html {
  const { depth, tag, name, purpose, notes, wordings, ignored, elements } = segment;
  return html`<section class="segment depth-${Math.min(depth, deepest)}" aria-labelledby="${id}">
<h4 id="${id}"><span class="tag">${tag}</span> ${name}${purpose !== '' && html` <span class="purpose">${purpose}</span>`}</h4>
<p>${[segmentUse(segment), ...notes].join(' ')}</p>
${ignored !== null && html`<p class="ignored">Not read: ${ignored}.</p>`}
${wordings.map(
  (wording) => html`<blockquote>${wording}</blockquote>
`,
)}
${
  elements.length > 0 &&
  html`<table>
<caption class="unseen">Elements of ${tag} ${purpose}</caption>
<thead><tr><th scope="col">Place</th><th scope="col">Element</th><th scope="col">Type</th><th scope="col">Use</th><th scope="col">What stands here</th></tr></thead>
<tbody>
${elements.map(elementRow)}</tbody>
</table>`
}
</section>
`;
}

function elementRow(element: PageElement): Html {
  const { place, id, name, type, mandatory, required, fields, codes, wordings, ignored } = element;
  return html`<tr${ignored !== null && html` class="ignored"`}>
<th scope="row">${place}</th>
<td data-label="Element">${id} ${name}</td>
<td data-label="Type">${type}</td>
<td data-label="Use">${mandatory ? 'mandatory' : 'optional'}${required && html`, <strong>required here</strong>`}</td>
<td data-label="Here">${fields.length > 0 && html`<p>${fields.map((field) => html`<code class="field">${field}</code> `)}</p>`}
${codes.length > 0 && html`<ul class="codes">${codes.map(codeItem)}</ul>`}
${elementNotes(element).map((note) => html`<p>${note}</p>`)}
${wordings.map((wording) => html`<blockquote>${wording}</blockquote>`)}</td>
</tr>
`;
}

function codeItem({ code, meaning, means }: PageCode): Html {
  return html`<li><code>${code === '' ? '(nothing)' : code}</code> ${meaning}${means !== '' && html` <span class="means">→ ${means}</span>`}</li>`;
}

function codeTable(title: string, codes: readonly PageCode[]): Html {
  return html`<table class="code-list">
<caption>${title}</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col">With us</th></tr></thead>
<tbody>
${codes.map(
  ({
    code,
    meaning,
    means,
  }) => html`<tr><th scope="row"><code>${code}</code></th><td data-label="Meaning">${meaning}</td><td data-label="With us">${means}</td></tr>
`,
)}</tbody>
</table>
`;
}
