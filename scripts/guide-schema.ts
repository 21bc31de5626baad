/** schemas/guide.json: the notation of guides, for editors that complete, check and explain it. docs/mapping.md says it in full. */

import type { ElementUse, SegmentRule } from '../src/interchange/dictionary/dictionary.ts';
import { knownMessages, loadRelease } from '../src/interchange/dictionary/dictionary.ts';
import { canonicalFields, canonicalNames, type FieldType, pathsBelow } from '../src/mapping/canon.ts';
import { bindingDefinitions } from './guide-schema-bindings.ts';
import type { Schema } from './partner-schema.ts';

/** The schema that checks a guide as far as a schema can; `portolan partner check` knows the rest. */
export function guideSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:portolan:guide',
    title: 'A guide of Portolan',
    description:
      'How one message of one partner reads into a canonical document, and how a document is written as that message.',
    type: 'object',
    required: ['guide'],
    dependencies: { message: ['canonical'], canonical: ['message'], segments: ['message'] },
    additionalProperties: false,
    properties: topKeys(),
    definitions: {
      ...bindingDefinitions(fieldPaths()),
      segments: {
        type: 'array',
        items: {
          type: 'object',
          description: 'A segment: its tag with what stands in it.',
          minProperties: 1,
          maxProperties: 1,
          additionalProperties: false,
          properties: segmentTags(),
        },
      },
      segment: segmentBody(),
    },
  };
}

function topKeys(): Schema {
  const messages = knownMessages().map(({ standard, release, type }) => `${standard} ${release} ${type}`);
  return {
    guide: { description: 'The version of this notation: 1.', enum: [1, '1'] },
    message: {
      description: 'Standard, release and message. Without it the guide is a base that others extend.',
      type: 'string',
      enum: messages,
    },
    canonical: {
      description: 'The document that it reads into and writes from: docs/canonical.md.',
      type: 'string',
      enum: canonicalNames(),
    },
    extends: {
      description:
        'The guide that this one is laid over: it states only what differs. Such as standard/x12-004010/850.',
      type: 'string',
      pattern: '^[\\w-]+(/[\\w.-]+)+$',
    },
    note: { description: 'For people.', type: 'string' },
    codes: {
      description: 'Code tables by name, for several lines: unit code(unit).',
      type: 'object',
      additionalProperties: { $ref: '#/definitions/codeTable' },
    },
    parts: {
      description: 'What a segment holds, by name: an entry takes it with like.',
      type: 'object',
      additionalProperties: { $ref: '#/definitions/segment' },
    },
    defaults: { $ref: '#/definitions/defaults' },
    segments: {
      description:
        "Top to bottom, in the order of the standard; what belongs to a loop stands under its first segment, in 'then'.",
      allOf: [{ $ref: '#/definitions/segments' }],
    },
  };
}

const entryKeys: Schema = {
  like: {
    description:
      "A part under 'parts' that holds here; what the segment says itself wins, element by element.",
    type: 'string',
  },
  at: {
    description: 'The fields here, and in all under it, are those of this object: buyer, shipTo.',
    $ref: '#/definitions/path',
  },
  each: {
    description:
      'Once for each item of a list; the fields here are the item’s. lines, orders.cartons, cartons by pallet.',
    type: 'string',
    pattern: '^[\\w./]+( by \\w[\\w., ]*)?$',
  },
  when: {
    description: 'Written only while each of these fields has the value, or one of the values.',
    type: 'object',
    minProperties: 1,
    additionalProperties: {
      anyOf: [
        { $ref: '#/definitions/word' },
        { type: 'array', minItems: 1, items: { $ref: '#/definitions/word' } },
      ],
    },
  },
  only: { description: 'read or write: this line is for one direction.', enum: ['read', 'write'] },
  ignore: { description: 'Why the segment, and all under it, is left unread.', type: 'string', minLength: 1 },
  remove: { description: 'true: the segment of the extended guide is taken away.', enum: [true, false] },
  defaults: { $ref: '#/definitions/defaults' },
  // biome-ignore lint/suspicious/noThenProperty: a key of the notation
  then: {
    description: 'The segments of the loop that this one opens.',
    allOf: [{ $ref: '#/definitions/segments' }],
  },
  must: {
    description: "A fault when the segment does not come, though its loop does; the partner's wording.",
    type: 'string',
    minLength: 1,
  },
  most: {
    description: 'How often it may come, or any; each one more is a fault.',
    anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['any'] }],
  },
  says: {
    description: "The partner's wording: every fault of this segment quotes it.",
    type: 'string',
    minLength: 1,
  },
  note: { description: 'For people.', type: 'string' },
};

function segmentBody(): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: entryKeys,
    patternProperties: {
      '^\\d{1,2}(\\.\\d{1,2})?(\\.\\.(\\d{1,2})?)?$': { $ref: '#/definitions/binding' },
    },
  };
}

/** Every path of every canonical document, from the document or from an item of one of its lists. */
function fieldPaths(): string[] {
  const paths = new Set(['.']);
  for (const name of canonicalNames()) {
    const document = canonicalFields(name);
    if (document !== null) addPaths(document, paths);
  }
  return [...paths].sort();
}

function addPaths(type: FieldType, paths: Set<string>): void {
  for (const path of pathsBelow(type)) paths.add(path);
  for (const list of listsBelow(type)) addPaths(list, paths);
}

function listsBelow(type: FieldType): FieldType[] {
  if (type.kind === 'list') return [type.item];
  return type.kind === 'object' ? [...type.fields.values()].flatMap((field) => listsBelow(field.type)) : [];
}

/** The tags of all releases, with what their elements are called. */
function segmentTags(): Schema {
  const words = new Map<string, Set<string>>();
  const releases = new Map(
    knownMessages().map((message) => [`${message.standard}-${message.release}`, message]),
  );
  for (const { standard, release } of releases.values())
    for (const [tag, rule] of loadRelease(standard, release)?.segments ?? []) {
      const said = words.get(tag) ?? new Set();
      words.set(tag, said.add(`${standard === 'x12' ? 'X12' : 'EDIFACT'}: ${elementsText(rule)}`));
    }
  const tags = [...words].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    tags.map(([tag, said]) => [
      tag,
      { description: longest(said), allOf: [{ $ref: '#/definitions/segment' }] },
    ]),
  );
}

/** Releases differ by elements added at the end: the longest text of a standard says it for all. */
function longest(said: ReadonlySet<string>): string {
  const byStandard = new Map<string, string>();
  for (const text of said) {
    const [standard = ''] = text.split(':');
    if (text.length > (byStandard.get(standard)?.length ?? 0)) byStandard.set(standard, text);
  }
  return [...byStandard.values()].join('\n');
}

function elementsText({ elements }: SegmentRule): string {
  return elements.map((use) => `${String(use.position).padStart(2, '0')} ${nameOf(use)}`).join(', ');
}

function nameOf({ element, composite }: ElementUse): string {
  return element?.name ?? composite?.components[0]?.element.name ?? 'data';
}
