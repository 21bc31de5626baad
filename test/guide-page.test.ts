/** A guide's page holds all that the guide binds, its examples pass, and no text of a guide becomes markup. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partner } from '../src/cli/partner.ts';
import { type GuideBook, guideBook } from '../src/guide-book.ts';
import { guideHtml } from '../src/guide-html.ts';
import { guideMarkdown } from '../src/guide-markdown.ts';
import { pageSegments } from '../src/guide-page.ts';
import { pathBelow } from '../src/guide-paths.ts';
import { readInterchanges } from '../src/interchange/interchange.ts';
import type { Guide, Guides } from '../src/mapping/guide.ts';
import { loadGuides } from '../src/mapping/load.ts';
import type { Entry } from '../src/mapping/notation.ts';
import { loadPartners } from '../src/partner/load.ts';
import type { Partners } from '../src/partner/partners.ts';
import { runVerb } from './support/command.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

const entriesOf = (entries: readonly Entry[]): Entry[] =>
  entries.flatMap((entry) => [entry, ...entriesOf(entry.below)]);

/** Complains about tags that do not close, or close twice; attributes without quotes; signs that should be entities. */
function illFormed(page: string): string[] {
  const wrong: string[] = [];
  const open: string[] = [];
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/, '<style></style>');
  for (const [piece, close, tag = '', attributes = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)([^<>]*)>|[<>]/g,
  )) {
    if (tag === '') wrong.push(`a bare ${piece}`);
    else if (close === '/') {
      if (open.pop() !== tag) wrong.push(`</${tag}> closes what is not open`);
    } else {
      if (!/^(\s+[a-z-]+="[^"<>]*")*\s*$/.test(attributes)) wrong.push(`<${tag}${attributes}>`);
      if (!['meta', 'br', 'hr'].includes(tag)) open.push(tag);
    }
  }
  for (const [sign] of body.matchAll(/&(?!(amp|lt|gt|quot|#39);)/g)) wrong.push(`a bare ${sign}`);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  if (new Set(ids).size < ids.length) wrong.push('an id stands twice');
  for (const [, target = ''] of page.matchAll(/href="#([^"]*)"/g))
    if (!ids.includes(target)) wrong.push(`no #${target}`);
  return [...wrong, ...open.map((tag) => `<${tag}> is not closed`)];
}

/** The same as the page escapes it. */
const inHtml = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] as string,
  );

describe('The page of a guide', function () {
  this.timeout(60_000);
  let guides: Guides;
  let partners: Partners;
  let book: GuideBook;

  before(async () => {
    [{ guides }, { partners }] = await Promise.all([
      loadGuides('mappings'),
      loadPartners('mappings', { demo: true }),
    ]);
    book = await bookOf('harbor-and-pine');
  });

  function bookOf(name: string): Promise<GuideBook> {
    const found = partners.byName(name);
    assert.ok(found !== null);
    return guideBook(found, { guides, partners }, { fixtures: 'fixtures' });
  }

  it('has a row for every segment, and one for every element, that any guide binds', () => {
    assert.ok(guides.all.length > 10);
    for (const guide of guides.all) {
      const rows = pageSegments(guide);
      const entries = entriesOf(guide.whole.segments);
      assert.deepEqual(
        rows.map(({ tag, source }) => `${source} ${tag}`),
        entries.map(({ tag, at }) => `${at.file}:${at.line} ${tag}`),
        guide.name,
      );
      for (const [at, { cells }] of entries.entries())
        assert.equal(
          rows[at]?.elements.length,
          cells.filter(({ binding }) => binding.kind !== 'none').length,
          `${guide.name} ${rows[at]?.source}`,
        );
    }
  });

  it('names every canonical field, and knows each element', () => {
    for (const guide of guides.all)
      for (const { tag, name, elements, ignored } of pageSegments(guide)) {
        assert.ok(name !== '', `${guide.name}: ${tag} has no name`);
        for (const { place, id, type, fields, codes, notes, ignored: unread } of elements) {
          assert.ok(id !== '' && type !== '', `${guide.name} ${place}`);
          assert.ok(
            fields.length + codes.length + notes.length > 0 || unread !== null || ignored !== null,
            `${guide.name} ${place} says nothing`,
          );
        }
      }
  });

  it('never says of a document that we send under another agreement that the partner sends it', async () => {
    const bigmeadow = partners.byName('bigmeadow');
    assert.ok(bigmeadow);
    assert.ok(bigmeadow.agreements.some(({ documents }) => !('865' in documents)));
    const { messages } = await guideBook(
      bigmeadow,
      { guides, partners },
      { message: '865', fixtures: 'none' },
    );
    assert.deepEqual(
      messages.map(({ direction, agreements }) => [direction, agreements]),
      [['sent', ['replenishment']]],
    );
  });

  it('shows all of it in HTML and in Markdown', () => {
    const [page, text] = [guideHtml(book), guideMarkdown(book)];
    assert.deepEqual(
      book.messages.map(({ guide, direction }) => `${guide.message} ${direction}`),
      ['850 received', '855 sent', '856 sent'],
    );
    const elements = book.messages.flatMap(({ segments }) => segments.flatMap((segment) => segment.elements));
    assert.equal(
      page.match(/<section class="segment /g)?.length,
      book.messages.flatMap(({ segments }) => segments).length,
    );
    assert.equal(page.match(/<td data-label="Here">/g)?.length, elements.length);
    assert.equal(text.match(/^\| [A-Z0-9]{2,3}\d\d\S* \| /gm)?.length, elements.length);
    for (const { place, fields, wordings } of elements)
      for (const said of [place, ...fields, ...wordings]) assert.ok(page.includes(inHtml(said)), said);
    for (const said of [
      'HARBORPINE',
      'by 997 within 24 hours',
      'the buyer&#39;s contact is in our own address book',
      'your acknowledgment expected',
    ])
      assert.ok(page.includes(said), said);
    assert.ok(
      !page.includes('PORTOLAN_DEMO') && !text.includes('PORTOLAN_DEMO'),
      'how we reach them is no part of it',
    );
  });

  it('is well formed, and complete in itself', () => {
    const page = guideHtml(book);
    assert.deepEqual(illFormed(page), []);
    assert.doesNotMatch(page, /<(script|link|img|iframe)|https?:|url\(/);
    assert.match(page, /<html lang="en">/);
    assert.deepEqual(illFormed('<p class=a>x</b><i>&'), [
      '<p class=a>',
      '</b> closes what is not open',
      'a bare &',
      '<i> is not closed',
    ]);
  });

  it('has examples that the guide and the standard find nothing wrong with', async () => {
    const examples = book.messages.flatMap(({ guide, examples: found }) =>
      found.map((example) => ({ guide, ...example })),
    );
    assert.ok(book.messages.every(({ examples: found }) => found.length > 0));
    for (const { guide, text, document } of examples)
      assert.deepEqual((await read(guide, text)).document, document, guide.name);
    const edifact = await bookOf('nordlicht');
    for (const { guide, examples: found } of edifact.messages)
      for (const { text } of found) await read(guide, text);
  });

  /** Reads an example as it stands on the page. */
  async function read(guide: Guide, text: string) {
    const x12 = guide.standard === 'x12';
    const head = x12
      ? `ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*0000*U*00401*000000001*0*P*>~\nGS*${guide.rules.groups[0]}*A*B*20260101*0000*1*X*${guide.release}~\n`
      : "UNB+UNOC:3+A:ZZ+B:ZZ+260101:0000+1'\n";
    const file = `${head}${text}\n${x12 ? 'GE*1*1~\nIEA*1*000000001~\n' : "UNZ+1+1'\n"}`;
    for await (const event of readInterchanges([Buffer.from(file, 'latin1')])) {
      if ('faults' in event)
        assert.deepEqual(
          event.faults.filter(({ severity }) => severity !== 'info'),
          [],
          text,
        );
      if (event.kind !== 'message') continue;
      const found = await guide.read(event);
      assert.deepEqual(found.faults, [], text);
      return found;
    }
    throw new Error(`No message in ${file}`);
  }

  describe('with hostile words in it', () => {
    let folder: TestFolder;
    const evil = '<script>alert("1")</script> | `a` \'b\' & [x](javascript:y)';

    before(async () => {
      folder = await testFolder('guide-page');
      await mkdir(join(folder.path, 'evil'));
      await cp('mappings/harbor-and-pine/partner.yaml', join(folder.path, 'evil', 'partner.yaml'));
      const terms = await readFile(join(folder.path, 'evil', 'partner.yaml'), 'utf8');
      await writeFile(
        join(folder.path, 'evil', 'partner.yaml'),
        terms
          .replace(/^name: .*$/m, `name: ${JSON.stringify(evil)}`)
          .replace(/ {4}documents:\n( {6}.*\n)+/, '')
          .replaceAll('harbor-and-pine-sftp', 'evil-sftp'),
      );
      await writeFile(
        join(folder.path, 'evil', '850.yaml'),
        `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": write SA, "03": number, "05": orderedOn, must: ${JSON.stringify(evil)} }
  - REF: { ignore: ${JSON.stringify(evil)} }
  - PO1: { each: lines, "01": { is: number, says: ${JSON.stringify(evil)} }, "02": quantity, "03": { unit: { EA: each } }, "04": ${JSON.stringify(`ignore ${evil}`)}, "06..7": { pairs: { UP: item.upc } } }
`,
      );
    });

    after(() => folder.remove());

    const run = (...words: string[]) =>
      runVerb(partner, ['guide', ...words], { PORTOLAN_MAPPINGS: folder.path });

    it('shows them as they are', async () => {
      const { status, err } = await run(
        'evil',
        '--out',
        join(folder.path, 'pages'),
        '--fixtures',
        join(folder.path, 'none'),
      );
      assert.equal(status, 0, err);
      const page = await readFile(join(folder.path, 'pages', 'evil.html'), 'utf8');
      assert.deepEqual(illFormed(page), []);
      assert.ok(page.split(inHtml(evil)).length >= 6, 'title, heading, wordings and reasons');
      assert.ok(!page.includes('<script'));
      const text = await readFile(join(folder.path, 'pages', 'evil.md'), 'utf8');
      assert.doesNotMatch(text, /<script|(?<!\\)\]\(javascript/);
      for (const row of text.split('\n').filter((line) => line.startsWith('| ') && line.includes('alert')))
        assert.equal(row.replaceAll('\\|', '').split('|').length, 7, row);
    });

    it('prints one form, or says what is wrong with the words', async () => {
      assert.match((await run('evil', '850')).out, /^# Message guide: &lt;script&gt;/);
      assert.match((await run('evil', '--html')).out, /^<!doctype html>/);
      assert.match((await run('evil', '851')).err, /no guide for 851\. Did you mean '850'\?/);
      assert.match((await run('evli')).err, /Did you mean 'evil'/);
      assert.equal((await run('evil', '--html', '--md')).status, 2);
    });
  });
});

describe('A canonical path of a page', () => {
  const entry = (each: string | null, within: string | null) =>
    ({
      each: each === null ? null : { value: each },
      within: within === null ? null : { value: within },
    }) as Entry;

  it('marks the lists of an entry, and no object around them', () => {
    assert.equal(pathBelow(entry('contacts', null), 'buyer'), 'buyer.contacts[]');
    assert.equal(pathBelow(entry('charges', null), 'lines[]'), 'lines[].charges[]');
    assert.equal(pathBelow(entry('orders.cartons', 'shipTo'), ''), 'orders[].cartons[].shipTo');
  });
});
