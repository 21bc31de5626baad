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
