import type { Context } from './context.ts';

/** Why a person's deed cannot be done. */
export class DeedRefused extends Error {
  override readonly name = 'DeedRefused';
  readonly kind: 'not-found' | 'conflict';
  constructor(kind: 'not-found' | 'conflict', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Who did it and why: kept with every deed. */
export interface By {
  readonly who: string;
  readonly why: string;
}

/**
 * What is decided or owed by a partner's terms cannot be, while they are broken.
 * @throws DeedRefused when the partner is held
 */
export function refuseHeld({ partners }: Context, partner: string | undefined): void {
  const because = partner === undefined ? null : partners.heldBecause(partner);
  if (because !== null)
    throw new DeedRefused(
      'conflict',
      `The partner ${partner} is held until its files are mended: ${because}`,
    );
}
