/** A failure that says itself when its work is worth another try. */
export class PacedError extends Error {
  override readonly name = 'PacedError';
  /** Waits after the first failure, the second, and so on; the last holds for all further ones. */
  readonly backOffMs: readonly number[];
  constructor(message: string, backOffMs: readonly number[], options?: ErrorOptions) {
    super(message, options);
    this.backOffMs = backOffMs;
  }
}
