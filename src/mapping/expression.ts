/**
 * JSONata expressions of guides, checked when the guide is loaded. What could run away, differ from one reading to the next, or
 * lose a digit is refused here, with what to write instead; the rest is evaluated in a worker (compute-pool.ts).
 */
import jsonata from 'jsonata';
import type { Expression } from './computing.ts';
import type { Text } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';

export const maxExpression = 4_000;

/** Functions of ours, on decimals as the canon has them: exact. */
export const decimalFunctions = ['plus', 'minus', 'times', 'round', 'total', 'compare'] as const;

const functions = [
  ...['abs', 'append', 'assert', 'average', 'base64decode', 'base64encode', 'boolean', 'ceil', 'clone'],
  ...['contains', 'count', 'decodeUrl', 'decodeUrlComponent', 'distinct', 'each', 'encodeUrl'],
  ...['encodeUrlComponent', 'error', 'exists', 'filter', 'floor', 'formatBase', 'formatInteger'],
  ...['formatNumber', 'fromMillis', 'join', 'keys', 'length', 'lookup', 'lowercase', 'map', 'max', 'merge'],
  ...['min', 'not', 'pad', 'parseInteger', 'power', 'reduce', 'replace', 'reverse', 'sift', 'single', 'sort'],
  ...[
    'split',
    'spread',
    'sqrt',
    'string',
    'substring',
    'substringAfter',
    'substringBefore',
    'sum',
    'toMillis',
  ],
  ...['trim', 'type', 'uppercase', 'zip'],
];

const exactly =
  'Numbers of documents are decimal strings: $plus, $minus, $times, $round, $total and $compare are exact.';
const sameTwice = 'A message must read the same whenever it is read.';

/** Functions that are refused, and why. */
const refused: Readonly<Record<string, string>> = {
  eval: 'Write the expression itself.',
  match: 'Use $contains, $substringBefore and $substringAfter with plain text.',
  number: exactly,
  now: sameTwice,
  millis: sameTwice,
  random: sameTwice,
  shuffle: sameTwice,
};

/** What is bound besides the functions. */
const bound = ['value', 'document'];

interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly position?: number;
}

/** Checks an expression; null when it may not stand there, which is then among the problems. */
export function parseExpression(text: Text, problems: Problems): Expression | null {
  const { value: source, at } = text;
  if (source.trim() === '' || source.length > maxExpression) {
    problems.add(at, `An expression has 1 to ${maxExpression} characters, not ${source.length}.`);
    return null;
  }
  const before = problems.count;
  try {
    const tree = jsonata(source).ast();
    const names = new Set([...functions, ...decimalFunctions, ...bound, ...namesBound(tree)]);
    for (const node of nodesOf(tree)) checkNode(node, names, text, problems);
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number };
    problems.add(at, `This is no JSONata: ${message ?? String(error)}`, characterOf(position));
  }
  return problems.count > before ? null : { source, place: at };
}

function characterOf(position: number | undefined): string | undefined {
  return position === undefined ? undefined : `At character ${position} of the expression.`;
}

function checkNode(node: Node, names: ReadonlySet<string>, { at }: Text, problems: Problems): void {
  if (node.type === 'regex') {
    problems.add(
      at,
      'A regular expression may run for ever on the wrong text, so none may stand here.',
      'Use $contains, $split and $replace with plain text, $substringBefore and $substringAfter, or a code table.',
    );
    return;
  }
  if (node.type !== 'variable' || typeof node.value !== 'string' || node.value === '' || node.value === '$')
    return;
  const place = problems.within(at, `$${node.value}`);
  const why = Object.hasOwn(refused, node.value) ? refused[node.value] : undefined;
  if (why !== undefined) problems.add(place, `$${node.value} may not stand here.`, why);
  else if (!names.has(node.value)) {
    const hint = nearMiss(node.value, names);
    problems.add(
      place,
      `There is no $${node.value}.`,
      hint ?? '$value, $document, and the functions of JSONata.',
    );
  }
}

/** Variables and parameters that the expression binds itself. */
function namesBound(tree: unknown): string[] {
  return nodesOf(tree).flatMap((node) => {
    const { type, lhs, arguments: parameters } = node as Node & { lhs?: Node; arguments?: readonly Node[] };
    const bindings = type === 'bind' ? [lhs] : type === 'lambda' ? (parameters ?? []) : [];
    const { focus, index } = node as { focus?: string; index?: string };
    return [...bindings.map((binding) => binding?.value), focus, index].filter(
      (name) => typeof name === 'string',
    );
  });
}

/** Every object of the tree. */
function nodesOf(tree: unknown): Node[] {
  const found: Node[] = [];
  const seen = new Set<unknown>();
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    found.push(node as Node);
    open.push(...Object.values(node));
  }
  return found;
}
