/** What stands at a position of a segment, in words: its element of the standard, its codes, its canonical field. */
import { joined } from './guide-paths.ts';
import type { ElementRule, SegmentRule } from './interchange/dictionary/dictionary.ts';
import type { Guide } from './mapping/guide.ts';
import {
  type Arm,
  type Binding,
  type Cell,
  type CellPosition,
  type CodeLine,
  type FieldBinding,
  positionText,
} from './mapping/notation.ts';

export interface PageCode {
  readonly code: string;
  /** What the standard calls it; '' where our dictionary does not say. */
  readonly meaning: string;
  /** The canonical value that it stands for, or the field that stands beside it; '' for none. */
  readonly means: string;
}

export interface PageElement {
  /** 'N102', 'NAD 04.1', 'PO106..25'. */
  readonly place: string;
  /** Id in the standard: '93', '3036', 'C080'. */
  readonly id: string;
  readonly name: string;
  /** 'AN 1..60', 'an..35'. */
  readonly type: string;
  /** The standard wants it in each of these segments. */
  readonly mandatory: boolean;
  /** The guide wants it. */
  readonly required: boolean;
  /** It says which segment this is. */
  readonly isQualifier: boolean;
  /** Canonical fields: 'lines[].price'. */
  readonly fields: readonly string[];
  readonly codes: readonly PageCode[];
  /** The element of the standard that holds these codes: its own, or its qualifier's; null: it has no codes. */
  readonly codeElement: { readonly id: string; readonly name: string } | null;
  /** Sentences about how it looks, what is allowed, why it is not read. */
  readonly notes: readonly string[];
  /** The partner's own words. */
  readonly wordings: readonly string[];
  /** Why it is not read; null: it is. */
  readonly ignored: string | null;
}

interface Where {
  readonly guide: Guide;
  readonly rule: SegmentRule | null;
  /** Canonical place of the segment. */
  readonly path: string;
}

type Said = Pick<
  PageElement,
  'fields' | 'codes' | 'codeElement' | 'notes' | 'wordings' | 'required' | 'ignored'
>;

const nothing: Said = {
  fields: [],
  codes: [],
  codeElement: null,
  notes: [],
  wordings: [],
  required: false,
  ignored: null,
};

/** The row of one position. */
export function elementWords({ position, binding }: Cell, where: Where): PageElement {
  const use = where.rule?.elements[position.element - 1];
  const part = use?.composite == null ? undefined : use.composite.components[(position.component ?? 1) - 1];
  const rule = part?.element ?? use?.element ?? null;
  return {
    place: placeText(position, where),
    id:
      use?.composite == null
        ? (rule?.id ?? '')
        : `${use.composite.id}${part === undefined ? '' : ` ${part.element.id}`}`,
    name: rule?.name ?? '',
    type: rule === null ? '' : typeText(rule, where.guide.standard),
    mandatory: use?.mandatory === true && (part === undefined || part.mandatory),
    isQualifier: binding.kind === 'constant',
    ...said(binding, position, rule, where),
  };
}

function placeText(position: CellPosition, { guide, rule }: Where): string {
  const tag = rule?.tag ?? '';
  const last = rule === null ? position.element : rule.elements.length;
  const whole =
    position.component === null && position.to === Number.POSITIVE_INFINITY
      ? { ...position, to: last }
      : position;
  return guide.standard === 'x12' ? `${tag}${positionText(whole)}` : `${tag} ${positionText(whole)}`;
}

/** 'AN 1..60', 'N2 1..15', 'an..35', 'n3'. */
function typeText({ type, decimals, min, max }: ElementRule, standard: 'x12' | 'edifact'): string {
  if (standard === 'x12')
    return `${type}${type === 'N' ? decimals : ''} ${min === max ? max : `${min}..${max}`}`;
  return min === max ? `${type}${max}` : `${type}..${max}`;
}

