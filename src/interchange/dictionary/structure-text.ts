/** The notation of a message's structure (docs/dictionary.md), parsed: `850.txt`, `ORDERS.txt`. */
import { type Line, linesOf, refuse, type TableText } from './table-text.ts';

/** A line of a message file; `members` is null for a segment. */
export interface StructureNode {
  readonly id: string;
  readonly mandatory: boolean;
  /** Infinity for `>1`. */
  readonly max: number;
  readonly members: StructureNode[] | null;
  readonly line: Line;
}

/** What a message file says: its name, what its comments tell, its segments and loops. */
export interface MessageText {
  readonly name: string;
  /** EDIFACT: the association codes (0057) that it usually has. */
  readonly associations: readonly string[];
  /** X12: the functional groups (GS01) that carry it. */
  readonly groups: readonly string[];
  readonly nodes: StructureNode[];
}

/**
 * `REF O >1` is a segment, `N1 O 200 :` opens a loop whose members are indented by two blanks more, its trigger first.
 * @throws Error that names file and line
 */
export function parseStructure(table: TableText): MessageText {
  const nodes: StructureNode[] = [];
  const open: StructureNode[][] = [nodes];
  for (const line of linesOf(table)) {
    const { depth, ...node } = parseLine(line);
    const siblings = open[depth] ?? refuse(line, 'stands deeper than any loop that is open');
    const id = node.members === null ? node.id : uniqueId(node.id, siblings);
    siblings.push({ ...node, id });
    open.length = depth + 1;
    if (node.members !== null) open.push(node.members);
  }
  checkTriggers(nodes);
  return {
    name: nameOf(table),
    associations: listAfter('# 0057 ', table),
    groups: listAfter('# GS01 ', table),
    nodes,
  };
}

function parseLine(line: Line): StructureNode & { depth: number } {
  const parts = /^((?: {2})*)([A-Z][A-Z0-9]{1,2}|SG\d+) ([MOC]) (>1|[1-9]\d*)( :)?$/.exec(line.text);
  if (parts === null) return refuse(line, 'no segment or loop');
  const [, indent = '', id = '', requirement, max, loop] = parts;
  return {
    id,
    mandatory: requirement === 'M',
    max: max === '>1' ? Infinity : Number(max),
    members: loop === undefined ? null : [],
    line,
    depth: indent.length / 2,
  };
}

/** The first line names the message, which is the file's name: `# 850 Purchase order`. */
function nameOf({ file, text }: TableText): string {
  const [first = ''] = text.split(/\r?\n/, 1);
  const [, type, name] = /^# (\S+) (\S.*)$/.exec(first) ?? [];
  if (name === undefined || !file.endsWith(`/${type}.txt`)) {
    refuse({ file, number: 1, text: first }, 'no name of this message');
  }
  return name;
}

function listAfter(start: string, { text }: TableText): readonly string[] {
  const line = text.split(/\r?\n/).find((one) => one.startsWith(start));
  return line === undefined ? [] : line.slice(start.length).split(' ');
}

/** The second loop N1 among the same siblings is N1-2. */
function uniqueId(id: string, siblings: readonly StructureNode[]): string {
  const same = siblings.filter((node) => node.members !== null && node.id.split('-')[0] === id).length;
  return same === 0 ? id : `${id}-${same + 1}`;
}

/** A loop is found by its first segment, which names it unless the standard numbers its groups. */
function checkTriggers(nodes: readonly StructureNode[]): void {
  for (const { id, members, line } of nodes) {
    if (members === null) continue;
    const first = members[0];
    if (first === undefined || first.members !== null || !first.mandatory || first.max !== 1) {
      refuse(line, 'a loop starts with a mandatory segment that stands once');
    }
    const bare = id.split('-')[0];
    if (bare !== first.id && !/^SG\d+$/.test(id))
      refuse(line, `a loop is named for its trigger, ${first.id}`);
    checkTriggers(members);
  }
}
