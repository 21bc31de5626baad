/** Who has the places of POST /as2 when there are not enough: nobody may hold one with a byte now and then. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createPlaces } from '../../../src/transport/as2/handler-places.ts';
import { as2Limits } from '../../../src/transport/as2/limits.ts';
import { agreedWith, closePoster, memoryDesk, mirrored, openHouse, pack, post } from './http-house.ts';

const ours = agreedWith('US', 'THEM');
const theirs = mirrored(ours);

describe('The places of POST /as2', () => {
  after(() => closePoster());

  it('pass from a sender who crawls to one who comes, and what crawled leaves nothing', async () => {
    const slow = { afterMs: 0, bytesPerSecond: 1024 ** 3 };
    const house = await openHouse([ours], { limits: { places: 1, slow } });
    try {
      const message = await pack(memoryDesk([]), theirs, { payload: Buffer.from('ISA*00*~') });
      const crawler = connect(Number(new URL(house.url).port), '127.0.0.1');
      const closed = once(crawler, 'close');
      const fields = { Host: 'x', ...message.headers, 'Content-Length': 1_000, Expect: '100-continue' };
      const lines = Object.entries(fields).map((field) => `${field.join(': ')}\r\n`);
      crawler.write(`POST /as2 HTTP/1.1\r\n${lines.join('')}\r\n`);
      const [asked] = (await once(crawler, 'data')) as [Buffer];
      assert.match(asked.toString(), /^HTTP\/1.1 100 /);
      assert.equal((await post(house.url, message)).status, 200);
      await closed;
      assert.deepEqual(
        house.desk.rows.map(({ state }) => state),
        ['accepted'],
      );
    } finally {
      await house.close();
    }
    assert.equal(house.left.size, 0, 'nothing is left in the workshop');
  });

  it('stay with who is new, quick enough or whole', () => {
    let nowMs = 0;
    const limits = { ...as2Limits, places: 1, slow: { afterMs: 10, bytesPerSecond: 100 } };
    const places = createPlaces(limits, () => nowMs);
    const place = places.enter(() => assert.fail('it was cut'));
    const isTaken = (at: number) => {
      nowMs = at;
      return places.enter(() => undefined) === null;
    };
    assert(isTaken(9), 'it is new');
    place?.count(2);
    assert(isTaken(20), 'it is as quick as that');
    place?.arrived();
    assert(isTaken(2_000), 'it is whole');
    place?.leave();
    assert(!isTaken(2_000));
  });

  it('are taken from the slowest', () => {
    let nowMs = 0;
    const limits = { ...as2Limits, places: 2, slow: { afterMs: 10, bytesPerSecond: 100 } };
    const places = createPlaces(limits, () => nowMs);
    const cut: string[] = [];
    const [first] = ['first', 'second'].map((name) => places.enter(() => cut.push(name)));
    first?.count(1);
    nowMs = 100;
    assert(places.enter(() => undefined) !== null);
    assert.deepEqual(cut, ['second']);
  });
});
