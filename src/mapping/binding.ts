/** What stands behind a position in a guide: `=ST`, `shipTo.name!`, `{ pairs: { UP: item.upc } }`, `{ is: number, length: 8 }`. */

import { parseField, pathShape, plainField, splitWords, withModifiers } from './field.ts';
import type { Arm, Binding, CellPosition, CodeLine, Limits, Text } from './notation.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import type { Table, Tree, Word } from './yaml.ts';

const positionShape = /^(\d{1,2})(?:\.(\d{1,2}))?(\.\.(\d{1,2})?)?$/;

/** Reads '02', '02.1', '06..', '04.1..5'; null when the text is no position. */
export function parsePosition(text: string): CellPosition | null {
  const match = positionShape.exec(text);
  if (match === null) return null;
  const [, element, component, span, last] = match;
  return {
    element: Number(element),
    component: component === undefined ? null : Number(component),
    to: span === undefined ? null : last === undefined ? Number.POSITIVE_INFINITY : Number(last),
  };
}

/** Reads a binding; null when it is wrong, which is then among the problems. */
export function parseBinding(tree: Tree, problems: Problems): Binding | null {
  if (tree.kind === 'word') return parseWord(tree, problems);
  if (tree.kind === 'table') return parseTable(tree, problems);
  problems.add(tree.at, 'A list cannot stand here.', "Write a field's name, '=CODE', or a map.");
  return null;
}

function parseWord(word: Word, problems: Problems): Binding | null {
  const { value, at } = word;
  if (value === 'none') return { kind: 'none' };
  if (value.startsWith('=')) return parseConstant(value.slice(1).split('|'), at, problems);
  const [verb = '', rest = ''] = splitOnce(value, ' ');
  if (verb === 'write') return parseWrite(rest, at, problems);
  if (verb === 'ignore') return parseIgnore(rest, at, problems);
  if (verb === 'read') return parseReadOnly({ ...word, value: rest }, problems);
  const computed = /^(count|sum)\(([\w./]+)\)$/.exec(value);
  if (computed?.[1] === 'count') return { kind: 'count', of: { value: computed[2] ?? '', at } };
  if (computed?.[1] === 'sum') return { kind: 'sum', of: { value: computed[2] ?? '', at } };
  const period = /^([\w./]+) to ([\w./]+)(?: (.*))?$/.exec(value);
  return period === null ? parseField(word, problems) : parsePeriod(period, word, problems);
}

function parseConstant(values: readonly string[], at: Place, problems: Problems): Binding | null {
  if (!values.includes('')) return { kind: 'constant', values };
  problems.add(
    at,
    "'=' names the codes that the segment has here.",
    'Write =ST, or =IA|VR for any of several.',
  );
  return null;
}

function parseWrite(value: string, at: Place, problems: Problems): Binding | null {
  if (value.trim() !== '') return { kind: 'write', value };
  problems.add(at, "'write' needs what is written.", 'Write the code behind it: write 92');
  return null;
}

/** `read item.upc`: taken when it comes, never written. */
function parseReadOnly(word: Word, problems: Problems): Binding | null {
  const field = parseField(word, problems);
  return field === null ? null : { ...field, onlyRead: true };
}

/** `shipNotBefore to shipNotAfter date(716)` */
function parsePeriod([, from = '', to = '', rest = '']: readonly string[], word: Word, problems: Problems) {
  const { at } = word;
  const field = withModifiers(plainField({ value: from, at }), splitWords(rest), word, problems);
  if (field === null) return null;
  const end = { value: to, at: problems.within(problems.within(at, ` to ${to}`), to) };
  const { layout, zone, cut } = field;
  return { kind: 'period', from: { value: from, at }, to: end, layout, zone, cut } as const;
}

function parseIgnore(reason: string, at: Place, problems: Problems): Binding | null {
  if (reason.trim() !== '') return { kind: 'ignore', reason };
  problems.add(at, "'ignore' needs a reason.", 'Write why: ignore the buyer prints it for itself');
  return null;
}

/** Maps that are bindings, by their first word, with the words that may stand beside it. */
const kinds: Readonly<
  Record<
    string,
    { readonly keys: readonly string[]; readonly parse: (table: Table, problems: Problems) => Binding | null }
  >
> = {
  lookup: { keys: ['by', 'fields'], parse: parseLookup },
  is: { keys: ['allow', 'length', 'says', 'else'], parse: parseLimited },
  compute: { keys: ['read', 'as'], parse: parseCompute },
  read: { keys: ['compute', 'as'], parse: parseCompute },
  pairs: { keys: ['and', 'beside'], parse: parsePairs },
  by: { keys: ['of'], parse: parseBy },
  per: { keys: ['of'], parse: parsePer },
  repeat: { keys: ['of'], parse: (table, problems) => parseRepeat('repeat', table, problems) },
  repeats: { keys: ['of'], parse: (table, problems) => parseRepeat('repeats', table, problems) },
};

