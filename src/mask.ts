/**
 * A file with its names, addresses, ids, prices and texts in disguise: structure, codes, dates, quantities and faults stay.
 * What is not plainly harmless is masked. The same value becomes the same mask all over the file.
 */
import { type InterchangeBegin, readInterchanges } from './interchange/interchange.ts';
import { type Figure, recomputed } from './mask-amounts.ts';
import { overlaid, type Span } from './mask-cut.ts';
import type { GuidePlaces } from './mask-guide.ts';
import type { Kind } from './mask-kinds.ts';
import { Sorter, type Spot } from './mask-sort.ts';
import { Disguise, runsOf } from './mask-words.ts';

/** One side's ids: the interchange's, and the group's, which may differ. */
export interface Address {
  readonly qualifier: string;
  readonly id: string;
  readonly group: string;
}

/** The ids that an interchange shall have. */
export interface Addresses {
  readonly sender: Address;
  readonly receiver: Address;
}

export interface MaskOptions {
  /** What guides say of the places of messages. */
  readonly places: GuidePlaces;
  /** The ids that an interchange gets; null: invented ones of the same shape. */
  readonly addresses: (begin: InterchangeBegin) => Addresses | null;
}

/** How many values of a kind were masked at a place: 'N1 02'. Nothing of what stood there. */
export interface MaskedPlace {
  readonly place: string;
  readonly kind: Kind;
  readonly count: number;
}

export interface MaskedFile {
  readonly bytes: Buffer;
  readonly masked: readonly MaskedPlace[];
}

/** Bytes of a file that is masked: more than this is no fixture. */
export const largestMasked = 16 * 1024 * 1024;

interface Edit extends Span {
  readonly text: string;
}

/** An interchange with what of it matters. */
interface Sorted extends Span {
  readonly begin: InterchangeBegin;
  readonly spots: readonly Spot[];
}

/**
 * Masks a file of X12 and EDIFACT interchanges, whole or broken.
 * @throws RangeError when it is too large
 */
export async function maskFile(bytes: Buffer, options: MaskOptions): Promise<MaskedFile> {
  if (bytes.length > largestMasked)
    throw new RangeError(`A fixture holds at most ${largestMasked} bytes, and this has ${bytes.length}.`);
  const text = bytes.toString('latin1');
  const sorted = await sortFile(bytes, text, options.places);
  const gaps = gapsBetween(sorted, text.length);
  const seen = [
    ...sorted.flatMap(({ spots }) => spots.map(({ logical }) => logical)),
    ...gaps.map(textIn(text)),
  ];
  const separators = sorted.map(({ begin }) => Object.values(begin.separators).join('')).join('');
  const disguise = new Disguise(new Set(seen.flatMap(runsOf)), separators);
  const edits = [
    ...sorted.flatMap((one) => new Masker(text, one, disguise, options.addresses(one.begin)).edits()),
    ...gaps.map((gap) => ({ ...gap, text: strayText(textIn(text)(gap), disguise) })),
  ];
  return { bytes: Buffer.from(withEdits(text, edits), 'latin1'), masked: tally(sorted) };
}

async function sortFile(bytes: Buffer, text: string, places: GuidePlaces): Promise<Sorted[]> {
  const sorted: Sorted[] = [];
  let begin: InterchangeBegin | null = null;
  for await (const event of readInterchanges([Buffer.from(bytes)], { check: false })) {
    if (event.kind === 'interchange') begin = event;
    if (event.kind !== 'interchange-end' || begin === null) continue;
    const span = { from: event.begin, to: event.end };
    const spots = new Sorter(text, begin.standard, begin.separators, places).sort(span);
    sorted.push({ ...span, begin, spots });
  }
  return sorted;
}

/** Masks the values of one interchange. */
class Masker {
  readonly #text: string;
  readonly #sorted: Sorted;
  readonly #disguise: Disguise;
  readonly #addresses: Addresses | null;
  /** Line ends stand at fixed columns: nothing may become longer or shorter. */
  readonly #isWrapped: boolean;

