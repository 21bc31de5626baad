/** The fault table answers only with codes that the standards have at that level. */
import assert from 'node:assert/strict';
import { type FaultRow, faultTable, type WireAnswer } from '../../src/fault.ts';

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

const allowed: Readonly<Record<keyof WireAnswer, readonly string[]>> = {
  ak304: numbers(1, 8),
  ak403: numbers(1, 10),
  ak502: [...numbers(1, 13), ...numbers(15, 17), '19', ...numbers(23, 27)],
  ik304: [...numbers(1, 8), 'I4', 'I6', 'I7', 'I8', 'I9'],
  ik403: [...numbers(1, 10), '12', '13', 'I6', 'I9', 'I10', 'I11', 'I12', 'I13'],
  ik502: [...numbers(1, 13), ...numbers(15, 19), ...numbers(23, 27), 'I5', 'I6'],
  ak905: [...numbers(1, 6), ...numbers(10, 19), ...numbers(23, 26)],
  ta105: numbers(0, 31).map((code) => code.padStart(3, '0')),
  uci: [
    ...['2', '7'],
    ...numbers(12, 34).filter((code) => code !== '19'),
    ...['37', '39', '40', '45', '46', '47'],
  ],
  ucm: [...['3'], ...numbers(12, 18), ...numbers(21, 23), ...numbers(25, 31), '34', '37', '39', '40'],
  ucs: [...numbers(12, 16), '18', '21', '22', '27', '34', '35', '36'],
  ucd: [...numbers(12, 16), '18', '19', '21', '22', '27', '34', ...numbers(37, 40)],
};

describe('wire answers of the fault table', () => {
  for (const [code, row] of Object.entries(faultTable) as [string, FaultRow][]) {
    for (const [level, answer] of Object.entries(row.answer ?? {}) as [keyof WireAnswer, string][]) {
      it(`${code}: ${level} ${answer}`, () => assert.ok(allowed[level].includes(answer)));
    }
  }
});
