/** What every page has: the frame around its content, and the parts that pages share. */
import type { FaultAnswer } from './fault-deeds.ts';
import { type Html, html, type Piece } from './html.ts';

export interface Page {
  readonly title: string;
  /** What is replaced when the page refreshes itself. */
  readonly content: Html;
}

/** Signed in or not, this much of a page shows nothing of anybody's. */
export function frame({ title, content }: Page, search = ''): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Portolan</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/console.css">
<script type="module" src="/static/console.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="name" href="/">Portolan</a>
<nav aria-label="Main"><a href="/">Road</a><a href="/orders">Orders</a><a href="/deliveries">Deliveries</a></nav>
<form class="search" role="search" action="/orders" method="get">
<label for="search">PO number</label>
<input id="search" name="number" type="search" value="${search}" autocomplete="off" maxlength="200">
<button>Find</button>
</form>
<p id="fresh" class="fresh" role="status"></p>
</header>
<main id="content" tabindex="-1">${content}</main>
<p id="told" class="told" role="status" aria-live="polite"></p>
${dialogs}
</body>
</html>
`.text;
}

/** Filled in by the script, which knows what was asked for. */
const dialogs = html`<dialog id="deed" aria-labelledby="deed-title">
<form method="dialog">
<h2 id="deed-title"></h2>
<p id="deed-about"></p>
<label for="deed-why">Why? It is kept with the deed.</label>
<textarea id="deed-why" required maxlength="500" rows="3"></textarea>
<label for="deed-who">Your name</label>
<input id="deed-who" maxlength="100" autocomplete="name">
<p id="deed-wrong" class="wrong" role="alert"></p>
<div class="row"><button id="deed-do" class="do" type="submit" value="do">Do it</button><button type="button" data-close>Cancel</button></div>
</form>
</dialog>
<dialog id="token" aria-labelledby="token-title">
<form method="dialog">
<h2 id="token-title">Admin token</h2>
<p>This gateway asks for its admin token. It is kept in this tab only, until the tab is closed.</p>
<label for="token-text">Token</label>
<input id="token-text" type="password" required autocomplete="off">
<p id="token-wrong" class="wrong" role="alert"></p>
<div class="row"><button class="do" type="submit" value="do">Go on</button><button type="button" data-close>Cancel</button></div>
</form>
</dialog>`;

/** The page for somebody who may not see it yet: the script asks for the token, and fetches the content with it. */
export const signIn: Page = {
  title: 'Sign in',
  content: html`<section class="empty" id="sign-in" data-sign-in><h1>Portolan</h1>
<p>This page needs the admin token.</p><button type="button" data-token>Give the token</button>
<noscript><p>Giving it needs JavaScript.</p></noscript></section>`,
};

export function errorPage(title: string, detail: string): Page {
  return {
    title,
    content: html`<section class="empty" id="problem"><h1>${title}</h1><p>${detail}</p><p><a href="/">To the road</a></p></section>`,
  };
}

/** A moment: the script writes it in the reader's own time zone. */
export function time(at: Date | null, none: Piece = '–'): Piece {
  if (at === null) return none;
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** How long ago: the script keeps it right. */
export function age(at: Date | null): Piece {
  return at === null
    ? '–'
    : html`<time datetime="${at.toISOString()}" data-age>${at.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** A state, with a colour by what it means and a word for who sees none. */
export function badge(state: string): Html {
  return html`<span class="badge ${tones[state] ?? 'plain'}">${state}</span>`;
}

const tones: Readonly<Record<string, string>> = {
  accepted: 'good',
  confirmed: 'good',
  shipped: 'good',
  mapped: 'good',
  translated: 'good',
  'partially-accepted': 'part',
  'partially-shipped': 'part',
  noted: 'part',
  duplicate: 'part',
  received: 'open',
  due: 'open',
  written: 'open',
  sent: 'open',
  held: 'stop',
  paused: 'stop',
  rejected: 'bad',
  refused: 'bad',
  cancelled: 'bad',
  late: 'bad',
};

export interface Column<T> {
  readonly head: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly cell: (row: T) => Piece;
}

/** A table; where it is narrow each row becomes a block with its heads beside the values. */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  none: string,
): Html {
  if (rows.length === 0) return html`<p class="none">${none}</p>`;
  const kind = (column: Column<T>) => (column.number === true ? 'number' : 'text');
  return html`<table><caption class="unseen">${caption}</caption><thead><tr>${columns.map(
    (column) => html`<th scope="col" class="${kind(column)}">${column.head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td data-head="${column.head}" class="${kind(column)}"><div>${column.cell(row)}</div></td>`)}</tr>`,
  )}</tbody></table>`;
}

/** A button that asks why, then does it. `path` is of the API; `about` says in words what it is about. */
export function deedButton(label: string, path: string, about: string): Html {
  return html`<button type="button" data-deed="${path}" data-about="${about}">${label}</button>`;
}

/** What waits for a person, or what was found: sentence, hint, where, and what can be done. */
export function faultCard(fault: FaultAnswer): Html {
  return html`<li class="fault ${fault.waiting ? 'waits' : ''} ${fault.severity}" id="fault-${fault.id}">
<div><p class="what"><span class="badge ${fault.severity === 'error' ? 'bad' : 'part'}">${fault.severity}</span> ${fault.message}</p>
<p class="hint">${fault.hint}</p>
<p class="where">${age(fault.at)} · ${fault.code}${fault.partner !== null && html` · ${fault.partner}`}${links(fault)}${placeText(fault)}</p>
${fault.resolution !== null && html`<p class="where">${fault.resolution} by ${fault.who}: ${fault.why} ${time(fault.resolvedAt)}</p>`}
</div>
${fault.deeds.length > 0 && html`<div class="row">${fault.deeds.map((deed) => deedButton(deedWords[deed], `/api/v1/faults/${fault.id}/${deed}`, fault.message))}</div>`}
</li>`;
}

const deedWords = {
  replay: 'Replay',
  accept: 'Accept',
  'accept-duplicate': 'Accept duplicate',
  reject: 'Reject',
} as const;

function links(fault: FaultAnswer): Piece {
  return [
    fault.orderId !== null &&
      html` · <a href="/orders/${fault.orderId}">order ${fault.orderNumber ?? fault.orderId}</a>`,
    fault.deliveryId !== null &&
      html` · <a href="/deliveries/${fault.deliveryId}">delivery ${fault.deliveryId}</a>`,
  ];
}

/** 'interchange 1, message 2, segment 4 PO1, element 3 · byte 812'. */
function placeText({ position, deliveryId }: FaultAnswer): Piece {
  if (position === null) return null;
  const parts = [
    'line',
    'interchange',
    'group',
    'message',
    'segment',
    'element',
    'component',
    'repetition',
    'orderLine',
  ]
    .filter((name) => position[name] !== undefined)
    .map(
      (name) =>
        `${name === 'orderLine' ? 'order line' : name} ${position[name]}${name === 'segment' && position.tag !== undefined ? ` (${position.tag})` : ''}`,
    );
  const offset = Number(position.offset);
  const place = parts.length > 0 && html` · ${parts.join(', ')}`;
  if (deliveryId === null || !Number.isSafeInteger(offset)) return place;
  return [place, html` · <a href="/deliveries/${deliveryId}?byte=${offset}#at-${offset}">byte ${offset}</a>`];
}
