/**
 * Fixtures: a folder is a test. `fixtures/<partner>/<case>/` holds either
 * - `in.edi`, what came in, and `expected.json`, what the partner's guides make of it: documents, faults, unmapped data; or
 * - `<guide>.json`, a canonical document, and `<guide>.out`, the segments written from it, or a line `! code place` for
 *   each fault that keeps it from being sent.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Fault } from './fault.ts';
import type { Guide, Guides } from './mapping/guide.ts';
import { translateFile, writeDocument } from './translate.ts';

/** One expectation of a fixture folder, and what really came. */
export interface FixtureResult {
  /** The file that holds what is expected. */
  readonly file: string;
  /** null: nobody has said yet what is expected. */
  readonly expected: string | null;
  readonly actual: string;
}

/** The fixture folders of all partners, or of one. */
export async function fixtureFolders(dir: string, partner?: string): Promise<string[]> {
  const partners = partner === undefined ? await folders(dir) : [partner];
  const cases = await Promise.all(
    partners.map(async (name) => (await folders(join(dir, name))).map((each) => join(dir, name, each))),
  );
  return cases.flat();
}

async function folders(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Runs a folder against the guides.
 * @throws Error when the folder holds neither in.edi nor a document, or names a guide that there is not
 */
export async function runFixture(folder: string, guides: Guides): Promise<FixtureResult[]> {
  const partner = basename(dirname(folder));
  const files = await readdir(folder);
  const results: FixtureResult[] = [];
  if (files.includes('in.edi')) results.push(await runInbound(folder, partner, guides));
  for (const file of files.filter((name) => name.endsWith('.json') && name !== 'expected.json').sort())
    results.push(await runOutbound(folder, partner, file, guides));
  if (results.length === 0) throw new Error(`${folder} holds neither in.edi nor a document such as 855.json`);
  return results;
}

/** Makes what came the expectation. Look at the difference before you commit it. */
export async function bless(results: readonly FixtureResult[]): Promise<void> {
  for (const { file, actual } of results) await writeFile(file, actual);
}

/** What differs, line by line with a little around it; '' when nothing does. */
export function difference({ file, expected, actual }: FixtureResult): string {
  if (expected === actual) return '';
  if (expected === null) return `${file} is missing. What came:\n${actual}`;
  return `${file}: - expected, + came\n${lineDifference(expected.split('\n'), actual.split('\n')).join('\n')}`;
}

/** Runs all fixtures of one partner: the names of those that pass, and what differs in the others. */
export async function testPartner(
  name: string,
  where: { readonly fixtures: string; readonly guides: Guides },
): Promise<{ passed: readonly string[]; failed: readonly { folder: string; difference: string }[] }> {
  const passed: string[] = [];
  const failed: { folder: string; difference: string }[] = [];
  for (const folder of await fixtureFolders(where.fixtures, name)) {
    const found = (await runFixture(folder, where.guides)).map(difference).filter((text) => text !== '');
    if (found.length === 0) passed.push(folder);
    else failed.push({ folder, difference: found.join('\n') });
  }
  return { passed, failed };
}

async function runInbound(folder: string, partner: string, guides: Guides): Promise<FixtureResult> {
  const lines: unknown[] = [];
  const bytes = await readFile(join(folder, 'in.edi'));
  for await (const line of translateFile([bytes], { guides, partners: null, partner })) {
    const unmapped = line.unmapped.map(
      ({ tag, element, component, value, at }) =>
        `${segmentName(at.segment)}${cellName(tag, element, component)} ${value}`,
    );
    lines.push({
      message: line.message,
      document: line.document,
      faults: line.faults.map(faultText),
      unmapped,
    });
  }
  return result(join(folder, 'expected.json'), `${JSON.stringify(lines, null, 2)}\n`);
}

async function runOutbound(
  folder: string,
  partner: string,
  file: string,
  guides: Guides,
): Promise<FixtureResult> {
  const name = file.slice(0, -'.json'.length);
  const guide = guideOf(partner, name, guides);
  const { text, faults } = await writeDocument(guide, JSON.parse(await readFile(join(folder, file), 'utf8')));
  const refusals = faults.map((found) => `! ${faultText(found)}\n`);
  return result(join(folder, `${name}.out`), text + refusals.join(''));
}

async function result(file: string, actual: string): Promise<FixtureResult> {
  return { file, expected: existsSync(file) ? await readFile(file, 'utf8') : null, actual };
}

function guideOf(partner: string, name: string, guides: Guides): Guide {
  const guide =
    guides.all.find((each) => each.name === `${partner}/${name}`) ??
    guides.all.find((each) => each.name.startsWith('standard/') && basename(each.name) === name);
  if (guide === undefined) throw new Error(`There is no guide ${name} for ${partner}`);
  return guide;
}

/** 'error code-unmapped: segment 12 PO1 03 "XX"' */
function faultText({ severity, code, at, value }: Fault): string {
  const place =
    at === undefined ? '' : segmentName(at.segment) + cellName(at.tag ?? '', at.element, at.component);
  return [`${severity} ${code}:`, place.trim(), value === undefined ? '' : `"${value}"`]
    .filter((part) => part !== '')
    .join(' ');
}

function segmentName(ordinal: number | undefined): string {
  return ordinal === undefined ? '' : `segment ${ordinal} `;
}

function cellName(tag: string, element?: number, component?: number): string {
  if (element === undefined) return tag;
  return `${tag} ${String(element).padStart(2, '0')}${component === undefined ? '' : `.${component}`}`;
}

const around = 2;

/** The lines that are not common to both, by the longest common subsequence, with two lines around them. */
function lineDifference(before: readonly string[], after: readonly string[]): string[] {
  const marked = mark(before, after);
  const near = (index: number) =>
    marked.slice(Math.max(0, index - around), index + around + 1).some((line) => !line.startsWith(' '));
  return marked.filter((_, index) => near(index));
}

function mark(before: readonly string[], after: readonly string[]): string[] {
  const common = commonLengths(before, after);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [down, right] = [common[i + 1]?.[j] ?? -1, common[i]?.[j + 1] ?? -1];
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i]}`);
      i++;
      j++;
    } else if (i < before.length && down >= right) lines.push(`- ${before[i++]}`);
    else lines.push(`+ ${after[j++]}`);
  }
  return lines;
}

function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] ?? [];
      const same = before[i] === after[j];
      row[j] = same
        ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
        : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  return lengths;
}
