import assert from 'node:assert/strict';
import {
  BerStream,
  BrokenBer,
  childrenOf,
  identifierOf,
  mostDepth,
  mostElements,
  mostSegments,
  mostStructureBytes,
  octetsOf,
  readElement,
  smallIntegerOf,
  tags,
} from '../../../src/transport/as2/ber.ts';
import {
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
} from '../../../src/transport/as2/der.ts';
import { collect } from '../../../src/transport/as2/piece.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const broken = (reason: RegExp) => (error: unknown) =>
  error instanceof BrokenBer && reason.test(error.message);

describe('BER in memory', () => {
  it('is read in definite and indefinite lengths', () => {
    const definite = readElement(hex('30 06 02 01 05 04 01 41'));
    const indefinite = readElement(hex('30 80 02 01 05 24 80 04 01 41 00 00 00 00'));
    for (const { tag, contents } of [definite, indefinite]) assert.deepEqual([tag, contents[2]], [0x30, 5]);
    const [number, octets] = childrenOf(indefinite);
    assert.equal(smallIntegerOf(number), 5);
    assert.deepEqual(octetsOf(octets), Buffer.from('A'));
    assert.equal(readElement(hex('04 83 00 00 01 41')).contents.toString(), 'A');
  });

  it('joins the segments of octet strings, and those inside segments', () => {
    const nested = hex('24 80 04 01 41 24 05 04 03 42 43 44 04 00 00 00');
    assert.equal(octetsOf(readElement(nested)).toString(), 'ABCD');
    assert.equal(octetsOf(readElement(hex('a0 03 04 01 41')), 0x80).toString(), 'A');
    assert.throws(() => octetsOf(readElement(hex('24 03 02 01 41'))), broken(/missing/));
  });

  it('reads object identifiers', () => {
    for (const oid of [
      '1.2.840.113549.1.7.2',
      '2.5.29.14',
      '2.16.840.1.101.3.4.2.1',
      '0.9.2342',
      '2.999.3',
    ]) {
      assert.equal(identifierOf(readElement(objectIdentifier(oid))), oid);
    }
    assert.throws(
      () => identifierOf(readElement(hex('06 0b 2a ff ff ff ff ff ff ff ff ff 7f'))),
      broken(/large/),
    );
    assert.throws(() => identifierOf(readElement(element(6, Buffer.alloc(65, 1)))), broken(/long/));
  });

  const refused: [string, string, RegExp][] = [
    ['nothing', '', /too soon/],
    ['half a header', '30', /too soon/],
    ['half a length', '30 82 01', /too soon/],
    ['contents that are missing', '30 05 02 01', /too soon/],
    ['an end that is missing', '30 80 02 01 05 00', /too soon/],
    ['an end of contents out of place', '00 00', /out of place/],
    ['a primitive element of indefinite length', '04 80 41 00 00', /primitive/],
    ['the reserved length', '04 ff 41', /too many octets/],
    ['a length of nine octets', `04 89 ${'00'.repeat(8)} 01 41`, /too many octets/],
    ['a length beyond every disk', '04 87 01 00 00 00 00 00 00 41', /too large/],
    ['a tag number above 30', '1f 81 01 01 41', /tag number/],
    ['bytes behind it', '04 01 41 42', /follow/],
  ];
  for (const [what, bytes, reason] of refused) {
    it(`refuses ${what}, in memory and as a stream`, async () => {
      assert.throws(() => readElement(hex(bytes)), broken(reason));
      const stream = new BerStream(chunks(hex(bytes), 1));
      await assert.rejects(
        stream.take().then(() => stream.finish()),
        broken(reason),
      );
    });
  }

  it('refuses children that are longer than their parent', () => {
    assert.throws(() => childrenOf(readElement(hex('30 03 04 05 41'))), broken(/too soon/));
    assert.throws(() => childrenOf(readElement(hex('04 01 41'))), broken(/primitive/));
  });

  it('refuses integers that are negative, empty or large', () => {
    for (const bytes of ['02 01 80', '02 00', '02 05 01 00 00 00 00', '04 01 05']) {
      assert.throws(() => smallIntegerOf(readElement(hex(bytes))), BrokenBer);
    }
  });

  it('has limits to depth, size and number', () => {
    const deep = (depth: number) => hex('30 80'.repeat(depth) + '00 00'.repeat(depth));
    assert.doesNotThrow(() => readElement(deep(mostDepth)));
    assert.throws(() => readElement(deep(mostDepth + 1)), broken(/deeply/));
    assert.throws(() => readElement(deep(100_000)), broken(/deeply/));
    const strings = hex('24 80'.repeat(mostDepth) + '00 00'.repeat(mostDepth));
    assert.equal(octetsOf(readElement(strings)).length, 0);
    let nested = octetString(Buffer.from('A'));
    for (let i = 0; i <= mostDepth; i++) nested = element(0x24, nested);
    assert.throws(() => octetsOf(readElement(nested)), broken(/deeply/));
    const many = element(0x30, Buffer.alloc(2 * mostElements + 2, hex('05 00')));
    assert.throws(() => childrenOf(readElement(many)), broken(/too many/));
    const walked = Buffer.concat([
      hex('30 80'),
      Buffer.alloc(2 * mostElements + 2, hex('05 00')),
      hex('00 00'),
    ]);
    assert.throws(() => readElement(walked), broken(/too many/));
    assert.throws(() => readElement(octetString(Buffer.alloc(mostStructureBytes))), broken(/too large/));
  });
});

