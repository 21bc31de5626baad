import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { faultRows } from '../scripts/faults-doc.ts';
import { type FaultCode, type FaultRow, fault, faultTable, wireAnswer } from '../src/fault.ts';

describe('the fault table', () => {
  it('is what docs/faults.md says, row by row', () => {
    const page = readFileSync(new URL('../docs/faults.md', import.meta.url), 'utf8');
    const shown = new Map(
      page
        .split('\n')
        .map((line) => [/^\| `([\w-]+)`/.exec(line)?.[1], line] as const)
        .filter(([code]) => code !== undefined),
    );
    const rows = faultRows();
    const differing = [...rows].filter(([code, row]) => shown.get(code) !== row).map(([code]) => code);
    const gone = [...shown.keys()].filter((code) => code !== undefined && !rows.has(code));
    const how = 'run: npx tsx scripts/faults-doc.ts';
    assert.deepEqual(differing, [], `docs/faults.md misses or misquotes ${differing.join(', ')}; ${how}`);
    assert.deepEqual(gone, [], `docs/faults.md lists faults that are gone: ${gone.join(', ')}; ${how}`);
  });

  it('has a sentence, a hint and codes of the right form in every row', () => {
    for (const [code, row] of Object.entries(faultTable as Readonly<Record<string, FaultRow>>)) {
      assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(row.message, /[.!?}]$/, code);
      assert.match(row.hint, /[.!?…}]$/, code);
      for (const [place, value] of Object.entries(row.answer ?? {})) {
        assert.match(value, place === 'ta105' ? /^0\d\d$/ : /^I?\d{1,2}$/, `${code} ${place}`);
      }
    }
  });

  it('uses only codes that the wire lists have', () => {
    const allowed: Record<string, RegExp> = {
      ak304: /^[1-8]$/,
      ak403: /^([1-9]|10)$/,
      ak502: /^([1-7]|23)$/,
      ik304: /^I[46-9]$/,
      ik403: /^(1[23]|I[69]|I1[0-3])$/,
      ik502: /^(18|I[56])$/,
      ak905: /^([1-6]|19)$/,
      ta105: /^0(0\d|1\d|2[0-7])$/,
      uci: /^(2|7|1[2-8]|2[0-9]|3[0-4])$/,
      ucm: /^(3|1[2-8]|2[1235-9]|3[01479]|40)$/,
      ucs: /^(1[2-68]|2[127]|3[4-6])$/,
      ucd: /^(1[2-689]|2[127]|3[4789]|40)$/,
    };
    for (const code of Object.keys(faultTable) as FaultCode[]) {
      for (const [place, value] of Object.entries(wireAnswer(code))) {
        assert.match(value, allowed[place] ?? /^$/, `${code} answers ${value} at ${place}`);
      }
    }
  });

  it('quotes what is empty in a word, so that no sentence has a hole', () => {
    const { message, value } = fault('interchange-control-mismatch', { control: '000000007', value: '' });
    assert.equal(
      message,
      'The header has the control number 000000007, the trailer (nothing): they should be the same.',
    );
    assert.equal(value, '');
    const { message: unnamed } = fault('segment-outside-message', { tag: '' });
    assert.equal(unnamed, 'The segment (nothing) stands outside every message.');
    const { message: marked } = fault('envelope-not-writable', {
      tag: 'ISA',
      element: 8,
      value: '',
      rule: 'text',
    });
    assert.equal(marked, 'ISA element 8 cannot be "": it takes text.');
  });

  it('fills the places of a row and cuts the value to what AK404 holds', () => {
    const one = fault('segment-unknown', { tag: 'XYZ', type: '850', value: 'v'.repeat(200) }, { segment: 3 });
    assert.equal(one.message, 'The segment XYZ is not part of 850.');
    assert.equal(one.value?.length, 99);
    assert.deepEqual(one.at, { segment: 3 });
  });
});
