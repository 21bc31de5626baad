/** Where the intermediate results of one message lie while it is opened, and what becomes of them. */
import type { Bytes, Kept, Piece, Workshop } from './as2.ts';

export interface Shelf {
  /** Keeps bytes until the shelf is cleared. @throws FileTooLarge past the cap, and what the bytes throw */
  keep(bytes: Bytes, most: number): Promise<Kept>;
  /** What was kept last; null: nothing yet. */
  last(): Kept | null;
  /**
   * Hands a piece over, together with what it lies in; that goes once all that was handed over with it is removed.
   * @param kept what it lies in; null: bytes that are not the shelf's to remove
   */
  handOver(piece: Piece, kept: Kept | null): Kept;
  /** Removes everything that was not handed over. */
  clear(): Promise<void>;
}

/** An empty shelf. */
export function openShelf(workshop: Workshop): Shelf {
  const all: Kept[] = [];
  const holders = new Map<Kept, number>();
  const letGo = async (kept: Kept) => {
    const left = (holders.get(kept) ?? 1) - 1;
    holders.set(kept, left);
    if (left === 0) await kept.remove();
  };
  return {
    async keep(bytes, most) {
      const kept = await workshop.keep(bytes, most);
      all.push(kept);
      return kept;
    },
    last: () => all.at(-1) ?? null,
    handOver(piece, kept) {
      let held = kept;
      if (kept !== null) holders.set(kept, (holders.get(kept) ?? 0) + 1);
      return {
        size: piece.size,
        read: (from, to) => piece.read(from, to),
        async remove() {
          const own = held;
          held = null;
          if (own !== null) await letGo(own);
        },
      };
    },
    async clear() {
      for (const kept of all) if (!holders.has(kept)) await kept.remove();
    },
  };
}
