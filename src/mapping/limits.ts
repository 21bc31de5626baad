/** The partner's own limits on a place: `{ is: number, allow: ["01"], length: 1..10, says: "8.2: …" }`, in both directions. */
import { fault } from '../fault.ts';
import { lineOf } from './cite.ts';
import type { Limits } from './notation.ts';
import { positionOf } from './plan.ts';
import type { Port, Spot } from './ports.ts';
import type { Place, Problems } from './problem.ts';
import { checkCode, type RuledSpot } from './spot.ts';

/** Limits that the standard does not allow, or that contradict each other, are problems. */
export function checkLimits({ allow, length }: Limits, spot: RuledSpot, at: Place, problems: Problems): void {
  const { tag, element, max } = spot;
  for (const value of allow ?? []) {
    checkCode(value, spot, at, problems);
    if (length !== null && (value.length < length.least || value.length > length.most))
      problems.add(
        at,
        `'${value}' is allowed, but has ${value.length} characters.`,
        "Correct 'allow' or 'length'.",
      );
  }
  if (length !== null && length.least > max)
    problems.add(at, `${tag} element ${element} takes ${max} characters; it can never have ${length.least}.`);
}

/** A port that says so when a value is not one that was agreed: what was received is still taken, what is written is not sent. */
export function limitedPort(port: Port, limits: Limits, place: Place): Port {
  const broken = checker(limits, place);
  return {
    format: port.format,
    quick: null,
    read(raw, segment, frame, context, format, spot) {
      const found = broken(raw, spot);
      if (found !== null)
        context.faults.push(
          fault(found.code, found.details, positionOf(context, segment, spot.element, spot.component)),
        );
      port.read(raw, segment, frame, context, format, spot);
    },
    write(frame, context, spot) {
      const text = port.write(frame, context, spot);
      const found = text === '' ? null : broken(text, spot);
      if (found !== null) {
        const { tag, element, component } = spot;
        const at = { tag, element, ...(component === null ? {} : { component }) };
        context.faults.push(fault(found.code, found.details, at));
      }
      return text;
    },
  };
}

function checker({ allow, length, says }: Limits, place: Place) {
  const allowed = allow === null ? null : new Set(allow);
  const list = (allow ?? []).slice(0, 20).join(', ');
  const range =
    length === null
      ? ''
      : length.least === length.most
        ? `${length.most}`
        : `${length.least} to ${length.most}`;
  return (value: string, { tag, element }: Spot) => {
    const common = { tag, element, says: says ?? '', guide: lineOf(place) };
    if (allowed !== null && !allowed.has(value))
      return { code: 'guide-value-not-agreed', details: { ...common, value, allowed: list } } as const;
    if (length !== null && (value.length < length.least || value.length > length.most))
      return {
        code: 'guide-length-not-agreed',
        details: { ...common, value, allowed: range, length: value.length },
      } as const;
    return null;
  };
}
