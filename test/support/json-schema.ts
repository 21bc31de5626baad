/**
 * Checks values against JSON Schemas (draft 7), as an editor does. Strict: a keyword that it does not know throws, so that no
 * part of a schema is taken for checked that is not.
 */
import { isDeepStrictEqual } from 'node:util';

type Schema = boolean | Readonly<Record<string, unknown>>;
type Check = (
  operand: never,
  value: unknown,
  checker: Checker,
  whole: Readonly<Record<string, unknown>>,
) => string[];

/** Says of everything that is wrong with a value where it is: '/segments/0: …'. Empty: it is valid. */
export function schemaProblems(schema: Schema, value: unknown): string[] {
  return new Checker(schema, schema, '').check(value);
}

class Checker {
  readonly root: Schema;
  readonly schema: Schema;
  readonly path: string;

  constructor(root: Schema, schema: Schema, path: string) {
    this.root = root;
    this.schema = schema;
    this.path = path;
  }

  /** Checks a value below this one against another part of the schema. */
  at(schema: Schema, key: string | number | null, value: unknown): string[] {
    const path = key === null ? this.path : `${this.path}/${key}`;
    return new Checker(this.root, schema, path).check(value);
  }

  check(value: unknown): string[] {
    const { schema } = this;
    if (typeof schema === 'boolean') return schema ? [] : [`${this.path}: nothing may stand here`];
    return Object.entries(schema).flatMap(([keyword, operand]) => {
      if (silent.has(keyword)) return [];
      const check = checks[keyword];
      if (check === undefined) throw new Error(`The checker does not know '${keyword}'`);
      return check(operand as never, value, this, schema);
    });
  }

  say(problem: string): string[] {
    return [`${this.path}: ${problem}`];
  }
}

/** Words for people, and what other keywords look up. */
const silent = new Set(['$schema', '$id', 'title', 'description', 'default', 'definitions', 'format']);

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

const checks: Readonly<Record<string, Check>> = {
  $ref: (ref: string, value, checker) => {
    const name = ref.replace('#/definitions/', '');
    const found = (checker.root as { definitions: Readonly<Record<string, Schema>> }).definitions[name];
    if (found === undefined) throw new Error(`There is no ${ref}`);
    return checker.at(found, null, value);
  },
  type: (type: string | readonly string[], value, checker) => {
    const types = [type].flat();
    const fits = types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));
    return fits ? [] : checker.say(`is no ${types.join(' or ')}`);
  },
  enum: (values: readonly unknown[], value, checker) =>
    values.some((each) => isDeepStrictEqual(each, value))
      ? []
      : checker.say(`${JSON.stringify(value)} is not known`),
  const: (only: unknown, value, checker) =>
    isDeepStrictEqual(only, value) ? [] : checker.say(`is not ${only}`),
  pattern: (pattern: string, value, checker) =>
    typeof value !== 'string' || new RegExp(pattern, 'u').test(value)
      ? []
      : checker.say(`'${value}' has another shape`),
  minLength: (least: number, value, checker) =>
    typeof value !== 'string' || [...value].length >= least ? [] : checker.say('is too short'),
  maxLength: (most: number, value, checker) =>
    typeof value !== 'string' || [...value].length <= most ? [] : checker.say('is too long'),
  minimum: (least: number, value, checker) =>
    typeof value !== 'number' || value >= least ? [] : checker.say('is too small'),
  maximum: (most: number, value, checker) =>
    typeof value !== 'number' || value <= most ? [] : checker.say('is too large'),
  minItems: (least: number, value, checker) =>
    !Array.isArray(value) || value.length >= least ? [] : checker.say('has too few'),
  maxItems: (most: number, value, checker) =>
    !Array.isArray(value) || value.length <= most ? [] : checker.say('has too many'),
  minProperties: (least: number, value, checker) =>
    !isTable(value) || Object.keys(value).length >= least ? [] : checker.say('has too few keys'),
  maxProperties: (most: number, value, checker) =>
    !isTable(value) || Object.keys(value).length <= most ? [] : checker.say('has too many keys'),
  required: (names: readonly string[], value, checker) =>
    isTable(value) ? names.flatMap((name) => (name in value ? [] : checker.say(`lacks ${name}`))) : [],
  dependencies: (needs: Readonly<Record<string, readonly string[]>>, value, checker) =>
    Object.entries(needs).flatMap(([name, others]) =>
      isTable(value) && name in value
        ? others.flatMap((other) => (other in value ? [] : checker.say(`has ${name} without ${other}`)))
        : [],
    ),
  properties: (all: Readonly<Record<string, Schema>>, value, checker) =>
    isTable(value)
      ? Object.entries(all).flatMap(([name, schema]) =>
          name in value ? checker.at(schema, name, value[name]) : [],
        )
      : [],
  patternProperties: (all: Readonly<Record<string, Schema>>, value, checker) =>
    isTable(value)
      ? Object.entries(all).flatMap(([pattern, schema]) =>
          Object.keys(value).flatMap((name) =>
            new RegExp(pattern, 'u').test(name) ? checker.at(schema, name, value[name]) : [],
          ),
        )
      : [],
  additionalProperties: (schema: Schema, value, checker, whole) =>
    isTable(value)
      ? Object.keys(value).flatMap((name) =>
          isNamed(name, whole) ? [] : checker.at(schema, name, value[name]),
        )
      : [],
  propertyNames: (schema: Schema, value, checker) =>
    isTable(value) ? Object.keys(value).flatMap((name) => checker.at(schema, name, name)) : [],
  items: (schema: Schema, value, checker) =>
    Array.isArray(value) ? value.flatMap((each, index) => checker.at(schema, index, each)) : [],
  allOf: (all: readonly Schema[], value, checker) => all.flatMap((schema) => checker.at(schema, null, value)),
  anyOf: (all: readonly Schema[], value, checker) => {
    const found = all.map((schema) => checker.at(schema, null, value));
    return found.some((problems) => problems.length === 0)
      ? []
      : checker.say(`fits nothing: ${found.flat().slice(0, 3).join('; ')}`);
  },
  oneOf: (all: readonly Schema[], value, checker) => {
    const found = all.map((schema) => checker.at(schema, null, value));
    const fitting = found.filter((problems) => problems.length === 0).length;
    return fitting === 1
      ? []
      : checker.say(`fits ${fitting} of ${all.length}: ${found.flat().slice(0, 6).join('; ')}`);
  },
};

function isNamed(
  name: string,
  { properties = {}, patternProperties = {} }: Readonly<Record<string, unknown>>,
): boolean {
  return (
    name in (properties as object) ||
    Object.keys(patternProperties as object).some((pattern) => new RegExp(pattern, 'u').test(name))
  );
}
