/** A guide file's text as a tree of the notation. What is malformed is a problem; the rest of the file is still read. */
import { parseBinding, parseCodeLines, parsePosition } from './binding.ts';
import type { Cell, CodeLine, Default, DefaultValue, Entry, GuideFile, Text } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';
import { parseYaml, type Table, type Tree, type Word } from './yaml.ts';

const guideKeys = ['guide', 'message', 'canonical', 'extends', 'codes', 'defaults', 'segments', 'note'];
const entryKeys = ['each', 'when', 'only', 'ignore', 'remove', 'defaults', 'then', 'note'];

/**
 * Parses one guide.
 * @param file path shown in problems
 * @param name the guide's name: its path below the mappings directory, without .yaml
 * @returns null when it has no readable head
 */
export function parseGuide(file: string, name: string, text: string, problems: Problems): GuideFile | null {
  const tree = parseYaml(file, text, problems);
  if (tree === null) return null;
  if (tree.kind !== 'table') {
    problems.add(tree.at, 'A guide is a map: guide, message, canonical, segments.');
    return null;
  }
  reportUnknownKeys(tree, guideKeys, problems);
  return parseHead(tree, name, problems);
}

function parseHead(table: Table, name: string, problems: Problems): GuideFile | null {
  const version = word(table, 'guide');
  if (version?.value !== '1')
    problems.add(version?.at ?? table.at, "A guide begins with 'guide: 1', the version of its notation.");
  const message = word(table, 'message');
  const shape = /^(x12|edifact) (\w+) (\w+)$/.exec(message?.value ?? '');
  if (message === undefined || shape === null) {
    problems.add(message?.at ?? table.at, "'message' names standard, release and type: x12 004010 850.");
    return null;
  }
  const canonical = word(table, 'canonical');
  if (canonical === undefined) {
    problems.add(table.at, "'canonical' names the document: order, order-response or ship-notice.");
    return null;
  }
  const [, standard, release = '', type = ''] = shape;
  return {
    name,
    at: table.at,
    standard: standard as 'x12' | 'edifact',
    release,
    message: { value: type, at: message.at },
    canonical: asText(canonical),
    extends: optionalText(word(table, 'extends')),
    codes: parseCodeTables(under(table, 'codes'), problems),
    defaults: parseDefaults(under(table, 'defaults'), problems),
    segments: parseEntries(under(table, 'segments'), problems),
  };
}

function parseCodeTables(tree: Tree | undefined, problems: Problems): Map<string, readonly CodeLine[]> {
  const tables = new Map<string, readonly CodeLine[]>();
  if (tree === undefined) return tables;
  if (tree.kind !== 'table') problems.add(tree.at, "'codes' is a map from names to code tables.");
  for (const { key, value } of tree.kind === 'table' ? tree.pairs : []) {
    if (value.kind === 'table') tables.set(key.value, parseCodeLines(value, problems));
    else problems.add(value.at, `The code table ${key.value} is a map from codes to meanings.`);
  }
  return tables;
}

function parseEntries(tree: Tree | undefined, problems: Problems): Entry[] {
  if (tree === undefined) return [];
  if (tree.kind !== 'list') {
    problems.add(tree.at, 'Segments stand in a list, each with a dash: - BEG: { … }');
    return [];
  }
  return tree.items.flatMap((item) => {
    const [only, ...others] = item.kind === 'table' ? item.pairs : [];
    if (only !== undefined && others.length === 0 && only.value.kind === 'table')
      return [parseEntry(only.key, only.value, problems)];
    problems.add(item.at, 'A segment is a tag with a map: - BEG: { "03": number }');
    return [];
  });
}

function parseEntry(tag: Word, table: Table, problems: Problems): Entry {
  const cells: Cell[] = [];
  for (const { key, value } of table.pairs) {
    const position = parsePosition(key.value);
    if (position === null) reportUnknownKey(key, entryKeys, problems);
    else {
      const binding = parseBinding(value, problems);
      if (binding !== null) cells.push({ position, binding, at: key.at });
    }
  }
  return {
    tag: tag.value,
    at: tag.at,
    each: optionalText(word(table, 'each')),
    when: parseWhen(under(table, 'when'), problems),
    only: parseOnly(word(table, 'only'), problems),
    ignore: word(table, 'ignore')?.value ?? null,
    remove: word(table, 'remove')?.value === 'true',
    defaults: parseDefaults(under(table, 'defaults'), problems),
    cells,
    below: parseEntries(under(table, 'then'), problems),
  };
}

function parseOnly(only: Word | undefined, problems: Problems): 'read' | 'write' | null {
  if (only === undefined) return null;
  if (only.value === 'read' || only.value === 'write') return only.value;
  problems.add(only.at, `'only' is read or write, not '${only.value}'.`);
  return null;
}

function parseWhen(tree: Tree | undefined, problems: Problems): Entry['when'] {
  const pairs = tree?.kind === 'table' ? tree.pairs : [];
  const conditions = pairs.map(({ key, value }) => ({ path: asText(key), values: wordsOf(value) }));
  if (tree !== undefined && (pairs.length === 0 || conditions.some(({ values }) => values.length === 0)))
    problems.add(tree.at, "'when' names fields with their value or values: { action: backordered }");
  return conditions;
}

/** `{ confirmed: "0", cut: quantity - confirmed, reasons: [] }` */
function parseDefaults(tree: Tree | undefined, problems: Problems): Default[] {
  if (tree === undefined) return [];
  if (tree.kind !== 'table') {
    problems.add(tree.at, "'defaults' is a map from fields to values.");
    return [];
  }
  return tree.pairs.map(({ key, value }) => ({ path: asText(key), value: parseDefault(value, problems) }));
}

function wordsOf(tree: Tree): string[] {
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.flatMap((item) => (item.kind === 'word' ? [item.value] : []));
}

function parseDefault(tree: Tree, problems: Problems): DefaultValue {
  if (tree.kind === 'list' && tree.items.length === 0) return { kind: 'list' };
  if (tree.kind === 'word') {
    const fields = tree.value.split(' - ');
    if (fields.length === 1) return { kind: 'text', text: tree.value };
    return { kind: 'difference', fields: fields.map((value) => ({ value: value.trim(), at: tree.at })) };
  }
  if (tree.kind === 'table') {
    const [path, arms] = [word(tree, 'per'), under(tree, 'of')];
    if (path !== undefined && arms?.kind === 'table') {
      const values = arms.pairs.map(({ key, value }) => ({
        key: key.value,
        value: parseDefault(value, problems),
      }));
      return { kind: 'per', path: asText(path), arms: values };
    }
  }
  problems.add(tree.at, 'A default is a value, [] or a difference such as: quantity - confirmed');
  return { kind: 'list' };
}

function under(table: Table, name: string): Tree | undefined {
  return table.pairs.find(({ key }) => key.value === name)?.value;
}

function word(table: Table, name: string): Word | undefined {
  const value = under(table, name);
  return value?.kind === 'word' ? value : undefined;
}

function asText({ value, at }: Word): Text {
  return { value, at };
}

function optionalText(found: Word | undefined): Text | null {
  return found === undefined ? null : asText(found);
}

function reportUnknownKeys(table: Table, known: readonly string[], problems: Problems): void {
  for (const { key } of table.pairs) reportUnknownKey(key, known, problems);
}

function reportUnknownKey(key: Word, known: readonly string[], problems: Problems): void {
  if (known.includes(key.value)) return;
  const hint = nearMiss(key.value, known) ?? `Known here: ${known.join(', ')}, and positions such as "02.1".`;
  problems.add(key.at, `'${key.value}' means nothing here.`, hint);
}
