/** What every step is given: the rooms it may use, and a clock. */
import type { Logger } from '../log.ts';
import type { Guides } from '../mapping/guide.ts';
import type { Problem } from '../mapping/problem.ts';
import type { Metrics } from '../metrics.ts';
import type { Agreement } from '../partner/partner.ts';
import type { Partners } from '../partner/partners.ts';
import type { Store } from '../store/store.ts';

export interface Context {
  readonly store: Store;
  readonly partners: Partners;
  readonly guides: Guides;
  /** Guides that could not be loaded, by name, with what keeps them out. */
  readonly broken: ReadonlyMap<string, readonly Problem[]>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
  /** GS1 company prefix of the cartons' SSCCs; null: shipments need cartons that bring their own. */
  readonly gs1Prefix: string | null;
  /** Tells the feeder that rows of a stage were committed. */
  readonly poke: (stage: Stage) => void;
}

/** translate has two lanes: small files pass while large ones are read. */
export const stages = [
  'translate',
  'translate-large',
  'decide',
  'answer',
  'send',
  'reconcile',
  'mdn',
] as const;
export type Stage = (typeof stages)[number];

/** A row of a partner queue that a step has claimed in its transaction. */
export interface Claimed {
  readonly id: string;
  readonly subject: string;
  readonly partner: string;
  readonly batch: string | null;
}

/** Milliseconds of a span such as '24h'. */
export function spanMs(span: string): number {
  const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number.parseInt(span, 10) * (units[span.slice(-1)] as number);
}

/** A moment a span from another one, or null without a span. */
export function after(from: Date, span: string | undefined): Date | null {
  return span === undefined ? null : new Date(from.getTime() + spanMs(span));
}

/** The agreement under which something was stored; it may have left the mappings since. */
export function agreementOf(context: Context, key: string): Agreement {
  const agreement = context.partners.agreement(key);
  if (agreement === null) {
    throw new Error(
      `The agreement ${key} is no longer in the mappings: put it back, or reject what still waits under it`,
    );
  }
  return agreement;
}
