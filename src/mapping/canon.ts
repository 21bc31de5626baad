/** The canonical documents' fields by path, read from their zod schemas, so that a guide can be checked against them. */
import type { z } from 'zod';
import { type CanonicalName, canonicalDocuments } from '../order/canonical.ts';
import { isDecimal } from '../order/field.ts';

/** What a canonical field may hold. */
export type FieldType =
  | { readonly kind: 'text' | 'decimal' | 'date' | 'datetime' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'list'; readonly item: FieldType };

export interface Field {
  readonly type: FieldType;
  readonly optional: boolean;
}

interface SchemaDef {
  readonly type: string;
  readonly format?: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly entries?: Readonly<Record<string, string>>;
}

/** The document's own fields; null when there is no such canonical document. */
export function canonicalFields(name: string): FieldType | null {
  if (!isCanonical(name)) return null;
  const known = documents.get(name) ?? typeOf(canonicalDocuments[name]).type;
  documents.set(name, known);
  return known;
}

const documents = new Map<CanonicalName, FieldType>();

export function isCanonical(name: string): name is CanonicalName {
  return Object.hasOwn(canonicalDocuments, name);
}

/** The canonical documents there are. */
export function canonicalNames(): readonly string[] {
  return Object.keys(canonicalDocuments);
}

function typeOf(schema: z.ZodType): Field {
  const def = schema.def as unknown as SchemaDef;
  if ((def.type === 'optional' || def.type === 'default') && def.innerType !== undefined)
    return { type: typeOf(def.innerType).type, optional: true };
  return { type: plainType(schema, def), optional: false };
}

function plainType(schema: z.ZodType, def: SchemaDef): FieldType {
  switch (def.type) {
    case 'object':
      return {
        kind: 'object',
        fields: new Map(Object.entries(def.shape ?? {}).map(([name, field]) => [name, typeOf(field)])),
      };
    case 'array':
      if (def.element === undefined) break;
      return { kind: 'list', item: typeOf(def.element).type };
    case 'enum':
      return { kind: 'choice', values: Object.keys(def.entries ?? {}) };
    case 'string':
      if (isDecimal(schema)) return { kind: 'decimal' };
      if (def.format === 'date' || def.format === 'datetime') return { kind: def.format };
      return { kind: 'text' };
  }
  throw new Error(`canonical documents: a guide cannot bind a field of type ${def.type}`);
}

/** Every path to a value below a type, for suggestions: 'number', 'shipTo.name'. Lists are not entered. */
export function pathsBelow(type: FieldType): string[] {
  if (type.kind !== 'object') return [];
  return [...type.fields].flatMap(([name, field]) => [
    name,
    ...pathsBelow(field.type).map((path) => `${name}.${path}`),
  ]);
}