function parseTable(table: Table, problems: Problems): Binding | null {
  const name = Object.keys(kinds).find((kind) => under(table, kind) !== undefined);
  const kind = name === undefined ? undefined : kinds[name];
  if (name === undefined || kind === undefined) return parseInlineCodes(table, problems);
  const before = problems.count;
  for (const { key } of table.pairs)
    if (key.value !== name && !kind.keys.includes(key.value))
      problems.add(
        key.at,
        `'${key.value}' means nothing beside '${name}'.`,
        nearMiss(key.value, kind.keys) ?? `Known here: ${kind.keys.join(', ')}.`,
      );
  return problems.count > before ? null : kind.parse(table, problems);
}

/** `{ purpose: { "00": original, "01": cancel } }` */
function parseInlineCodes(table: Table, problems: Problems): Binding | null {
  const [only, ...others] = table.pairs;
  if (only === undefined || others.length > 0 || only.value.kind !== 'table') {
    problems.add(
      only?.key.at ?? table.at,
      `A map here is a field with its code table, or one of ${Object.keys(kinds).join(', ')}.`,
      nearMiss(only?.key.value ?? '', Object.keys(kinds)),
    );
    return null;
  }
  const field = parseField(only.key, problems);
  return field === null ? null : { ...field, table: parseCodeLines(only.value, problems) };
}

/** `{ EA: each, CA: [case, carton] }` in the file's order: the first line that has a value writes it. */
export function parseCodeLines(table: Table, problems: Problems): CodeLine[] {
  const seen = new Map<string, number>();
  return table.pairs.flatMap(({ key, value }) => {
    const twin = seen.get(key.value);
    if (twin !== undefined) {
      problems.add(key.at, `The code ${key.value} has its meaning in line ${twin} already.`);
      return [];
    }
    seen.set(key.value, key.at.line);
    if (value.kind === 'word' && value.value !== '')
      return [{ code: key.value, values: [value.value], at: key.at }];
    const words = value.kind === 'list' ? value.items.filter((item) => item.kind === 'word') : [];
    const values = words.map((word) => word.value);
    if (values.length > 1 && key.value === '*')
      problems.add(value.at, "'*' reads one value and writes none: the others would never be used.");
    if (values.length > 0) return [{ code: key.value, values, at: key.at }];
    problems.add(value.at, `The code ${key.value} needs a meaning, or a list of them.`);
    return [];
  });
}

function parsePairs(table: Table, problems: Problems): Binding | null {
  const and = under(table, 'and');
  const more = and === undefined ? [] : wordsOf(and).map(parsePosition);
  if (and !== undefined && (more.length === 0 || more.includes(null)))
    problems.add(and.at, '\'and\' names further places for pairs, such as "21..22".');
  const arms = parseArms(under(table, 'pairs'), table, problems);
  const beside = parseBeside(under(table, 'beside'), problems);
  return { kind: 'pairs', arms, more: more.filter((position) => position !== null), beside };
}

/** `beside: ignore the number's keeper` */
function parseBeside(tree: Tree | undefined, problems: Problems): string | null {
  if (tree === undefined) return null;
  const binding = parseBinding(tree, problems);
  if (binding?.kind === 'ignore') return binding.reason;
  if (binding !== null)
    problems.add(tree.at, "'beside' says why what stands beside the pairs is not read: ignore because …");
  return null;
}

function parseArms(tree: Tree | undefined, owner: Table, problems: Problems): Arm[] {
  if (tree?.kind !== 'table') {
    problems.add(tree?.at ?? owner.at, 'Here belongs a map from codes to fields.');
    return [];
  }
  return tree.pairs.flatMap(({ key, value }) => {
    const binding = parseBinding(value, problems);
    return binding === null ? [] : [{ key: { value: key.value, at: key.at }, binding }];
  });
}

function parseBy(table: Table, problems: Problems): Binding | null {
  const by = under(table, 'by');
  const qualifier = by?.kind === 'word' ? parsePosition(by.value) : null;
  if (qualifier !== null)
    return { kind: 'by', qualifier, arms: parseArms(under(table, 'of'), table, problems) };
  problems.add(by?.at ?? table.at, '\'by\' names the position of the qualifier, such as "03".');
  return null;
}

function parsePer(table: Table, problems: Problems): Binding | null {
  const per = under(table, 'per');
  if (per?.kind === 'word' && pathShape.test(per.value))
    return { kind: 'per', path: asText(per), arms: parseArms(under(table, 'of'), table, problems) };
  problems.add(per?.at ?? table.at, "'per' names the field that decides.");
  return null;
}