  constructor(text: string, sorted: Sorted, disguise: Disguise, addresses: Addresses | null) {
    this.#text = text;
    this.#sorted = sorted;
    this.#disguise = disguise;
    this.#addresses = addresses;
    this.#isWrapped = sorted.spots.some(
      ({ from, to, logical }) => to - from !== logical.length && hasLineEnd(text, from, to),
    );
    this.#fixAddresses();
  }

  edits(): Edit[] {
    const amounts = this.#amounts();
    return this.#sorted.spots.flatMap((spot) => {
      const masked = amounts.get(spot) ?? this.#masked(spot);
      if (spot.how === 'keep' || masked === spot.logical) return [];
      return [{ from: spot.from, to: spot.to, text: this.#placed(spot, masked) }];
    });
  }

  /** An id of the envelope that also stands in a message becomes the same there. */
  #fixAddresses(): void {
    const addresses = this.#addresses;
    if (addresses === null) return;
    for (const spot of this.#sorted.spots)
      if (spot.how === 'address' && spot.side !== null) {
        const { id, group } = addresses[spot.side];
        const original = spot.logical.trimEnd();
        if (this.#disguise.fixed(original) === undefined)
          this.#disguise.fix(original, spot.group ? group : id);
      }
  }

  #masked({ how, logical, side, group, rows }: Spot): string {
    switch (how) {
      case 'keep':
        return logical;
      case 'price':
        return this.#disguise.price(logical);
      case 'classes':
        return this.#disguise.classes(logical);
      case 'row':
        return this.#disguise.fixed(logical) ?? this.#disguise.other(logical, rows ?? new Set());
      case 'words':
        return this.#disguise.fixed(logical) ?? this.#disguise.text(logical);
    }
    const address = side === null ? undefined : this.#addresses?.[side];
    if (how === 'qualifier') return address?.qualifier ?? logical;
    if (address === undefined) return this.#disguise.text(logical);
    return (group ? address.group : address.id).padEnd(
      logical.trimEnd().length < logical.length ? logical.length : 0,
    );
  }

  /** As it stands in the file. Where another length would do harm, a mask of the same length takes its place. */
  #placed(spot: Spot, masked: string): string {
    const { separators, standard } = this.#sorted.begin;
    const text =
      masked.length !== spot.logical.length && this.#isWrapped ? this.#disguise.text(spot.logical) : masked;
    if (text.length === spot.logical.length) return overlaid(this.#text, spot, separators, text);
    return standard === 'x12' ? text : text.replace(/[?+:']/g, `${separators.release ?? ''}$&`);
  }

  #amounts(): ReadonlyMap<Spot, string> {
    const messages = new Map<number, Map<Figure, Spot>>();
    for (const spot of this.#sorted.spots) {
      if (spot.money === null) continue;
      const figures = messages.get(spot.message) ?? new Map<Figure, Spot>();
      messages.set(spot.message, figures);
      figures.set({ ...spot.money, text: spot.logical }, spot);
    }
    const found = new Map<Spot, string>();
    for (const figures of messages.values())
      for (const [figure, text] of recomputed([...figures.keys()], (price) => this.#disguise.price(price)))
        found.set(figures.get(figure) as Spot, text);
    return found;
  }
}

function hasLineEnd(text: string, from: number, to: number): boolean {
  return /[\r\n]/.test(text.slice(from, to));
}

const headers =
  /(^\xef\xbb\xbf|(?<![A-Za-z0-9])(?:UNA[\s\S]{6}UNB|ISA(?=[^A-Za-z0-9 ])|UN[AB](?=[^A-Za-z0-9 ])))/;

/** Bytes outside of interchanges. The words that headers begin with stay, since faults are about them. */
function strayText(text: string, disguise: Disguise): string {
  const parts = text.split(headers);
  return parts.map((part, at) => (at % 2 === 1 ? part : disguise.classes(part))).join('');
}

function textIn(text: string): (span: Span) => string {
  return ({ from, to }) => text.slice(from, to);
}

function gapsBetween(ranges: readonly Span[], end: number): Span[] {
  const froms = [0, ...ranges.map(({ to }) => to)];
  const tos = [...ranges.map(({ from }) => from), end];
  return froms.map((from, at) => ({ from, to: tos[at] as number })).filter(({ from, to }) => from < to);
}

function withEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    pieces.push(text.slice(at, edit.from), edit.text);
    at = edit.to;
  }
  return pieces.join('') + text.slice(at);
}

function tally(sorted: readonly Sorted[]): MaskedPlace[] {
  const counts = new Map<string, MaskedPlace>();
  for (const { place, kind, how } of sorted.flatMap(({ spots }) => spots)) {
    if (how === 'keep' || how === 'qualifier') continue;
    const key = `${kind}\n${place}`;
    counts.set(key, { place, kind, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.place.localeCompare(b.place));
}
