/** A difference between what was recorded and what the working copy of the guides makes. */
import type { Change } from './difference.ts';

/**
 * document: the canonical document. faults: what is wrong with the message. unread: data that no line reads. decision: what
 * the order's lines are answered. outgoing: the segments of what we sent. agreement: under which terms it falls.
 */
export type DifferenceKind = 'document' | 'faults' | 'unread' | 'decision' | 'outgoing' | 'agreement';

export interface ShadowDifference {
  readonly kind: DifferenceKind;
  readonly partner: string;
  /** '850', 'ORDRSP'. */
  readonly message: string;
  /** What it is about: the delivery and the message in it, or the document that we sent; and the order's number. */
  readonly about: {
    readonly delivery?: string;
    readonly interchange?: number;
    readonly group?: number;
    readonly ordinal?: number;
    readonly document?: string;
    readonly number?: string;
  };
  /** The guide that was used, 'name@digest', and the one of the working copy; null: none. */
  readonly guides: { readonly recorded: string | null; readonly working: string | null };
  /** Values by path; of faults, unread data and segments: a line as it was (gone) or as it would be (come). */
  readonly changes: readonly Change[];
}

/** How much of each kind there was, by message and place. */
export class ShadowTally {
  deliveries = 0;
  messages = 0;
  documents = 0;
  differences = 0;
  readonly #counts = new Map<string, SummaryRow>();

  add(difference: ShadowDifference): void {
    this.differences += 1;
    const { message, kind, changes } = difference;
    for (const place of new Set(changes.map((change) => placeOf(kind, change)))) {
      const key = `${message}\n${kind}\n${place}`;
      const count = (this.#counts.get(key)?.count ?? 0) + 1;
      if (count > 1 || this.#counts.size < mostPlaces) this.#counts.set(key, { message, kind, place, count });
    }
  }

  /** Most frequent first. */
  rows(): SummaryRow[] {
    return [...this.#counts.values()].sort(
      (a, b) =>
        a.message.localeCompare(b.message) ||
        a.kind.localeCompare(b.kind) ||
        b.count - a.count ||
        a.place.localeCompare(b.place),
    );
  }
}

export interface SummaryRow {
  readonly message: string;
  readonly kind: DifferenceKind;
  /** 'lines[].price', 'code-unmapped PO1 03', 'REF'. */
  readonly place: string;
  /** Messages or documents that have it. */
  readonly count: number;
}

/** Places that are counted one by one. */
const mostPlaces = 10_000;

function placeOf(kind: DifferenceKind, { path, gone, come }: Change): string {
  if (kind === 'document' || kind === 'decision' || kind === 'agreement')
    return path.replace(/\[\d+\]/g, '[]');
  const line = String(gone ?? come);
  if (kind === 'outgoing') return /^\w+/.exec(line)?.[0] ?? '';
  return line.replace(/ segment \d+/, '').replace(/ ".*$/s, '');
}

/** Lines of two lists that the other one has not, as often as they are missing there, in their order. */
export function lineChanges(before: readonly string[], after: readonly string[]): Change[] {
  return [
    ...missing(before, after).map((line) => ({ path: '', gone: line, come: undefined })),
    ...missing(after, before).map((line) => ({ path: '', gone: undefined, come: line })),
  ];
}

function missing(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
