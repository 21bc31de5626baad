/** The notation of the dictionary's text files (docs/dictionary.md), parsed into tables. */

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

/** A line of a message file; `members` is null for a segment. */
export interface StructureNode {
  readonly id: string;
  readonly mandatory: boolean;
  readonly max: number;
  readonly members: StructureNode[] | null;
}

/** `N1 98! 93 66 67 : R0203 P0304`: tag, elements in order (! mandatory, *n repeats), conditional rules. */
export function parseSegments(
  text: string,
  elements: ReadonlyMap<string, ElementRule>,
  composites: ReadonlyMap<string, CompositeRule>,
): Map<string, SegmentRule> {
  return keyed(text, (tag, rest) => {
    const { uses, syntax } = usesAndRules(rest);
    const list = uses.map((use, index) => elementUse(tag, use, index, elements, composites));
    const divided = list.flatMap((use, index) => (use.composite !== null || use.repeat > 1 ? [index] : []));
    return { tag, elements: list, syntax, divided };
  });
}

/** `C040 128! 127! 128 127 : P0304`: id, components in order, conditional rules. */
export function parseComposites(
  text: string,
  elements: ReadonlyMap<string, ElementRule>,
): Map<string, CompositeRule> {
  return keyed(text, (id, rest) => {
    const { uses, syntax } = usesAndRules(rest);
    const components = uses.map((use) => ({
      mandatory: use.mandatory,
      element: known(elements, use.id, id),
    }));
    return { id, components, syntax };
  });
}

/** X12: `98 ID 2 3 Entity role`. EDIFACT: `1001 an..3 Document type`. */
export function parseElements(text: string, codes: ReadonlyMap<string, CodeList>): Map<string, ElementRule> {
  return keyed(text, (id, rest) => {
    const list = codes.get(id) ?? null;
    const edifact = /^(an|a|n)(\.\.)?(\d+) (.*)$/.exec(rest);
    if (edifact !== null) {
      const max = Number(edifact[3]);
      const min = edifact[2] === undefined ? max : 1;
      return {
        id,
        name: edifact[4] ?? '',
        type: edifact[1] as ElementType,
        decimals: 0,
        min,
        max,
        codes: list,
      };
    }
    const x12 = /^(AN|ID|N|R|DT|TM|B)(\d?) (\d+) (\d+) (.*)$/.exec(rest);
    if (x12 === null) throw new Error(`dictionary: element ${id} has no readable type: ${rest}`);
    const [, type, decimals, min, max, name = ''] = x12;
    return {
      id,
      name,
      type: type as ElementType,
      decimals: Number(decimals),
      min: Number(min),
      max: Number(max),
      codes: list,
    };
  });
}

/** `353 closed` opens a list; each indented line under it is a code and its meaning. */
export function parseCodes(text: string): Map<string, CodeList> {
  const lists = new Map<string, { closed: boolean; meanings: Map<string, string> }>();
  let current = new Map<string, string>();
  for (const line of lines(text)) {
    const [first = '', rest] = cut(line.trim());
    if (line.startsWith(' ')) current.set(first, rest);
    else {
      current = new Map();
      lists.set(first, { closed: rest === 'closed', meanings: current });
    }
  }
  return lists;
}

/** `tables 005010`: a release that has no tables of its own uses those of another. */
export function parseRelease(text: string): string {
  const lender = lines(text).map((line) => /^tables (\w+)$/.exec(line)?.[1])[0];
  if (lender === undefined) throw new Error(`dictionary: release.txt names no release: ${text}`);
  return lender;
}

/** What a message file says: its name, the association codes (0057) that it usually has, its segments and loops. */
export interface MessageText {
  readonly name: string;
  readonly associations: readonly string[];
  /** X12: the functional groups (GS01) that carry it. */
  readonly groups: readonly string[];
  readonly nodes: StructureNode[];
}

/** `REF O >1` is a segment, `N1 O 200 :` opens a loop whose members are indented by two blanks more. */
export function parseStructure(text: string): MessageText {
  const name = /^# \S+ (.*)$/m.exec(text)?.[1] ?? '';
  const associations = /^# 0057 (.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const groups = /^# GS01 (.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const nodes: StructureNode[] = [];
  const open: StructureNode[][] = [nodes];
  for (const line of lines(text)) {
    const depth = (line.length - line.trimStart().length) / 2;
    const [id = '', requirement, max = '', loop] = line.trim().split(' ');
    const members = loop === ':' ? [] : null;
    const siblings = open[depth];
    if (siblings === undefined) throw new Error(`dictionary: wrong indent: ${line}`);
    const unique = members === null ? id : uniqueId(id, siblings);
    siblings.push({
      id: unique,
      mandatory: requirement === 'M',
      max: max === '>1' ? Infinity : Number(max),
      members,
    });
    open.length = depth + 1;
    if (members !== null) open.push(members);
  }
  return { name, associations, groups, nodes };
}

function uniqueId(id: string, siblings: readonly StructureNode[]): string {
  const same = siblings.filter((node) => node.members !== null && node.id.split('-')[0] === id).length;
  return same === 0 ? id : `${id}-${same + 1}`;
}

interface Use {
  readonly id: string;
  readonly mandatory: boolean;
  readonly repeat: number;
}

function usesAndRules(rest: string): { uses: Use[]; syntax: SyntaxRule[] } {
  const [list = '', rules = ''] = rest.split(' : ');
  const uses = list.split(' ').map((word) => {
    const [id = '', repeat] = word.split('*');
    return {
      id: id.replace('!', ''),
      mandatory: id.endsWith('!'),
      repeat: repeat === undefined ? 1 : Number(repeat),
    };
  });
  return { uses, syntax: rules === '' ? [] : rules.split(' ').map(syntaxRule) };
}

function syntaxRule(word: string): SyntaxRule {
  const positions = word.slice(1).match(/\d\d/g) ?? [];
  const kind = word.slice(0, 1) as SyntaxRule['kind'];
  const numbers = positions.map(Number);
  const from = kind === 'R' ? 0 : kind === 'C' || kind === 'L' ? (numbers[0] ?? 0) : Math.min(...numbers);
  return { kind, positions: numbers, soft: word.endsWith('?'), from };
}

function elementUse(
  tag: string,
  use: Use,
  index: number,
  elements: ReadonlyMap<string, ElementRule>,
  composites: ReadonlyMap<string, CompositeRule>,
): ElementUse {
  const composite = composites.get(use.id) ?? null;
  const element = composite === null ? known(elements, use.id, tag) : null;
  return { position: index + 1, mandatory: use.mandatory, repeat: use.repeat, element, composite };
}

function known(elements: ReadonlyMap<string, ElementRule>, id: string, user: string): ElementRule {
  const element = elements.get(id);
  if (element === undefined) throw new Error(`dictionary: ${user} uses element ${id}, which has no line`);
  return element;
}

function keyed<T>(text: string, parse: (key: string, rest: string) => T): Map<string, T> {
  return new Map(
    lines(text).map((line) => {
      const [key, rest] = cut(line);
      return [key, parse(key, rest)];
    }),
  );
}

function cut(line: string): [string, string] {
  const at = line.indexOf(' ');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}
