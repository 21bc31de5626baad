/** Our own reader, acknowledger and writer, judged by the partners: what they ordered goes in, what comes out is read by others. */
import assert from 'node:assert/strict';
import { acknowledge } from '../../src/interchange/acknowledge.ts';
import { answerInterchange } from '../../src/interchange/acknowledge-envelope.ts';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { receiptCollector } from '../../src/interchange/receipt.ts';
import { writeInterchange } from '../../src/interchange/write.ts';
import { faulty } from '../../src/simulator/faults.ts';
import type { Judgement, OrderFile, TradingPartner } from '../../src/simulator/trading-partner.ts';
import { type Basket, basket, harborPine, nordlicht, order } from './example.ts';

for (const [kind, make] of [
  ['997', harborPine],
  ['CONTRL', nordlicht],
] as const)
  describe(`our ${kind}, judged by the partner`, () => {
    let mail: Basket;
    let partner: TradingPartner;
    beforeEach(() => {
      mail = basket();
      partner = make(mail);
    });

    async function judgements(sent: readonly OrderFile[]): Promise<readonly Judgement[]> {
      for (const file of sent) mail.incoming.push(...(await answersTo(file)));
      return (await partner.poll()).map((answer) => partner.judge(answer, sent));
    }

    it('accepts a clean order', async () => {
      const [judgement, ...others] = await judgements([partner.order(order)]);
      assert.deepEqual(judgement?.problems, []);
      assert.deepEqual([judgement?.kind, judgement?.orderNumber, others.length], [kind, 'PO-7001', 0]);
    });

    for (const fault of ['wrong-count', 'bad-element'] as const)
      it(`refuses an order with the fault ${fault}`, async () => {
        const [judgement, ...others] = await judgements(faulty(fault, partner, order));
        assert.deepEqual(judgement?.problems, []);
        assert.match(judgement?.summary ?? '', /refused/);
        assert.equal(others.length, 0);
      });

    it('names what was cut, as far as it can be answered', async () => {
      for (const judgement of await judgements(faulty('truncated', partner, order)))
        assert.deepEqual(judgement.problems, []);
    });
  });

let control = 500;

async function answersTo({ name, bytes }: OrderFile) {
  const collect = receiptCollector();
  const answers: { name: string; bytes: Buffer }[] = [];
  for await (const event of readInterchanges([bytes])) {
    const received = collect(event);
    if (received === null) continue;
    const { separators } = received.begin;
    const messages = acknowledge(received.receipt, { separators, everyMessage: true });
    control += 1;
    const envelope = { control, at: new Date('2026-11-20T10:00:00Z'), separators, newline: '\n' };
    const written = writeInterchange(answerInterchange(received.receipt, messages, envelope));
    assert.deepEqual(written.faults, []);
    answers.push({ name: `answer to ${name}`, bytes: written.bytes });
  }
  return answers;
}
