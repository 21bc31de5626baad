import assert from 'node:assert/strict';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import { type FaultKind, faultKinds, faulty } from '../../src/simulator/faults.ts';
import type { OrderFile } from '../../src/simulator/trading-partner.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { harborPine, nordlicht, order } from './example.ts';

for (const [standard, make, read] of [
  ['X12', harborPine, readX12],
  ['EDIFACT', nordlicht, readEdifact],
] as const)
  describe(`faults on purpose in ${standard}`, () => {
    const files = (kind: FaultKind) => faulty(kind, make(), order);
    const only = (kind: FaultKind): OrderFile => {
      const [file, ...others] = files(kind);
      assert.ok(file && others.length === 0);
      return file;
    };
    const parsed = (file: OrderFile) => {
      const [answer] = read(file.name, file.bytes);
      assert.ok(answer);
      return answer;
    };
    const pair = (kind: FaultKind): readonly [OrderFile, OrderFile] => {
      const [first, second, ...others] = files(kind);
      assert.ok(first && second && others.length === 0);
      assert.notEqual(first.name, second.name);
      return [first, second];
    };

    it('wrong-count: the other parser complains of the count alone', () => {
      const file = only('wrong-count');
      assert.match(
        parsed(file).problems.join('; '),
        /^(X12 Standard: The value in SE01 \(\d+\)|UNT counts \d+ segments)[^;]*$/,
      );
      assert.equal(file.expected.acknowledgment, 'refused');
    });

    it('duplicate-control: one control number, two orders', () => {
      const [first, second] = pair('duplicate-control');
      assert.equal(parsed(first).interchange.control, parsed(second).interchange.control);
      assert.notEqual(first.expected.orderNumber, second.expected.orderNumber);
      assert.ok(!first.bytes.equals(second.bytes));
    });

    it('same-bytes: one content, two names', () => {
      const [first, second] = pair('same-bytes');
      assert.ok(first.bytes.equals(second.bytes));
      assert.deepEqual([first.expected.response, second.expected.response], [true, false]);
    });

    it('unknown-item: the first line asks for what nobody sells', () => {
      const file = only('unknown-item');
      assert.deepEqual(parsed(file).problems, []);
      assert.match(file.bytes.toString(), /NO-SUCH-ITEM/);
      assert.deepEqual(
        file.expected.lines.map(({ sellerId }) => sellerId),
        ['NO-SUCH-ITEM', 'TEA-02'],
      );
      assert.equal(file.expected.response, true);
    });

    it('unknown-sender: in order but for who sends it', () => {
      const file = only('unknown-sender');
      assert.deepEqual(parsed(file).problems, []);
      assert.match(parsed(file).interchange.sender, /\/0000000000000$/);
    });

    it('truncated: the end is missing', () => {
      assert.ok(parsed(only('truncated')).problems.length > 0);
    });

    it('bad-element: a quantity that is a word', () => {
      assert.match(only('bad-element').bytes.toString(), /PO1\*1\*TWELVE\*EA|QTY\+21:TWELVE:PCE/);
    });

    it('test-flag: marked as a test', () => {
      assert.equal(parsed(only('test-flag')).interchange.test, true);
    });

    it('cancel and change: an order, then what becomes of it', () => {
      const [ordered, cancelled] = pair('cancel');
      assert.equal(ordered.expected.orderNumber, cancelled.expected.orderNumber);
      assert.match(cancelled.bytes.toString(), /BEG\*01\*|BGM\+220\+PO-7001\+1'/);
      const [, changed] = pair('change');
      assert.match(parsed(changed).kind, /^(860|ORDCHG)$/);
      assert.deepEqual(
        changed.expected.lines.map(({ quantity }) => quantity),
        ['13', '31'],
      );
    });

    it('garbage: no EDI at all', () => {
      assert.equal(parsed(only('garbage')).kind, 'unreadable');
    });

    it('names every file after its type and control number', () => {
      for (const kind of faultKinds)
        for (const { name } of files(kind)) assert.match(name, /^(850|860|ORDERS|ORDCHG)-\d+/);
    });
  });
