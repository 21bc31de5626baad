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
      return all((value) => typeof value === 'string', limitsOf(def));
    case 'enum': {
      const values = new Set<unknown>(Object.values(def.entries ?? {}));
      return def.checks === undefined || def.checks.length === 0 ? (value) => values.has(value) : never;
    }
    case 'array': {
      const item = def.element === undefined ? never : quickCheck(def.element);
      return all((value) => Array.isArray(value) && value.every(item), limitsOf(def));
    }
    case 'object':
      return objectCheck(def);
    default:
      return never;
  }
}

/** A strict object: every key is known, and those that must be there are. */
function objectCheck({ shape = {}, catchall, checks = [] }: Def): Check {
  if ((catchall?.def as Def | undefined)?.type !== 'never' || checks.length > 0) return never;
  const fields = new Map(Object.entries(shape).map(([name, schema]) => [name, quickCheck(schema)]));
  const required = Object.entries(shape).flatMap(([name, { def }]) =>
    (def as unknown as Def).type === 'optional' ? [] : [name],
  );
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Readonly<Record<string, unknown>>;
    for (const name of required) if (object[name] === undefined) return false;
    for (const name in object) if (fields.get(name)?.(object[name]) !== true) return false;
    return true;
  };
}

function all(first: Check, others: readonly Check[]): Check {
  const [second, third, ...more] = others;
  if (second === undefined) return first;
  if (third === undefined) return (value) => first(value) && second(value);
  return (value) => first(value) && second(value) && third(value) && more.every((check) => check(value));
}

/** Lengths and patterns of texts, numbers of items. */
function limitsOf(def: Def): Check[] {
  const own = def.pattern === undefined ? [] : [patternCheck(def.pattern)];
  const others = (def.checks ?? []).map((check) => limitCheck(check._zod.def as unknown as Limit));
  return def.check !== undefined && def.pattern === undefined ? [never] : [...own, ...others];
}

interface Limit {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
}

function limitCheck({ check, pattern, minimum = 0, maximum = 0, length = 0 }: Limit): Check {
  switch (check) {
    case 'min_length':
      return (value) => (value as string).length >= minimum;
    case 'max_length':
      return (value) => (value as string).length <= maximum;
    case 'length_equals':
      return (value) => (value as string).length === length;
    case 'string_format':
      return pattern === undefined ? never : patternCheck(pattern);
    default:
      return never;
  }
}

function patternCheck(pattern: RegExp): Check {
  return pattern.global || pattern.sticky ? never : (value) => pattern.test(value as string);
}
