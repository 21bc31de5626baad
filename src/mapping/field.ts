/** A field with what stands behind it: `shipTo.name!`, `unit code(unit)`, `createdAt datetime(04, 05) zone(America/Chicago)`. */
import type { FieldBinding, Form, Text } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';
import type { Word } from './yaml.ts';

export const pathShape = /^(\.|\/?[a-z]\w*(\.[a-z]\w*)*)$/i;
const forms = new Set(['text', 'decimal', 'date', 'datetime']);
const modifierNames = [
  ...forms,
  'date(102)',
  'datetime(203)',
  'datetime(04)',
  'datetime(04, 05)',
  'zone(Europe/Berlin)',
  'implied(2)',
  'decimals(2)',
  'code(table)',
  'lookup(table, column, column)',
  'cut',
  'negated',
  'prefix(00)',
  'length(13)',
];

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
    const next = withModifier(found, modifier, word);
    if (next === null) {
      const open = modifier.includes('(') && !modifier.endsWith(')');
      const hint = open
        ? 'Within braces, words with commas stand in quotation marks.'
        : (nearMiss(modifier, modifierNames) ?? `Known words: ${modifierNames.join(', ')}.`);
      problems.add(word.at, `'${modifier}' says nothing about a field.`, hint);
      return null;
    }
    found = next;
  }
  return found;
}

function withModifier(field: FieldBinding, modifier: string, { at }: Word): FieldBinding | null {
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

function withArgument(
  field: FieldBinding,
  name: string,
  argument: string,
  at: Text['at'],
): FieldBinding | null {
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
