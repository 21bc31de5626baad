/** The mappings of this process, which change while it runs: whoever looks sees one load, never parts of two. */
import type { Mappings } from '../partner/mappings.ts';
import type { Context, Stage } from './context.ts';

export interface Live {
  /** Its partners and guides are the newest; `snapshot` keeps those of one load for a step. */
  readonly context: Context;
  /** Replaces them all at once. What has begun goes on with those it began with. */
  take(next: Pick<Mappings, 'partners' | 'guides' | 'broken'>): void;
}

export function liveContext(given: Omit<Context, 'poke'>, poke: (stage: Stage) => void): Live {
  const { partners, guides, broken } = given;
  let current = { partners, guides, broken };
  const context: Context = {
    ...given,
    poke,
    get partners() {
      return current.partners;
    },
    get guides() {
      return current.guides;
    },
    get broken() {
      return current.broken;
    },
  };
  return {
    context,
    take: (next) => {
      current = { partners: next.partners, guides: next.guides, broken: next.broken };
    },
  };
}

/** The context as it is now, for all of one step. */
export function snapshot(context: Context): Context {
  return { ...context };
}

/** Names of the partners that are held. */
export function heldNames({ partners }: Context): readonly string[] {
  return partners.held.map(({ partner }) => partner);
}
