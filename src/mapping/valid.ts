/**
 * A quick look at a document that a guide has read: true only where the canonical schema would accept it. Compiled once from
 * the zod schema; a document that it does not accept goes to the schema itself, which says what is wrong.
 */
import type { z } from 'zod';

type Check = (value: unknown) => boolean;

interface Def {
  readonly type: string;
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly checks?: readonly z.core.$ZodCheck[];
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
}

const compiled = new WeakMap<z.ZodType, Check>();

/** The quick check of a schema. What it does not know it never accepts. */
export function quickCheck(schema: z.ZodType): Check {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const check = compile(schema.def as unknown as Def);
  compiled.set(schema, check);
  return check;
}

const never: Check = () => false;

function compile(def: Def): Check {
  switch (def.type) {
    case 'optional': {
      const inner = def.innerType === undefined ? never : quickCheck(def.innerType);
      return (value) => value === undefined || inner(value);
    }
    case 'string':
      return textCheck(def);
    case 'enum': {
      const values = new Set<unknown>(Object.values(def.entries ?? {}));
      return def.checks === undefined || def.checks.length === 0 ? (value) => values.has(value) : never;
    }
    case 'array':
      return listCheck(def);
    case 'object':
      return objectCheck(def);
    default:
      return never;
  }
}

/**
 * A strict object: every key is known, and those that must be there are. Objects of one schema mostly have the same keys in the
 * same order, so each key is first looked for where the object before had it.
 */
function objectCheck({ shape = {}, catchall, checks = [] }: Def): Check {
  if ((catchall?.def as Def | undefined)?.type !== 'never' || checks.length > 0) return never;
  const fields = new Map(
    Object.entries(shape).map(([name, schema]) => [
      name,
      { check: quickCheck(givenOf(schema)), must: isRequired(schema) },
    ]),
  );
  const required = Object.values(shape).filter(isRequired).length;
  const names: string[] = [];
  const known: { readonly check: Check; readonly must: boolean }[] = [];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Readonly<Record<string, unknown>>;
    let at = 0;
    let missing = required;
    for (const name in object) {
      if (names[at] !== name) {
        const field = fields.get(name);
        if (field === undefined) return false;
        names[at] = name;
        known[at] = field;
      }
      const { check, must } = known[at] as (typeof known)[number];
      const part = object[name];
      if (part === undefined ? must : !check(part)) return false;
      if (must) missing--;
      at++;
    }
    return missing === 0;
  };
}

/** What an optional field has to be once it is there. */
function givenOf(schema: z.ZodType): z.ZodType {
  const { type, innerType } = schema.def as unknown as Def;
  return type === 'optional' && innerType !== undefined ? innerType : schema;
}

function isRequired({ def }: z.ZodType): boolean {
  return (def as unknown as Def).type !== 'optional';
}

/** What a text or a list is limited to. */
interface Limits {
  readonly least: number;
  readonly most: number;
  readonly patterns: readonly RegExp[];
}

function textCheck(def: Def): Check {
  const limits = limitsOf(def);
  if (limits === null) return never;
  const { least, most, patterns } = limits;
  const [pattern, ...more] = patterns;
  if (pattern === undefined)
    return (value) => typeof value === 'string' && value.length >= least && value.length <= most;
  return (value) =>
    typeof value === 'string' &&
    value.length >= least &&
    value.length <= most &&
    pattern.test(value) &&
    more.every((each) => each.test(value));
}

function listCheck(def: Def): Check {
  const limits = limitsOf(def);
  if (limits === null || limits.patterns.length > 0 || def.element === undefined) return never;
  const { least, most } = limits;
  const item = quickCheck(def.element);
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return false;
    for (let index = 0; index < value.length; index++) if (!item(value[index])) return false;
    return true;
  };
}

interface Limit {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
}

/** Lengths and patterns of texts, numbers of items; null: something else is asked of them. */
function limitsOf(def: Def): Limits | null {
  const own = def.check === undefined ? [] : [def as Limit];
  const others = (def.checks ?? []).map((check) => check._zod.def as unknown as Limit);
  const patterns: RegExp[] = [];
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (const { check, pattern, minimum, maximum, length } of [...own, ...others]) {
    if (check === 'string_format' && pattern !== undefined && !pattern.global && !pattern.sticky)
      patterns.push(pattern);
    else if (check === 'min_length' && minimum !== undefined) least = Math.max(least, minimum);
    else if (check === 'max_length' && maximum !== undefined) most = Math.min(most, maximum);
    else if (check === 'length_equals' && length !== undefined) {
      least = Math.max(least, length);
      most = Math.min(most, length);
    } else return null;
  }
  return { least, most, patterns };
}