describe('BER as a stream', () => {
  const message = hex(`30 80 06 01 2a a0 80 24 80 04 02 41 42 24 04 04 02 43 44 04 00 04 01 45 00 00 00 00
    02 01 07 00 00 0d 0a`);

  it('is walked, whatever chunks it comes in', async () => {
    for (let size = 1; size <= message.length; size++) {
      const stream = new BerStream(chunks(message, size));
      await stream.enter(tags.sequence);
      assert.equal(identifierOf(await stream.take()), '1.2');
      assert.equal(await stream.nextTag(), 0xa0);
      await stream.enter(0xa0);
      assert.equal((await collect(stream.octets())).toString(), 'ABCDE');
      assert.equal(await stream.ends(), true);
      await stream.leave();
      assert.equal(smallIntegerOf(await stream.take()), 7);
      assert.equal(await stream.nextTag(), null);
      await stream.finish();
    }
  });

  it('takes structures of definite and indefinite lengths out of it', async () => {
    const wanted = sequence(integer(5), set(octetString(Buffer.alloc(5000, 'x'))));
    const open = Buffer.concat([hex('30 80'), wanted, hex('00 00')]);
    for (const structure of [wanted, open]) {
      for (const size of [1, 100, 4096, 10_000]) {
        const stream = new BerStream(chunks(Buffer.concat([hex('a0 80'), structure, hex('00 00')]), size));
        await stream.enter(0xa0);
        assert.deepEqual((await stream.take()).whole, structure);
        await stream.finish();
      }
    }
  });

  it('refuses what reaches over the end of the structure around it', async () => {
    for (const [what, bytes] of [
      ['definite', '30 04 04 06 41 42 43 44 45 46'],
      ['indefinite', '30 04 24 80 04 01 41 00 00'],
      ['two deep', '30 05 a0 80 04 06 41 42 43 44 45 46 00 00'],
    ] as const) {
      const stream = new BerStream(chunks(hex(bytes), 3));
      await stream.enter(0x30);
      if (what === 'two deep') await stream.enter(0xa0);
      await assert.rejects(
        collect(stream.octets()).then(() => stream.finish()),
        broken(/longer/),
        what,
      );
      const again = new BerStream(chunks(hex(bytes), 3));
      await again.enter(0x30);
      await assert.rejects(
        again.take().then(() => again.finish()),
        broken(/longer/),
        what,
      );
    }
  });

  it('refuses a structure that has more than is due, or something else', async () => {
    const stream = new BerStream(chunks(hex('30 06 02 01 05 02 01 06'), 100));
    await stream.enter(0x30);
    await stream.take();
    await assert.rejects(stream.leave(), broken(/more elements/));
    await assert.rejects(stream.enter(0x30), broken(/0x30 missing/));
    await assert.rejects(collect(new BerStream(chunks(hex('05 00'), 9)).octets()), broken(/0x04 missing/));
  });

  it('does not read a structure that is too large, nor wait for it', async () => {
    let read = 0;
    async function* endless() {
      yield hex('30 84 7f ff ff ff');
      for (; ; read++) yield Buffer.alloc(65_536, 1);
    }
    await assert.rejects(new BerStream(endless()).take(), broken(/too large/));
    assert.equal(read, 0);
    async function* endlessElements() {
      yield hex('30 80 04 82 ff ff');
      for (; ; read++) yield Buffer.alloc(65_536, 1);
    }
    await assert.rejects(new BerStream(endlessElements()).take(100_000), broken(/too (large|many)/));
    assert.ok(read < 10);
  });

  it('has limits to depth and to segments', async () => {
    const deep = new BerStream(chunks(hex('24 80'.repeat(mostDepth + 1)), 1000));
    await assert.rejects(collect(deep.octets()), broken(/deeply/));
    const empty = Buffer.alloc(65_536, hex('04 00'));
    async function* segments() {
      yield hex('24 80');
      for (let i = 0; i < mostSegments; i += empty.length / 2) yield empty;
    }
    await assert.rejects(collect(new BerStream(segments()).octets()), broken(/segments/));
  });

  it('closes its source', async () => {
    let closed = 0;
    async function* source() {
      try {
        for (;;) yield Buffer.alloc(10, 0x30);
      } finally {
        closed++;
      }
    }
    const stream = new BerStream(source());
    await stream.enter(0x30);
    await stream.close();
    await stream.close();
    assert.equal(closed, 1);
  });
});

describe('DER', () => {
  it('sorts a SET OF, and writes lengths in the fewest octets', () => {
    assert.deepEqual(
      set(integer(300), integer(5), integer(128)),
      hex('31 0b 02 01 05 02 02 00 80 02 02 01 2c'),
    );
    assert.deepEqual(octetString(Buffer.alloc(127)).subarray(0, 2), hex('04 7f'));
    assert.deepEqual(octetString(Buffer.alloc(128)).subarray(0, 3), hex('04 81 80'));
    assert.deepEqual(octetString(Buffer.alloc(256)).subarray(0, 4), hex('04 82 01 00'));
    assert.deepEqual(integer(0), hex('02 01 00'));
  });

  it('writes times as CMS wants them', () => {
    assert.equal(time(new Date('2049-12-31T23:59:59.999Z')).toString('latin1'), '\x17\x0d491231235959Z');
    assert.equal(time(new Date('2050-01-01T00:00:00Z')).toString('latin1'), '\x18\x0f20500101000000Z');
  });
});

async function* chunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
