/** `{ pairs: { UP: item.upc, … } }`: values beside their qualifiers, in any order when read, in the guide's order when written. */
import { type CellPlan, type CellScope, compileArms } from './cell.ts';
import { type Arm, type Binding, type CellPosition, positionText } from './notation.ts';
import { put, reportUnmapped, saidBit, textAt, valueAt, type WriteCell, writeFault } from './plan.ts';
import { type Port, readPort } from './ports.ts';
import type { Place } from './problem.ts';
import { checkCode, type RuledSpot, spotOf } from './spot.ts';

/** One place for a pair: X12 has the qualifier in an element and the value in the next, EDIFACT has a composite (C212) of both. */
interface PairPlace {
  readonly sign: RuledSpot;
  readonly value: RuledSpot;
  readonly ports: ReadonlyMap<string, Port>;
}

export function pairsCell(
  { arms, more, beside }: Binding & { kind: 'pairs' },
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const spots = [position, ...more].flatMap((span) => spotsOf(span, at, into));
  const [first] = spots;
  if (first === undefined) return null;
  for (const { key } of arms) checkCode(key.value, first.sign, key.at, into.problems);
  const before = into.problems.count;
  // Places of the same element share their ports.
  const ports = new Map<unknown, ReadonlyMap<string, Port>>();
  const places: PairPlace[] = [];
  for (const { sign, value } of spots) {
    if (into.problems.count > before) return null;
    const shared = ports.get(value.rule) ?? compileArms(arms, value, into);
    ports.set(value.rule, shared);
    places.push({ sign, value, ports: shared });
  }
  return {
    read: (segment, frame, context) => {
      for (const { sign, value, ports } of places) {
        if (sign.element > segment.values.length) continue;
        const raw = textAt(segment, value.element, value.component);
        const code = valueAt(segment, sign.element, sign.component);
        const port = ports.get(code) ?? ports.get('*');
        if (raw !== '' && port !== undefined) readPort(port, raw, segment, frame, context, '', value);
        else if (raw !== '' || code !== '')
          reportUnmapped(context, segment, value.element, value.component, raw === '' ? code : raw);
      }
    },
    early: pairsWriter(arms, places),
    cover: places.flatMap(({ sign, value }) => [
      [sign.element, beside === null ? sign.component : 'all'] as const,
      [value.element, beside === null ? value.component : 'all'] as const,
    ]),
    field: true,
  };
}

/** Where the pairs of a span stand. */
function spotsOf(
  { element, component, to }: CellPosition,
  at: Place,
  { rule, standard, problems }: CellScope,
): Omit<PairPlace, 'ports'>[] {
  const x12 = standard === 'x12';
  const last = Math.min(to ?? (x12 ? element + 1 : element), rule.elements.length);
  if (x12 && !isPairSpan(element, to, rule)) {
    const hint = 'In X12 a pair is a code and the value behind it: begin at the code, and end at a value.';
    problems.add(at, `${rule.tag} has no pairs at ${positionText({ element, component, to })}.`, hint);
    return [];
  }
  const found: Omit<PairPlace, 'ports'>[] = [];
  for (let from = element; from <= last - (x12 ? 1 : 0); from += x12 ? 2 : 1) {
    const sign = spotOf(rule, { element: from, component: x12 ? component : 2, to: null }, at, problems);
    const value = spotOf(
      rule,
      { element: x12 ? from + 1 : from, component: x12 ? component : 1, to: null },
      at,
      problems,
    );
    if (sign === null || value === null) return [];
    found.push({ sign, value });
  }
  return found;
}

function isPairSpan(element: number, to: number | null, { elements }: CellScope['rule']): boolean {
  const even = to === null || to === Number.POSITIVE_INFINITY || (to - element) % 2 === 1;
  return even && (elements[element - 1]?.element?.type ?? 'ID') === 'ID';
}

/**
 * Each canonical field is written once, under the first of its codes that fits. What finds no place is a fault, never lost; a
 * line with a single place wants the first value only.
 */
function pairsWriter(arms: readonly Arm[], places: readonly PairPlace[]): WriteCell {
  const names = arms.map(({ key, binding }) => (binding.kind === 'field' ? binding.path.value : key.value));
  const codes = arms.map(({ key }) => key.value);
  /** For each arm, the first of its field; where there are several, only one of them is written. */
  const firsts = names.map((name) => names.indexOf(name));
  const hasTwins = firsts.some((first, index) => first !== index);
  const last = places[places.length - 1];
  /** For each place, the ports in the order of the arms. */
  const ordered = places.map(({ ports }) => codes.map((code) => ports.get(code) ?? null));
  return (row, frame, context) => {
    const written = hasTwins ? new Uint8Array(arms.length) : null;
    let at = 0;
    for (let arm = 0; arm < codes.length; arm++) {
      const code = codes[arm] ?? '';
      const first = firsts[arm] ?? arm;
      if (code === '*' || written?.[first] === 1) continue;
      const place = places[at] ?? last;
      const port = ordered[Math.min(at, places.length - 1)]?.[arm];
      if (place === undefined || port === null || port === undefined) continue;
      const text = port.write(frame, context, place.value);
      if (text === '') continue;
      if (written !== null) written[first] = 1;
      if (at >= places.length && places.length === 1) return;
      if (at >= places.length) {
        writeFault(context, 'places-full', place.value.tag, place.value, {
          value: `${code} ${text}`,
          places: at,
        });
        return;
      }
      at++;
      put(row, place.sign.element, place.sign.component, code);
      put(row, place.value.element, place.value.component, text);
      row.said |= saidBit(place.value.element);
    }
  };
}
