/** The notation of a release's tables (docs/dictionary.md), parsed: segments, composites, elements, codes. */
import { keyed, type Line, linesOf, refuse, type TableText } from './table-text.ts';

/** Value types of both standards. X12: N with implied decimals, R with a point. EDIFACT: a, an, n. */
export type ElementType = 'AN' | 'ID' | 'N' | 'R' | 'DT' | 'TM' | 'B' | 'a' | 'an' | 'n';

/** Codes known to us. `closed`: the list is whole, any other code is a fault. */
export interface CodeList {
  readonly closed: boolean;
  readonly meanings: ReadonlyMap<string, string>;
}

export interface ElementRule {
  readonly id: string;
  readonly name: string;
  readonly type: ElementType;
  /** Implied decimals of an X12 N element (N2: 2); 0 otherwise. */
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly codes: CodeList | null;
}

/** P paired, R one required, E exclusive, C conditional, L list conditional. Positions count from 1. */
export interface SyntaxRule {
  readonly kind: 'P' | 'R' | 'E' | 'C' | 'L';
  readonly positions: readonly number[];
  /** Real traffic breaks the rule so often that it is reported as a warning only (written with a `?`: P0203?). */
  readonly soft: boolean;
  /** The rule holds wherever there are fewer elements than this. */
  readonly from: number;
}

export interface ComponentUse {
  readonly mandatory: boolean;
  readonly element: ElementRule;
}

export interface CompositeRule {
  readonly id: string;
  readonly components: readonly ComponentUse[];
  readonly syntax: readonly SyntaxRule[];
}

/** An element at its place in a segment: simple (`element`) or composite (`composite`), the other being null. */
export interface ElementUse {
  readonly position: number;
  readonly mandatory: boolean;
  /** How often it may stand: 1 unless it repeats. */
  readonly repeat: number;
  readonly element: ElementRule | null;
  readonly composite: CompositeRule | null;
}

export interface SegmentRule {
  readonly tag: string;
  readonly elements: readonly ElementUse[];
  readonly syntax: readonly SyntaxRule[];
  /** Indexes of elements that are composites or repeat: only these are split in X12. */
  readonly divided: readonly number[];
}

/**
 * `N1 98! 93 66 67 : R0203 P0304`: tag, elements in order (! mandatory, *n repeats), conditional rules.
 * @throws Error that names file and line, as all of these do
 */
export function parseSegments(
  table: TableText,
  elements: ReadonlyMap<string, ElementRule>,
  composites: ReadonlyMap<string, CompositeRule>,
): Map<string, SegmentRule> {
  const words = newWords();
  return keyed(table, (line) => {
    const { key, uses, syntax } = usesAndRules(line, /^[A-Z][A-Z0-9]{1,2}$/, words);
    const list = uses.map((use, index) => elementUse(line, use, index, elements, composites));
    const divided = list.flatMap((use, index) => (use.composite !== null || use.repeat > 1 ? [index] : []));
    return [key, { tag: key, elements: list, syntax, divided }];
  });
}

/** `C040 128! 127! 128 127 : P0304`: id, components in order, conditional rules. */
export function parseComposites(
  table: TableText,
  elements: ReadonlyMap<string, ElementRule>,
): Map<string, CompositeRule> {
  const words = newWords();
  return keyed(table, (line) => {
    const { key, uses, syntax } = usesAndRules(line, /^[A-Z]\d{3}$/, words);
    const components = uses.map((use) => {
      if (use.repeat !== 1) refuse(line, 'a component does not repeat');
      return { mandatory: use.mandatory, element: known(elements, use.id, line) };
    });
    return [key, { id: key, components, syntax }];
  });
}

/** X12: `98 ID 2 3 Entity role`. EDIFACT: `1001 an..3 Document type`. */
export function parseElements(
  table: TableText,
  codes: ReadonlyMap<string, CodeList>,
): Map<string, ElementRule> {
  return keyed(table, (line) => {
    const element = x12Element(line.text) ?? edifactElement(line.text) ?? refuse(line, 'no element');
    if (element.min < 1 || element.min > element.max) refuse(line, 'no such lengths');
    return [element.id, { ...element, codes: codes.get(element.id) ?? null }];
  });
}

type BareElement = Omit<ElementRule, 'codes'>;

function x12Element(text: string): BareElement | null {
  const parts = /^(I?\d+) (AN|ID|N|R|DT|TM|B)(\d?) (\d+) (\d+) (\S.*)$/.exec(text);
  if (parts === null) return null;
  const [, id = '', type, decimals, min, max, name = ''] = parts;
  if ((type === 'N') !== (decimals !== '')) return null;
  return {
    id,
    name,
    type: type as ElementType,
    decimals: Number(decimals),
    min: Number(min),
    max: Number(max),
  };
}

