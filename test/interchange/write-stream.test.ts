/** Interchanges written part by part: the same bytes as at once, in bounded memory, and nothing of what cannot be written. */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import {
  NotWritable,
  type OutHeader,
  type OutInterchange,
  type OutMessage,
  type OutPart,
  type OutSegment,
  writeInterchange,
  writeInterchanges,
} from '../../src/interchange/write.ts';
import { x12Separators } from './acknowledge-cases.ts';
import { ordrsp, outEdifact, outGroup, outMessage, outX12, unnamed } from './write-cases.ts';

const line: OutSegment = { tag: 'PO1', values: ['1', '24', 'EA', '12.5', '', 'UP', '036000291452'] };
const group = { kind: 'group', ...outGroup([]) } as const;
const message = (parts: Partial<OutMessage> = {}, segments = [line]): OutPart => ({
  kind: 'message',
  ...outMessage(segments, parts),
});

function begin(out: OutInterchange): OutPart {
  const { groups, ...header } = out;
  assert.equal(groups.length, 0);
  return { kind: 'interchange', ...header };
}

function parts(...outs: OutInterchange[]): OutPart[] {
  return outs.flatMap((out) => [
    begin({ ...out, groups: [] }),
    ...out.groups.flatMap((each) => [
      { kind: 'group', ...each } as const,
      ...each.messages.map((one) => ({ kind: 'message', ...one }) as const),
    ]),
  ]);
}

async function text(source: Iterable<OutPart> | AsyncIterable<OutPart>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of writeInterchanges(source)) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

/** What is told of parts that cannot be written. */
async function refusal(...source: OutPart[]): Promise<string> {
  const given = await text(source).then(
    () => assert.fail('it was written'),
    (error: unknown) => error,
  );
  assert.ok(given instanceof NotWritable, String(given));
  assert.ok(given.faults.length > 0);
  return given.message;
}

