/**
 * The dictionary: what the standards say about messages, segments, elements and codes, read from the text files beside
 * this one. One folder per release (`x12-004010`, `edifact-D96A`, `edifact-service3`), one file per message in it. Adding a
 * message or a release is adding files. docs/dictionary.md describes their notation.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { detached } from '../decode.ts';
import type { Standard } from '../event.ts';
import {
  type CodeList,
  type CompositeRule,
  type ElementRule,
  parseCodes,
  parseComposites,
  parseElements,
  parseRelease,
  parseSegments,
  type SegmentRule,
} from './notation.ts';
import { nearestRelease, releasesNamed } from './release.ts';
import { parseStructure, type StructureNode } from './structure-text.ts';
import { refuse, type TableText } from './table-text.ts';

export type {
  CodeList,
  ComponentUse,
  CompositeRule,
  ElementRule,
  ElementUse,
  SegmentRule,
  SyntaxRule,
} from './notation.ts';

/** A segment at its place in a message. */
export interface SegmentUse {
  readonly kind: 'segment';
  readonly tag: string;
  readonly mandatory: boolean;
  readonly max: number;
  readonly rule: SegmentRule;
}

/** A loop (X12) or segment group (EDIFACT). Its first member is its trigger, a mandatory segment used once. */
export interface LoopUse {
  readonly kind: 'loop';
  /** X12: the trigger's tag, with `-2`, `-3` where a sibling has it already. EDIFACT: 'SG2'. The root: ''. */
  readonly id: string;
  readonly mandatory: boolean;
  readonly max: number;
  readonly members: readonly (SegmentUse | LoopUse)[];
}

/** Everything the dictionary says about one message of one release. */
export interface MessageRules {
  readonly standard: Standard;
  readonly release: string;
  readonly type: string;
  /** What the message is, in our words: 'Purchase order'. */
  readonly name: string;
  /** EDIFACT: the association codes (UNH 0057) that it usually has; empty where any will do. */
  readonly associations: readonly string[];
  /** X12: the functional groups (GS01, element 479) that carry it; empty for EDIFACT. */
  readonly groups: readonly string[];
  /** The release whose segments, elements and codes are used: its own, unless it borrows another's. */
  readonly tables: string;
  readonly root: LoopUse;
  /** Segments of the whole release by tag: a tag that is not here is not known at all. */
  readonly segments: ReadonlyMap<string, SegmentRule>;
}

/** The tables of one release. */
export interface ReleaseRules {
  readonly release: string;
  readonly segments: ReadonlyMap<string, SegmentRule>;
  readonly elements: ReadonlyMap<string, ElementRule>;
  readonly composites: ReadonlyMap<string, CompositeRule>;
  readonly codes: ReadonlyMap<string, CodeList>;
}

/** The release that a message is read by, and whether it is the one that the message claims. */
export interface ReleaseChoice {
  readonly release: string;
  readonly exact: boolean;
}

const home = new URL('./', import.meta.url);
const choices = new Map<string, ReleaseChoice | null>();
const releases = new Map<string, ReleaseRules | null>();
const messages = new Map<string, MessageRules | null>();
const maxRemembered = 10_000;
/** Of what is remembered of a version: partners write whatever they like there, and it is kept as long as the process runs. */
const maxKey = 100;

/**
 * Which release's tables read a message: the claimed one where the dictionary has it, else the nearest that has the type.
 * @param version GS08 ('004010', '004010VICS') or UNH S009 from 0052 on ('D:96A:UN:EAN008'; also 'D96A')
 * @returns null when no release has the message type
 */
export function releaseOf(standard: Standard, type: string, version: string): ReleaseChoice | null {
  const key = `${standard} ${type} ${version}`;
  if (key.length > maxKey) return chooseRelease(standard, type, version);
  const known = choices.get(key);
  if (known !== undefined) return known;
  const choice = chooseRelease(standard, type, version);
  if (choices.size < maxRemembered) choices.set(detached(key), choice);
  return choice;
}

/** The rules of one message, compiled once; null when the dictionary has no such release or message. */
export function loadMessageRules(standard: Standard, release: string, type: string): MessageRules | null {
  const key = `${standard} ${release} ${type}`;
  const known = messages.get(key);
  if (known !== undefined) return known;
  const rules = readMessageRules(standard, release, type);
  if (messages.size < maxRemembered) messages.set(key, rules);
  return rules;
}