function edifactElement(text: string): BareElement | null {
  const parts = /^(\d{4}) (an|a|n)(\.\.)?(\d+) (\S.*)$/.exec(text);
  if (parts === null) return null;
  const [, id = '', type, upTo, length, name = ''] = parts;
  const max = Number(length);
  return { id, name, type: type as ElementType, decimals: 0, min: upTo === undefined ? max : 1, max };
}

/** `353 closed` opens a list; each line under it, indented by two blanks, is a code and its meaning. */
export function parseCodes(table: TableText): Map<string, CodeList> {
  const lists = new Map<string, { closed: boolean; meanings: Map<string, string> }>();
  let current: Map<string, string> | null = null;
  for (const line of linesOf(table)) {
    if (line.text.startsWith('  ')) addCode(current ?? refuse(line, 'a code without its list'), line);
    else {
      const [, id, closed] =
        /^(I?\d+)( closed)?$/.exec(line.text) ?? refuse(line, 'neither a list nor a code');
      if (lists.has(id as string)) refuse(line, `${id} has two lists`);
      current = new Map();
      lists.set(id as string, { closed: closed !== undefined, meanings: current });
    }
  }
  return lists;
}

/** Most lines of the dictionary are codes: they are cut without a regular expression. */
function addCode(list: Map<string, string>, line: Line): void {
  const end = line.text.indexOf(' ', 2);
  const code = line.text.slice(2, end);
  const meaning = line.text.slice(end + 1);
  if (end < 3 || meaning === '' || meaning.startsWith(' ')) refuse(line, 'neither a list nor a code');
  if (list.has(code)) refuse(line, `${code} stands in this list twice`);
  list.set(code, meaning);
}

/** `tables 005010`: a release that has no tables of its own uses those of another. */
export function parseRelease(table: TableText): string {
  const [line, second] = linesOf(table);
  if (second !== undefined) refuse(second, 'one line is enough');
  const at = line ?? { file: table.file, number: 1, text: '' };
  return /^tables (\w+)$/.exec(at.text)?.[1] ?? refuse(at, 'names no release');
}

interface Use {
  readonly id: string;
  readonly mandatory: boolean;
  readonly repeat: number;
}

/** Elements and rules as they were read before: the same few words stand in most segments. */
interface Words {
  readonly uses: Map<string, Use>;
  readonly rules: Map<string, SyntaxRule>;
}

function newWords(): Words {
  return { uses: new Map(), rules: new Map() };
}

function usesAndRules(
  line: Line,
  keys: RegExp,
  known: Words,
): { key: string; uses: Use[]; syntax: SyntaxRule[] } {
  const [list = '', rules, more] = line.text.split(' : ');
  if (rules === '' || more !== undefined) refuse(line, 'no rules after the colon');
  const [key = '', ...words] = list.split(' ');
  if (!keys.test(key) || words.length === 0) refuse(line, 'no tag or id with its elements');
  const uses = words.map((word) => remembered(known.uses, word, () => useOf(line, word)));
  const syntax = (rules?.split(' ') ?? []).map((word) => {
    const rule = remembered(known.rules, word, () => syntaxRule(line, word));
    const fit = rule.positions.every((position) => position >= 1 && position <= uses.length);
    return fit ? rule : refuse(line, `"${word}" has no such positions`);
  });
  return { key, uses, syntax };
}

function remembered<T>(known: Map<string, T>, word: string, read: () => T): T {
  const before = known.get(word);
  if (before !== undefined) return before;
  const value = read();
  known.set(word, value);
  return value;
}

function useOf(line: Line, word: string): Use {
  const parts = /^([A-Z]?\d+)(!)?(?:\*([1-9]\d*))?$/.exec(word);
  if (parts === null) return refuse(line, `"${word}" is no element`);
  const [, id = '', mandatory, repeat = '1'] = parts;
  return { id, mandatory: mandatory !== undefined, repeat: Number(repeat) };
}

function syntaxRule(line: Line, word: string): SyntaxRule {
  if (!/^[PRECL](?:\d\d){2,}\??$/.test(word)) refuse(line, `"${word}" is no rule`);
  const positions = (word.match(/\d\d/g) ?? []).map(Number);
  if (new Set(positions).size < positions.length) refuse(line, `"${word}" has no such positions`);
  const kind = word.slice(0, 1) as SyntaxRule['kind'];
  const least = kind === 'C' || kind === 'L' ? (positions[0] as number) : Math.min(...positions);
  return { kind, positions, soft: word.endsWith('?'), from: kind === 'R' ? 0 : least };
}

function elementUse(
  line: Line,
  { id, mandatory, repeat }: Use,
  index: number,
  elements: ReadonlyMap<string, ElementRule>,
  composites: ReadonlyMap<string, CompositeRule>,
): ElementUse {
  const composite = composites.get(id) ?? null;
  const element = composite === null ? known(elements, id, line) : null;
  return { position: index + 1, mandatory, repeat, element, composite };
}

function known(elements: ReadonlyMap<string, ElementRule>, id: string, line: Line): ElementRule {
  return elements.get(id) ?? refuse(line, `there is no element ${id}`);
}
