/** YAML with places: maps, lists and words of a guide file, each knowing its line and column. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
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
  problems.file(file, text);
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  // The first error only: those behind it mostly follow from it.
  const [error] = document.errors;
  if (error !== undefined) {
    problems.add(at(error.pos[0]), `This is not YAML: ${error.message}`);
    return null;
  }
  visit(document, {
    Alias: (_key, { range }) =>
      problems.add(at(range?.[0] ?? 0), 'A guide has no aliases (*name): write it out.'),
    Pair: (_key, { key }) => {
      if (isMap(key) || isSeq(key))
        problems.add(at(key.range?.[0] ?? 0), 'A key is one word, and no list or map.');
    },
  });
  const tree = toTree(document.contents, at);
  if (tree === null) problems.add({ file, line: 1, column: 1 }, 'The file is empty.');
  return tree;
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
