/** A guide file's text as a tree of the notation. What is malformed is a problem; the rest of the file is still read. */
import { parseBinding, parseCodeLines, parsePosition } from './binding.ts';
import type {
  Cell,
  CodeLine,
  Default,
  DefaultValue,
  Entry,
  GuideHead,
  GuideSource,
  Text,
} from './notation.ts';
import { positionText } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';
import { parseYaml, type Table, type Tree, type Word } from './yaml.ts';

const guideKeys = [
  ...['guide', 'message', 'canonical', 'extends', 'note'],
  ...['codes', 'parts', 'defaults', 'segments'],
];
const entryKeys = [
  ...['like', 'at', 'each', 'when', 'only', 'ignore', 'remove', 'defaults', 'then'],
  ...['must', 'most', 'says', 'note'],
];
/** Of these, the ones that take one word or sentence. */
const wordKeys: ReadonlySet<string> = new Set([
  ...['guide', 'message', 'canonical', 'extends'],
  ...['like', 'at', 'each', 'only', 'ignore', 'remove', 'must', 'most', 'says'],
]);
const standards = ['x12', 'edifact'];

/**
 * Parses one guide.
 * @param file path shown in problems
 * @param name the guide's name: its path below the mappings directory, without .yaml
 * @returns null when it has a head that cannot be read; a base has none
 */
export function parseGuide(file: string, name: string, text: string, problems: Problems): GuideSource | null {
  const tree = parseYaml(file, text, problems);
  if (tree === null) return null;
  if (tree.kind !== 'table') {
    problems.add(tree.at, 'A guide is a map: guide, message, canonical, segments.');
    return null;
  }
  reportKeys(tree, guideKeys, problems);
  const version = word(tree, 'guide');
  if (version?.value !== '1')
    problems.add(version?.at ?? tree.at, "A guide begins with 'guide: 1', the version of its notation.");
  const head = parseHead(tree, problems);
  if (head === null && under(tree, 'message') !== undefined) return null;
  return {
    name,
    at: tree.at,
    head,
    extends: optionalText(word(tree, 'extends')),
    codes: parseCodeTables(under(tree, 'codes'), problems),
    parts: parseParts(under(tree, 'parts'), problems),
    defaults: parseDefaults(under(tree, 'defaults'), problems),
    segments: parseEntries(under(tree, 'segments'), problems),
  };
}

/** null: a base, or (with a problem) a head that cannot be read. */
function parseHead(table: Table, problems: Problems): GuideHead | null {
  const message = word(table, 'message');
  const canonical = word(table, 'canonical');
  if (message === undefined) {
    for (const key of ['canonical', 'segments'])
      if (under(table, key) !== undefined)
        problems.add(
          under(table, key)?.at ?? table.at,
          `'${key}' needs a 'message': standard, release and type, such as x12 004010 850.`,
          'Without any of them the guide is a base that others extend.',
        );
    return null;
  }
  const [, standard = '', release = '', type = ''] = /^(\w+) (\w+) (\w+)$/.exec(message.value) ?? [];
  if (standard !== 'x12' && standard !== 'edifact') {
    problems.add(
      message.at,
      "'message' names standard, release and type: x12 004010 850.",
      standard === '' ? undefined : nearMiss(standard, standards),
    );
    return null;
  }
  if (canonical === undefined) {
    problems.add(table.at, "'canonical' names the document, such as order, order-response or ship-notice.");
    return null;
  }
  return { standard, release, message: { value: type, at: message.at }, canonical: asText(canonical) };
}

