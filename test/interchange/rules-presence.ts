/**
 * Which elements of a segment (or components of a composite) stand together: sets of present positions that keep every
 * rule, or break one of them, and what each set deserves. Written from X12.6 and ISO 9735, not from the reader.
 */
import type { FaultCode } from '../../src/fault.ts';
import type { SyntaxRule } from '../../src/interchange/dictionary/dictionary.ts';

/** The places of a segment or composite. Positions count from 1. */
export interface Slots {
  readonly mandatory: readonly number[];
  readonly syntax: readonly SyntaxRule[];
}

/** What a set of present positions deserves. */
export interface Absence {
  readonly code: FaultCode;
  readonly position: number;
  readonly soft: boolean;
}

/** A way to break a conditional rule: what stands and what does not. */
export interface Breach {
  readonly rule: SyntaxRule;
  readonly name: string;
  readonly present: ReadonlySet<number>;
}

/** The smallest set with `wanted` and without `absent` that keeps every rule but `except`; null when there is none. */
export function complete(
  slots: Slots,
  wanted: readonly number[],
  absent: readonly number[] = [],
  except: SyntaxRule | null = null,
): ReadonlySet<number> | null {
  const present = new Set([...slots.mandatory, ...wanted]);
  if (absent.some((position) => present.has(position))) return null;
  for (const rule of slots.syntax) {
    if (rule === except || breachAt(rule, present) === 0) continue;
    for (const more of repairs(rule, present)) {
      const whole = complete(slots, [...present, ...more], absent, except);
      if (whole !== null) return whole;
    }
    return null;
  }
  return present;
}

/** What a reader must say of a set of present positions. */
export function absences({ mandatory, syntax }: Slots, present: ReadonlySet<number>): Absence[] {
  const missing = mandatory
    .filter((position) => !present.has(position))
    .map((position) => ({ code: 'element-missing' as FaultCode, position, soft: false }));
  const broken = syntax.flatMap((rule) => {
    const position = breachAt(rule, present);
    const code: FaultCode = rule.kind === 'E' ? 'elements-exclusive' : 'elements-required';
    return position === 0 ? [] : [{ code, position, soft: rule.soft }];
  });
  return [...missing, ...broken];
}

/** Every way to break every conditional rule, breaking as little else as possible. */
export function breaches(slots: Slots): Breach[] {
  return slots.syntax.flatMap((rule) =>
    waysToBreak(rule).map(({ stand, lack }) => {
      const whole = complete(slots, stand, lack, rule);
      const forced = new Set([...slots.mandatory, ...stand].filter((position) => !lack.includes(position)));
      const name = `${rule.kind}${rule.positions.map((one) => String(one).padStart(2, '0')).join('')}`;
      return { rule, name, present: whole ?? forced };
    }),
  );
}

function waysToBreak({ kind, positions }: SyntaxRule): { stand: number[]; lack: number[] }[] {
  const [first = 0, ...others] = positions;
  switch (kind) {
    case 'P':
      return positions.map((one) => ({ stand: [one === first ? (others[0] ?? 0) : first], lack: [one] }));
    case 'R':
      return [{ stand: [], lack: [...positions] }];
    case 'E':
      return others.map((one) => ({ stand: [first, one], lack: [] }));
    case 'C':
      return others.map((one) => ({ stand: [first], lack: [one] }));
    case 'L':
      return [{ stand: [first], lack: others }];
  }
}

/** Where a rule is broken: the first position that lacks, or that stands too much; 0 when the rule holds. */
function breachAt({ kind, positions }: SyntaxRule, present: ReadonlySet<number>): number {
  const [first = 0, ...others] = positions;
  const standing = positions.filter((one) => present.has(one));
  const lacking = positions.find((one) => !present.has(one)) ?? 0;
  switch (kind) {
    case 'P':
      return standing.length === 0 ? 0 : lacking;
    case 'R':
      return standing.length === 0 ? first : 0;
    case 'E':
      return standing[1] ?? 0;
    case 'C':
      return present.has(first) ? lacking : 0;
    case 'L':
      return present.has(first) && standing.length === 1 ? (others[0] ?? 0) : 0;
  }
}

/** What may be added so that a broken rule holds. */
function repairs({ kind, positions }: SyntaxRule, present: ReadonlySet<number>): number[][] {
  const lacking = positions.filter((one) => !present.has(one));
  if (kind === 'E') return [];
  return kind === 'R' || kind === 'L' ? lacking.map((one) => [one]) : [lacking];
}
