/** Everything that a partner has to know of us, gathered: what is agreed, and each message with its guide and examples. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FixtureRooms, fixtureFolders } from './fixtures.ts';
import type { PageCode, PageElement } from './guide-elements.ts';
import { type Example, exampleOf, generatedExample } from './guide-example.ts';
import { type PageSegment, pageSegments } from './guide-page.ts';
import { agreementFacts, calendarFacts, type Fact } from './guide-terms.ts';
import { releaseOf } from './interchange/dictionary/dictionary.ts';
import type { Guide } from './mapping/guide.ts';
import type { Agreement, Partner } from './partner/partner.ts';
import { inboundGuide, outboundGuide } from './translate.ts';

export interface GuideBook {
  readonly title: string;
  readonly partner: string;
  /** What holds for all agreements. */
  readonly facts: readonly Fact[];
  readonly agreements: readonly { readonly name: string; readonly facts: readonly Fact[] }[];
  readonly messages: readonly MessagePage[];
}

export interface MessagePage {
  readonly guide: Guide;
  /** received: the partner sends it to us. */
  readonly direction: 'received' | 'sent';
  /** Agreements under which it travels. */
  readonly agreements: readonly string[];
  readonly segments: readonly PageSegment[];
  readonly examples: readonly TitledExample[];
  readonly codes: readonly CodeSummary[];
}

export interface TitledExample extends Example {
  readonly title: string;
}

/** All codes of one element of the standard that the message uses. */
export interface CodeSummary {
  readonly id: string;
  readonly name: string;
  readonly codes: readonly PageCode[];
}

/** Cases of fixtures that are shown, for each message. */
const mostCases = 2;

/**
 * Gathers the book of a partner.
 * @param options.message only messages of this type or guide name: '850'
 * @param options.fixtures the folder of all fixtures
 */
export async function guideBook(
  partner: Partner,
  rooms: FixtureRooms,
  options: { readonly message?: string | undefined; readonly fixtures: string },
): Promise<GuideBook> {
  const wanted = used(partner, rooms).filter(
    ({ guide }) =>
      options.message === undefined || [guide.message, basename(guide.name)].includes(options.message),
  );
  const messages: MessagePage[] = [];
  for (const one of wanted) {
    const segments = pageSegments(one.guide);
    const examples = await examplesOf(one.guide, partner.name, options.fixtures);
    messages.push({ ...one, segments, examples, codes: summary(segments) });
  }
  return {
    title: partner.title,
    partner: partner.name,
    facts: calendarFacts(partner),
    agreements: partner.agreements.map((one) => ({ name: one.name, facts: agreementFacts(one) })),
    messages,
  };
}

interface Used {
  readonly guide: Guide;
  readonly direction: 'received' | 'sent';
  readonly agreements: string[];
}

/** The guides under which messages travel: what the agreements send, and what they may receive. */
function used(partner: Partner, { guides }: FixtureRooms): Used[] {
  const found = new Map<string, Used>();
  const add = (guide: Guide | null, direction: Used['direction'], agreement: Agreement) => {
    if (guide === null) return;
    const one = found.get(`${guide.name} ${direction}`) ?? { guide, direction, agreements: [] };
    if (!one.agreements.includes(agreement.name)) one.agreements.push(agreement.name);
    found.set(`${guide.name} ${direction}`, one);
  };
  const own = guides.in(partner.name);
  const sentSomewhere = new Set(partner.agreements.flatMap(({ documents }) => Object.keys(documents)));
  for (const agreement of partner.agreements) {
    const sent = Object.keys(agreement.documents);
    const types = own
      .filter(({ standard, message }) => standard === agreement.standard && !sentSomewhere.has(message))
      .map(({ message }) => message);
    const received = new Set([orders[agreement.standard], ...Object.keys(agreement.guides), ...types]);
    for (const type of [...received].filter((each) => !sent.includes(each)))
      add(
        inboundGuide({ type, release: releaseFor(agreement, type) }, agreement, guides),
        'received',
        agreement,
      );
    for (const type of sent) add(outboundGuide(agreement, type, guides), 'sent', agreement);
  }
  return [...found.values()];
}

/** What every partner of ours may send. */
const orders = { x12: '850', edifact: 'ORDERS' } as const;

function releaseFor({ standard, version }: Agreement, type: string): string | null {
  return releaseOf(standard, type, version.message)?.release ?? null;
}

/** Documents of the partner's fixtures, and one with all that the guide knows: those that really pass. */
async function examplesOf(guide: Guide, partner: string, fixtures: string): Promise<TitledExample[]> {
  const examples: TitledExample[] = [];
  for (const folder of await fixtureFolders(fixtures, partner)) {
    if (examples.length === mostCases) break;
    for (const document of await documentsIn(folder, guide)) {
      const example = await exampleOf(guide, document);
      if (example !== null && !examples.some(({ text }) => text === example.text)) {
        examples.push({ ...example, title: basename(folder).replaceAll('-', ' ') });
        break;
      }
    }
  }
  const whole = await generatedExample(guide);
  return whole === null ? examples : [...examples, { ...whole, title: 'Every field that we use' }];
}

async function documentsIn(folder: string, guide: Guide): Promise<unknown[]> {
  const outbound = join(folder, `${basename(guide.name)}.json`);
  const inbound = join(folder, 'expected.json');
  if (existsSync(outbound)) return [JSON.parse(await readFile(outbound, 'utf8'))];
  if (!existsSync(inbound) || !(await readdir(folder)).includes('in.edi')) return [];
  const lines = JSON.parse(await readFile(inbound, 'utf8')) as {
    message: string | null;
    document: unknown;
  }[];
  return lines
    .filter(({ message, document }) => message === guide.message && document !== null)
    .map(({ document }) => document);
}

function summary(segments: readonly PageSegment[]): CodeSummary[] {
  const lists = new Map<string, { id: string; name: string; codes: Map<string, PageCode> }>();
  for (const element of segments.flatMap(({ elements }) => elements)) addCodes(element, lists);
  return [...lists.values()]
    .map(({ id, name, codes }) => ({
      id,
      name,
      codes: [...codes.values()].sort((a, b) => a.code.localeCompare(b.code)),
    }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

function addCodes(
  { codeElement, codes }: PageElement,
  lists: Map<string, { id: string; name: string; codes: Map<string, PageCode> }>,
): void {
  if (codeElement === null) return;
  for (const code of codes.filter((each) => each.code !== '*' && each.code !== '')) {
    const list = lists.get(codeElement.id) ?? { ...codeElement, codes: new Map<string, PageCode>() };
    lists.set(codeElement.id, list);
    const before = list.codes.get(code.code);
    const means = [
      ...new Set([before?.means, code.means].filter((text) => text !== undefined && text !== '')),
    ].join(', ');
    list.codes.set(code.code, { ...code, means });
  }
}