function parseParts(tree: Tree | undefined, problems: Problems): Map<string, Entry> {
  const parts = new Map<string, Entry>();
  if (tree === undefined) return parts;
  if (tree.kind !== 'table') problems.add(tree.at, "'parts' is a map from names to what a segment holds.");
  for (const { key, value } of tree.kind === 'table' ? tree.pairs : []) {
    if (value.kind === 'table') parts.set(key.value, parseEntry({ ...key, value: '' }, value, problems));
    else problems.add(value.at, `The part ${key.value} is a map of positions: { "02": name }`);
  }
  return parts;
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
    if (position === null) reportKey({ key, value }, entryKeys, problems);
    else if (cells.some((cell) => positionText(cell.position) === positionText(position)))
      problems.add(key.at, `The position ${positionText(position)} is there twice.`, 'Keep one of them.');
    else {
      const binding = parseBinding(value, problems);
      if (binding !== null) cells.push({ position, binding, at: key.at });
    }
  }
  return {
    tag: tag.value,
    at: tag.at,
    like: optionalText(word(table, 'like')),
    within: optionalText(word(table, 'at')),
    ...parseEach(word(table, 'each'), problems),
    must: optionalText(word(table, 'must')),
    most: parseMost(word(table, 'most'), problems),
    says: word(table, 'says')?.value ?? null,
    when: parseWhen(under(table, 'when'), problems),
    only: parseOnly(word(table, 'only'), problems),
    ignore: word(table, 'ignore')?.value ?? null,
    remove: parseRemove(word(table, 'remove'), problems),
    defaults: parseDefaults(under(table, 'defaults'), problems),
    cells,
    below: parseEntries(under(table, 'then'), problems),
  };
}

/** `lines`, `orders.cartons`, `cartons by pallet`, `cartons.items by lineNumber, unit` */
function parseEach(each: Word | undefined, problems: Problems): Pick<Entry, 'each' | 'by'> {
  if (each === undefined) return { each: null, by: [] };
  const [, list = '', fields] = /^(\S+)(?: by (\S.*))?$/.exec(each.value) ?? [];
  if (list === '') {
    problems.add(each.at, "'each' names a list, and may group it: cartons by pallet");
    return { each: null, by: [] };
  }
  const by = fields === undefined ? [] : fields.split(',').map((field) => field.trim());
  return { each: { value: list, at: each.at }, by: by.map((value) => ({ value, at: each.at })) };
}

function parseMost(most: Word | undefined, problems: Problems): Entry['most'] {
  if (most === undefined) return null;
  if (most.value === 'any') return { times: Number.POSITIVE_INFINITY, at: most.at };
  if (/^[1-9]\d{0,5}$/.test(most.value)) return { times: Number(most.value), at: most.at };
  problems.add(most.at, `'most' says how often the segment may come: a number, or any, not '${most.value}'.`);
  return null;
}

function parseOnly(only: Word | undefined, problems: Problems): 'read' | 'write' | null {
  if (only === undefined) return null;
  if (only.value === 'read' || only.value === 'write') return only.value;
  problems.add(only.at, `'only' is read or write, not '${only.value}'.`);
  return null;
}

function parseRemove(remove: Word | undefined, problems: Problems): boolean {
  if (remove !== undefined && remove.value !== 'true')
    problems.add(remove.at, `'remove' is true, or it is left out; not '${remove.value}'.`);
  return remove?.value === 'true';
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
    const from = /^from ([\w./]+)$/.exec(tree.value)?.[1];
    if (from !== undefined) return { kind: 'from', path: { value: from, at: tree.at } };
    const fields = tree.value.split(' - ');
    if (fields.length === 1) return { kind: 'text', text: tree.value };
    return { kind: 'difference', fields: fields.map((value) => ({ value: value.trim(), at: tree.at })) };
  }
  if (tree.kind === 'table') {
    const expression = word(tree, 'compute');
    if (expression !== undefined && tree.pairs.length === 1)
      return { kind: 'compute', expression: asText(expression) };
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

function reportKeys(table: Table, known: readonly string[], problems: Problems): void {
  for (const pair of table.pairs) reportKey(pair, known, problems);
}

/** A key that means nothing here, or that takes a word and has a list or a map. */
function reportKey(
  { key, value }: Table['pairs'][number],
  known: readonly string[],
  problems: Problems,
): void {
  if (known.includes(key.value)) {
    if (wordKeys.has(key.value) && value.kind !== 'word')
      problems.add(value.at, `'${key.value}' takes one word or sentence, and no ${shapes[value.kind]}.`);
    return;
  }
  const hint = nearMiss(key.value, known) ?? `Known here: ${known.join(', ')}, and positions such as "02.1".`;
  problems.add(key.at, `'${key.value}' means nothing here.`, hint);
}

const shapes = { list: 'list', table: 'map' } as const;
