/** A guide book as Markdown (GitHub's tables). Whatever guides and partners say is shown as it is, never as markup. */
import type { GuideBook, MessagePage } from './guide-book.ts';
import type { PageCode, PageElement } from './guide-elements.ts';
import type { PageSegment } from './guide-page.ts';
import { elementNotes, headline, messageTitle, segmentUse } from './guide-words.ts';

/** Writes the whole book. */
export function guideMarkdown(book: GuideBook): string {
  const parts = [
    `# Message guide: ${plain(book.title)}`,
    plain(headline),
    ...(book.facts.length === 0 ? [] : [factTable(book.facts)]),
    ...book.agreements.flatMap(({ name, facts }) => [`## Agreement ${plain(name)}`, factTable(facts)]),
    ...book.messages.map(messageText),
  ];
  return `${parts.join('\n\n')}\n`;
}

function factTable(facts: readonly { readonly name: string; readonly value: string }[]): string {
  return table(
    ['What', 'Agreed'],
    facts.map(({ name, value }) => [plain(name), plain(value)]),
  );
}

function messageText(page: MessagePage): string {
  const { guide, agreements, segments, examples, codes } = page;
  return [
    `## ${plain(messageTitle(page))}`,
    plain(
      `${guide.standard === 'x12' ? 'X12' : 'EDIFACT'} ${guide.release}, under ${agreements.join(', ')}. Guide ${guide.name}, version ${guide.digest}.`,
    ),
    '### Segments',
    ...segments.map(segmentText),
    ...(codes.length === 0 ? [] : ['### Codes']),
    ...codes.map(({ id, name, codes: list }) => `**${plain(`${id} ${name}`)}**\n\n${codeTable(list)}`),
    ...(examples.length === 0 ? [] : ['### Examples']),
    ...examples.map(({ title, text }) => `**${plain(title)}**\n\n${fenced(text)}`),
  ].join('\n\n');
}

function segmentText(segment: PageSegment): string {
  const { depth, tag, name, purpose, notes, wordings, ignored, elements } = segment;
  const title = [tag, name, purpose].filter((part) => part !== '').join(' – ');
  const lines = [
    `#### ${'› '.repeat(depth)}${plain(title)}`,
    plain([segmentUse(segment), ...notes, ...(ignored === null ? [] : [`Not read: ${ignored}.`])].join(' ')),
    ...wordings.map((wording) => `> ${plain(wording)}`),
  ];
  if (elements.length > 0)
    lines.push(table(['Place', 'Element', 'Type', 'Use', 'What stands here'], elements.map(elementRow)));
  return lines.join('\n\n');
}

function elementRow(element: PageElement): string[] {
  const { place, id, name, type, mandatory, required, fields, codes, wordings } = element;
  const use = [mandatory ? 'mandatory' : 'optional', ...(required ? ['required here'] : [])].join(', ');
  const said = [
    ...fields.map((field) => code(field)),
    ...codes.map((one) => codeText(one)),
    ...elementNotes(element).map(plain),
    ...wordings.map((wording) => `“${plain(wording)}”`),
  ];
  return [plain(place), plain(`${id} ${name}`), plain(type), use, said.join('<br>')];
}

function codeText({ code: value, meaning, means }: PageCode): string {
  const words = [meaning, means === '' ? '' : `→ ${means}`].filter((part) => part !== '').join(' ');
  return `${code(value === '' ? '(nothing)' : value)}${words === '' ? '' : ` ${plain(words)}`}`;
}

function codeTable(codes: readonly PageCode[]): string {
  return table(
    ['Code', 'Meaning', 'With us'],
    codes.map(({ code: value, meaning, means }) => [code(value), plain(meaning), plain(means)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that is no markup: what Markdown or HTML would take for a sign is escaped, and line ends become blanks. */
function plain(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\\`*_{}[\]<>|#~]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replace(/&(?!lt;|gt;)/g, '&amp;');
}

/** A value in code, in as many backticks as it needs. */
function code(text: string): string {
  const flat = text.replace(/[\r\n\t]+/g, ' ').replaceAll('|', '\\|');
  const ticks = '`'.repeat(1 + longestRun(flat));
  const pad = /^`|`$/.test(flat) || flat.trim() === '' ? ' ' : '';
  return `${ticks}${pad}${flat}${pad}${ticks}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, 1 + longestRun(text)));
  return `${fence}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
