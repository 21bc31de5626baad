/** partner shadow: stored traffic read and written once more by the working copy of the guides, to see what would differ. */
import { resolve } from 'node:path';
import type { Context } from '../flow/context.ts';
import { readTables } from '../flow/tables.ts';
import { visible } from '../inspect-columns.ts';
import { createLogger } from '../log.ts';
import { problemText } from '../mapping/problem.ts';
import { createMetrics } from '../metrics.ts';
import { loadMappings } from '../partner/mappings.ts';
import type { Partner } from '../partner/partner.ts';
import { shadow } from '../shadow.ts';
import { type ShadowDifference, ShadowTally } from '../shadow-difference.ts';
import { readOnly } from '../store/read-only.ts';
import type { Store } from '../store/store.ts';
import { withArchive } from './archive.ts';
import { ClosedOutput, writeOut } from './output.ts';
import type { RunSubVerb } from './partner.ts';
import { mappingsFolder, namedPartner } from './rooms.ts';
import { note, readNumber, readWords } from './verb.ts';

const dayMs = 86_400_000;

interface How {
  readonly name: string;
  readonly since: Date;
  readonly mappings: string;
  readonly limit: number;
  readonly json: boolean;
}

export const shadowPartner: RunSubVerb = async (words, self) => {
  const options = {
    days: { type: 'string', default: '7' },
    mappings: { type: 'string' },
    limit: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const how: How = {
    name: positionals[0] as string,
    since: new Date(Date.now() - readNumber(values.days, 'days') * dayMs),
    mappings: values.mappings === undefined ? mappingsFolder() : resolve(values.mappings),
    limit: readNumber(values.limit, 'limit', 0),
    json: values.json,
  };
  try {
    return await withArchive((store) => compare(store, how));
  } catch (error) {
    if (error instanceof ClosedOutput) return 1;
    throw error;
  }
};

async function compare(store: Store, how: How): Promise<number> {
  const loaded = await workingCopy(store, how);
  if (loaded === null) return 2;
  const { context, partner } = loaded;
  const tally = new ShadowTally();
  let shown = 0;
  let noted = Date.now();
  await shadow(context, partner, how.since, {
    tally,
    onDifference: async (difference) => {
      shown += 1;
      if (shown <= how.limit)
        await writeOut(how.json ? `${JSON.stringify(difference)}\n` : textOf(difference));
    },
    onProgress: ({ deliveries, documents, differences }, all) => {
      if (Date.now() - noted < progressMs) return;
      noted = Date.now();
      note(
        `${deliveries} of ${all} deliveries read, ${documents} documents written, ${differences} differences so far …`,
      );
    },
  });
  await writeOut(how.json ? `${JSON.stringify(summaryOf(tally, how))}\n` : summaryText(tally, how));
  return tally.differences === 0 ? 0 : 1;
}

const progressMs = 2_000;

/** The guides and partners to try; null, said aloud, when the partner's files have problems. */
async function workingCopy(
  store: Store,
  { name, mappings }: How,
): Promise<{ context: Context; partner: Partner } | null> {
  const { partners, guides, broken } = await loadMappings(mappings, {
    demo: true,
    tables: (guides) => readOnly(store, (tx) => readTables(tx, guides)),
  });
  const partner = namedPartner({ partners }, name);
  const held = partners.held.find((one) => one.partner === name);
  if (held !== undefined) {
    for (const problem of held.problems) note(problemText(problem));
    note(`The working copy of ${name} has problems: nothing was compared.`);
    return null;
  }
  const context: Context = {
    ...{ store, partners, guides, broken },
    metrics: createMetrics(),
    log: createLogger('warn'),
    now: () => new Date(),
    gs1Prefix: null,
    poke: () => undefined,
  };
  return { context, partner };
}

/** One difference for people. */
function textOf({ kind, message, about, guides, changes }: ShadowDifference): string {
  const place = Object.entries(about)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const used =
    guides.recorded === guides.working
      ? ''
      : `  (${guides.recorded ?? 'no guide'} → ${guides.working ?? 'no guide'})`;
  const lines = changes.map(({ path, gone, come }) => {
    const [before, after] = [gone, come].map((value) => (value === undefined ? [] : [valueText(value)]));
    const both = [
      ...(before ?? []).map((text) => `    - ${text}`),
      ...(after ?? []).map((text) => `    + ${text}`),
    ];
    return [...(path === '' ? [] : [`  ${path}`]), ...both].join('\n');
  });
  return `${visible(`${kind} of ${message}, ${place}${used}`)}\n${lines.map((text) => text.split('\n').map(visible).join('\n')).join('\n')}\n\n`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function summaryOf(tally: ShadowTally, { name, since, limit }: How) {
  const { deliveries, messages, documents, differences } = tally;
  const counts = { deliveries, messages, documents, differences, shown: Math.min(differences, limit) };
  return { summary: { partner: name, since: since.toISOString(), ...counts, places: tally.rows() } };
}

const mostRows = 200;

function summaryText(tally: ShadowTally, { name, since, limit }: How): string {
  const rows = tally.rows();
  const table = rows.slice(0, mostRows).map(({ message, kind, place, count }) => {
    return visible(`${String(count).padStart(7)}  ${message.padEnd(7)} ${kind.padEnd(9)} ${place}`);
  });
  const more =
    rows.length > mostRows ? [`         and ${rows.length - mostRows} other places: --json names them`] : [];
  const hidden = tally.differences - Math.min(tally.differences, limit);
  const head = `${name} since ${since.toISOString().slice(0, 16)}Z: ${tally.deliveries} deliveries, ${tally.messages} messages read, ${tally.documents} documents written again.`;
  const found =
    tally.differences === 0
      ? 'No differences.'
      : `${tally.differences} differences${hidden > 0 ? `, ${hidden} of them not shown (--limit)` : ''}:`;
  const decisions = rows.some(({ kind }) => kind === 'decision')
    ? [
        "Decisions are those of both documents under today's items, prices and stock: what was in stock then is not kept.",
      ]
    : [];
  return `${[head, found, ...table, ...more, ...decisions].join('\n')}\n`;
}
