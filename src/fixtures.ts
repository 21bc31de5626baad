/**
 * Fixtures: a folder is a test. `fixtures/<partner>/<case>/` holds
 * - `in.edi`, what came in, with `expected.json`, what the partner's guides make of it (documents, faults, unmapped data),
 *   and the answer as the agreement wants it: `997.out`, `999.out`, `TA1.out` or `CONTRL.out`, exact to the byte;
 * - beside it `given.json`, the items, prices and stock that we have, with `response.json`, what is decided of the orders,
 *   and `855.out` or `ORDRSP.out`, the segments of the responses;
 * - or `<guide>.json`, a canonical document, with `<guide>.out`, the segments written from it, or a line `! code place` for
 *   each fault that keeps it from being sent.
 * A folder named as standard and release, `fixtures/x12-005010/`, tests the standard guides.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { jsonDifference, lineDifference, type Paint, plain } from './difference.ts';
import type { Fault } from './fault.ts';
import { acknowledgmentsOf, responsesTo } from './fixture-answers.ts';
import { GivenError, openHouse } from './fixture-given.ts';
import type { Guide, Guides } from './mapping/guide.ts';
import type { Partners } from './partner/partners.ts';
import { outboundGuide, type Translated, translateFile, writeDocument } from './translate.ts';

export interface FixtureRooms {
  readonly guides: Guides;
  readonly partners: Partners;
}

/** One file of a fixture folder: what it should say, and what really came. */
export interface FixtureResult {
  readonly file: string;
  /** null: nobody has said yet what is expected. */
  readonly expected: string | null;
  /** null: nothing came that this file could hold. */
  readonly actual: string | null;
  /** Acknowledgments are bytes of any character set: a character of the text is a byte. */
  readonly encoding: 'utf8' | 'latin1';
}

/** A folder that is no fixture, or whose documents no guide writes. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError';
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
 * Runs a folder: a result for each file that is expected, or that came.
 * @throws FixtureError when the folder holds neither in.edi nor a document, or names a guide that there is not
 */
export async function runFixture(folder: string, rooms: FixtureRooms): Promise<FixtureResult[]> {
  const partner = basename(dirname(folder));
  const files = (await readdir(folder)).filter((name) => !name.startsWith('.') && !name.endsWith('~')).sort();
  const documents = files.filter((name) => name.endsWith('.json') && !ourJson.includes(name));
  if (!files.includes('in.edi') && documents.length === 0)
    throw new FixtureError(`${folder} holds neither in.edi nor a document such as 855.json`);
  const came = new Map<string, Content>();
  if (files.includes('in.edi')) await readInbound(folder, partner, rooms, came);
  for (const file of documents) await writeOutbound(folder, partner, file, rooms, came);
  const inputs = ['in.edi', ...(files.includes('in.edi') ? ['given.json'] : []), ...documents];
  const names = new Set([...came.keys(), ...files.filter((name) => !inputs.includes(name))]);
  return Promise.all([...names].sort().map((name) => compare(join(folder, name), came.get(name))));
}

/** Files that are no documents to be written. */
const ourJson = ['expected.json', 'given.json', 'response.json'];

/** What came, for one file of the folder. */
interface Content {
  readonly text: string;
  readonly encoding: FixtureResult['encoding'];
}

async function compare(file: string, came: Content | undefined): Promise<FixtureResult> {
  const encoding = came?.encoding ?? 'utf8';
  const expected = existsSync(file) ? await readFile(file, encoding) : null;
  return { file, expected, actual: came?.text ?? null, encoding };
}

/** Whether what came is what was expected. */
export function isSame(result: FixtureResult): boolean {
  return difference(result) === '';
}

/**
 * Makes what came the expectation, in those files that differ: look at the difference before you commit it. A file of
 * answers that nothing fills any more is removed.
 * @returns the files that were changed
 */
export async function bless(results: readonly FixtureResult[]): Promise<string[]> {
  const changed: string[] = [];
  for (const result of results.filter((one) => !isSame(one))) {
    const { file, actual, encoding } = result;
    if (actual !== null) await writeFile(file, actual, encoding);
    else if (isAnswer(file)) await rm(file);
    else continue;
    changed.push(file);
  }
  return changed;
}

function isAnswer(file: string): boolean {
  return file.endsWith('.out') || ['expected.json', 'response.json'].includes(basename(file));
}

/** What one folder gave. */
export interface FixtureRun {
  readonly folder: string;
  /** Files that differ, with what differs in them; empty: all is as expected. */
  readonly differences: readonly { readonly file: string; readonly text: string }[];
  /** With bless: the files that were changed. */
  readonly blessed: readonly string[];
}