function said(binding: Binding, position: CellPosition, rule: ElementRule | null, where: Where): Said {
  switch (binding.kind) {
    case 'field':
      return fieldWords(binding, rule, where);
    case 'constant':
      return {
        ...nothing,
        ...coded(
          binding.values.map((code) => codeOf(code, rule, '')),
          rule,
        ),
      };
    case 'write':
      return {
        ...nothing,
        ...coded([codeOf(binding.value, rule, '')], rule),
        notes: ['Always this; another value is not looked at.'],
      };
    case 'limited':
      return limitedWords(binding, position, rule, where);
    case 'by':
      return armWords(
        binding.arms,
        elementAt(binding.qualifier, where),
        `With ${positionText(binding.qualifier)} =`,
        where,
      );
    case 'pairs':
      return armWords(
        binding.arms,
        elementAt(signOf(position, where), where),
        'Qualifier and value side by side: with',
        where,
      );
    case 'per':
      return perWords(binding, rule, where);
    case 'repeat':
    case 'repeats':
      return listWords(binding.list.value, binding.of, where);
    case 'period':
      return {
        ...nothing,
        fields: [binding.from, binding.to].map(({ value }) => joined(where.path, value)),
        notes: ['Two dates in one value: from and to.'],
      };
    case 'lookup':
      return {
        ...nothing,
        fields: binding.fields.map(({ path }) => joined(where.path, path.value)),
        notes: [`Found in the table ${binding.table.value} by ${binding.by.value}.`],
      };
    case 'compute':
      return {
        ...nothing,
        fields: binding.path === null ? [] : [joined(where.path, binding.path.value)],
        notes: computeNotes(binding),
      };
    case 'count':
      return { ...nothing, notes: [`The number of ${binding.of.value}.`] };
    case 'sum':
      return { ...nothing, notes: [`The sum of ${binding.of.value}.`] };
    case 'ignore':
      return { ...nothing, ignored: binding.reason };
    case 'none':
      return nothing;
  }
}

function fieldWords(binding: FieldBinding, rule: ElementRule | null, where: Where): Said {
  const table = tableOf(binding, where.guide);
  const { lookup } = binding;
  const notes = [
    ...(binding.layout === null ? [] : [`In the layout ${binding.layout}.`]),
    ...(binding.zone === null ? [] : [`In the time of ${binding.zone}.`]),
    ...(binding.time === null ? [] : [`The time stands in ${String(binding.time).padStart(2, '0')}.`]),
    ...(binding.implied === null
      ? []
      : [`The last ${binding.implied} digits stand behind a point that is not written.`]),
    ...(binding.places === null ? [] : [`With ${binding.places} places behind the point.`]),
    ...(lookup === null
      ? []
      : [`By the table ${lookup.table.value}: ${lookup.wire} here is ${lookup.canon} with us.`]),
    ...(binding.length === null ? [] : [`Only values of ${binding.length} characters.`]),
    ...(binding.prefix === '' ? [] : [`With ${binding.prefix} in front.`]),
    ...(binding.cut ? ['Cut where it is too long.'] : []),
  ];
  const codes = table.map(({ code, values }) => codeOf(code, rule, values.join(', ')));
  return {
    ...nothing,
    fields: [joined(where.path, binding.path.value)],
    ...coded(codes, rule),
    notes,
    required: binding.required,
  };
}

function tableOf({ codes, table }: FieldBinding, guide: Guide): readonly CodeLine[] {
  return table ?? (codes === null ? [] : (guide.whole.codes.get(codes.value) ?? []));
}

/** Codes with the element that holds them. */
function coded(codes: readonly PageCode[], rule: ElementRule | null): Pick<Said, 'codes' | 'codeElement'> {
  const isCoded = codes.length > 0 && rule !== null;
  return { codes, codeElement: isCoded ? { id: rule.id, name: rule.name } : null };
}

function codeOf(code: string, rule: ElementRule | null, means: string): PageCode {
  const meaning =
    code === '*' ? 'any other code' : code === '' ? 'nothing' : (rule?.codes?.meanings.get(code) ?? '');
  return { code, meaning, means };
}

