/** What stands behind a position in a guide: `=ST`, `shipTo.name!`, `unit code(unit)`, `{ pairs: { UP: item.upc } }`. */
import type { Arm, Binding, CellPosition, CodeLine, FieldBinding, Form, Text } from './notation.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import type { Table, Tree, Word } from './yaml.ts';

const positionShape = /^(\d{1,2})(?:\.(\d{1,2}))?(\.\.(\d{1,2})?)?$/;
const pathShape = /^(\.|\/?[a-z]\w*(\.[a-z]\w*)*)$/i;

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
  if (value.startsWith('=')) return { kind: 'constant', values: value.slice(1).split('|') };
  const [verb = '', rest = ''] = splitOnce(value, ' ');
  if (verb === 'write') return { kind: 'write', value: rest };
  if (verb === 'ignore') return parseIgnore(rest, at, problems);
  const computed = /^(count|sum)\(([\w./]+)\)$/.exec(value);
  if (computed?.[1] === 'count') return { kind: 'count', of: { value: computed[2] ?? '', at } };
  if (computed?.[1] === 'sum') return { kind: 'sum', of: { value: computed[2] ?? '', at } };
  const period = /^([\w./]+) to ([\w./]+)$/.exec(value);
  if (period !== null)
    return {
      kind: 'period',
      from: { value: period[1] ?? '', at },
      to: { value: period[2] ?? '', at },
    };
  return parseField(word, problems);
}

function parseIgnore(reason: string, at: Place, problems: Problems): Binding | null {
  if (reason.trim() !== '') return { kind: 'ignore', reason };
  problems.add(at, "'ignore' needs a reason.", 'Write why: ignore the buyer prints it for itself');
  return null;
}

const forms = new Set(['text', 'decimal', 'date', 'datetime']);
const modifierNames = [...forms, 'code(table)', 'cut', 'prefix(00)', 'length(13)'];

/** `path[!] [form] [modifier…]` */
export function parseField(word: Word, problems: Problems): FieldBinding | null {
  const [name = '', ...words] = word.value.trim().split(/\s+/);
  const required = name.endsWith('!');
  const path = required ? name.slice(0, -1) : name;
  if (!pathShape.test(path)) {
    problems.add(word.at, `'${word.value}' is not a binding.`, 'See docs/guides.md for what may stand here.');
    return null;
  }
  let field: FieldBinding = { ...plainField({ value: path, at: word.at }), required };
  for (const modifier of words) {
    const next = withModifier(field, modifier, word.at);
    if (next === null) {
      const hint = nearMiss(modifier, modifierNames) ?? `Known words: ${modifierNames.join(', ')}.`;
      problems.add(word.at, `'${modifier}' says nothing about a field.`, hint);
      return null;
    }
    field = next;
  }
  return field;
}

export function plainField(path: Text): FieldBinding {
  return {
    kind: 'field',
    path,
    form: 'infer',
    codes: null,
    table: null,
    required: false,
    cut: false,
    prefix: '',
    length: null,
    time: null,
  };
}

function withModifier(field: FieldBinding, modifier: string, at: Place): FieldBinding | null {
  if (forms.has(modifier)) return { ...field, form: modifier as Form };
  if (modifier === 'cut') return { ...field, cut: true };
  const [, name, argument = ''] = /^(\w+)\(([^)]+)\)$/.exec(modifier) ?? [];
  switch (name) {
    case 'code':
      return { ...field, codes: { value: argument, at } };
    case 'prefix':
      return { ...field, prefix: argument };
    case 'length':
      return /^\d{1,3}$/.test(argument) ? { ...field, length: Number(argument) } : null;
    case 'datetime':
      return /^\d{2}$/.test(argument) ? { ...field, form: 'datetime', time: Number(argument) } : null;
    default:
      return null;
  }
}

function parseTable(table: Table, problems: Problems): Binding | null {
  const keys = table.pairs.map(({ key }) => key.value);
  const under = (name: string) => table.pairs.find(({ key }) => key.value === name)?.value;
  if (keys[0] === 'pairs') return { kind: 'pairs', arms: parseArms(under('pairs'), table, problems) };
  if (keys[0] === 'by') return parseBy(under('by'), under('of'), table, problems);
  if (keys[0] === 'per') return parsePer(under('per'), under('of'), table, problems);
  if (keys[0] === 'repeat') return parseRepeat(under('repeat'), under('of'), table, problems);
  return parseInlineCodes(table, problems);
}

/** `{ purpose: { "00": original, "01": cancel } }` */
function parseInlineCodes(table: Table, problems: Problems): Binding | null {
  const [only, ...others] = table.pairs;
  if (only === undefined || others.length > 0 || only.value.kind !== 'table') {
    problems.add(table.at, 'A map here is a field with its code table, or by, per, pairs or repeat.');
    return null;
  }
  const field = parseField(only.key, problems);
  return field === null ? null : { ...field, table: parseCodeLines(only.value, problems) };
}

/** `{ EA: each, CA: [case, carton] }` in the file's order: the first line that has a value writes it. */
export function parseCodeLines(table: Table, problems: Problems): CodeLine[] {
  return table.pairs.flatMap(({ key, value }) => {
    if (value.kind === 'word') return [{ code: key.value, values: [value.value], at: key.at }];
    const words = value.kind === 'list' ? value.items.filter((item) => item.kind === 'word') : [];
    if (words.length > 0) return [{ code: key.value, values: words.map((word) => word.value), at: key.at }];
    problems.add(value.at, `The code ${key.value} needs a meaning, or a list of them.`);
    return [];
  });
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

function parseBy(
  by: Tree | undefined,
  of: Tree | undefined,
  owner: Table,
  problems: Problems,
): Binding | null {
  const qualifier = by?.kind === 'word' ? parsePosition(by.value) : null;
  if (qualifier !== null) return { kind: 'by', qualifier, arms: parseArms(of, owner, problems) };
  problems.add(by?.at ?? owner.at, '\'by\' names the position of the qualifier, such as "03".');
  return null;
}

function parsePer(
  per: Tree | undefined,
  of: Tree | undefined,
  owner: Table,
  problems: Problems,
): Binding | null {
  if (per?.kind === 'word' && pathShape.test(per.value)) {
    const path = { value: per.value, at: per.at };
    return { kind: 'per', path, arms: parseArms(of, owner, problems) };
  }
  problems.add(per?.at ?? owner.at, "'per' names the field that decides.");
  return null;
}

function parseRepeat(
  repeat: Tree | undefined,
  of: Tree | undefined,
  owner: Table,
  problems: Problems,
): Binding | null {
  const words = of?.kind === 'list' ? of.items.filter((item) => item.kind === 'word') : [];
  if (repeat?.kind !== 'word' || words.length === 0) {
    problems.add(
      owner.at,
      "'repeat' names a list, and 'of' lists the fields that repeat: [location, quantity].",
    );
    return null;
  }
  const fields = words.map((word) => parseField(word, problems)).filter((field) => field !== null);
  return { kind: 'repeat', list: { value: repeat.value, at: repeat.at }, of: fields };
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}
