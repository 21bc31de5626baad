/** Example documents of a guide that really pass: written by the guide, and read back by it without faults. */

import type { Fault } from './fault.ts';
import { joined, pathBelow } from './guide-paths.ts';
import { sampleText } from './guide-sample.ts';
import type { ElementRule } from './interchange/dictionary/dictionary.ts';
import {
  type Message,
  type OutSegment,
  readInterchanges,
  type Written,
  writeInterchange,
} from './interchange/interchange.ts';
import { canonicalFields, type FieldType } from './mapping/canon.ts';
import type { Guide } from './mapping/guide.ts';
import type { Binding, Cell, Entry, FieldBinding } from './mapping/notation.ts';
import { type CanonicalDocument, canonicalDocuments } from './order/canonical.ts';

/** A message that the guide wrote, with what the guide reads in it. */
export interface Example {
  /** Segments from ST to SE or UNH to UNT, one a line. */
  readonly text: string;
  readonly document: CanonicalDocument;
}

/** Writes a document and reads it back; null when the guide, or the standard, finds anything wrong with it. */
export async function exampleOf(guide: Guide, document: unknown): Promise<Example | null> {
  const tried = await attempt(guide, document);
  return tried.example;
}

/** Fields that stand in each other's way, such as two of which only one may come, are left out one by one. */
const mostLeftOut = 40;

/** An example with a value in every field that the guide binds, as far as they go together; null when none passes. */
export async function generatedExample(guide: Guide): Promise<Example | null> {
  const type = canonicalFields(guide.canonical);
  if (type === null) return null;
  const hints = new Map(hintsOf(guide));
  for (let left = mostLeftOut; left > 0; left -= 1) {
    const { example, faults } = await attempt(guide, sampleOf(type, '', hints, 0));
    if (example !== null) return example;
    const path = faults.map((one) => pathAt(one, hints)).find((found) => found !== undefined);
    if (path === undefined) return null;
    hints.delete(path);
  }
  return null;
}

interface Attempt {
  readonly example: Example | null;
  readonly faults: readonly Fault[];
}

async function attempt(guide: Guide, document: unknown): Promise<Attempt> {
  const checked = canonicalDocuments[guide.canonical].safeParse(document);
  if (!checked.success) return { example: null, faults: [] };
  const { segments, faults } = await guide.write(checked.data);
  if (faults.length > 0 || segments.length === 0) return { example: null, faults };
  const written = inEnvelope(guide, segments);
  if (written.faults.length > 0) return { example: null, faults: written.faults };
  const back = await readBack(written.bytes);
  if (back.message === null || back.faults.length > 0) return { example: null, faults: back.faults };
  const read = await guide.read(back.message);
  if (read.document === null || read.faults.length > 0) return { example: null, faults: read.faults };
  return { example: { text: messageText(written.bytes, guide), document: read.document }, faults: [] };
}

/** The field whose value a fault is about: the last of those that stand where it is. */
function pathAt({ at }: Fault, hints: Hints): string | undefined {
  const own = [...hints].filter(([, hint]) => hint.tag === at?.tag);
  const same = own.filter(([, { element }]) => at?.element === undefined || element === at.element);
  return (same.length > 0 ? same : own).at(-1)?.[0];
}

/** What a guide says of a field: how long it may be, which values it may have, where it stands. */
interface Hint {
  readonly rule: ElementRule | null;
  readonly values: readonly string[];
  readonly length: { readonly least: number; readonly most: number } | null;
  readonly tag: string;
  readonly element: number;
}

type Hints = ReadonlyMap<string, Hint>;
type Said = Omit<Hint, 'tag' | 'element'>;

const unsaid: Said = { rule: null, values: [], length: null };
const bare = (path: string) => path.replaceAll('[]', '');

function hintsOf(guide: Guide): Hints {
  const hints = new Map<string, Hint>();
  const put = ({ position, binding }: Cell, tag: string, path: string) => {
    const { element, component } = position;
    const use = guide.rules.segments.get(tag)?.elements[element - 1];
    const rule =
      use?.composite == null ? use?.element : use.composite.components[(component ?? 1) - 1]?.element;
    for (const [field, said] of fieldHints(binding, rule ?? null, guide)) {
      const name = bare(joined(path, field));
      if (!hints.has(name)) hints.set(name, { ...said, tag, element });
    }
  };
  const walk = (entries: readonly Entry[], path: string) => {
    for (const entry of entries.filter(({ ignore, only }) => ignore === null && only !== 'read')) {
      const here = pathBelow(entry, path);
      for (const cell of entry.cells) put(cell, entry.tag, here);
      walk(entry.below, here);
    }
  };
  walk(guide.whole.segments, '');
  return hints;
}

