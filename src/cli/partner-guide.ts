/** partner guide: the page to send to a partner, or to hold against theirs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GuideBook, guideBook } from '../guide-book.ts';
import { guideHtml } from '../guide-html.ts';
import { guideMarkdown } from '../guide-markdown.ts';
import { nearMiss } from '../mapping/problem.ts';
import { ClosedOutput, writeOut } from './output.ts';
import type { RunSubVerb } from './partner.ts';
import { loadRooms, namedPartner } from './rooms.ts';
import { note, print, readWords, WrongUse } from './verb.ts';

type Form = 'html' | 'md';

export const showGuide: RunSubVerb = async (words, self) => {
  const options = {
    html: { type: 'boolean', default: false },
    md: { type: 'boolean', default: false },
    out: { type: 'string' },
    fixtures: { type: 'string', default: 'fixtures' },
  } as const;
  const { values, positionals } = readWords(words, self, options, 1, 2);
  const { html, md, out, fixtures } = values;
  if (html && md && out === undefined)
    throw new WrongUse('Without --out one page is printed: --html or --md.');
  const [name = '', message] = positionals;
  const rooms = await loadRooms(name);
  const book = await guideBook(namedPartner(rooms, name), rooms, { message, fixtures });
  if (book.messages.length === 0) throw await noMessages(name, message, rooms, fixtures);
  const forms: Form[] = html === md ? ['html', 'md'] : [html ? 'html' : 'md'];
  if (out === undefined) await show(book, html ? 'html' : 'md');
  else await write(book, message, forms, out);
  for (const page of book.messages.filter(({ examples }) => examples.length === 0))
    note(
      `${page.guide.name}: no example passes, so none is shown. Make a fixture of it: see docs/partners.md.`,
    );
  return 0;
};

async function noMessages(
  name: string,
  message: string | undefined,
  rooms: Awaited<ReturnType<typeof loadRooms>>,
  fixtures: string,
): Promise<WrongUse> {
  const { messages } = await guideBook(namedPartner(rooms, name), rooms, { fixtures });
  const known = [...new Set(messages.map(({ guide }) => guide.message))];
  const hint = nearMiss(message ?? '', known) ?? `There are: ${known.join(', ') || 'none'}.`;
  return new WrongUse(`${name} has no guide for ${message ?? 'any message'}. ${hint}`);
}

async function show(book: GuideBook, form: Form): Promise<void> {
  try {
    await writeOut(text(book, form));
  } catch (error) {
    if (!(error instanceof ClosedOutput)) throw error;
  }
}

async function write(
  book: GuideBook,
  message: string | undefined,
  forms: readonly Form[],
  out: string,
): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const form of forms) {
    const file = join(
      out,
      `${[book.partner, ...(message === undefined ? [] : [message])].join('-')}.${form}`,
    );
    await writeFile(file, text(book, form));
    print(file);
  }
}

function text(book: GuideBook, form: Form): string {
  return form === 'html' ? guideHtml(book) : guideMarkdown(book);
}