/** The tables of one release (also 'service3' and 'service4', EDIFACT's own segments); null when there is none. */
export function loadRelease(standard: Standard, release: string): ReleaseRules | null {
  const key = `${standard}-${release}`;
  const known = releases.get(key);
  if (known !== undefined) return known;
  const rules = folders().includes(key) ? ownOrLent(standard, release) : null;
  if (releases.size < maxRemembered) releases.set(key, rules);
  return rules;
}

/** Every message in the dictionary: what `portolan inspect` can check. */
export function knownMessages(): readonly { standard: Standard; release: string; type: string }[] {
  return folders().flatMap((folder) => {
    const standard: Standard = folder.startsWith('x12-') ? 'x12' : 'edifact';
    const release = folder.slice(standard.length + 1);
    return typesIn(folder).map((type) => ({ standard, release, type }));
  });
}

function chooseRelease(standard: Standard, type: string, version: string): ReleaseChoice | null {
  if (!/^\w{1,6}$/.test(type)) return null;
  const having = folders()
    .filter((folder) => folder.startsWith(`${standard}-`) && typesIn(folder).includes(type))
    .map((folder) => folder.slice(standard.length + 1));
  const named = releasesNamed(standard, type, version);
  const own = having.find((release) => named.includes(release));
  if (own !== undefined) return { release: own, exact: lenderOf(`${standard}-${own}`) === null };
  const nearest = nearestRelease(standard, named[0] ?? '', having);
  return nearest === undefined ? null : { release: nearest, exact: false };
}

let folderNames: readonly string[] | null = null;
const typesByFolder = new Map<string, readonly string[]>();
const tableFiles = new Set(['segments.txt', 'composites.txt', 'elements.txt', 'codes.txt', 'release.txt']);

function folders(): readonly string[] {
  folderNames ??= readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return folderNames;
}

function typesIn(folder: string): readonly string[] {
  let types = typesByFolder.get(folder);
  if (types === undefined) {
    const files = readdirSync(new URL(`${folder}/`, home)).filter((file) => !tableFiles.has(file));
    types = files.filter((file) => file.endsWith('.txt')).map((file) => file.slice(0, -'.txt'.length));
    typesByFolder.set(folder, types);
  }
  return types;
}

/** The release whose tables a release uses in place of its own; null when it has its own. */
function lenderOf(folder: string): string | null {
  const file = `${folder}/release.txt`;
  return existsSync(new URL(file, home)) ? parseRelease(readTable(file)) : null;
}

function ownOrLent(standard: Standard, release: string): ReleaseRules | null {
  const folder = `${standard}-${release}`;
  const lender = lenderOf(folder);
  return lender === null ? readRelease(folder, release) : loadRelease(standard, lender);
}

function readRelease(folder: string, release: string): ReleaseRules {
  const table = (name: string) => readTable(`${folder}/${name}.txt`);
  const codes = parseCodes(table('codes'));
  const elements = parseElements(table('elements'), codes);
  const stray = [...codes.keys()].find((id) => !elements.has(id));
  if (stray !== undefined) throw new Error(`dictionary: ${folder}/codes.txt: there is no element ${stray}`);
  const composites = parseComposites(table('composites'), elements);
  const segments = parseSegments(table('segments'), elements, composites);
  return { release, segments, elements, composites, codes };
}

function readMessageRules(standard: Standard, release: string, type: string): MessageRules | null {
  const folder = `${standard}-${release}`;
  const tables = loadRelease(standard, release);
  if (tables === null || !typesIn(folder).includes(type)) return null;
  // A directory's message may stand in an interchange of syntax 3 or 4; what UNH and UNT hold in 4 includes all of 3.
  const service = standard === 'x12' ? null : loadRelease('edifact', 'service4');
  const segments = new Map([...(service?.segments ?? []), ...tables.segments]);
  const { nodes, ...told } = parseStructure(readTable(`${folder}/${type}.txt`));
  const root: LoopUse = { kind: 'loop', id: '', mandatory: true, max: 1, members: uses(nodes, segments) };
  return { standard, release, type, ...told, tables: tables.release, root, segments };
}

function uses(
  nodes: readonly StructureNode[],
  segments: ReadonlyMap<string, SegmentRule>,
): (SegmentUse | LoopUse)[] {
  return nodes.map(({ id, mandatory, max, members, line }) => {
    if (members !== null) return { kind: 'loop', id, mandatory, max, members: uses(members, segments) };
    const rule = segments.get(id) ?? refuse(line, `segments.txt has no ${id}`);
    return { kind: 'segment', tag: id, mandatory, max, rule };
  });
}

function readTable(file: string): TableText {
  const url = new URL(file, home);
  if (!existsSync(url)) throw new Error(`dictionary: ${file} is missing; run npm run build`);
  return { file, text: readFileSync(url, 'utf8') };
}
