/** docs/canonical.md: a table for each canonical document, and one for each of the parts that several documents have. */
/** The part of JSON Schema 2020-12 that canonical documents need. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const intro = `# Canonical documents

What the gateway makes of a message, and what it writes messages from, whatever the standard: thirteen documents in the words of
the trade. A guide says which element of a partner's message is which field.

- A **decimal** is a string such as \`"12"\` or \`"3.50"\`: at most 15 digits before the point and 6 behind it, exact.
- A **day** is \`YYYY-MM-DD\`, a **moment** is ISO 8601 with its offset.
- A **text** has at most 512 characters. What is unknown is left out; nothing is ever null.
- Words for codes, such as units, are those of the code tables in the guide (\`codes:\`), so that all partners' documents have the
  same words.

A field whose name is **bold** is always there. The last column names the elements that carry it: segments of X12 first, then
those of EDIFACT.

The JSON Schemas are in \`schemas/canonical/\`. For TypeScript:

\`\`\`ts
import { canonicalDocuments, type Order } from 'portolan/canonical';

export function orderOf(json: unknown): Order {
  return canonicalDocuments.order.parse(json);
}
\`\`\`

This page is made from the schemas by \`npx tsx scripts/schemas.ts\`; a test compares the two.
`;

/** @param schemas of all canonical documents by their names */
export function canonicalPage(schemas: ReadonlyMap<string, Schema>): string {
  const parts = new Map([...schemas.values()].flatMap(({ $defs = {} }) => Object.entries($defs)));
  const documents = [...schemas].map(([name, schema]) => section(2, schema, `\`${name}\`. `));
  const sorted = [...parts.values()].sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
  const shared = sorted.map((schema) => section(3, schema, ''));
  const names = new Map([...parts].map(([id, schema]) => [`#/$defs/${id}`, titleOf(schema)]));
  const page = [intro, ...documents, '## Parts\n\nWhat several documents have.\n', ...shared].join('\n');
  return page.replace(/\]\((#\/\$defs\/\w+)\)/g, (_, ref: string) => {
    const title = names.get(ref) ?? '';
    return `](#${title.toLowerCase().replaceAll(' ', '-')})`;
  });
}

function section(depth: number, schema: Schema, lead: string): string {
  const described = `${lead}${schema.description ?? ''}`.trim();
  const rows = rowsOf(schema, '');
  return [
    `${'#'.repeat(depth)} ${titleOf(schema)}\n`,
    ...(described === '' ? [] : [`${described}\n`]),
    '| field | holds | carried by |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** A row for each field; those of objects and lists that only this document has follow with the path to them. */
function rowsOf(schema: Schema, before: string): string[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const shown = `${before}${name}`;
    const label = required.has(name) ? `**${shown}**` : shown;
    const row = `| ${[label, holds(field), field.description ?? ''].map(cell).join(' | ')} |`;
    const inner = field.type === 'array' ? field.items : field;
    const step = field.type === 'array' ? '[].' : '.';
    return [row, ...(inner?.$ref === undefined ? rowsOf(inner ?? {}, `${shown}${step}`) : [])];
  });
}

function holds(schema: Schema): string {
  if (schema.$ref !== undefined) return `[${wordOf(schema.$ref)}](${schema.$ref})`;
  if (schema.type === 'array') return `list of ${holds(schema.items ?? {})}, ${countOf(schema)}`;
  if (schema.type === 'object') return 'object';
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.format === 'date') return 'day';
  if (schema.format === 'date-time') return 'moment';
  if (schema.pattern?.startsWith('^-?\\d{1,15}')) return 'decimal';
  if (schema.pattern === '^\\d{18}$') return '18 digits';
  if (schema.minLength !== undefined && schema.minLength === schema.maxLength)
    return `${schema.maxLength} characters`;
  return schema.maxLength === 512 ? 'text' : `text of at most ${schema.maxLength} characters`;
}

function countOf({ minItems = 0, maxItems = 0 }: Schema): string {
  return minItems === 0 ? `at most ${maxItems}` : `${minItems} to ${maxItems}`;
}

function wordOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function titleOf({ title = '' }: Schema): string {
  return title;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
