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

describe('limits give faults, never throws', () => {
  it('a segment longer than the limit: only its beginning is kept, the next message is read', async () => {
    const long = x12([...order.slice(0, 1), `MSG*${'x'.repeat(5_000)}`, ...order.slice(1)]);
    for (const text of [long, long.replace('~REF', '\n~REF')]) {
      const file = bytes(text + x12(order));
      const whole = eventsOfCut(file, [], { segmentBytes: 1_000 });
      for (const cut of [150, 180, 1_300, 2_000, 5_185, 5_200]) {
        assert.deepEqual(eventsOfCut(file, [cut], { segmentBytes: 1_000 }), whole, `cut at ${cut}`);
      }
      const messages = whole.filter((event) => event.kind === 'message');
      assert.deepEqual(
        messages.map((one) => one.verdict),
        ['rejected', 'accepted'],
      );
      assert.ok(messages[0]?.faults.some((one) => one.code === 'segment-too-long'));
    }
  });

  it('a segment without an end, of any size, is passed over in bounded memory', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      yield bytes(edifact(orders).replace(/UNS.*/s, 'FTX+AAI+++'));
      for (let block = 0; block < 400; block += 1) yield Buffer.alloc(65_536, '?');
    }
    const codes = [];
    for await (const event of readInterchanges(endless())) {
      if ('faults' in event) codes.push(...event.faults.map((one) => one.code));
    }
    assert.ok(codes.includes('segment-too-long'));
    assert.ok(codes.includes('interchange-trailer-missing'));
  });

  it('service segments, and those outside messages, are kept to a few thousand bytes', async () => {
    const long = 'x'.repeat(20_000);
    const texts = [
      x12(order).replace('ST*850*0001', `ST*850*${long}`),
      x12(order).replace('ST*850', `ST*${long}`),
      x12(order).replace('GS*PO*', `GS*${long}*`),
      x12(order).replace('GS*', `TA1*${long}~GS*`),
      x12(order).replace('GS*', `${long}*1~GS*`),
      edifact(orders).replace('UNH+1', `UNH+${long}`),
    ];
    for (const text of texts) {
      const events = await eventsOf(text);
      const longest = Math.max(
        ...JSON.stringify(events)
          .split('"')
          .map((part) => part.length),
      );
      assert.ok(longest <= 4_096, `${text.slice(0, 130)}: ${longest}`);
      const codes = events.flatMap((event) => ('faults' in event ? event.faults.map((one) => one.code) : []));
      assert.ok(
        codes.includes('segment-too-long') || codes.includes('segment-outside-message'),
        codes.join(),
      );
    }
  });

  it('more elements than the limit', async () => {
    const wide = x12([`BEG${'*x'.repeat(50)}`, ...order.slice(1)]);
    const events = await eventsOf(wide, { elementsPerSegment: 20 });
    const message = events.find((event) => event.kind === 'message');
    assert.ok(message?.faults.some((one) => one.code === 'elements-too-many'));
    const ftx = edifact([`FTX+AAI${'+x'.repeat(50)}`]);
    assert.ok((await codesOf(ftx, { elementsPerSegment: 20 })).includes('elements-too-many'));
  });

  it('more segments than the limit: counted, not held', async () => {
    const events = await eventsOf(x12(order), { segmentsPerMessage: 4 });
    const message = events.find((event) => event.kind === 'message');
    assert.equal(message?.segmentCount, 9);
    assert.equal(message?.segments.length, 4);
    assert.ok(message?.faults.some((one) => one.code === 'message-too-large'));
    assert.equal(
      message?.faults.some((one) => one.code === 'segment-count-mismatch'),
      false,
    );
  });

  it('more lines of an order than the limit: refused, and the rest is not kept', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => `PO1*${at + 1}*24*EA*12.5**UP*036000291452`);
    const text = x12([...order.slice(0, 3), ...lines]);
    const [message] = await messagesOf(text, { linesPerMessage: 10 });
    assert.equal(message?.verdict, 'rejected');
    assert.deepEqual(
      message?.faults.map(({ code, at }) => [code, at?.segment]),
      [['lines-too-many', 15]],
    );
    assert.deepEqual([message?.segments.length, message?.segmentCount], [14, 55]);
    assert.equal((await messagesOf(text, { linesPerMessage: 50 }))[0]?.verdict, 'accepted');
  });

  it('more groups than the limit: the interchange is refused', async () => {
    const group = x12(order).slice(isa.length).replace(/IEA.*/s, '');
    const text = `${isa}${group}${group.replaceAll('*41~', '*42~').replace('*41*X', '*42*X')}IEA*2*000000041~`;
    assert.deepEqual(await codesOf(text), []);
    assert.deepEqual(await codesOf(text, { groupsPerInterchange: 1 }), ['groups-too-many']);
  });

  it('an error beyond the limit of faults still refuses the message', async () => {
    const warnings = Array.from({ length: 5 }, () => 'REF*DP*a\tb');
    const text = x12([...order.slice(0, 2), ...warnings, ...order.slice(2), 'ZZZ*1', 'ZZZ*2']);
    const [message] = await messagesOf(text, { faultsPerMessage: 2 });
    assert.equal(message?.verdict, 'rejected');
    assert.match(message?.faults.at(-1)?.message ?? '', /^5 further faults/);
  });

  it('more faults than the limit: the rest is counted', async () => {
    const body = Array.from({ length: 50 }, () => 'ZZZ*1');
    const codes = await codesOf(x12([...order, ...body]), { faultsPerMessage: 10 });
    assert.equal(codes.length, 11);
    assert.equal(codes.at(-1), 'faults-cut');
    const outside = x12(order).replace('GE*', `${'ZZZ*1~'.repeat(50)}GE*`);
    assert.equal((await codesOf(outside, { faultsPerMessage: 10 })).length, 11);
  });

  it('NUL, control characters and random-looking headers', async () => {
    for (const text of [
      '\0',
      '\0'.repeat(1_000),
      'ISA',
      'ISA*',
      'UNA',
      'UNB',
      'UNB+',
      'UNA:+.? ',
      isa,
      isa.slice(0, 50),
      'ISA\n\n\n',
      'UNA\0\0\0\0\0\0UNB\0',
    ]) {
      const events = await eventsOf(text);
      assert.equal(
        events.filter((event) => event.kind === 'interchange').length,
        events.filter((event) => event.kind === 'interchange-end').length,
        JSON.stringify(text),
      );
    }
  });

  it('a message of what looks like headers', async () => {
    const many = x12([order[0] ?? '', ...Array.from({ length: 20_000 }, () => 'ISA*'), ...order.slice(1)]);
    const [message] = await messagesOf(many);
    assert.equal(message?.segmentCount, 20_009);
    assert.equal(message?.verdict, 'rejected');
  });

  it('a file of headers only', async () => {
    const [message] = await messagesOf(isa.repeat(50) + x12(order));
    assert.equal(message?.verdict, 'accepted');
  });

  it('gives other work its turn between messages', async () => {
    const file = bytes(x12(order).repeat(200));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    });
    for await (const event of readInterchanges([file])) {
      if (event.kind === 'message') await new Promise((resolve) => setImmediate(resolve));
    }
    clearInterval(timer);
    assert.ok(turns > 0);
  });
});