/** `of` is a list of fields, one field, or a map from components to fields. */
function parseRepeat(kind: 'repeat' | 'repeats', table: Table, problems: Problems): Binding | null {
  const [list, of] = [under(table, kind), under(table, 'of')];
  const pairs = of?.kind === 'table' ? of.pairs : null;
  const words =
    pairs === null
      ? of?.kind === 'list'
        ? of.items
        : [of].filter((tree) => tree !== undefined)
      : pairs.map(({ value }) => value);
  const named = words.filter((word) => word.kind === 'word');
  const components = pairs?.map(({ key }) => (/^[1-9]\d?$/.test(key.value) ? Number(key.value) : 0)) ?? null;
  if (list?.kind !== 'word' || named.length === 0 || named.length < words.length || components?.includes(0)) {
    problems.add(
      of?.at ?? table.at,
      `'${kind}' names a list, and 'of' the fields of an item: [location, quantity], or by component { "1": location }.`,
    );
    return null;
  }
  const fields = named.map((word) => parseField(word, problems)).filter((field) => field !== null);
  return fields.length < named.length ? null : { kind, list: asText(list), of: fields, components };
}

/** `{ is: number, allow: ["01", "02"], length: 1..10, says: "8.2: numeric only" }`, `{ is: purpose code(purpose), else: "00" }` */
function parseLimited(table: Table, problems: Problems): Binding | null {
  const [is, allow, length, says, other] = ['is', 'allow', 'length', 'says', 'else'].map((key) =>
    under(table, key),
  );
  const binding = is === undefined ? null : parseBinding(is, problems);
  const limits: Limits = {
    allow: allow === undefined ? null : wordsOf(allow),
    length: length === undefined ? null : parseLength(length, problems),
    says: says?.kind === 'word' ? says.value : null,
    otherwise: other?.kind === 'word' ? asText(other) : null,
  };
  for (const tree of [says, other])
    if (tree !== undefined && tree.kind !== 'word')
      problems.add(tree.at, "'says' and 'else' take one word or sentence.");
  if (allow !== undefined && (limits.allow ?? []).length === 0)
    problems.add(allow.at, "'allow' lists the values that may stand here: [EA, CA]");
  return binding === null ? null : { kind: 'limited', limits, binding };
}

function parseLength(tree: Tree, problems: Problems): Limits['length'] {
  const [, least, most] = (tree.kind === 'word' && /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(tree.value)) || [];
  if (least !== undefined && Number(least) <= Number(most ?? least))
    return { least: Number(least), most: Number(most ?? least) };
  problems.add(tree.at, "'length' is a number of characters, 8, or a range of them, 1..10.");
  return null;
}

/** `{ lookup: stores, by: number, fields: { shipTo.gln: gln, shipTo.name: name } }` */
function parseLookup(table: Table, problems: Problems): Binding | null {
  const [name, by, fields] = [under(table, 'lookup'), under(table, 'by'), under(table, 'fields')];
  const pairs = fields?.kind === 'table' ? fields.pairs : [];
  if (
    name?.kind !== 'word' ||
    by?.kind !== 'word' ||
    pairs.some(({ value }) => value.kind !== 'word') ||
    pairs.length === 0
  ) {
    problems.add(
      table.at,
      "'lookup' names a table, 'by' its column on the wire, 'fields' which field each column fills.",
      '{ lookup: stores, by: number, fields: { shipTo.gln: gln, shipTo.city: city } }',
    );
    return null;
  }
  const filled = pairs.flatMap(({ key, value }) =>
    value.kind === 'word' ? [{ path: asText(key), column: asText(value) }] : [],
  );
  return { kind: 'lookup', table: asText(name), by: asText(by), fields: filled };
}

/** `{ compute: "…" }` is written; `{ read: "…", as: path }` is read; one may have both. */
function parseCompute(table: Table, problems: Problems): Binding | null {
  const [write, read, as] = ['compute', 'read', 'as'].map((key) => under(table, key));
  const isText = (tree: Tree | undefined): tree is Word => tree?.kind === 'word';
  if (
    (read === undefined) !== (as === undefined) ||
    [write, read, as].some((tree) => tree?.kind === 'list' || tree?.kind === 'table')
  ) {
    problems.add(
      (read ?? as ?? write)?.at ?? table.at,
      "'compute' is an expression for what is written; 'read' one for what is read, and 'as' the field that takes it.",
    );
    return null;
  }
  return {
    kind: 'compute',
    write: isText(write) ? asText(write) : null,
    read: isText(read) ? asText(read) : null,
    path: isText(as) ? asText(as) : null,
  };
}

function under(table: Table, name: string): Tree | undefined {
  return table.pairs.find(({ key }) => key.value === name)?.value;
}

function wordsOf(tree: Tree): string[] {
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.flatMap((item) => (item.kind === 'word' ? [item.value] : []));
}

function asText({ value, at }: Word): Text {
  return { value, at };
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}
