/** What was written is read before it leaves: the same dictionary that judges what others send judges us. */
import type { InterchangeEvent } from './event.ts';
import { NotWritable } from './write.ts';

/**
 * Passes pages on when our own reader finds no error in them: lengths, types, codes, mandatory elements, structure. A page
 * is held back until every message that begins in it was checked.
 * @param pages of `writeInterchanges`
 * @param read `readInterchanges`, with the options that the receiver would read with
 * @throws NotWritable with the errors of the first message, group or interchange that has any, placed in the written
 *   bytes; what `pages` throws
 */
export async function* checkedInterchanges(
  pages: AsyncIterable<Buffer>,
  read: (source: AsyncIterable<Uint8Array>) => AsyncIterable<InterchangeEvent>,
): AsyncGenerator<Buffer> {
  const held: { readonly page: Buffer; readonly end: number }[] = [];
  let written = 0;
  async function* noted(): AsyncGenerator<Buffer> {
    for await (const page of pages) {
      written += page.length;
      held.push({ page, end: written });
      yield page;
    }
  }
  for await (const event of read(noted())) {
    const faults = 'faults' in event ? event.faults : [];
    const errors = faults.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new NotWritable(errors);
    const checked = 'at' in event ? (event.at.offset ?? 0) : 0;
    while ((held[0]?.end ?? Infinity) <= checked) yield (held.shift() as { page: Buffer }).page;
  }
  for (const { page } of held) yield page;
}
