/**
 * The process in which expressions are evaluated. Takes batches of jobs, says which it begins, and gives their outcomes; it is
 * ended from outside when one of them does not come to an end.
 */
import Big from 'big.js';
import jsonata from 'jsonata';
import type { Answer, Batch, Limits } from './compute-pool.ts';
import type { Outcome } from './computing.ts';

const compiled = new Map<string, jsonata.Expression>();
const maxCompiled = 1_000;

process.on('message', async ({ jobs, limits }: Batch) => say({ outcomes: await evaluateAll(jobs, limits) }));
process.on('disconnect', () => process.exit());

function say(answer: Answer): void {
  process.send?.(answer);
}

async function evaluateAll(jobs: Batch['jobs'], limits: Limits): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const end = Date.now() + limits.messageMs;
  let skipping = false;
  for (const [index, job] of jobs.entries()) {
    if (skipping) {
      outcomes.push({ skipped: true });
      continue;
    }
    say({ at: index });
    const outcome = Date.now() > end ? { limitMs: limits.messageMs } : await evaluate(job, limits);
    if ('limitMs' in outcome) skipping = true;
    outcomes.push(outcome);
  }
  return outcomes;
}

async function evaluate(
  { source, input, document, value }: Batch['jobs'][number],
  limits: Limits,
): Promise<Outcome> {
  try {
    const bindings = value === null ? { document } : { document, value };
    return outcomeOf(await expressionOf(source, limits).evaluate(input, bindings), limits);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'D1012') return { limitMs: limits.expressionMs };
    return { problem: String(message ?? error).slice(0, 300) };
  }
}

function expressionOf(source: string, limits: Limits): jsonata.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = jsonata(source, {
    timeout: limits.expressionMs,
    stack: limits.depth,
    sequence: limits.items,
  });
  for (const [name, run] of Object.entries(decimals)) expression.registerFunction(name, run);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(source, expression);
  return expression;
}

/** Text, or nothing. Whole numbers are exact; others may have lost digits on the way. */
function outcomeOf(result: unknown, limits: Limits): Outcome {
  if (result === undefined || result === null) return { text: '' };
  if (typeof result === 'string')
    return result.length > limits.characters
      ? { problem: `It gave ${result.length} characters; at most ${limits.characters} are taken.` }
      : { text: result };
  if (typeof result === 'number' && Number.isSafeInteger(result)) return { text: String(result) };
  if (typeof result === 'number')
    return { problem: `It gave the number ${result}, which may be inexact; use $plus, $times and $round.` };
  return {
    problem: `It gave ${Array.isArray(result) ? 'a list' : typeof result === 'object' ? 'an object' : `a ${typeof result}`}, and a text is wanted.`,
  };
}

type Given = string | number | undefined;
type Arithmetic = (...given: readonly (Given | readonly Given[])[]) => string | number | undefined;

/** Exact arithmetic on decimal strings; nothing where a part is missing. */
const decimals: Readonly<Record<string, Arithmetic>> = {
  plus: (...given) => exact(given.flat(), (all) => all.reduce((sum, each) => sum.plus(each)).toFixed()),
  minus: (...given) => exact(given.flat(), (all) => all.reduce((left, each) => left.minus(each)).toFixed()),
  times: (...given) =>
    exact(given.flat(), (all) => all.reduce((product, each) => product.times(each)).toFixed()),
  round: (given, places = 0) =>
    exact([given].flat(), ([only]) => only?.toFixed(Number(places), Big.roundHalfUp)),
  total: (given = []) =>
    [given]
      .flat()
      .reduce<Big>((sum, each) => sum.plus(decimalOf(each)), new Big(0))
      .toFixed(),
  compare: (...given) => exact(given.flat(), ([one, other]) => (one === undefined ? 0 : one.cmp(other ?? 0))),
};

function exact<T>(given: readonly Given[], make: (numbers: Big[]) => T): T | undefined {
  if (given.length === 0 || given.includes(undefined)) return undefined;
  return make(given.map(decimalOf));
}

function decimalOf(given: Given): Big {
  const text = String(given);
  if (!/^-?\d{1,30}(\.\d{1,30})?$/.test(text))
    throw new Error(`'${text.slice(0, 50)}' is no decimal number.`);
  return new Big(text);
}
