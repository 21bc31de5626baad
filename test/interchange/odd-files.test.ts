/** Files that partners really send, each odd in its own way. */
import assert from 'node:assert/strict';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import {
  bytes,
  codesOf,
  edifact,
  eventsOf,
  eventsOfCut,
  isa,
  messagesOf,
  order,
  orders,
  x12,
} from './samples.ts';

describe('odd files', () => {
  it('a wrapped line may end between a release character and what it releases', async () => {
    const before = edifact(["BGM+220+HP-2001+9'FTX+AAI+++"]).replace(/'UNT.*/s, '');
    const filler = 'x'.repeat(80 - (before.length % 80) - 1);
    const whole = edifact(['BGM+220+HP-2001+9', `FTX+AAI+++${filler}?'s end`, ...orders.slice(3)]);
    for (const end of ['\n', '\r\n']) {
      const wrapped = whole.replace(/.{80}/gs, `$&${end}`);
      assert.ok(wrapped.includes(`?${end}'`), 'the line ends behind the release character');
      const [message] = await messagesOf(wrapped);
      assert.equal(message?.segments[2]?.values[3], `${filler}'s end`);
      const file = bytes(wrapped);
      const everywhere = Array.from({ length: file.length - 1 }, (_, index) => index + 1);
      const cut = eventsOfCut(file, everywhere).find((event) => event.kind === 'message');
      assert.deepEqual(cut?.segments, message?.segments);
    }
  });

  it('a BIN whose length lies is read as text, and costs no other message', async () => {
    for (const length of ['30', '3', '500']) {
      const bad = ['BEG*00*SA*1**20261122', `BIN*${length}*abcdef`, ...order.slice(3)];
      const text = x12(bad) + x12(order);
      const messages = await messagesOf(text);
      assert.deepEqual(
        messages.map((one) => one.faults.some(({ code }) => code === 'binary-length-wrong')),
        [true, false],
      );
      assert.equal(messages[1]?.verdict, 'accepted');
    }
  });

  it('components of an EDIFACT tag are no elements', async () => {
    const text = edifact(orders).replace('LIN+1', 'LIN:1+1').replace('QTY+21', 'QTY:1:1+21');
    assert.deepEqual(await codesOf(text), []);
    const [message] = await messagesOf(text);
    const [plain] = await messagesOf(edifact(orders));
    assert.deepEqual(
      message?.segments.map(({ tag, values }) => ({ tag, values })),
      plain?.segments.map(({ tag, values }) => ({ tag, values })),
    );
    const unt = message?.segments.at(-1);
    assert.equal(unt?.offset, text.indexOf('UNT'));
  });

  it('a number of EDIFACT has no exponent, one of X12 may', async () => {
    assert.deepEqual(await codesOf(edifact([...orders.slice(0, 5), 'QTY+21:1E3', ...orders.slice(6)])), [
      'number-invalid',
    ]);
    const lines = order.map((segment) => segment.replace('*24*EA*12.5*', '*24*EA*125E-1*'));
    assert.deepEqual(await codesOf(x12(lines)), []);
  });

  it('an agreed character set is not guessed', async () => {
    const file = bytes(edifact([...orders.slice(0, 2), 'FTX+AAI+++\xc2\xb0', ...orders.slice(3)]));
    const texts = [];
    for (const charset of ['ISO-8859-5', 'ISO-8859-1', 'UTF-8'] as const) {
      for await (const event of readInterchanges([file], { settings: () => ({ charset }) })) {
        if (event.kind === 'message') texts.push(event.segments[3]?.values[3]);
        if (event.kind === 'interchange-end') assert.deepEqual(event.faults, []);
      }
    }
    assert.deepEqual(texts, ['ТА', '\xc2\xb0', '\xb0']);
  });

  it('ids of an ISA are decoded like everything else', async () => {
    const text = Buffer.from(x12(order).replace('HARBORPINE     ', 'KÄSEREI       '), 'utf8');
    const [begin] = await eventsOf(text);
    assert.equal(begin?.kind === 'interchange' ? begin.sender.id : '', 'KÄSEREI');
  });

  it('groups that only their messages show may be counted or not', async () => {
    const bare = x12(order)
      .replace(/GS.*?~/, '')
      .replace(/GE.*?~/, '');
    for (const count of ['0', '1']) {
      const codes = await codesOf(bare.replace('IEA*1*', `IEA*${count}*`));
      assert.deepEqual(codes, ['group-header-missing']);
    }
  });

  it('a source may use the memory of a chunk again once it is asked for another', async () => {
    const file = bytes(x12(order).repeat(400));
    const shared = Buffer.alloc(1_000);
    function* reusing(): Generator<Uint8Array> {
      for (let at = 0; at < file.length; at += shared.length) {
        const length = file.copy(shared, 0, at, at + shared.length);
        yield shared.subarray(0, length);
        shared.fill(0);
      }
    }
    let accepted = 0;
    for await (const event of readInterchanges(reusing())) {
      if (event.kind === 'message' && event.verdict === 'accepted') accepted += 1;
    }
    assert.equal(accepted, 400);
  });

  it('what was cut is not told of what it lacks', async () => {
    const long = x12([
      ...order.slice(0, 3),
      `PO1*1*24*EA*12.5**UP*036000291452*VN*${'x'.repeat(3_000)}`,
      ...order.slice(4),
    ]);
    assert.deepEqual(await codesOf(long, { segmentBytes: 1_000 }), ['segment-too-long']);
    const gs = x12(order).replace('GS*PO*HARBORPINE', `GS*PO*${'x'.repeat(3_000)}`);
    assert.ok((await codesOf(gs, { segmentBytes: 1_000 })).includes('segment-too-long'));
  });

  it('TA1s without end are not kept without end', async () => {
    const many = `${isa}${'TA1*000000007*261122*0900*A*000~'.repeat(50)}IEA*0*000000041~`;
    const events = await eventsOf(many, { ta1PerInterchange: 10 });
    const end = events.find((event) => event.kind === 'interchange-end');
    assert.equal(end?.ta1.length, 10);
    assert.ok(end?.faults.some(({ code }) => code === 'ta1-too-many'));
  });
});

describe('totals', () => {
  const order3 = ['BEG*00*SA*HP-1**20261122', 'PO1*1*2.5*EA*1**VN*A', 'PO1*2*1.5*EA*1**VN*B'];

  it('a hash total adds digits without points; many send the plain sum', async () => {
    for (const total of ['40', '4', '4.0'])
      assert.deepEqual(await codesOf(x12([...order3, `CTT*2*${total}`])), []);
    assert.deepEqual(await codesOf(x12([...order3, 'CTT*2*5'])), ['quantity-total-mismatch']);
  });

  it('lines of an invoice are counted, too', async () => {
    const invoice = ['BIG*20261122*1', 'IT1*1*2*EA*1**VN*A', 'TDS*200', 'CTT*9*2'];
    assert.deepEqual(await codesOf(x12(invoice, '810', 'IN')), ['line-total-mismatch']);
  });

  it('levels that enclose each other are found in every message that has them', async () => {
    const report = ['BSR*2*PA*1*20261122', 'HL*1*2*O', 'PRF*1', 'HL*2*1*I', 'PO1**1*EA', 'ISR*IN'];
    assert.ok((await codesOf(x12(report, '870', 'RS'))).includes('level-circle'));
  });
});
