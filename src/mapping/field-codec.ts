/** Which codec a field of a guide has: by its code table, its lookup, its layout, or the type of the canonical field. */
import type { FieldType } from './canon.ts';
import type { CellScope } from './cell.ts';
import { type Codec, decimalCodec, negatedCodec, tableCodec, textCodec } from './codec.ts';
import { type DateStyle, dayCodec, instantCodec, type PeriodStyle } from './dates.ts';
import { layouts, periodLayouts } from './layouts.ts';
import { lookupCodec } from './lookup.ts';
import type { CodeLine, FieldBinding, PeriodBinding } from './notation.ts';
import type { Slot } from './path.ts';
import { nearMiss, type Place } from './problem.ts';
import { checkCode, checkFit, type RuledSpot } from './spot.ts';
import { type Zone, zoneNamed, zoneNames } from './zone.ts';

/** Chooses and makes the codec of a field; null when it is wrong, which is then among the problems. */
export function codecOf(binding: FieldBinding, slot: Slot, spot: RuledSpot, into: CellScope): Codec | null {
  const { problems } = into;
  const { at } = binding.path;
  const before = problems.count;
  const codec = chosen(binding, slot, spot, into);
  const dated = codec !== null && binding.table === null && slot.type.kind === 'datetime';
  if (binding.zone !== null && !dated && problems.count === before)
    problems.add(problems.within(at, 'zone('), `'${slot.name}' is no date and time, so it has no zone.`);
  return problems.count > before ? null : codec;
}

function chosen(binding: FieldBinding, slot: Slot, spot: RuledSpot, into: CellScope): Codec | null {
  const table = tableOf(binding, into);
  if (table === undefined) return null;
  if (table !== null) {
    checkTable(table, slot, spot, into);
    return tableCodec(table);
  }
  if (binding.lookup !== null) {
    if (isValue(slot.type)) return lookupCodec(binding.lookup, slot.type, spot, into);
    checkFit(slot.type, 'infer', slot.name, spot, binding.path.at, into.problems);
    return null;
  }
  checkFit(slot.type, binding.form, slot.name, spot, binding.path.at, into.problems);
  if (slot.type.kind === 'decimal') return numberCodec(binding, spot, into);
  if (slot.type.kind === 'date' || slot.type.kind === 'datetime') {
    const style = dateStyle(binding, slot.type.kind, spot, into);
    if (style === null) return null;
    return slot.type.kind === 'date' ? dayCodec(style) : instantCodec(style);
  }
  return textCodec;
}

function isValue({ kind }: FieldType): boolean {
  return kind !== 'object' && kind !== 'list';
}

function numberCodec(
  { implied, places, negated, path }: FieldBinding,
  spot: RuledSpot,
  into: CellScope,
): Codec | null {
  const { problems } = into;
  const { tag, element } = spot;
  if (implied !== null && places !== null)
    problems.add(
      problems.within(path.at, 'implied('),
      "'implied' and 'decimals' cannot both be: the point is written, or it is not.",
    );
  else if (spot.implied !== null && (places !== null || (implied ?? spot.implied) !== spot.implied))
    problems.add(
      problems.within(path.at, places === null ? 'implied(' : 'decimals('),
      `${tag} element ${element} has type N${spot.implied}: its point is implied before ${spot.implied} digits.`,
      'Leave the word out.',
    );
  const codec = decimalCodec({ implied: implied ?? spot.implied, places });
  return negated ? negatedCodec(codec) : codec;
}

/** undefined: the guide names a table that it does not have. */
function tableOf(binding: FieldBinding, into: CellScope): readonly CodeLine[] | null | undefined {
  if (binding.codes === null) return binding.table;
  const { value, at } = binding.codes;
  const table = into.codes.get(value);
  if (table === undefined) {
    const names = [...into.codes.keys()];
    const hint = nearMiss(value, names) ?? `Under codes: ${names.join(', ') || 'nothing'}.`;
    into.problems.add(into.problems.within(at, value), `There is no code table '${value}'.`, hint);
  }
  return table;
}

function checkTable(table: readonly CodeLine[], slot: Slot, spot: RuledSpot, into: CellScope): void {
  const { type } = slot;
  if (!isValue(type)) checkFit(type, 'infer', slot.name, spot, table[0]?.at ?? nowhere, into.problems);
  for (const { code, values, at } of table) {
    checkCode(code, spot, at, into.problems);
    if (type.kind !== 'choice') continue;
    for (const value of values)
      if (!type.values.includes(value))
        into.problems.add(
          at,
          `'${value}' is no ${slot.name}.`,
          nearMiss(value, type.values) ?? `One of ${type.values.join(', ')}.`,
        );
  }
}