/** The fields of a binding by their paths in its segment. */
function fieldHints(binding: Binding, rule: ElementRule | null, guide: Guide): [string, Said][] {
  switch (binding.kind) {
    case 'field': {
      const { length } = binding;
      const size = length === null ? null : { least: length, most: length };
      return [[binding.path.value, { rule, values: valuesOf(binding, null, guide), length: size }]];
    }
    case 'limited':
      return limitedHints(binding, rule, guide);
    case 'by':
    case 'pairs':
    case 'per':
      return binding.arms.flatMap(({ binding: arm }) =>
        fieldHints(arm, binding.kind === 'pairs' ? null : rule, guide),
      );
    case 'repeat':
    case 'repeats':
      return binding.of.flatMap((field) =>
        fieldHints(field, null, guide).map(([path, said]): [string, Said] => [
          `${binding.list.value}.${path}`,
          said,
        ]),
      );
    case 'period':
      return [binding.from, binding.to].map(({ value }) => [value, unsaid]);
    case 'compute':
      return binding.path === null ? [] : [[binding.path.value, { ...unsaid, rule }]];
    default:
      return [];
  }
}

function limitedHints(
  { limits, binding }: Binding & { kind: 'limited' },
  rule: ElementRule | null,
  guide: Guide,
): [string, Said][] {
  return fieldHints(binding, rule, guide).map(([path, said]) => {
    const isTable = binding.kind === 'field' && said.values.length > 0;
    const allowed = isTable ? valuesOf(binding, limits.allow, guide) : (limits.allow ?? said.values);
    return [path, { ...said, values: allowed, length: limits.length ?? said.length }];
  });
}

/** The canonical values that a table can write; with codes allowed, those of them. */
function valuesOf({ codes, table }: FieldBinding, allow: readonly string[] | null, guide: Guide): string[] {
  const lines = table ?? (codes === null ? [] : (guide.whole.codes.get(codes.value) ?? []));
  return lines
    .filter(({ code }) => code !== '*' && (allow?.includes(code) ?? true))
    .flatMap(({ values }) => values);
}

/** A value for every field that the guide binds, and for those that the document cannot do without. */
function sampleOf(type: FieldType, path: string, hints: Hints, index: number): unknown {
  const hint = hints.get(path) ?? unsaid;
  switch (type.kind) {
    case 'object': {
      const wanted = [...type.fields].filter(
        ([name, { optional }]) => !optional || isBound(joined(path, name), hints),
      );
      return Object.fromEntries(
        wanted.map(([name, field]) => [name, sampleOf(field.type, joined(path, name), hints, index)]),
      );
    }
    case 'list': {
      const count = /(^|\.)lines$/.test(path) ? 2 : 1;
      return Array.from({ length: count }, (_, at) => sampleOf(type.item, path, hints, at));
    }
    case 'choice':
      return (
        preferred.find((value) => choices(type.values, hint).includes(value)) ?? choices(type.values, hint)[0]
      );
    default:
      return sampleText(type.kind, path, { ...hint, index });
  }
}

/** What the trade asks for most. */
const preferred = ['original', 'accepted', 'standalone'];

function choices(values: readonly string[], { values: bound }: Said): readonly string[] {
  const both = bound.filter((value) => values.includes(value));
  return both.length > 0 ? both : values;
}

function isBound(path: string, hints: Hints): boolean {
  return hints.has(path) || [...hints.keys()].some((other) => other.startsWith(`${path}.`));
}

/** The message in an interchange that nobody sends, so that it can be read. */
function inEnvelope(guide: Guide, segments: readonly OutSegment[]): Written {
  const x12 = guide.standard === 'x12';
  return writeInterchange({
    standard: guide.standard,
    control: x12 ? '000000001' : '1',
    sender: { qualifier: 'ZZ', id: 'US' },
    receiver: { qualifier: 'ZZ', id: 'THEM' },
    version: x12 ? (guide.release >= '005' ? '00501' : '00401') : 'UNOC:3',
    test: false,
    acknowledgmentRequested: '',
    separators: x12
      ? {
          element: '*',
          component: '>',
          repetition: guide.release >= '005' ? '^' : null,
          segment: '~',
          release: null,
          decimal: '.',
        }
      : { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
    newline: '\n',
    at: new Date(Date.UTC(2026, 0, 1)),
    groups: [messageFor(guide, segments)],
  });
}

function messageFor(guide: Guide, segments: readonly OutSegment[]) {
  const x12 = guide.standard === 'x12';
  const version = x12 ? null : `${guide.release.slice(0, 1)}:${guide.release.slice(1)}:UN`;
  const group = x12
    ? {
        type: guide.rules.groups[0] ?? '',
        control: '1',
        version: guide.release,
        sender: 'US',
        receiver: 'THEM',
      }
    : { type: null, control: null, version: null, sender: null, receiver: null };
  return { ...group, messages: [{ type: guide.message, version, control: x12 ? '0001' : '1', segments }] };
}

async function readBack(bytes: Buffer): Promise<{ message: Message | null; faults: readonly Fault[] }> {
  let message: Message | null = null;
  const faults: Fault[] = [];
  for await (const event of readInterchanges([Buffer.from(bytes)])) {
    if ('faults' in event) faults.push(...event.faults.filter(({ severity }) => severity !== 'info'));
    if (event.kind === 'message') message = event;
  }
  return { message, faults };
}

function messageText(bytes: Buffer, { standard }: Guide): string {
  const lines = bytes.toString('latin1').trimEnd().split('\n');
  const before = lines.findIndex((line) => /^(ST|UNH)\b/.test(line));
  return lines.slice(before, lines.length - (standard === 'x12' ? 2 : 1)).join('\n');
}
