/** The mappings of this process, which change while it runs: whoever looks sees one load, never parts of two. */
import type { Mappings } from '../partner/mappings.ts';
import type { Context, Stage } from './context.ts';

export interface Live {
  /** Its partners and guides are the newest; `snapshot` keeps those of one load for a step. */
  readonly context: Context;
  /** Replaces partners and guides at once. What has begun goes on with those it began with. */
  take(next: Pick<Mappings, 'partners' | 'guides'>): void;
}

export function liveContext(given: Omit<Context, 'poke'>, poke: (stage: Stage) => void): Live {
  let current: Pick<Mappings, 'partners' | 'guides'> = { partners: given.partners, guides: given.guides };
  const context: Context = {
    ...given,
    poke,
    get partners() {
      return current.partners;
    },
    get guides() {
      return current.guides;
    },
  };
  return {
    context,
    take: (next) => {
      current = next;
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
