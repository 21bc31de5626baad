/** Code tables: several meanings, other codes, and what a table may not say. */
import assert from 'node:assert/strict';
import { guideOf, problemsOf, sent, x12 } from './guide-of.ts';

const text = (kind: string, purpose = '{ "00": original, "01": cancel }') => `guide: 1
message: x12 004010 850
canonical: order
codes:
  purpose: ${purpose}
segments:
  - BEG: { "01": purpose code(purpose), "02": write SA, "03": number, "05": orderedOn }
  - REF: { "01": =DP, "02": ${kind} }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit, "06..": { pairs: { VN: item.sellerId } } }
`;
const document = (purpose: string, department?: string) => ({
  number: 'P1',
  purpose,
  orderedOn: '2026-11-20',
  ...(department === undefined ? {} : { department }),
  lines: [{ number: '1', quantity: '5', unit: 'EA', item: { sellerId: 'A' } }],
});

/** What REF02 becomes, or the codes of the faults. */
async function read(guideText: string, ref02: string): Promise<unknown> {
  const message = await x12('850', 'PO', 'BEG*00*SA*P1**20261120', `REF*DP*${ref02}`, 'PO1*1*5*EA***VN*A');
  const { document, faults } = await (await guideOf(guideText)).read(message);
  if (document !== null && 'department' in document) return document.department;
  return faults.map(({ code, value, at }) => [code, value, at?.tag, at?.element]);
}

async function written(guideText: string, department: string): Promise<unknown> {
  const { wire, faults } = await sent(await guideOf(guideText), document('original', department));
  return faults.length > 0 ? faults.map(({ code, value }) => [code, value]) : wire[1];
}

describe('Code tables', () => {
  it('write the first code that has the value, and read each', async () => {
    const table = text('{ department: { A: [toys, games], B: games, C: toys } }');
    assert.equal(await read(table, 'A'), 'toys');
    assert.equal(await read(table, 'B'), 'games');
    assert.equal(await read(table, 'C'), 'toys');
    assert.equal(await written(table, 'toys'), 'REF*DP*A');
    assert.equal(await written(table, 'games'), 'REF*DP*A');
  });

  it('refuse what they do not list, in either direction', async () => {
    const table = text('{ department: { A: toys } }');
    assert.deepEqual(await read(table, 'Z'), [['code-unmapped', 'Z', 'REF', 2]]);
    assert.deepEqual(await written(table, 'shoes'), [['code-not-allowed', 'shoes']]);
  });

  it("read every other code by '*', and write none of it", async () => {
    const table = text('{ department: { A: toys, "*": other } }');
    assert.equal(await read(table, 'Z'), 'other');
    assert.equal(await read(table, 'A'), 'toys');
    assert.deepEqual(await written(table, 'other'), [['code-not-allowed', 'other']]);
  });

  it("pass every other code as it is by '*: *', both ways", async () => {
    const table = text('{ department: { A: toys, "*": "*" } }');
    assert.equal(await read(table, 'Z'), 'Z');
    assert.equal(await read(table, 'A'), 'toys');
    assert.equal(await written(table, 'Z'), 'REF*DP*Z');
    assert.equal(await written(table, 'toys'), 'REF*DP*A');
    assert.equal(await written(table, 'A'), 'REF*DP*A');
  });

  it('may not say a code twice, nor one that is not there, nor a value that the field has not', async () => {
    const cases: [table: string, problem: RegExp][] = [
      ['{ "00": original, "00": cancel }', /:5 This key stands twice in the same map/],
      ['{ "00": original, "0O": cancel }', /:5 '0O' is no code of BEG element 1 \(353, .*\)\. Did you mean/],
      ['{ "00": orignal }', /:5 'orignal' is no purpose\. Did you mean 'original'\?/],
      ['{ "00": [] }', /:5 The code 00 needs a meaning/],
      ['{ "00": original, "*": [cancel, change] }', /:5 '\*' reads one value and writes none/],
    ];
    for (const [table, problem] of cases)
      assert.match((await problemsOf(text('department', table)))[0] ?? '', problem, table);
    const [unknown] = await problemsOf(text('department').replace('code(purpose)', 'code(purpsoe)'));
    assert.match(unknown ?? '', /:7 There is no code table 'purpsoe'\. Did you mean 'purpose'\?/);
  });
});
