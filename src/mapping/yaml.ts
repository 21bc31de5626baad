/** YAML with places: maps, lists and words of a guide file, each knowing its line and column. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
} from 'yaml';
import type { Place, Problems } from './problem.ts';

export interface Word {
  readonly kind: 'word';
  readonly value: string;
  readonly at: Place;
}
export interface List {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly at: Place;
}
/** A map in the order of the file (a plain object would sort keys that look like numbers). */
export interface Table {
  readonly kind: 'table';
  readonly pairs: readonly { readonly key: Word; readonly value: Tree }[];
  readonly at: Place;
}
export type Tree = Word | List | Table;

/**
 * Parses YAML in its plainest schema: every scalar is a word, so 01 stays '01'.
 * @returns null when the text is no YAML; the problems say why
 */
export function parseYaml(file: string, text: string, problems: Problems): Tree | null {
  const read = readYaml(file, text, problems, 'failsafe');
  if (read === null) return null;
  const tree = toTree(read.document.contents, read.at);
  if (tree === null) problems.add({ file, line: 1, column: 1 }, 'The file is empty.');
  return tree;
}

export interface ReadYaml {
  readonly document: Document.Parsed;
  /** The place of an offset in the text. */
  at(offset: number): Place;
}

/**
 * The YAML of a file that people write: one document, keys that are words and stand once, no aliases, nothing too deep.
 * @returns null when it is anything else: the first thing that is wrong is in the problems, what is behind it mostly follows from it
 */
export function readYaml(
  file: string,
  text: string,
  problems: Problems,
  schema: 'core' | 'failsafe',
): ReadYaml | null {
  problems.file(file, text);
  const lines = new LineCounter();
  const document = parseDocument(text, { schema, lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [error] = document.errors;
  const wrong = error === undefined ? wrongNode(document.contents) : wrongText(error);
  if (wrong === null) return { document, at };
  problems.add(at(wrong.offset), wrong.message, wrong.hint);
  return null;
}

interface Wrong {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

function wrongText({ code, message, pos: [offset] }: YAMLParseError): Wrong {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { offset, message: 'This key stands twice in the same map.' };
    case 'MULTIPLE_DOCS':
      return {
        offset,
        message: "The file holds a second document, behind '---'.",
        hint: 'Give it a file of its own.',
      };
    case 'RESOURCE_EXHAUSTION':
      return { offset, message: tooDeep };
    default:
      return { offset, message: `This is not YAML: ${message}` };
  }
}

/** So deep may lists and maps stand in each other: far deeper than people write. */
const maxDepth = 100;
const tooDeep = `Lists and maps stand more than ${maxDepth} deep in each other.`;

/** Looked at level by level, since what is too deep for one call in another may stand here. */
function wrongNode(contents: Node | null): Wrong | null {
  let level: readonly unknown[] = [contents];
  for (let depth = 0; level.length > 0; depth++) {
    for (const node of level) {
      const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
      if (depth > maxDepth) return { offset, message: tooDeep };
      if (isAlias(node))
        return {
          offset,
          message: `'*${node.source}' is an alias of YAML, and none may stand here.`,
          hint: 'Write out what is meant; a text that begins with * or & stands in quotes.',
        };
      if (isMap(node)) {
        const key = node.items.map((pair) => pair.key).find((each) => isMap(each) || isSeq(each));
        if (isNode(key))
          return { offset: key.range?.[0] ?? 0, message: 'A key is one word, and no list or map.' };
      }
    }
    level = level.flatMap((node) =>
      isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : isSeq(node) ? node.items : [],
    );
  }
  return null;
}

function toTree(node: Node | null, at: (offset: number) => Place): Tree | null {
  const place = at(node?.range?.[0] ?? 0);
  if (isScalar(node)) return { kind: 'word', value: String(node.value ?? ''), at: place };
  if (isSeq(node)) {
    const items = node.items.map((item) => toTree(item as Node, at)).filter((item) => item !== null);
    return { kind: 'list', items, at: place };
  }
  if (!isMap(node)) return null;
  const pairs = node.items.flatMap(({ key, value }) => {
    const name = toTree(key as Node, at);
    if (name?.kind !== 'word') return [];
    const under = toTree(value as Node | null, at) ?? { kind: 'word', value: '', at: name.at };
    return [{ key: name, value: under }];
  });
  return { kind: 'table', pairs, at: place };
}
