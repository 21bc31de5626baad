/** What was agreed of a value beyond the standard: said with the guide's line and the partner's words, and never sent against it. */
import assert from 'node:assert/strict';
import { guideOf, problemsOf, sent, thereAndBack, x12 } from './guide-of.ts';

const text = (beg03: string, po103 = 'unit') => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": write SA, "03": ${beg03}, "05": orderedOn }
  - REF: { "01": =DP, "02": { by: "03", of: { A: department, B: vendor } } }
  - PO1: { each: lines, "01": number, "02": quantity, "03": ${po103}, "06..": { pairs: { VN: item.sellerId } } }
`;
const lengthText = text('{ is: number!, length: 2..4, says: "BEG03 has two to four digits" }');
const allowText = text('number', '{ is: unit, allow: [EA, CA], says: "Each and case (3.4)" }');
const order = (number: string, unit = 'EA') =>
  x12('850', 'PO', `BEG*00*SA*${number}**20261120`, `PO1*1*5*${unit}***VN*A`);
const document = (number: string, unit = 'EA') => ({
  number,
  purpose: 'original',
  orderedOn: '2026-11-20',
  lines: [{ number: '1', quantity: '5', unit, item: { sellerId: 'A' } }],
});

describe('What was agreed of a value', () => {
  it('is its length, in both directions', async () => {
    const guide = await guideOf(lengthText);
    const { faults, document: refused } = await guide.read(await order('12345'));
    assert.equal(refused, null);
    const [found, ...more] = faults;
    assert.deepEqual(
      [found?.code, found?.severity, found?.at?.tag, found?.at?.element, found?.at?.segment, more],
      ['guide-length-not-agreed', 'error', 'BEG', 3, 2, []],
    );
    const sentence =
      'BEG element 3 was agreed to have 2 to 4 characters; 12345 has 5. BEG03 has two to four digits';
    assert.equal(found?.message, sentence);
    assert.match(found?.hint ?? '', /acme\/guide\.yaml:5\.$/);
    assert.deepEqual(
      (await sent(guide, document('1'))).faults.map(({ code, severity }) => [code, severity]),
      [['guide-length-not-agreed', 'error']],
    );
    for (const number of ['12', '1234'])
      assert.deepEqual(await thereAndBack(guide, document(number)), document(number));
  });

  it('is the values that may stand there, in both directions', async () => {
    const guide = await guideOf(allowText);
    const { faults, document: refused } = await guide.read(await order('P1', 'DZ'));
    assert.equal(refused, null);
    assert.deepEqual(
      faults.map(({ message, at }) => [message, at?.element]),
      [['PO1 element 3 may not hold DZ; it was agreed to hold EA, CA. Each and case (3.4)', 3]],
    );
    assert.match(faults[0]?.hint ?? '', /acme\/guide\.yaml:7\.$/);
    const { faults: unsent } = await sent(guide, document('P1', 'DZ'));
    assert.deepEqual(
      unsent.map(({ code, severity, value }) => [code, severity, value]),
      [['guide-value-not-agreed', 'error', 'DZ']],
    );
    assert.deepEqual(await thereAndBack(guide, document('P1', 'CA')), document('P1', 'CA'));
  });

  it('is that it comes at all, in the words of the partner', async () => {
    const guide = await guideOf(text('{ is: number!, says: "Orders have numbers" }'));
    const { faults } = await sent(guide, { ...document('P1'), number: '' });
    assert.deepEqual(
      faults.map(({ code, at }) => [code, at?.tag, at?.element]),
      [['value-missing', 'BEG', 3]],
    );
  });

  it('is that one of several comes, whichever', async () => {
    const one = await guideOf(
      text('number')
        .replace('A: department', 'A: department!')
        .replace('  - REF: {', '  - REF: { most: any,'),
    );
    const lines = (...ref: string[]) =>
      x12('850', 'PO', 'BEG*00*SA*P1**20261120', ...ref, 'PO1*1*5*EA***VN*A');
    const codes = async (...ref: string[]) =>
      (await one.read(await lines(...ref))).faults.map(({ code }) => code);
    assert.deepEqual(await codes('REF*DP*X*A'), []);
    assert.deepEqual(await codes('REF*DP*X*B'), []);
    assert.deepEqual(await codes('REF*DP**A'), ['value-missing']);
  });

  it('stands in place of what is not there', async () => {
    const guide = await guideOf(text('number', '{ is: unit, else: EA, allow: [EA, CA] }'));
    const { lines, ...head } = document('P1');
    const bare = { ...head, lines: lines.map(({ unit: _unit, ...line }) => line) };
    assert.equal((await sent(guide, bare)).wire[1], 'PO1*1*5*EA***VN*A');
    assert.equal((await sent(guide, document('P1', 'CA'))).wire[1], 'PO1*1*5*CA***VN*A');
  });

  it('may not contradict itself or the standard', async () => {
    const cases: [cell: string, problem: RegExp][] = [
      ['{ is: unit, allow: [EA, EACH] }', /:7 'EACH' is too long for PO1 element 3/],
      ['{ is: unit, allow: [EA], length: 3 }', /:7 'EA' is allowed, but has 2 characters/],
      ['{ is: unit, length: 5 }', /:7 PO1 element 3 takes 2 characters; it can never have 5/],
      ['{ is: unit, length: 4..2 }', /:7 'length' is a number of characters/],
      ['{ is: unit, allow: [] }', /:7 'allow' lists the values/],
      ['{ is: unit, alow: [EA] }', /:7 'alow' means nothing beside 'is'\. Did you mean 'allow'\?/],
      ['{ is: unit, else: EACH }', /:7 'EACH' is too long for PO1 element 3/],
    ];
    for (const [cell, problem] of cases)
      assert.match((await problemsOf(text('number', cell)))[0] ?? '', problem, cell);
  });
});
