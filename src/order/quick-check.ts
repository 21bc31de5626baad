/**
 * Whether a value fits a schema, without saying why: what nearly every document does can be told in a tenth of the time that
 * the schema itself takes. It knows the plain kinds of zod's schemas; of anything else the schema is asked.
 */
import type { z } from 'zod';

type Fits = (value: unknown) => boolean;

/** What zod keeps of a schema or of one of its checks. */
interface Definition {
  readonly type?: string;
  readonly check?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: Definition } }[];
  readonly pattern?: RegExp;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly entries?: Readonly<Record<string, string | number>>;
}
type Schema = z.ZodType & { readonly _zod: { readonly def: Definition } };

const known = new WeakMap<z.ZodType, Fits>();

/** Tells of a value what `schema.safeParse(value).success` would. */
export function quickCheck(schema: z.ZodType): Fits {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const fits = fitsOf(schema as Schema);
  known.set(schema, fits);
  return fits;
}

function fitsOf(schema: Schema): Fits {
  const { def } = schema._zod;
  const asked: Fits = (value) => schema.safeParse(value).success;
  switch (def.type) {
    case 'string':
      return stringFits(def) ?? asked;
    case 'enum': {
      const values = new Set<unknown>(Object.values(def.entries ?? {}));
      return hasChecks(def) ? asked : (value) => values.has(value);
    }
    case 'optional': {
      const inner = quickCheck(def.innerType as Schema);
      return hasChecks(def) ? asked : (value) => value === undefined || inner(value);
    }
    case 'array':
      return arrayFits(def) ?? asked;
    case 'object':
      return objectFits(def) ?? asked;
    default:
      return asked;
  }
}

function hasChecks({ checks = [] }: Definition): boolean {
  return checks.length > 0;
}

/** null: there is a check that is not known here. */
function stringFits(def: Definition): Fits | null {
  const checks: ((text: string) => boolean)[] = [];
  for (const each of [def, ...(def.checks ?? []).map(({ _zod }) => _zod.def)]) {
    const check = stringCheck(each);
    if (check === null) return null;
    if (check !== true) checks.push(check);
  }
  const [first, second] = checks;
  if (first === undefined) return (value) => typeof value === 'string';
  if (second === undefined) return (value) => typeof value === 'string' && first(value);
  return (value) => typeof value === 'string' && checks.every((check) => check(value));
}

/** true: there is nothing to check; null: a check that is not known here. */
function stringCheck({
  check,
  format,
  pattern,
  ...bounds
}: Definition): ((text: string) => boolean) | true | null {
  switch (check) {
    case undefined:
      return format === undefined ? true : null;
    case 'string_format':
      if (pattern === undefined || pattern.global || pattern.sticky || !plainFormats.has(format ?? ''))
        return null;
      return (text) => pattern.test(text);
    case 'min_length':
      return (text) => text.length >= (bounds.minimum ?? 0);
    case 'max_length':
      return (text) => text.length <= (bounds.maximum ?? 0);
    case 'length_equals':
      return (text) => text.length === bounds.length;
    default:
      return null;
  }
}

/** Formats that are their pattern and no more. */
const plainFormats = new Set(['regex', 'date', 'datetime', 'time']);

function arrayFits({ element, checks = [] }: Definition): Fits | null {
  const fits = quickCheck(element as Schema);
  let [least, most] = [0, Number.POSITIVE_INFINITY];
  for (const { _zod } of checks) {
    const { check, minimum, maximum } = _zod.def;
    if (check === 'min_length' && minimum !== undefined) least = Math.max(least, minimum);
    else if (check === 'max_length' && maximum !== undefined) most = Math.min(most, maximum);
    else return null;
  }
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return false;
    for (const item of value) if (!fits(item)) return false;
    return true;
  };
}

/** Of objects that take no other keys. */
function objectFits(def: Definition): Fits | null {
  if (hasChecks(def) || def.catchall?._zod.def.type !== 'never') return null;
  const shape = Object.entries(def.shape ?? {});
  const fields = new Map(shape.map(([key, schema]) => [key, quickCheck(schema)]));
  const required = shape.filter(([, schema]) => schema._zod.optin !== 'optional').map(([key]) => key);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Readonly<Record<string, unknown>>;
    for (const key in object) {
      const fits = fields.get(key);
      if (fits === undefined || !fits(object[key])) return false;
    }
    for (const key of required) if (!(key in object)) return false;
    return true;
  };
}