const nowhere: Place = { file: '', line: 1, column: 1 };

/** How a date is written: as the guide says, as a constant beside it says, or as is usual at the place. */
function dateStyle(
  binding: FieldBinding,
  kind: 'date' | 'datetime',
  spot: RuledSpot,
  into: CellScope,
): DateStyle | null {
  const { at } = binding.path;
  const zone = zoneOf(binding.zone, at, into);
  const named = binding.layout ?? constantAt(spot, into);
  const code = named ?? usualLayout(kind, spot, into);
  const layout = layouts.get(code);
  if (layout === undefined) {
    reportLayout(code, 'a day or an instant', layouts, at, into);
    return null;
  }
  const { problems } = into;
  const { tag, element, max } = spot;
  const style = { layout, named: named !== null, coded: spot.layoutAt !== null, zone, loose: binding.cut };
  if (style.coded && spot.layoutRule !== null)
    checkCode(code, { tag, element: spot.layoutAt?.element ?? element, rule: spot.layoutRule }, at, problems);
  if (kind === 'datetime' && !layout.timed && !binding.cut)
    problems.add(
      at,
      `${layout.shown} has no time.`,
      "Name a layout that has one, or leave the time out with 'cut'.",
    );
  else if (layout.shown.length > max)
    problems.add(
      at,
      `${tag} element ${element} takes ${max} characters, too few for ${layout.shown}.`,
      kind === 'datetime' ? 'Name the element of the time: datetime(04), or another layout.' : undefined,
    );
  return style;
}

/** `from to to date(716)`; null when it is wrong, which is then among the problems. */
export function periodStyle(
  binding: PeriodBinding,
  timed: boolean,
  spot: RuledSpot,
  into: CellScope,
): PeriodStyle | null {
  const { at } = binding.from;
  const before = into.problems.count;
  const zone = zoneOf(binding.zone, at, into);
  const named = binding.layout ?? constantAt(spot, into);
  const usual = into.standard === 'x12' ? (timed ? 'RDT' : 'RD8') : timed ? '719' : '718';
  const layout = periodLayouts.get(named ?? usual);
  if (layout === undefined) {
    reportLayout(named ?? '', 'a period', periodLayouts, at, into);
    return null;
  }
  if (timed && !layout.side.timed && !binding.cut) into.problems.add(at, `${layout.shown} has no times.`);
  const style = {
    layout,
    named: named !== null,
    coded: spot.layoutAt !== null,
    zone,
    loose: binding.cut,
    timed,
  };
  return into.problems.count > before ? null : style;
}

export function zoneOf(name: string | null, at: Place, { problems }: CellScope): Zone | null {
  if (name === null) return null;
  const zone = zoneNamed(name);
  if (zone === null) {
    const hint = nearMiss(name, zoneNames()) ?? 'A name of the IANA list, such as Europe/Berlin.';
    problems.add(problems.within(at, name), `There is no time zone '${name}'.`, hint);
  }
  return zone;
}

function usualLayout(
  kind: 'date' | 'datetime',
  { rule, layoutAt }: RuledSpot,
  { standard }: CellScope,
): string {
  if (standard === 'x12' && layoutAt !== null) return kind === 'date' ? 'D8' : 'DT';
  if (kind === 'datetime') return '203';
  return rule.max < 8 ? '101' : '102';
}

/** A constant of the guide where the layout is named: `"01.3": =203`. */
function constantAt({ layoutAt }: RuledSpot, { cells }: CellScope): string | null {
  if (layoutAt === null) return null;
  for (const { position, binding } of cells) {
    if (position.element !== layoutAt.element || position.component !== layoutAt.component) continue;
    if (binding.kind === 'constant') return binding.values[0] ?? null;
    if (binding.kind === 'write') return binding.value;
  }
  return null;
}

function reportLayout(
  code: string,
  what: string,
  known: ReadonlyMap<string, { readonly shown: string }>,
  at: Place,
  { problems, standard }: CellScope,
): void {
  const fitting = [...known].filter(([each]) => /^\d/.test(each) === (standard === 'edifact'));
  const codes = fitting.map(([each, { shown }]) => `${each} ${shown}`);
  const near = /^\d{3}$/.test(code)
    ? nearMiss(
        code,
        [...known.keys()].filter((each) => each.length === 3),
      )
    : undefined;
  const place = problems.within(problems.within(at, `(${code})`), code);
  const hint = `${near === undefined ? '' : `${near} `}Known: ${codes.join(', ')}.`;
  problems.add(place, `'${code}' is no layout of ${what}.`, hint);
}
