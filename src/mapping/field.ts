/** A field with what stands behind it: `shipTo.name!`, `unit code(unit)`, `createdAt datetime(04, 05) zone(America/Chicago)`. */
import type { FieldBinding, Form, Text } from './notation.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import type { Word } from './yaml.ts';

export const pathShape = /^(\.|\/?[a-z]\w*(\.[a-z]\w*)*)$/i;
const forms = new Set(['text', 'decimal', 'date', 'datetime']);
/** The words that may stand behind a field, and how each is written. */
const usages: Readonly<Record<string, string>> = {
  text: 'text',
  decimal: 'decimal',
  date: 'date, or date(102) with the code of a layout',
  datetime:
    'datetime(203) with the code of a layout; datetime(04) or datetime(04, 05) with the elements of time and time code',
  zone: 'zone(Europe/Berlin)',
  implied: 'implied(2), with 0 to 6 places',
  decimals: 'decimals(2), with 0 to 6 places',
  code: 'code(unit), with the name of a table under codes',
  lookup: 'lookup(stores, number, gln): table, column on the wire, column in the document',
  cut: 'cut',
  negated: 'negated',
  prefix: 'prefix(00)',
  length: 'length(13), with a number of characters',
};

/** `path[!] [modifier…]`; null when it is wrong, which is then among the problems. */
export function parseField(word: Word, problems: Problems): FieldBinding | null {
  const [name = '', ...modifiers] = splitWords(word.value);
  const required = name.endsWith('!');
  const path = required ? name.slice(0, -1) : name;
  if (!pathShape.test(path)) {
    problems.add(word.at, `'${word.value}' is not a binding.`, 'docs/mapping.md says what may stand here.');
    return null;
  }
  const field = { ...plainField({ value: path, at: word.at }), required };
  return withModifiers(field, modifiers, word, problems);
}

export function plainField(path: Text): FieldBinding {
  return {
    kind: 'field',
    path,
    form: 'infer',
    layout: null,
    zone: null,
    time: null,
    timeCode: null,
    implied: null,
    places: null,
    codes: null,
    table: null,
    lookup: null,
    required: false,
    cut: false,
    prefix: '',
    length: null,
    negated: false,
    onlyRead: false,
  };
}

/** Words apart by blanks; blanks between parentheses belong to the word. */
export function splitWords(text: string): string[] {
  return text.match(/[^\s(]*\([^)]*\)|\S+/g) ?? [];
}

/** Lays modifiers over a field; null when one of them means nothing, which is then a problem. */
export function withModifiers(
  field: FieldBinding,
  modifiers: readonly string[],
  word: Word,
  problems: Problems,
): FieldBinding | null {
  let found = field;
  for (const modifier of modifiers) {
    const at = problems.within(word.at, modifier);
    const next = withModifier(found, modifier, at);
    if (next === null) {
      problems.add(at, `'${modifier}' says nothing about a field.`, hintOf(modifier));
      return null;
    }
    found = next;
  }
  return found;
}

function hintOf(modifier: string): string {
  if (modifier.includes('(') && !modifier.endsWith(')'))
    return 'Within braces, words with commas stand in quotation marks.';
  const [name = ''] = modifier.split('(');
  if (Object.hasOwn(usages, name)) return `Write ${usages[name]}.`;
  return nearMiss(name, Object.keys(usages)) ?? `Known words: ${Object.keys(usages).join(', ')}.`;
}

function withModifier(field: FieldBinding, modifier: string, at: Place): FieldBinding | null {
  if (forms.has(modifier)) return { ...field, form: modifier as Form };
  if (modifier === 'cut') return { ...field, cut: true };
  if (modifier === 'negated') return { ...field, form: 'decimal', negated: true };
  const [, name, argument = ''] = /^(\w+)\(\s*([^)]*?)\s*\)$/.exec(modifier) ?? [];
  const [first = '', ...others] = argument.split(/\s*,\s*/);
  if (name === 'lookup') {
    const [wire, canon, ...more] = others;
    if (first === '' || wire === undefined || canon === undefined || more.length > 0) return null;
    return { ...field, lookup: { table: { value: first, at }, wire, canon } };
  }
  if (name === 'datetime' && /^\d\d$/.test(first)) return timedField(field, first, others);
  if (first === '' || others.length > 0) return null;
  return withArgument(field, name ?? '', first, at);
}

/** `datetime(04)`, `datetime(04, 05)`: elements that hold the time and its code. A layout's code never has two digits here. */
function timedField(field: FieldBinding, time: string, others: readonly string[]): FieldBinding | null {
  const [code, ...more] = others;
  if (more.length > 0 || (code !== undefined && !/^\d\d$/.test(code))) return null;
  const timeCode = code === undefined ? null : Number(code);
  return { ...field, form: 'datetime', time: Number(time), timeCode };
}

function withArgument(field: FieldBinding, name: string, argument: string, at: Place): FieldBinding | null {
  const number = /^\d{1,3}$/.test(argument) ? Number(argument) : null;
  switch (name) {
    case 'code':
      return { ...field, codes: { value: argument, at } };
    case 'prefix':
      return { ...field, prefix: argument };
    case 'length':
      return number === null ? null : { ...field, length: number };
    case 'implied':
      return number === null || number > 6 ? null : { ...field, form: 'decimal', implied: number };
    case 'decimals':
      return number === null || number > 6 ? null : { ...field, form: 'decimal', places: number };
    case 'date':
    case 'datetime':
      return { ...field, form: name, layout: argument };
    case 'zone':
      return { ...field, zone: argument };
    default:
      return null;
  }
}
