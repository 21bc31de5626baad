/** AS2 messages: how bytes travelled, who signed them, and which receipts were given and got. */
import { z } from 'zod';
import type { As2View } from '../store/view-as2.ts';
import { as2View, listAs2 } from '../store/view-as2.ts';
import { type Html, html, type Piece } from './html.ts';
import { badge, time } from './layout.ts';
import { idKey, listOf, listQuery, page } from './list.ts';
import { type Route, read } from './route.ts';

export const as2Routes: readonly Route[] = [
  read({
    path: '/api/v1/as2-messages',
    tag: 'deliveries',
    summary: 'AS2 messages of both directions, newest first',
    query: listQuery.extend({
      endpoint: z.string().optional(),
      direction: as2View.shape.direction.optional(),
      state: as2View.shape.state.optional(),
      messageId: z.string().optional(),
    }),
    answer: listOf(as2View),
    handle: ({ context, query }) =>
      page(
        query,
        idKey,
        (before, limit) => listAs2(context.store.db, query, before, limit),
        (row) => row.id,
      ),
  }),
];

interface As2Facts {
  readonly remote?: string;
  readonly encrypted?: { readonly cipher: string; readonly keyTransport: string } | null;
  readonly signed?: { readonly digest: string; readonly form: string; readonly fingerprint: string } | null;
  readonly compressed?: boolean;
  readonly mdn?: { readonly how: string };
}

/** How a delivery travelled; nothing where it did not come by AS2. */
export function as2Section(messages: readonly As2View[]): Piece {
  if (messages.length === 0) return null;
  return html`<section id="as2"><h2>AS2</h2>${messages.map(as2Facts)}</section>`;
}

function as2Facts(message: As2View): Html {
  const { remote, encrypted, signed, compressed, mdn } = message.facts as As2Facts;
  const all: readonly (readonly [string, Piece])[] = [
    ['Message-ID', html`<span class="long">${message.messageId}</span>`],
    ['From, to', `${message.them}, ${message.us}`],
    ['Came from', remote ?? '–'],
    [
      'Signed',
      signed
        ? `${signed.digest}, ${signed.form}, by the certificate ${signed.fingerprint.slice(0, 16)}…`
        : 'no',
    ],
    ['Encrypted', encrypted ? `${encrypted.cipher}, ${encrypted.keyTransport}` : 'no'],
    ['Compressed', compressed ? 'yes' : 'no'],
    ['Receipt', receiptOf(message, mdn?.how)],
    ['Came again', message.times === 0 ? null : `${message.times} times`],
  ];
  return html`<p>${badge(message.state)}</p><dl class="facts">${all
    .filter(([, value]) => value !== null)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function receiptOf({ disposition, receipt, receiptAt }: As2View, how: string | undefined): Piece {
  if (how === undefined) return 'none was asked for';
  const says = disposition === '' || disposition === null ? 'processed' : disposition;
  if (how === 'sync') return `${says}, in the answer`;
  if (receipt === 'sent') return html`${says}, given ${time(receiptAt)}`;
  return `${says}, ${receipt === 'given-up' ? 'given up' : 'not given yet'}`;
}
