/** A YAML file that people write, checked by a zod schema: every problem has its line and column. */
import { isMap, isNode, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';
import { nearMiss, type Place, type Problems } from '../mapping/problem.ts';
import { readYaml } from '../mapping/yaml.ts';

type Path = readonly PropertyKey[];

export interface Checked<T> {
  readonly value: T;
  /** Where the value at a path stands; where it is not written, what holds it. */
  place(path: Path): Place;
}

/** Reads and checks the text of a file. null: there were problems, now added to `problems`. */
export function checkYaml<S extends z.ZodType>(
  schema: S,
  file: string,
  text: string,
  problems: Problems,
): Checked<z.output<S>> | null {
  const read = readYaml(file, text, problems, 'core');
  if (read === null) return null;
  const { document, at } = read;
  const content: unknown = document.toJS() ?? {};
  const result = schema.safeParse(content);
  if (result.success) return { value: result.data, place: (path) => placeIn(file, text, path) };
  const place = (path: Path) => at(offsetOf(document.contents, path));
  for (const issue of result.error.issues) addIssue({ schema, content, place, problems }, issue);
  return null;
}

/** Read anew, since few places of few files are ever asked for: the text is far smaller than what the parser makes of it. */
function placeIn(file: string, text: string, path: Path): Place {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const { line, col } = lines.linePos(offsetOf(contents, path));
  return { file, line, column: col };
}

interface Found {
  readonly schema: z.ZodType;
  readonly content: unknown;
  place(path: Path): Place;
  readonly problems: Problems;
}

function addIssue({ schema, content, place, problems }: Found, issue: z.core.$ZodIssue): void {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    for (const key of issue.keys) {
      const hint = nearMiss(key, known) ?? `Known here: ${known.join(', ')}.`;
      problems.add(place([...issue.path, key]), `There is no key '${key}' here.`, hint);
    }
    return;
  }
  const name = issue.path.join('.') || 'the file';
  const { message, hint } = sentenceOf(issue, valueAt(content, issue.path));
  problems.add(place(issue.path), `${name}: ${message}`, hint);
}

/** What is wrong with a value, where the schema's own words are those of programmers. */
function sentenceOf(issue: z.core.$ZodIssue, value: unknown): { message: string; hint?: string } {
  if (value === undefined) return { message: 'It must be there, and is missing.' };
  const known = wordsOf(issue);
  if (known.length > 0 && typeof value !== 'object') {
    const hint = nearMiss(String(value), known) ?? `One of ${known.join(', ')}.`;
    return { message: `'${String(value)}' may not stand here.`, hint };
  }
  const { message } = issue;
  return /expected string, received number/.test(message)
    ? { message, hint: 'Put it in quotes.' }
    : { message };
}

/** The words of which a value must be one; none where it may be anything else. */
function wordsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options as unknown[]).map(String) : [];
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, step) => (typeof holder === 'object' && holder !== null ? Reflect.get(holder, step) : undefined),
    content,
  );
}

/** Offset of the key at the end of the path, or of the value in a list; of the nearest holder when it is missing. */
function offsetOf(root: ParsedNode | null, path: Path): number {
  let node: unknown = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      : undefined;
    const next = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    const marked = pair?.key ?? next;
    if (!isNode(marked)) return offset;
    offset = marked.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The keys that the schema knows at a path, over all its variants. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let here = variants(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema);
  for (const step of path) {
    here = here.flatMap(({ properties, additionalProperties, items }) => {
      const further = typeof additionalProperties === 'object' ? additionalProperties : items;
      const next = properties?.[String(step)] ?? further;
      return next === undefined ? [] : variants(next);
    });
  }
  return [...new Set(here.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function variants(schema: JsonSchema): JsonSchema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(variants)];
}