describe('writing part by part', () => {
  const x12 = outX12([
    outGroup([outMessage([line]), outMessage([], { control: '0002' })]),
    outGroup([outMessage([line])], { type: 'SH', control: '32' }),
  ]);
  const edifact = outEdifact([unnamed([ordrsp([{ tag: 'BGM', values: ['231'] }])])]);
  const grouped = outEdifact([
    outGroup([ordrsp([]), ordrsp([], { control: '2' })], {
      type: 'ORDRSP',
      control: 'G1',
      version: 'D:96A:UN',
    }),
    outGroup([], { type: 'DESADV', control: 'G2', version: 'D:96A:UN' }),
  ]);

  it('gives what writing at once gives, interchange after interchange', async () => {
    const all = [x12, edifact, grouped, x12];
    const atOnce = all.map((out) => writeInterchange(out).bytes.toString('latin1')).join('');
    assert.equal(await text(parts(...all)), atOnce);
    assert.match(atOnce, /GE\*2\*31~GS\*SH.*GE\*1\*32~IEA\*2\*000000042~/);
    assert.match(atOnce, /UNE\+2\+G1'UNG.*UNE\+0\+G2'UNZ\+2\+42'/);
  });

  it('needs no group for messages of EDIFACT', async () => {
    const bare = parts(edifact).filter(({ kind }) => kind !== 'group');
    assert.equal(await text(bare), writeInterchange(edifact).bytes.toString('latin1'));
  });

  it('gives nothing for nothing', async () => assert.equal(await text([]), ''));

  it('numbers the messages that have no number: in the group for X12, in the interchange for EDIFACT', async () => {
    const own = { control: null };
    const sets = await text([begin(outX12([])), group, message(own), message(own), group, message(own)]);
    assert.deepEqual(
      sets.match(/(ST\*855|SE\*3)\*\d+/g)?.map((found) => found.slice(-4)),
      [...['0001', '0001', '0002', '0002'], ...['0001', '0001']],
    );
    const ung = { ...group, type: 'ORDRSP', version: 'D:96A:UN' };
    const one: OutPart = { kind: 'message', ...ordrsp([], own) };
    const read = await text([begin(outEdifact([])), ung, one, one, { ...ung, control: '32' }, one]);
    assert.deepEqual(read.match(/UN[HT]\+(2\+)?\d/g), [
      'UNH+1',
      'UNT+2+1',
      'UNH+2',
      'UNT+2+2',
      'UNH+3',
      'UNT+2+3',
    ]);
  });

  it('writes the elements of a header behind type and number', async () => {
    const written = await text([begin(outX12([])), group, message({ more: ['005010X231'] })]);
    assert.match(written, /~ST\*855\*0001\*005010X231~/);
    const unh = { kind: 'message', ...ordrsp([], { more: ['REF7', ['1', 'C']] }) } as const;
    assert.match(await text([begin(outEdifact([])), unh]), /'UNH\+1\+ORDRSP:D:96A:UN:EAN005\+REF7\+1:C'/);
  });
});

describe('a large interchange', () => {
  const many = 1_000;
  /** Bytes of one message, at least. */
  const messageBytes = 1_400;
  const segments = Array.from({ length: 40 }, () => line);

  function* endless(asked: { count: number }): Generator<OutPart> {
    yield begin(outX12([]));
    yield group;
    for (; asked.count < many; asked.count += 1) yield message({ control: null }, segments);
  }

  it('is written in pages, and asks for messages only as they are taken', async () => {
    const asked = { count: 0 };
    const pages = writeInterchanges(endless(asked));
    const first = (await pages.next()).value as Buffer;
    const perPage = Math.ceil(65_536 / messageBytes);
    assert.ok(first.length > 60_000 && first.length <= 65_536, String(first.length));
    assert.ok(asked.count <= perPage + 2, `${asked.count} messages for one page`);
    await pages.next();
    assert.ok(asked.count <= 2 * perPage + 2, `${asked.count} messages for two pages`);
    await pages.return(undefined);
  });

  it('is as slow as its consumer, and read back whole', async () => {
    const asked = { count: 0 };
    const taken: Buffer[] = [];
    let ahead = 0;
    let bytes = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write(page: Buffer, _encoding, done) {
        taken.push(page);
        bytes += page.length;
        ahead = Math.max(ahead, asked.count - bytes / 1_430);
        setImmediate(done);
      },
    });
    await pipeline(writeInterchanges(endless(asked)), slow);
    assert.ok(ahead < 300, `${ahead} messages ahead of the consumer`);
    let messages = 0;
    for await (const event of readInterchanges(taken)) {
      if (event.kind === 'message') messages += 1;
      if (event.kind === 'group-end') assert.deepEqual([event.declaredMessages, event.faults], [many, []]);
    }
    assert.equal(messages, many);
  });
});

