/** Certificates of AS2, ours and partners': what each does now, until when, and what endpoints lack. */
import { z } from 'zod';
import { type KeyView, readKeyList } from '../flow/key-list.ts';
import { type Html, html, type Piece } from './html.ts';
import { age, type Column, table } from './layout.ts';
import { listOf, listQuery, page } from './list.ts';
import { type Route, read } from './route.ts';

const duty = z.enum(['signs', 'opens', 'verifies', 'encrypts']);

export const certificateView = z.object({
  kind: z.enum(['own', 'partner']),
  holder: z.string().describe("own: the key's name; partner: the endpoint's name"),
  endpoints: z.array(z.string()).describe('Endpoints that use it'),
  usage: z.enum(['both', 'sign', 'encrypt']),
  fingerprint: z.string().describe('SHA-256 of the certificate, in hex'),
  subject: z.string(),
  does: z.array(duty).describe('What it does now'),
  later: z.array(duty).describe('What it does besides from useFrom, which is to come'),
  useFrom: z.date(),
  notBefore: z.date(),
  notAfter: z.date(),
  daysLeft: z.int().describe('0 or less: it has expired'),
  warnings: z.array(z.string()),
  addedAt: z.date(),
  who: z.string(),
  why: z.string(),
});

const key = z.string();
const keyOf = ({ kind, holder, fingerprint }: KeyView): string => `${kind} ${holder} ${fingerprint}`;

export const certificateRoutes: readonly Route[] = [
  read({
    path: '/api/v1/certificates',
    tag: 'partners',
    summary: "Certificates of AS2 in use, ours and partners': what each does, and until when",
    query: listQuery,
    answer: listOf(certificateView),
    handle: ({ context, query }) =>
      page(
        query,
        key,
        async (after, limit) => {
          const { keys } = await readKeyList(context);
          const from = after === null ? 0 : keys.findIndex((row) => keyOf(row) === after) + 1;
          return keys.slice(from, from + limit);
        },
        keyOf,
      ),
  }),
];

const dutyWords = {
  signs: 'signs',
  opens: 'opens',
  verifies: 'verifies',
  encrypts: 'encrypted to',
} as const;

/** The section of the first page; nothing where nobody speaks AS2. */
export function certificateSection(keys: readonly KeyView[], missing: readonly string[]): Html | null {
  if (keys.length === 0 && missing.length === 0) return null;
  const columns: readonly Column<KeyView>[] = [
    {
      head: 'Whose',
      cell: ({ kind, holder, endpoints }) =>
        html`<strong>${kind === 'own' ? `our key ${holder}` : holder}</strong>${kind === 'own' && html` <span class="quiet">${endpoints.join(', ') || 'used by no endpoint'}</span>`}`,
    },
    {
      head: 'Certificate',
      cell: ({ subject, fingerprint }) =>
        html`<span class="long">${subject}</span> <span class="quiet" title="SHA-256 ${fingerprint}">${fingerprint.slice(0, 16)}</span>`,
    },
    { head: 'Does', cell: doesCell },
    { head: 'Expires', cell: (row) => html`${row.notAfter.toISOString().slice(0, 10)} ${leftBadge(row)}` },
    {
      head: 'Careful',
      cell: ({ warnings }) =>
        warnings.length === 0 ? '–' : warnings.map((one) => html`<span>${one}</span> `),
    },
    { head: 'Added', cell: ({ addedAt, who }) => html`${age(addedAt)} <span class="quiet">by ${who}</span>` },
  ];
  return html`<section id="certificates"><h2>Certificates</h2>${missing.map((sentence) => html`<p class="lacks"><span class="badge stop">missing</span> ${sentence}</p>`)}
${table('Certificates of AS2', columns, keys, 'There is none yet.')}</section>`;
}

function doesCell({ does, later, useFrom }: KeyView): Piece {
  const now = does.map((one) => html`<span class="badge good">${dutyWords[one]}</span> `);
  const then = later.map(
    (one) =>
      html`<span class="badge open">${dutyWords[one]}</span> <span class="quiet">from ${momentOf(useFrom)}</span> `,
  );
  return now.length + then.length === 0 ? html`<span class="badge plain">stands back</span>` : [now, then];
}

/** With its year, and in UTC, as the command line takes it. */
function momentOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Red: expired or days left. Yellow: it is time to roll. With words, for who sees no colours. */
function leftBadge({ daysLeft, warnings }: KeyView): Html {
  if (daysLeft <= 0) return html`<span class="badge bad">expired</span>`;
  const words = daysLeft === 1 ? 'a day left' : `${daysLeft} days left`;
  const tone = warnings.length === 0 || daysLeft > 60 ? 'plain' : daysLeft <= 7 ? 'bad' : 'part';
  return html`<span class="badge ${tone}">${words}</span>`;
}