function limitedWords(
  { limits, binding }: Binding & { kind: 'limited' },
  position: CellPosition,
  rule: ElementRule | null,
  where: Where,
): Said {
  const inner = said(binding, position, rule, where);
  const { allow, length, says } = limits;
  const size =
    length === null
      ? null
      : length.least === length.most
        ? `${length.most}`
        : `${length.least} to ${length.most}`;
  const known = inner.codes.filter(({ code }) => allow?.includes(code) ?? true);
  const codes =
    inner.codes.length > 0 || allow === null ? known : allow.map((code) => codeOf(code, rule, ''));
  return {
    ...inner,
    ...(allow === null ? {} : coded(codes, rule)),
    notes: [
      ...inner.notes,
      ...(allow === null ? [] : [allow.length === 1 ? 'Only this one.' : `Only these: ${allow.join(', ')}.`]),
      ...(size === null ? [] : [`Only ${size} characters.`]),
    ],
    wordings: [...inner.wordings, ...(says === null ? [] : [says])],
  };
}

/** Which field stands here, says a qualifier. */
function armWords(arms: readonly Arm[], qualifier: ElementRule | null, lead: string, where: Where): Said {
  const words = arms.map(({ key, binding }) => ({ key, ...said(binding, noPlace, null, where) }));
  return {
    ...nothing,
    fields: [...new Set(words.flatMap(({ fields }) => fields))],
    ...coded(
      words.map(({ key, fields }) => codeOf(key.value, qualifier, fields.join(', '))),
      qualifier,
    ),
    notes: [
      `${lead} one of these codes.`,
      ...words.flatMap(({ key, notes }) => notes.map((note) => `${key.value}: ${note}`)),
    ],
    wordings: words.flatMap(({ wordings }) => wordings),
    required: words.some(({ required }) => required),
  };
}

const noPlace: CellPosition = { element: 1, component: null, to: null };

function perWords(binding: Binding & { kind: 'per' }, rule: ElementRule | null, where: Where): Said {
  const words = binding.arms.map(({ key, binding: arm }) => ({ key, ...said(arm, noPlace, rule, where) }));
  const field = joined(where.path, binding.path.value);
  return {
    ...nothing,
    fields: [...new Set(words.flatMap(({ fields }) => fields))],
    codes: words.flatMap(({ codes }) => codes),
    notes: words.map(({ key, fields }) =>
      key.value === '*'
        ? `Else ${fields.join(', ')}.`
        : `Where ${field} is ${key.value}: ${fields.join(', ')}.`,
    ),
  };
}

function listWords(list: string, of: readonly FieldBinding[], where: Where): Said {
  const path = `${joined(where.path, list)}[]`;
  const words = of.map((field) => fieldWords(field, null, { ...where, path }));
  return {
    ...nothing,
    fields: words.flatMap(({ fields }) => fields),
    codes: words.flatMap(({ codes }) => codes),
    notes: [`Side by side for each of ${joined(where.path, list)}.`, ...words.flatMap(({ notes }) => notes)],
  };
}

function computeNotes({ read, write }: Binding & { kind: 'compute' }): string[] {
  return [
    ...(read === null ? [] : [`Read by computing: ${read.value}`]),
    ...(write === null ? [] : [`Written by computing: ${write.value}`]),
  ];
}

/** X12 has the qualifier of a pair first, EDIFACT's C212 last. */
function signOf(position: CellPosition, { guide }: Where): CellPosition {
  return guide.standard === 'x12' ? { ...position, component: null } : { ...position, component: 2 };
}

function elementAt({ element, component }: CellPosition, { rule }: Where): ElementRule | null {
  const use = rule?.elements[element - 1];
  return use?.composite == null
    ? (use?.element ?? null)
    : (use.composite.components[(component ?? 1) - 1]?.element ?? null);
}