/** Runs a folder and says what differs; with `blessing`, what came becomes what is expected first. */
export async function testFixture(
  folder: string,
  rooms: FixtureRooms,
  { blessing, paint = plain }: { readonly blessing: boolean; readonly paint?: Paint },
): Promise<FixtureRun> {
  try {
    const results = await runFixture(folder, rooms);
    const blessed = blessing ? await bless(results) : [];
    const now = blessed.length > 0 ? await runFixture(folder, rooms) : results;
    const differences = now.map((one) => ({ file: one.file, text: difference(one, paint) }));
    return { folder, differences: differences.filter(({ text }) => text !== ''), blessed };
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    return { folder, differences: [{ file: folder, text: error.message }], blessed: [] };
  }
}

/** What differs, with its place; '' when nothing does. The layout of JSON does not count. */
export function difference({ file, expected, actual }: FixtureResult, paint: Paint = plain): string {
  if (expected === actual) return '';
  if (actual === null && isAnswer(file)) return `${file} is there, but nothing came for it.`;
  if (actual === null)
    return `${file} belongs to no fixture: in.edi, given.json, a document, or what is expected.`;
  if (expected === null) return `${file} is missing. What came:\n${lineDifference('', actual, paint)}`;
  const found = file.endsWith('.json')
    ? jsonDifference(expected, actual, paint)
    : lineDifference(expected, actual, paint);
  return found === '' ? '' : `${file}: - expected, + came\n${found}`;
}

async function readInbound(
  folder: string,
  name: string,
  { guides, partners }: FixtureRooms,
  came: Map<string, Content>,
): Promise<void> {
  const bytes = await readFile(join(folder, 'in.edi'));
  const lines: Translated[] = [];
  const partner = partners.byName(name);
  for await (const line of translateFile([bytes], { guides, partners, partner: name })) lines.push(line);
  came.set('expected.json', json(lines.map(expectation)));
  for (const [type, answer] of await acknowledgmentsOf(bytes, partner, guides))
    came.set(`${type}.out`, { text: answer.toString('latin1'), encoding: 'latin1' });
  if (!existsSync(join(folder, 'given.json'))) return;
  if (partner === null) throw new FixtureError(`${folder}: given.json needs a partner, and ${name} is none`);
  const house = readHouse(folder, await readFile(join(folder, 'given.json'), 'utf8'));
  const { decided, written } = await responsesTo(lines, { partner, house, guides, faultText });
  came.set('response.json', json(decided));
  for (const [type, text] of written) came.set(`${type}.out`, { text, encoding: 'utf8' });
}

function readHouse(folder: string, text: string) {
  try {
    return openHouse(text);
  } catch (error) {
    if (error instanceof GivenError) throw new FixtureError(`${folder}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** What the guides make of one message, or what is wrong outside of messages. */
function expectation({ message, document, faults, unmapped, acknowledgment, text }: Translated) {
  return {
    message,
    document,
    faults: faults.map(faultText),
    unmapped: unmapped.map(
      ({ tag, element, component, value, at }) =>
        `${segmentName(at.segment)}${cellName(tag, element, component)} ${value}`,
    ),
    ...(acknowledgment === undefined ? {} : { acknowledgment }),
    ...(text === undefined ? {} : { text }),
  };
}

function json(value: unknown): Content {
  return { text: `${JSON.stringify(value, null, 2)}\n`, encoding: 'utf8' };
}

async function writeOutbound(
  folder: string,
  partner: string,
  file: string,
  rooms: FixtureRooms,
  came: Map<string, Content>,
): Promise<void> {
  const name = file.slice(0, -'.json'.length);
  const out = `${name}.out`;
  if (came.has(out))
    throw new FixtureError(`${folder}: ${file} and given.json both make ${out}: take two folders`);
  const { text, faults } = await writeDocument(
    guideOf(partner, name, rooms),
    documentOf(await readFile(join(folder, file), 'utf8'), join(folder, file)),
  );
  const refusals = faults.map((found) => `! ${faultText(found)}\n`);
  came.set(out, { text: text + refusals.join(''), encoding: 'utf8' });
}

function documentOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FixtureError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The partner's own guide of the name, or the standard one of the release that an agreement of theirs has. */
function guideOf(partner: string, name: string, { guides, partners }: FixtureRooms): Guide {
  const agreed = partners.byName(partner)?.agreements.map((each) => outboundGuide(each, name, guides));
  const guide =
    guides.named(`${partner}/${name}`) ??
    agreed?.find((each) => each !== null) ??
    guides.named(`standard/${partner}/${name}`);
  if (guide === null) throw new FixtureError(`There is no guide ${name} for ${partner}`);
  return guide;
}

/** 'error code-unmapped: segment 12 PO1 03 "XX"' */
export function faultText({ severity, code, at, value }: Fault): string {
  const line = at?.orderLine === undefined ? '' : `order line ${at.orderLine} `;
  const place =
    at === undefined ? '' : line + segmentName(at.segment) + cellName(at.tag ?? '', at.element, at.component);
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
