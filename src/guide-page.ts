/**
 * A guide as a page for people: what each segment and element is for, which codes it may have, and where its value goes. Made
 * of the whole guide and the dictionary; guide-html.ts and guide-markdown.ts write it down.
 */

import { elementWords, type PageElement } from './guide-elements.ts';
import { pathBelow } from './guide-paths.ts';
import { segmentName } from './guide-segments.ts';
import type { LoopUse, SegmentRule } from './interchange/dictionary/dictionary.ts';
import type { Guide } from './mapping/guide.ts';
import type { Default, Entry } from './mapping/notation.ts';

/** One segment of the guide, in the order of the message. */
export interface PageSegment {
  /** 0 at the top of the message, one more in each loop. */
  readonly depth: number;
  readonly tag: string;
  readonly name: string;
  /** The loop or group that it opens; '' for none. */
  readonly loop: string;
  /** How often it, or its loop, may come by the standard. */
  readonly use: { readonly mandatory: boolean; readonly most: number };
  /** What it is for, by its qualifiers: 'Ship to'. Without any, the fields that it holds. */
  readonly purpose: string;
  /** The guide wants it wherever it may stand. */
  readonly required: boolean;
  /** Sentences: once for each line; only when …; must be there because …. */
  readonly notes: readonly string[];
  /** What the partner's specification says of it, word for word. */
  readonly wordings: readonly string[];
  /** Why it, with all under it, is not read; null: it is. */
  readonly ignored: string | null;
  readonly elements: readonly PageElement[];
  /** 'mappings/acme/850.yaml:12'. */
  readonly source: string;
}

/** Rows of a guide's page. */
export function pageSegments(guide: Guide): PageSegment[] {
  const { whole, rules } = guide;
  const rows: PageSegment[] = [];
  walk(whole.segments, { loop: rules.root, depth: 0, path: '', after: 0 });
  return rows;

  function walk(
    entries: readonly Entry[],
    from: { loop: LoopUse; depth: number; path: string; after: number },
  ): void {
    let after = 0;
    for (const entry of entries) {
      const place = placeOf(entry.tag, from.loop, after);
      after = place?.rank ?? after;
      const path = pathBelow(entry, from.path);
      rows.push(segmentRow(guide, entry, place, path, from.depth));
      const loop = place?.loop ?? from.loop;
      walk(entry.below, { loop, depth: from.depth + 1, path, after: 0 });
    }
  }
}

interface Standing {
  readonly rule: SegmentRule;
  readonly loop: LoopUse | null;
  readonly mandatory: boolean;
  readonly max: number;
  readonly rank: number;
}

/** Where the standard has a segment, not before the one that came before it if that can be. */
function placeOf(tag: string, loop: LoopUse, after: number): Standing | null {
  const places = loop.members.flatMap((member, rank): Standing[] => {
    const trigger = member.kind === 'loop' ? member.members[0] : member;
    if (trigger?.kind !== 'segment' || trigger.tag !== tag) return [];
    const { mandatory, max } = member;
    return [{ rule: trigger.rule, loop: member.kind === 'loop' ? member : null, mandatory, max, rank }];
  });
  const found = places.find(({ rank }) => rank >= after) ?? places[0] ?? null;
  // HL and CPS stand below themselves, though the standard lists them flat.
  const isSelf = found !== null && found.rank === 0 && loop.id !== '';
  return isSelf ? { ...found, loop, mandatory: false, max: loop.max } : found;
}

function segmentRow(
  guide: Guide,
  entry: Entry,
  place: Standing | null,
  path: string,
  depth: number,
): PageSegment {
  const { tag, at } = entry;
  const rule = place?.rule ?? guide.rules.segments.get(tag) ?? null;
  const elements = [...entry.cells]
    .filter(({ binding }) => binding.kind !== 'none')
    .sort(
      (a, b) =>
        a.position.element - b.position.element || (a.position.component ?? 0) - (b.position.component ?? 0),
    )
    .map((cell) => elementWords(cell, { guide, rule, path }));
  return {
    depth,
    tag,
    name: segmentName(guide.standard, tag),
    loop: place?.loop?.id ?? '',
    use: { mandatory: place?.mandatory ?? false, most: place?.max ?? 1 },
    purpose: purposeOf(elements),
    required: entry.must !== null,
    notes: notesOf(entry, path),
    wordings: [entry.must?.value, entry.says].filter(
      (text): text is string => typeof text === 'string' && text !== '',
    ),
    ignored: entry.ignore,
    elements,
    source: `${at.file}:${at.line}`,
  };
}

/** What the qualifiers mean: 'Ship to'; with several codes, what the first means. */
function purposeOf(elements: readonly PageElement[]): string {
  const meanings = elements.flatMap(({ isQualifier, codes }) =>
    isQualifier ? (codes[0]?.meaning ?? []) : [],
  );
  const said = meanings.filter((meaning) => meaning !== '').join(', ');
  if (said !== '') return said;
  const fields = [...new Set(elements.flatMap((element) => element.fields))];
  return fields.slice(0, mostFields).join(', ') + (fields.length > mostFields ? ', …' : '');
}

const mostFields = 3;

function notesOf(entry: Entry, path: string): string[] {
  const { each, by, must, most, when, only, defaults } = entry;
  const list = path === '' ? (each?.value ?? '') : path;
  const fields = by.map(({ value }) => value).join(', ');
  return [
    ...(each === null
      ? []
      : [by.length > 0 ? `Once for each ${fields} of ${each.value}.` : `Once for each of ${list}.`]),
    ...(must === null ? [] : ['Must be there.']),
    ...(most === null
      ? []
      : [most.times === Number.POSITIVE_INFINITY ? 'As often as needed.' : `At most ${most.times} times.`]),
    ...when.map(
      ({ path: field, values }) => `Only when ${field.value} is ${values.map(conditionWord).join(' or ')}.`,
    ),
    ...(only === 'read' ? ['Taken when it comes; we never send it.'] : []),
    ...(only === 'write' ? ['Sent only; when it comes it is not read.'] : []),
    ...defaults.map((one) => `Where the message does not say it, ${defaultText(one)}.`),
  ];
}

function conditionWord(value: string): string {
  if (value === 'nonzero') return 'other than 0';
  return value === 'present' ? 'there' : value === 'absent' ? 'not there' : value;
}

/** 'unit is each'. */
export function defaultText({ path, value }: Default): string {
  const field = path.value;
  switch (value.kind) {
    case 'text':
      return value.text === 'position' ? `${field} is the line's place` : `${field} is ${value.text}`;
    case 'from':
      return `${field} is ${value.path.value}`;
    case 'list':
      return `${field} is an empty list`;
    case 'compute':
      return `${field} is computed: ${value.expression.value}`;
    case 'difference':
      return `${field} is ${value.fields.map((one) => one.value).join(' less ')}`;
    case 'per':
      return value.arms
        .map(
          ({ key, value: arm }) => `${defaultText({ path, value: arm })} when ${value.path.value} is ${key}`,
        )
        .join('; ');
  }
}
