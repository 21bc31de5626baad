/** A fixture made of what a partner really sent: masked, with the same faults at the same places. */

import type { FixtureRooms } from './fixtures.ts';
import type { GuideFile } from './mapping/notation.ts';
import { noTables, type Tables } from './mapping/tables.ts';
import { type Addresses, type MaskedPlace, type MaskOptions, maskFile } from './mask.ts';
import { placesOf } from './mask-guide.ts';
import { agreementWith } from './partner/partners.ts';
import { translateFile } from './translate.ts';

export interface MaskedFixture {
  readonly bytes: Buffer;
  readonly masked: readonly MaskedPlace[];
  /** Faults and unread data that the masked file has, without values: 'error code-unmapped: message 1 segment 12 PO1 03'. */
  readonly findings: readonly string[];
  /** Those of the original that the mask lost ('-'), and those that it made ('+'); none where all is well. */
  readonly changed: readonly string[];
}

/** Masks are drawn anew where one happens to mean something: a third time is enough. */
const mostDraws = 3;

/**
 * Masks a file for the fixtures of a partner.
 * @param partner whose guides read it, and whose ids it gets
 * @param tables what its guides look values up in: one row's value becomes another's
 * @throws RangeError when the file is too large
 */
export async function maskForFixture(
  bytes: Buffer,
  partner: string,
  rooms: FixtureRooms,
  tables: Pick<Tables, 'of'> = { of: () => noTables },
): Promise<MaskedFixture> {
  const options = maskOptions(partner, rooms, tables);
  const before = await findingsIn(bytes, partner, rooms);
  for (let draw = 1; ; draw += 1) {
    const { bytes: made, masked } = await maskFile(bytes, options);
    const findings = await findingsIn(made, partner, rooms);
    const changed = [...only(before, findings, '-'), ...only(findings, before, '+')];
    if (changed.length === 0 || draw === mostDraws) return { bytes: made, masked, findings, changed };
  }
}

function maskOptions(
  name: string,
  { guides, partners }: FixtureRooms,
  tables: Pick<Tables, 'of'>,
): MaskOptions {
  const partner = partners.byName(name);
  const trees = [...guides.in(name), ...guides.in('standard')].map(({ whole }): GuideFile => whole);
  const places = placesOf(trees, (guide, table, column) => {
    const found = tables.of([guide.name]).find(table);
    const at = found?.columns.indexOf(column) ?? -1;
    return at < 0 ? [] : (found?.rows.map((row) => row[at] ?? '') ?? []);
  });
  const references = new Set(partner?.agreements.flatMap((one) => one.applicationReference ?? []));
  const application = { codes: references, fields: new Set<string>(), rows: new Set<string>() };
  return {
    places: {
      at: (message, tag, element, component) =>
        tag === 'UNB' && element === 7 ? application : places.at(message, tag, element, component),
    },
    addresses: (begin): Addresses | null => {
      const agreement = partner === null ? null : agreementWith(partner, begin);
      if (agreement === null) return null;
      const { us, them, group } = agreement;
      return {
        sender: { ...them, group: group?.them ?? them.id },
        receiver: { ...us, group: group?.us ?? us.id },
      };
    },
  };
}

/** What is found in a file read for a partner, each with its place. */
async function findingsIn(
  bytes: Buffer,
  partner: string,
  { guides, partners }: FixtureRooms,
): Promise<string[]> {
  const found: string[] = [];
  for await (const line of translateFile([Buffer.from(bytes)], { guides, partners, partner })) {
    for (const { severity, code, at } of line.faults) found.push(`${severity} ${code}: ${placeText(at)}`);
    for (const { at } of line.unmapped) found.push(`not read: ${placeText(at)}`);
  }
  return found;
}

type Place = NonNullable<Parameters<typeof wordsOf>[0]>;

function placeText(at: Place | undefined): string {
  return at === undefined ? 'the file' : wordsOf(at);
}

/** 'interchange 1 message 2 segment 12 PO1 03'. A tag that is none is a value, and is not told. */
function wordsOf(at: {
  readonly interchange?: number;
  readonly group?: number;
  readonly message?: number;
  readonly segment?: number;
  readonly tag?: string;
  readonly element?: number;
  readonly component?: number;
}): string {
  const { tag, element, component } = at;
  const ordinals = (['interchange', 'group', 'message', 'segment'] as const).flatMap((name) =>
    at[name] === undefined ? [] : [`${name} ${at[name]}`],
  );
  const part = component === undefined ? '' : `.${component}`;
  const cell = element === undefined ? [] : [`${String(element).padStart(2, '0')}${part}`];
  return [...ordinals, ...(tag !== undefined && /^[A-Z][A-Z0-9]{1,2}$/.test(tag) ? [tag] : []), ...cell].join(
    ' ',
  );
}

/** The lines of one list that another has not, as often as they are missing. */
function only(lines: readonly string[], others: readonly string[], mark: string): string[] {
  const left = [...others];
  return lines.flatMap((line) => {
    const at = left.indexOf(line);
    if (at < 0) return [`${mark} ${line}`];
    left.splice(at, 1);
    return [];
  });
}