describe('what cannot be written', () => {
  it('breaks the stream off before any byte of it', async () => {
    const good = message(
      { control: null },
      Array.from({ length: 3_000 }, () => line),
    );
    const bad = message({ control: null }, [line, { tag: 'PID', values: ['F', '', '', '', '5*10'] }]);
    const given: Buffer[] = [];
    const writing = (async () => {
      for await (const page of writeInterchanges([begin(outX12([])), group, good, bad, good]))
        given.push(page);
    })();
    await assert.rejects(writing, (error: NotWritable) => {
      assert.deepEqual(
        error.faults.map(({ code, at }) => [code, at]),
        [['delimiter-in-data', { interchange: 1, group: 1, message: 2, segment: 3, tag: 'PID', element: 5 }]],
      );
      assert.equal(error.message, 'PID element 5 holds the delimiter *: 5*10.');
      return true;
    });
    assert.equal(given.length, 1);
    assert.ok(!Buffer.concat(given).includes('*0002~'));
  });

  it('tells where it is in the second interchange, and in which repetition', async () => {
    const separators = { ...x12Separators, repetition: '^' };
    const header = begin(outX12([], { version: '00501', separators }));
    const segment = { tag: 'EB', values: ['1', 'A'], repeats: { 1: ['B', ['C', 'D~']] } };
    const source = [header, group, header, group, message({}, [segment])];
    await assert.rejects(text(source), ({ faults }: NotWritable) => {
      assert.deepEqual(faults[0]?.at, {
        ...{ interchange: 2, group: 1, message: 1, segment: 2 },
        ...{ tag: 'EB', element: 2, component: 2, repetition: 3 },
      });
      return true;
    });
  });

  const headers: readonly [string, Partial<OutHeader>, RegExp][] = [
    ['equal separators', { separators: { ...x12Separators, component: '*' } }, /they must differ/],
    ['a letter', { separators: { ...x12Separators, segment: 'x' } }, /no letter, digit or blank/],
    ['a line end between elements', { separators: { ...x12Separators, element: '\n' } }, /only end segments/],
    [
      'separators beyond ASCII in UTF-8',
      { charset: 'UTF-8', separators: { ...x12Separators, segment: '\xa7' } },
      /cannot be used/,
    ],
    ['something else than a line end', { newline: 'x' }, /nothing or a line end/],
    ['an unknown character set', { charset: 'EBCDIC' }, /ISA element 12 cannot be "EBCDIC"/],
  ];
  for (const [name, header, rule] of headers) {
    it(`${name} as separators or set`, async () => {
      assert.match(await refusal(begin(outX12([], header)), group, message()), rule);
    });
  }

  const segments: readonly [string, OutSegment, RegExp][] = [
    ['a trailer', { tag: 'SE', values: ['3', '0001'] }, /^SE cannot be written: headers and trailers/],
    ['a level without its depth', { tag: 'HL', values: ['1', '', 'S'] }, /^HL .* needs a depth/],
    ['a BIN without bytes', { tag: 'BIN', values: ['3', 'abc'] }, /^BIN has bytes|^BIN cannot/],
    ['bytes elsewhere', { tag: 'PID', values: [], binary: Buffer.from('x') }, /^PID cannot/],
    ['no tag', { tag: '', values: [] }, /cannot be written: a tag is/],
    ['a tag that holds a delimiter', { tag: 'N*', values: [] }, /cannot be written: a tag is/],
  ];
  for (const [name, segment, rule] of segments) {
    it(`${name} in a message`, async () => {
      assert.match(await refusal(begin(outX12([])), group, message({}, [line, segment])), rule);
    });
  }

  it('is a message beside groups of EDIFACT, on either side', async () => {
    const ung = { ...group, type: 'ORDRSP', version: 'D:96A:UN' };
    const one: OutPart = { kind: 'message', ...ordrsp([]) };
    const implied = { ...ung, type: null };
    assert.match(await refusal(begin(outEdifact([])), one, ung), /^UNG cannot be written/);
    assert.match(await refusal(begin(outEdifact([])), ung, implied), /^UNG cannot be written/);
  });

  it('is told up to a limit, and then counted', () => {
    const wrong = { tag: 'PID', values: ['a~'] };
    const { faults, bytes } = writeInterchange(
      outX12([outGroup([outMessage(Array.from({ length: 700 }, () => wrong))])]),
    );
    assert.equal(bytes.length, 0);
    assert.equal(faults.length, 501);
    assert.deepEqual([faults[500]?.code, faults[500]?.severity], ['faults-cut', 'error']);
    assert.match(faults[500]?.message ?? '', /200/);
  });

  it('is a part out of order', async () => {
    await assert.rejects(text([group]), /A group is to be written before its interchange/);
    await assert.rejects(text([message()]), /A message is to be written before its interchange/);
    await assert.rejects(text([begin(outX12([])), message()]), /before its group/);
  });

  it('and what the source throws comes through', async () => {
    const failing = (async function* (): AsyncGenerator<OutPart> {
      yield begin(outX12([]));
      throw new RangeError('the database is gone');
    })();
    await assert.rejects(text(failing), RangeError);
  });
});

describe('BIN', () => {
  it('has its length from the writer and its bytes untouched', async () => {
    const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const segment = { tag: 'BIN', values: [], binary };
    const { bytes, faults } = writeInterchange(outX12([outGroup([outMessage([segment, line])])]));
    assert.deepEqual(faults, []);
    const from = bytes.indexOf('BIN*256*') + 'BIN*256*'.length;
    assert.ok(bytes.subarray(from, from + 256).equals(binary));
    assert.equal(bytes.subarray(from + 256, from + 261).toString(), '~PO1*');
    const tags: string[] = [];
    for await (const event of readInterchanges([bytes])) {
      if (event.kind === 'message') tags.push(...event.segments.map(({ tag }) => tag));
    }
    assert.deepEqual(tags, ['ST', 'BIN', 'PO1', 'SE']);
  });
});
