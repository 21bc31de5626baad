import assert from 'node:assert/strict';
import { edifact, eventsOf, order, orders, x12 } from './samples.ts';

/** Code and place of the errors, by event. */
async function errorsOf(text: string): Promise<string[]> {
  const events = await eventsOf(text);
  return events.flatMap((event) =>
    'faults' in event
      ? event.faults
          .filter(({ severity }) => severity === 'error')
          .map(({ code, at }) => [code, at?.tag, at?.element, at?.component].filter(Boolean).join(' '))
      : [],
  );
}

describe('control characters in data', () => {
  const body = (line: string) => x12([...order.slice(0, 1), line, ...order.slice(1)]);

  it('are errors with their place, in messages', async () => {
    assert.deepEqual(await errorsOf(x12(['BEG*00*SA*HP\0-1**20261122', ...order.slice(1)])), [
      'control-character BEG 3',
    ]);
    assert.deepEqual(await errorsOf(body('REF*DP*a\x01b')), ['control-character REF 2']);
    assert.ok((await errorsOf(body('Z\0Z*1'))).some((one) => one.startsWith('control-character Z\0Z')));
    assert.ok((await errorsOf(body('ZZZ*\x1f'))).includes('control-character ZZZ 1'));
    assert.deepEqual(await errorsOf(x12(order).replaceAll('*0001~', '*00\x001~')), [
      'control-character ST 2',
      'control-character SE 2',
    ]);
    const party = orders.map((one) => one.replace('5412345000013', '54123450\x0200013'));
    const found = await errorsOf(edifact(party));
    assert.deepEqual(
      found.filter((one) => one.startsWith('control')),
      ['control-character NAD 2 1'],
    );
  });

  it('are errors of the envelope, in headers and trailers', async () => {
    const found = async (text: string) =>
      (await errorsOf(text)).filter((one) => one.startsWith('header-control-character'));
    assert.deepEqual(await found(x12(order).replace('*X*004010~', '*X*0040\x0010~')), [
      'header-control-character GS 8',
    ]);
    assert.deepEqual(await found(x12(order).replace('GE*1*41', 'GE*1*4\x001')), [
      'header-control-character GE 2',
    ]);
    assert.deepEqual(await found(x12(order).replace('*HARBORPINE     *', '*HARBOR\0PINE    *')), [
      'header-control-character ISA 6',
    ]);
    assert.deepEqual(await found(edifact(orders).replace(":0915+77'", ":0915+7\x007'")), [
      'header-control-character UNB 5',
    ]);
  });

  it('but tabs and line ends in data are warnings, and separators are none', async () => {
    assert.deepEqual(await errorsOf(body('REF*DP*one\ttwo')), []);
    assert.deepEqual(await errorsOf(x12(order).replaceAll('*', '\x1d').replaceAll('~', '\x1c')), []);
  });
});
