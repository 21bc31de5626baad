/** Something that must be mended before the gateway can start: the text says what, where and how. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
