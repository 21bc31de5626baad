/** Values for the elements of the dictionary: one that is right, and one for each way to be wrong. */
import type { FaultCode } from '../../src/fault.ts';
import type { ElementRule, ElementUse } from '../../src/interchange/dictionary/dictionary.ts';

/** A wrong value and the code that it deserves. */
export interface WrongValue {
  readonly kind: string;
  readonly text: string;
  readonly code: FaultCode;
}

/** Longer values than this are not written: nobody could tell such a length from no limit at all. */
export const longestValue = 100_000;

/** A value that the rule of its element allows. */
export function rightValue(rule: ElementRule): string {
  const { type, min, max, codes } = rule;
  if (codes?.closed) return codeOf(rule);
  switch (type) {
    case 'N':
    case 'R':
    case 'n':
      return '1'.repeat(min);
    case 'DT':
      return max >= 8 ? '20261122' : '261122';
    case 'TM':
      return '0915'.padEnd(min, '0');
    default:
      // No list has codes of such letters: they mean nothing, so that no rule about the content of qualified values holds.
      return 'X'.repeat(min);
  }
}

/** Every way in which a value breaks the rule of its element. */
export function wrongValues(rule: ElementRule, edifact: boolean): WrongValue[] {
  if (rule.codes?.closed) return [{ kind: 'code', text: strangeCode(rule), code: 'code-invalid' }];
  return [...wrongLengths(rule), ...wrongTypes(rule, edifact)];
}

function wrongLengths(rule: ElementRule): WrongValue[] {
  const { min, max } = rule;
  const digit = ['N', 'R', 'n', 'DT', 'TM'].includes(rule.type) ? '1' : 'X';
  const wrong: WrongValue[] = [];
  if (max < longestValue)
    wrong.push({ kind: 'too long', text: digit.repeat(max + 1), code: 'element-too-long' });
  if (min > 1) wrong.push({ kind: 'too short', text: digit.repeat(min - 1), code: 'element-too-short' });
  return wrong;
}

function wrongTypes(rule: ElementRule, edifact: boolean): WrongValue[] {
  const { type, min, max } = rule;
  switch (type) {
    case 'N':
    case 'R':
    case 'n': {
      const letters: WrongValue = { kind: `type ${type}`, text: 'X'.repeat(min), code: 'number-invalid' };
      const mark: WrongValue = { kind: 'decimal mark', text: '1,1', code: 'decimal-mark-wrong' };
      const point: WrongValue = { kind: 'type N', text: '1.1', code: 'number-invalid' };
      return [letters, ...(edifact && max > 1 && min < 3 ? [mark] : type === 'N' && max > 1 ? [point] : [])];
    }
    case 'DT':
      return ['0230', '1301', '0100'].map((day) => ({
        kind: 'type DT',
        text: `${max >= 8 ? '2026' : '26'}${day}`,
        code: 'date-invalid',
      }));
    case 'TM':
      return ['2400', '0960', '09:5'].map((time) => ({
        kind: 'type TM',
        text: time.padEnd(min, '0'),
        code: 'time-invalid',
      }));
    case 'a':
      return [{ kind: 'type a', text: '1'.repeat(min), code: 'letters-invalid' }];
    case 'B':
      return [];
    default:
      return [{ kind: `type ${type}`, text: `\t${'X'.repeat(min - 1)}`, code: 'character-invalid' }];
  }
}

function codeOf({ id, min, max, codes }: ElementRule): string {
  const code = [...(codes?.meanings.keys() ?? [])].find((one) => one.length >= min && one.length <= max);
  if (code === undefined) throw new Error(`element ${id} is closed, and no code of its list fits it`);
  return code;
}

/** A code of the right length that the list does not have. */
function strangeCode({ id, type, min, max, codes }: ElementRule): string {
  const letters = type === 'n' || type === 'N' ? '97531' : 'QXJ97';
  for (let length = min; length <= max; length += 1) {
    const code = [...letters].map((letter) => letter.repeat(length)).find((one) => !codes?.meanings.has(one));
    if (code !== undefined) return code;
  }
  throw new Error(`the list of element ${id} has every code`);
}

/** The name of a place for people: 'N104', 'NAD 3035'. */
export function placeName(tag: string, use: ElementUse, edifact: boolean): string {
  if (edifact) return `${tag} ${use.element?.id ?? use.composite?.id ?? ''}`;
  return `${tag}${String(use.position).padStart(2, '0')}`;
}
