import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gs1CheckDigit, sscc, ssccSerials } from '../../src/order/shipment/sscc.ts';

describe('SSCC', () => {
  it('has the check digit that the hand finds', () => {
    // 1 0614141 234567890: 3*(1+6+4+4+2+4+6+8+0) + (0+1+1+1+3+5+7+9) = 105 + 27 = 132, so 8.
    assert.equal(sscc(1, '0614141', 234567890), '106141412345678908');
    // 0 9501101 000000001: 3*(0+5+1+0+0+0+0+0+1) + (9+0+1+1+0+0+0+0) = 21 + 11 = 32, so 8.
    assert.equal(sscc(0, '9501101', 1), '095011010000000018');
    // 3 4012345678 00000 0: 3*(3+0+2+4+6+8+0+0+0) + (4+1+3+5+7+0+0+0) = 69 + 20 = 89, so 1.
    assert.equal(sscc(3, '4012345678', 0n), '340123456780000001');
  });

  it('gives check digits of other lengths too', () => {
    assert.equal(gs1CheckDigit('629104150021'), '3');
    assert.equal(gs1CheckDigit('03600029145'), '2');
    assert.equal(gs1CheckDigit('0000000'), '0');
  });

  it('never gives one number twice', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.bigInt(0n, 999_999_999n));
    fc.assert(
      fc.property(part, part, ([d1, s1], [d2, s2]) => {
        const same = d1 === d2 && s1 === s2;
        assert.equal(sscc(d1, '0614141', s1) === sscc(d2, '0614141', s2), same);
      }),
    );
  });

  it('uses its serials to the last and not beyond', () => {
    assert.equal(ssccSerials('0614141'), 1_000_000_000n);
    assert.equal(ssccSerials('4012345678'), 1_000_000n);
    assert.match(sscc(9, '4012345678', 999_999), /^94012345678999999\d$/);
    assert.throws(() => sscc(9, '4012345678', 1_000_000), /outside 0 to 999999/);
    assert.throws(() => sscc(9, '4012345678', -1), /outside/);
    assert.throws(() => sscc(9, '4012345678', 1.5), /no serial/);
  });

  it('refuses prefixes and extension digits that do not fit', () => {
    for (const prefix of ['061414', '06141410000', '06141x1', ''])
      assert.throws(() => sscc(0, prefix, 1), /7 to 10/);
    for (const digit of [-1, 10, 1.5]) assert.throws(() => sscc(digit, '0614141', 1), /extension digit/);
  });
});
