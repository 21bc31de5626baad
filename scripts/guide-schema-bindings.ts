/** What may stand at a position of a guide, as parts of its JSON Schema. */
import type { Schema } from './partner-schema.ts';

const path = '(\\.|/?[a-zA-Z]\\w*(\\.[a-zA-Z]\\w*)*)';
const modifier =
  '(decimal|date|datetime|text|cut|negated|(date|datetime|zone|code|prefix)\\([^)]+\\)|(length|implied|decimals)\\(\\d{1,3}\\)|lookup\\([^),]+,[^),]+,[^),]+\\))';
const field = `${path}!?( ${modifier})*`;

/** The definitions that `#/definitions/binding` needs. @param paths the canonical fields, for completion */
export function bindingDefinitions(paths: readonly string[]): Schema {
  return {
    word: { type: ['string', 'number', 'boolean'] },
    path: { type: 'string', anyOf: [{ enum: paths }, { pattern: `^${path}$` }] },
    position: { type: 'string', pattern: '^\\d{1,2}(\\.\\d{1,2})?(\\.\\.(\\d{1,2})?)?$' },
    codeTable: {
      description:
        'From codes to their meaning. Writing, the first code that has the value is taken; "*" reads every other code.',
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        anyOf: [
          { $ref: '#/definitions/word' },
          { type: 'array', minItems: 1, items: { $ref: '#/definitions/word' } },
        ],
      },
    },
    field: { type: 'string', pattern: `^${field}$` },
    text: textBinding(paths),
    binding: {
      description: 'What stands here: a field, =CODE, write CODE, count(lines), ignore WHY, none, or a map.',
      anyOf: [{ $ref: '#/definitions/text' }, ...mapBindings()],
    },
    arms: {
      description: 'From codes to what stands there.',
      type: 'object',
      minProperties: 1,
      additionalProperties: { $ref: '#/definitions/binding' },
    },
    defaults: {
      description: 'Fields that the message may leave out, with the value that they then have.',
      type: 'object',
      additionalProperties: { $ref: '#/definitions/default' },
    },
    default: defaultValue(),
    itemFields: {
      description: 'The fields of an item, in their order; or, from components to fields, of a composite.',
      anyOf: [
        { $ref: '#/definitions/field' },
        { type: 'array', minItems: 1, items: { $ref: '#/definitions/field' } },
        {
          type: 'object',
          minProperties: 1,
          additionalProperties: false,
          patternProperties: { '^[1-9]\\d?$': { $ref: '#/definitions/field' } },
        },
      ],
    },
  };
}

function textBinding(paths: readonly string[]): Schema {
  return {
    type: 'string',
    anyOf: [
      { enum: [...paths, 'none'] },
      {
        description: 'A constant: the segment is meant only with one of these here; the first is written.',
        pattern: '^=.+',
      },
      { description: 'Written always; reading takes anything.', pattern: '^write .+' },
      { description: 'Left unread on purpose; say why.', pattern: '^ignore \\S' },
      {
        description: 'Items of a list, or segments so far; an exact sum.',
        pattern: '^(count|sum)\\([\\w./]+\\)$',
      },
      { description: 'Two days in one value.', pattern: `^${path} to ${path}( ${modifier})*$` },
      { description: 'A field that is read here, and written elsewhere.', pattern: `^read ${field}$` },
      { description: 'A field of the canonical document. !: it must come.', pattern: `^${field}$` },
    ],
  };
}

function map(description: string, required: readonly string[], properties: Schema): Schema {
  return { type: 'object', description, required, additionalProperties: false, properties };
}

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

function mapBindings(): Schema[] {
  return [
    map('The field that the qualifier in another position names.', ['by', 'of'], {
      by: ref('position'),
      of: ref('arms'),
    }),
    map('The field that another field decides.', ['per', 'of'], { per: ref('path'), of: ref('arms') }),
    map('Qualifiers and values side by side, in any order.', ['pairs'], {
      pairs: ref('arms'),
      and: {
        description: 'Further places: "21..22".',
        anyOf: [ref('position'), { type: 'array', items: ref('position') }],
      },
      beside: {
        description:
          'Why what stands beside qualifier and value in a composite is not read: ignore because …',
        type: 'string',
        pattern: '^ignore .+',
      },
    }),
    map('Items of a list side by side.', ['repeat', 'of'], { repeat: ref('path'), of: ref('itemFields') }),
    map('Items of a list in the repetitions of one element.', ['repeats', 'of'], {
      repeats: ref('path'),
      of: ref('itemFields'),
    }),
    map("A binding with the partner's limits.", ['is'], {
      is: ref('binding'),
      allow: {
        description: 'The only values that may stand here.',
        anyOf: [ref('word'), { type: 'array', minItems: 1, items: ref('word') }],
      },
      length: {
        description: 'Characters: 8, or 1..10.',
        type: ['string', 'integer'],
        pattern: '^\\d{1,3}(\\.\\.\\d{1,3})?$',
      },
      says: { description: "The partner's wording, which the fault quotes.", type: 'string', minLength: 1 },
      else: { description: 'What is written where the document says nothing.', allOf: [ref('word')] },
    }),
    map('Fields from a row of a table.', ['lookup', 'by', 'fields'], {
      lookup: { description: 'The table: tables/<name>.csv beside the guide.', type: 'string' },
      by: { description: 'Its column that is on the wire.', type: 'string' },
      fields: {
        description: 'From fields to columns.',
        type: 'object',
        minProperties: 1,
        additionalProperties: { type: 'string' },
      },
    }),
    {
      ...map('JSONata, for the rare field that nothing else says.', [], {
        compute: { description: 'What is written.', type: 'string', minLength: 1 },
        read: { description: 'What is read.', type: 'string', minLength: 1 },
        as: ref('path'),
      }),
      minProperties: 1,
      dependencies: { read: ['as'], as: ['read'] },
    },
    {
      type: 'object',
      description: 'A field with a code table of its own.',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      patternProperties: { [`^${field}$`]: ref('codeTable') },
    },
  ];
}

function defaultValue(): Schema {
  return {
    anyOf: [
      {
        description:
          "A value; position (the item's place in its list); from FIELD; or a difference: quantity - confirmed.",
        ...ref('word'),
      },
      { description: 'An empty list.', type: 'array', maxItems: 0 },
      map('A value for each value of another field.', ['per', 'of'], {
        per: ref('path'),
        of: { type: 'object', minProperties: 1, additionalProperties: ref('default') },
      }),
      map('A value that is computed (JSONata).', ['compute'], { compute: { type: 'string', minLength: 1 } }),
    ],
  };
}
