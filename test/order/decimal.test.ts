import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDecimal, parseDecimal, sumOfProducts } from '../../src/order/decimal.ts';

describe('decimals', () => {
  it('are exact where floating point is not', () => {
    assert.equal(formatDecimal(parseDecimal('0.1') + parseDecimal('0.2')), '0.3');
    assert.equal(formatDecimal(parseDecimal('999999999999999.999999')), '999999999999999.999999');
  });

  it('are written without trailing zeros, with their sign', () => {
    for (const [given, written] of [
      ['3.50', '3.5'],
      ['007', '7'],
      ['-0.000001', '-0.000001'],
      ['-0', '0'],
      ['12.000', '12'],
    ] as const) {
      assert.equal(formatDecimal(parseDecimal(given)), written);
    }
  });

  it('read what they wrote', () => {
    fc.assert(fc.property(fc.bigInt(-(10n ** 21n), 10n ** 21n), (n) => parseDecimal(formatDecimal(n)) === n));
  });

  it('refuse what is no decimal', () => {
    for (const text of ['', 'x', '1e3', '1.', '.5', '1.0000001', '+1'])
      assert.throws(() => parseDecimal(text));
  });

  it('sum products exactly and round once, half away from zero', () => {
    const sum = (pairs: readonly [string, string][]) =>
      sumOfProducts(pairs.map(([a, b]) => [parseDecimal(a), parseDecimal(b)]));
    assert.equal(sum([['3', '0.335']]), '1.01');
    assert.equal(
      sum([
        ['1', '0.004'],
        ['1', '0.004'],
      ]),
      '0.01',
    );
    assert.equal(sum([['-1', '0.005']]), '-0.01');
    assert.equal(sum([['-1', '0.004']]), '0.00');
    assert.equal(sum([['12', '100']]), '1200.00');
  });
});
