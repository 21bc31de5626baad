/** Numbers both ways: the point that is written, the point that is not, signs, zeros and limits; exact, never rounded. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimalCodec, negatedCodec } from '../../src/mapping/codec.ts';
import { guideOf, problemsOf, sent, thereAndBack, x12 } from './guide-of.ts';

const text = (price: string, charge = 'amount') => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": write SA, "03": number, "05": orderedOn }
  - SAC: { each: charges, "01": { kind: { A: allowance, C: charge } }, "02": service, "05": ${charge} }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit, "04": ${price}, "06..": { pairs: { VN: item.sellerId } } }
`;
const order = (price: string, charge = '1') =>
  x12('850', 'PO', 'BEG*00*SA*P1**20261120', `SAC*C*D240***${charge}`, `PO1*1*5*EA*${price}**VN*A`);
const document = (price: string, amount = '1.00') => ({
  number: 'P1',
  purpose: 'original',
  orderedOn: '2026-11-20',
  charges: [{ kind: 'charge', service: 'D240', amount }],
  lines: [{ number: '1', quantity: '5', unit: 'EA', price, item: { sellerId: 'A' } }],
});

type Found = { charges: { amount: string }[]; lines: { price: string }[] };

async function read(guideText: string, price: string, charge = '1'): Promise<string | undefined> {
  const { document } = await (await guideOf(guideText)).read(await order(price, charge));
  return (document as unknown as Found | null)?.lines[0]?.price;
}

async function written(guideText: string, price: string): Promise<string | undefined> {
  const { wire, faults } = await sent(await guideOf(guideText), document(price));
  return faults[0]?.code ?? wire[2]?.split('*')[4];
}

describe('Numbers of a guide', () => {
  it('keep their zeros, and lose a plus and leading zeros', async () => {
    const cases: [string, string][] = [
      ['12.50', '12.50'],
      ['0012', '12'],
      ['+3.5', '3.5'],
      ['.5', '0.5'],
      ['5.', '5'],
      ['-0.00', '0.00'],
      ['-7', '-7'],
      ['1.5000000', '1.500000'],
      ['999999999999999', '999999999999999'],
    ];
    const guide = await guideOf(text('price'));
    for (const [wire, canon] of cases) {
      const { document } = await guide.read(await order(wire));
      assert.equal((document as unknown as Found | null)?.lines[0]?.price, canon, wire);
    }
  });

  it('are faults where they are none, or the canon cannot hold them', async () => {
    const guide = await guideOf(text('price'));
    for (const wire of ['1.2.3', '1-', '--1', '1e5', '0x10', '.', '-', '1.1234567', '1234567890123456']) {
      const message = await order(wire);
      const { document, faults } = await guide.read(message);
      assert.equal(document, null, wire);
      // Where the reader has told it already, it is not told twice.
      const found = [...message.faults, ...faults].map(({ value, at }) => [value, at?.tag, at?.element]);
      assert.deepEqual(found, [[wire, 'PO1', 4]]);
    }
  });

  it('have their point implied by the element, or by the guide', async () => {
    const implied = text('price implied(2)');
    for (const [wire, canon] of [
      ['1250', '12.50'],
      ['5', '0.05'],
      ['-5', '-0.05'],
      ['12.5', '12.5'],
      ['0', '0.00'],
    ] as const)
      assert.equal(await read(implied, wire), canon, wire);
    for (const [canon, wire] of [
      ['12.50', '1250'],
      ['12.5', '1250'],
      ['12.500', '1250'],
      ['0.05', '5'],
      ['-0.05', '-5'],
      ['0', '0'],
      ['12.505', 'value-unwritable'],
    ] as const)
      assert.equal(await written(implied, canon), wire, canon);
    const amount = await guideOf(text('price'));
    const { document: found } = await amount.read(await order('1', '1250'));
    assert.equal((found as unknown as Found | null)?.charges[0]?.amount, '12.50');
    assert.equal((await sent(amount, document('1', '3.5'))).wire[1], 'SAC*C*D240***350');
  });

  it('are written with the places that were agreed, and refused with more', async () => {
    const places = text('price decimals(2)');
    for (const [canon, wire] of [
      ['12', '12.00'],
      ['12.5', '12.50'],
      ['12.5000', '12.50'],
      ['-0.1', '-0.10'],
      ['12.505', 'value-unwritable'],
    ] as const)
      assert.equal(await written(places, canon), wire, canon);
    assert.equal(await written(text('price decimals(0)'), '7.00'), '7');
    assert.equal(await read(places, '7.125'), '7.125');
    const { faults } = await sent(await guideOf(places), document('1.005'));
    assert.match(faults[0]?.message ?? '', /PO1 element 4.*1\.005/);
    assert.equal(faults[0]?.severity, 'error');
  });

  it('have the other sign where the partner means it so', async () => {
    const negated = text('price negated');
    for (const [wire, canon] of [
      ['5', '-5'],
      ['-5', '5'],
      ['0', '0'],
    ] as const) {
      assert.equal(await read(negated, wire), canon);
      assert.equal(await written(negated, canon), wire);
    }
    assert.equal(await written(text('price implied(2) negated'), '-0.05'), '5');
  });

  it('are too long by their digits only', async () => {
    const plain = text('price');
    assert.equal(await written(plain, '-123456789012345.12'), '-123456789012345.12');
    assert.equal(await written(plain, '123456789012345.123'), 'value-too-long');
  });

  it('contradict neither themselves nor the element', async () => {
    const cases: [price: string, charge: string, problem: RegExp][] = [
      ['price implied(2) decimals(2)', 'amount', /:7 'implied' and 'decimals' cannot both be/],
      ['price', 'amount decimals(2)', /:6 SAC element 5 has type N2: .* Leave the word out\./],
      ['price', 'amount implied(3)', /:6 SAC element 5 has type N2/],
      ['price implied(7)', 'amount', /'implied\(7\)' .* 0 to 6/],
      ['price decimals(x)', 'amount', /'decimals\(x\)' .* 0 to 6/],
      ['description decimals(2)', 'amount', /description' is a text, not a decimal/],
    ];
    for (const [price, charge, problem] of cases)
      assert.match((await problemsOf(text(price, charge)))[0] ?? '', problem);
  });

  it('come back as they were, whatever the style', async () => {
    const digits = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat({ max: 6 }));
    const value = digits.map(([whole, places]) => {
      const all = String(Math.abs(whole)).padStart(places + 1, '0');
      const cut = all.length - places;
      const sign = whole < 0 ? '-' : '';
      return `${sign}${all.slice(0, cut)}${places === 0 ? '' : `.${all.slice(cut)}`}`;
    });
    const plain = (decimal: string) => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);
    const style = fc.constantFrom(
      { implied: null, places: null },
      { implied: 6, places: null },
      { implied: null, places: 6 },
    );
    fc.assert(
      fc.property(value, style, fc.boolean(), (decimal, style, negated) => {
        const codec = negated ? negatedCodec(decimalCodec(style)) : decimalCodec(style);
        const back = codec.decode(codec.encode(decimal) ?? '', '') ?? '';
        assert.equal(plain(back), plain(decimal));
        if (style.implied === null && style.places === null) assert.equal(back, decimal);
      }),
    );
    const guide = await guideOf(text('price'));
    assert.deepEqual(await thereAndBack(guide, document('-0.10', '12.00')), document('-0.10', '12.00'));
  });
});
