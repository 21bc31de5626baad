/** Computations met while a message is read or a document written: gathered in one walk, their results taken in a second. */
import type { Fields } from './plan.ts';
import type { Place } from './problem.ts';

/** A JSONata expression of a guide, checked at load. */
export interface Expression {
  readonly source: string;
  readonly place: Place;
}

/** One evaluation. */
export interface ComputeJob {
  readonly expression: Expression;
  /** What the expression's paths begin at: the document, or the item that the line is about. */
  readonly input: Fields;
  readonly document: Fields;
  /** The text that was read; null where one is written. */
  readonly value: string | null;
}

/** What became of one evaluation: a text ('' for nothing), a failure, or nothing since another took too long. */
export type Outcome =
  | { readonly text: string }
  | { readonly problem: string }
  | { readonly limitMs: number }
  | { readonly skipped: true };

/** The computations of one walk. */
export interface Computing {
  /** In the order in which the walk met them. */
  readonly jobs: ComputeJob[];
  /** Of the walk before; null in the first. */
  readonly outcomes: readonly Outcome[] | null;
}

/** Meets a computation: gives its outcome in the second walk, null in the first. */
export function meet(computing: Computing, job: ComputeJob): Outcome | null {
  const { jobs, outcomes } = computing;
  jobs.push(job);
  return outcomes?.[jobs.length - 1] ?? null;
}
