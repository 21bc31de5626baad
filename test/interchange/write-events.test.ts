/**
 * What was read is written again: the same bytes for canonical files (docs/writing.md says which those are), and for all
 * others bytes that are the same however often they are read and written.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import {
  type InterchangeBegin,
  type InterchangeEvent,
  readInterchanges,
} from '../../src/interchange/interchange.ts';
import { NotWritable, type OutInterchange, writeInterchange } from '../../src/interchange/write.ts';
import { type RewriteOptions, rewriteInterchanges } from '../../src/interchange/write-events.ts';
import { trials } from '../support/trials.ts';
import { bytes, edifact, isa, order, orders, x12 } from './samples.ts';
import { ordrsp, outEdifact, outGroup, outMessage, outX12, unnamed } from './write-cases.ts';

async function again(file: Buffer, options: RewriteOptions = {}): Promise<Buffer> {
  return written(readInterchanges([file]), options);
}

async function written(
  events: AsyncIterable<InterchangeEvent> | Iterable<InterchangeEvent>,
  options: RewriteOptions = {},
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of rewriteInterchanges(events, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function eventsOf(file: Buffer): Promise<InterchangeEvent[]> {
  const events: InterchangeEvent[] = [];
  for await (const event of readInterchanges([file])) events.push(event);
  return events;
}

/** Null where the file holds something that cannot be written again. */
async function attempt(file: Buffer): Promise<Buffer | null> {
  return again(file).catch((error: unknown) => {
    assert.ok(error instanceof NotWritable, String(error));
    return null;
  });
}

async function assertStable(file: Buffer): Promise<void> {
  const once = await attempt(file);
  if (once === null) return;
  const twice = await again(once);
  assert.equal(twice.toString('latin1'), once.toString('latin1'));
}

const folder = fileURLToPath(new URL('../../fixtures', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(edi|out)$/.test(path))
  .sort();

describe('every fixture, written as it was read', () => {
  for (const path of files) {
    it(`${path} is stable`, () => assertStable(readFileSync(join(folder, path))));
  }

  it('and nine in ten of those in which nothing is wrong are the same bytes', async () => {
    let clean = 0;
    let same = 0;
    for (const path of files) {
      const file = readFileSync(join(folder, path));
      const events = await eventsOf(file);
      if (events.length === 0 || events.some((event) => 'faults' in event && event.faults.length > 0))
        continue;
      clean += 1;
      if ((await written(events)).equals(file)) same += 1;
    }
    assert.ok(clean > 15, `${clean} files`);
    assert.ok(same / clean >= 0.9, `${same} of ${clean}`);
  });
});

const tail = (text: string) => text.slice(isa.length);
const lines = (text: string, newline: string) => text.replaceAll('~', `~${newline}`);
const una = (advice: string, text: string) => bytes(`UNA${advice}${text}`);
const syntax4 = (body: readonly string[], advice = '') =>
  bytes(
    `${advice}${edifact(body, 'ORDERS', 'D:01B:UN').replace('UNOC:3', 'UNOC:4').replace('261122', '20261122')}`,
  );
const grouped = edifact(orders)
  .replace("'UNH", "'UNG+ORDERS+4012345000009+5412345000013+261122:0915+7+UN+D:96A:EAN008'UNH")
  .replace("'UNZ+1", "'UNE+1+7'UNZ+1");

const canonical: readonly [string, Buffer][] = [
  ['X12 without line ends', bytes(x12(order))],
  ['X12 with a line end behind every terminator', bytes(lines(x12(order), '\n'))],
  ['… or CR and LF', bytes(lines(x12(order), '\r\n'))],
  ['line ends as terminators', bytes(x12(order).replaceAll('~', '\n'))],
  [
    'other separators',
    bytes(x12(order).replaceAll('*', '|').replaceAll('~', '\x1c').replaceAll('>', '\x1f')),
  ],
  ['a component separator in a text', bytes(x12(order).replace('Brass lamp', 'Brass > tin'))],
  [
    'a repetition separator in a text',
    bytes(x12(['BEG*00*SA*1**20261122', 'MSG*5^2'], '850', 'PO', '005010').replace('*U*00401', '*^*00501')),
  ],
  ['Latin-1', bytes(x12(order).replace('Brass lamp', 'K\xe4se\xa0'))],
  ['a tab in a text', bytes(x12(order).replace('Brass lamp', 'Brass\tlamp'))],
  ['an unknown set', bytes(x12(['ZZZ*1*a>b', 'BIN*5*a~b*c', 'N1*ST'], '999'.replace('999', '123')))],
  ['two interchanges', bytes(x12(order) + lines(x12(order), ''))],
  ['both standards', bytes(x12(order) + edifact(orders))],
  [
    'an empty group',
    bytes(`${isa}GS*PO*HARBORPINE*LANTERN*20261122*0915*41*X*004010~GE*0*41~IEA*1*000000041~`),
  ],
  ['ST03', bytes(x12(order).replace('ST*850*0001', 'ST*850*0001*REF'))],
  ['EDIFACT', bytes(edifact(orders))],
  ['EDIFACT with line ends', bytes(edifact(['BGM+220+1', 'LIN+1']).replaceAll("'", "'\n"))],
  ['UNA that nobody needs', una(":+.? '", edifact(orders))],
  ['UNA on a line of its own', una(":+.? '\n", edifact(orders))],
  ['a decimal comma', una(":+,? '", edifact(orders))],
  [
    'other service characters',
    una('|*.\\ ~', "UNB*UNOC|3*A*B*261122|0915*77~UNH*1*ORDERS|D|96A|UN~BGM*220*it's \\*~UNT*3*1~UNZ*1*77~"),
  ],
  [
    'no release character',
    una(":+.  '", "UNB+UNOC:3+A+B+261122:0915+77'UNH+1+ORDERS:D:96A:UN'BGM+220+why?'UNT+3+1'UNZ+1+77'"),
  ],
  [
    'level B',
    bytes(
      edifact(['BGM+220+it'])
        .replace('UNOC', 'UNOB')
        .replaceAll("'", '\x1c')
        .replaceAll('+', '\x1d')
        .replaceAll(':', '\x1f'),
    ),
  ],
  ['syntax 4 with repetitions', syntax4(['BGM+220+1', 'FTX+AAI+++A:B*C*?*'])],
  ['syntax 4 without', syntax4(['BGM+220+1', 'FTX+AAI+++A*B'], "UNA:+.? '")],
  ['an asterisk in syntax 3', bytes(edifact(['BGM+220+5*3']))],
  ['UNG', bytes(grouped)],
  ['a line end in a text', bytes(edifact(['BGM+220+1', 'FTX+AAI+++one\ntwo']))],
  ['UNH with more elements', bytes(edifact(orders).replace("EAN008'", "EAN008+REF7+1:C'"))],
  [
    'UTF-8 where the header says so',
    Buffer.from(edifact(['BGM+220+1', 'FTX+AAI+++Ω?:€']).replace('UNOC', 'UNOW')),
  ],
];

describe('a canonical file is written as it was:', () => {
  for (const [name, file] of canonical) {
    it(name, async () => {
      assert.equal((await again(file)).toString('latin1'), file.toString('latin1'));
    });
  }

  it('UTF-8 in X12, where that is agreed', async () => {
    const file = Buffer.from(x12(order).replace('Brass lamp', 'Käse'));
    assert.ok((await again(file, { settings: () => ({ charset: 'UTF-8' }) })).equals(file));
  });

  it('a group that is dated apart from its interchange, when the event has its header', async () => {
    const file = bytes(x12(order).replace('20261122*0915*41', '20261123*081507*41'));
    const from = file.indexOf('GS*');
    const values = file.toString('latin1', from + 3, file.indexOf('~', from)).split('*');
    const header = { tag: 'GS', values, offset: from, line: 1, ordinal: 0 };
    const events = (await eventsOf(file)).map((event) =>
      event.kind === 'group' ? { ...event, header } : event,
    );
    assert.equal((await written(events)).toString('latin1'), file.toString('latin1'));
  });
});

const body = "BGM+220+1'UNT+3+1'UNZ+1+77'";
const mended: readonly [string, Buffer, Buffer][] = [
  ['an ISA without padding', bytes(x12(order).replace(/ {2,}/g, '')), bytes(x12(order))],
  ['a byte order mark and blanks', bytes(`\xef\xbb\xbf \n${x12(order)}`), bytes(x12(order))],
  [
    'bytes between interchanges',
    bytes(`${x12(order)}Dear sirs,\n${x12(order)}`),
    bytes(x12(order) + x12(order)),
  ],
  [
    'trailing empty elements',
    bytes(x12(order).replace('*17~', '*17**~').replace('CTT*2*30', 'CTT*2*30**')),
    bytes(x12(order)),
  ],
  [
    'trailing empty components',
    bytes(edifact(orders).replace('4000862141404:EN', '4000862141404:EN::')),
    bytes(edifact(orders)),
  ],
  ['wrong counts', bytes(x12(order).replace('SE*9', 'SE*12').replace('GE*1', 'GE*4')), bytes(x12(order))],
  [
    'counts with leading zeros',
    bytes(edifact(orders).replace('UNT+10', 'UNT+000010')),
    bytes(edifact(orders)),
  ],
  ['another number in the trailer', bytes(x12(order).replace('SE*9*0001', 'SE*9*0002')), bytes(x12(order))],
  ['a trailer that never came', bytes(edifact(orders).replace(/UNT.*/, '')), bytes(edifact(orders))],
  [
    'no line end behind the last terminator',
    bytes(lines(x12(order), '\n').trimEnd()),
    bytes(lines(x12(order), '\n')),
  ],
  ['line ends here and there', bytes(x12(order).replace('~PO1', '~\nPO1')), bytes(x12(order))],
  [
    'releases that nobody needs',
    bytes(edifact(['BGM+220+1']).replace(body, body.replace('+1', '+?1'))),
    bytes(edifact(['BGM+220+1'])),
  ],
  ['UNA with a meaningless fifth character', una(":+.?*'", edifact(orders)), una(":+.? '", edifact(orders))],
  [
    'UTF-8 under another label',
    Buffer.from(edifact(['FTX+AAI+++Ä?:é']).replace('UNOC', 'UNOA')),
    bytes(edifact(['FTX+AAI+++Ä?:é']).replace('UNOC', 'UNOA')),
  ],
  [
    'UTF-8 in X12',
    Buffer.from(x12(order).replace('Brass lamp', 'Käse')),
    bytes(x12(order).replace('Brass lamp', 'Käse')),
  ],
  [
    'UTF-8 that would be UTF-8 of something else in ISO 8859-1',
    Buffer.from(x12(order).replace('Brass lamp', 'Ã©')),
    Buffer.from(x12(order).replace('Brass lamp', 'Ã©')),
  ],
  [
    'UTF-8 that ISO 8859-1 does not have',
    Buffer.from(x12(order).replace('Brass lamp', '5 €')),
    Buffer.from(x12(order).replace('Brass lamp', '5 €')),
  ],
  ['a wrapped file', bytes(edifact(orders).replace(/.{80}/g, '$&\n')), bytes(edifact(orders))],
  [
    'TA1 beside a group',
    bytes(`${isa}TA1*000000905*261122*0301*A*000~${tail(x12(order))}`),
    bytes(x12(order).replace('IEA', 'TA1*000000905*261122*0301*A*000~IEA')),
  ],
];

describe('any other file is written as it should have been:', () => {
  for (const [name, file, expected] of mended) {
    it(name, async () => {
      const once = await again(file);
      assert.equal(once.toString('latin1'), expected.toString('latin1'));
      assert.equal((await again(once)).toString('latin1'), once.toString('latin1'));
    });
  }

  it('without the messages that were left out, which are not counted', async () => {
    const two = outX12([outGroup([outMessage([]), outMessage([], { control: '0002' })])]);
    const one = outX12([outGroup([outMessage([], { control: '0002' })])]);
    const events = await eventsOf(writeInterchange(two).bytes);
    const kept = events.filter((event) => event.kind !== 'message' || event.control === '0002');
    assert.ok((await written(kept)).equals(writeInterchange(one).bytes));
  });

  it('and closed, when the events end early', async () => {
    const events = await eventsOf(bytes(edifact(orders)));
    assert.equal((await written(events.slice(0, 3))).toString('latin1'), edifact(orders));
    assert.equal((await written(events.slice(0, 1))).toString('latin1').slice(-9), "UNZ+0+77'");
  });
});

describe('what cannot be written again', () => {
  const refused = async (file: Buffer, limits = {}): Promise<string> => {
    const given = await written(readInterchanges([file], { limits })).then(
      () => assert.fail('it was written'),
      (error: unknown) => error,
    );
    assert.ok(given instanceof NotWritable, String(given));
    return given.faults.map(({ code }) => code).join();
  };

  it('are separators that are none', async () => {
    assert.equal(await refused(bytes(x12(order).replace('*P*>~', '*P**~'))), 'separators-not-writable');
  });

  it('is a header without anything in it', async () => {
    assert.equal(await refused(bytes("UNA:+.? 'UNB+'UNZ+0'")), 'envelope-not-writable');
  });

  it('is what the reader could not keep', async () => {
    const long = bytes(x12(order).replace('Brass lamp', 'Brass lamp, '.repeat(20)));
    assert.equal(await refused(long, { segmentsPerMessage: 5 }), 'message-too-large');
    assert.equal(await refused(long, { segmentBytes: 110 }), 'segment-too-long');
    assert.equal(await refused(long, { elementsPerSegment: 8 }), 'elements-too-many');
  });

  it('is a line end that would come to stand where files are wrapped', async () => {
    const file = (length: number) => {
      const before = `UNB+UNOC:3+A+B+261122:0915+77'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++`;
      return bytes(`${before}${'x'.repeat(length - before.length)}\nmore'UNT+3+1'UNZ+1+77'`);
    };
    assert.ok((await again(file(79))).equals(file(79)));
    // An empty element in front moves the line end; without it, it stands at the 80th column.
    const moved = bytes(file(80).toString('latin1').replace('+77', '+77+'));
    assert.equal(await refused(moved), 'character-not-writable');
    // The same of a line that begins in one component and ends in another, and has a release that nobody needs.
    const later = `UNB+UNOC:3+A+B+261122:0915+77'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++one\ntwo:?${'x'.repeat(76)}\nmore'`;
    assert.equal(await refused(bytes(`${later}UNT+3+1'UNZ+1+77'`)), 'character-not-writable');
  });
});

/** Data with everything that has a meaning somewhere. */
const nasty = fc.string({ unit: fc.constantFrom(...`AZaz09 .,-+:'?*~>^|\\é€Ωß\t`), maxLength: 10 });
const values = fc.array(fc.oneof(nasty, fc.array(nasty, { minLength: 1, maxLength: 4 })), { maxLength: 6 });
const segments = fc.array(fc.record({ tag: fc.constantFrom('N1', 'FTX', 'PO1', 'LIN', 'MSG'), values }), {
  maxLength: 6,
});

describe('generated messages', () => {
  const same = async (out: OutInterchange) => {
    const { bytes: file, faults } = writeInterchange(out);
    if (faults.length > 0) return;
    assert.equal((await again(file)).toString('latin1'), file.toString('latin1'));
  };

  it('of EDIFACT are written as they were', async () => {
    const version = fc.constantFrom('UNOA:1', 'UNOB:2', 'UNOC:3', 'UNOE:3', 'UNOW:4');
    const newline = fc.constantFrom('', '\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(segments, version, newline, fc.boolean(), async (body, syntax, end, una) => {
        const parts = { version: syntax, newline: end, una };
        await same(outEdifact([unnamed([ordrsp(body), ordrsp(body, { control: '2' })])], parts));
      }),
    );
  });

  it('of X12 are written as they were', async () => {
    await fc.assert(
      fc.asyncProperty(segments, fc.constantFrom('', '\n', '\r\n'), async (body, newline) => {
        await same(outX12([outGroup([outMessage(body)]), outGroup([], { control: '32' })], { newline }));
      }),
    );
  });

  it('with an ISA13 that lacks a digit, they come to rest', () =>
    assertStable(Buffer.from(x12(order).replace(/(ISA.{87})0/, '$1'))));

  it('cut, flipped and doubled, they come to rest', async () => {
    const base = files.map((path) => readFileSync(join(folder, path))).filter(({ length }) => length < 4_000);
    const change = fc.record({
      file: fc.nat(base.length - 1),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(40),
      with: fc.oneof(
        fc.constant(''),
        fc.string({ unit: fc.constantFrom(...`*~+:'?\n\r >^\xe9\xc3\xa4ISAUNBZ01`), maxLength: 4 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(change, async (cut) => {
        const file = base[cut.file] as Buffer;
        const from = Math.floor(cut.at * file.length);
        const changed = [file.subarray(0, from), bytes(cut.with), file.subarray(from + cut.length)];
        await assertStable(Buffer.concat(changed));
      }),
      { numRuns: trials(300) },
    );
  });

  it('and so do settings that name a set for each interchange', async () => {
    const file = Buffer.concat([
      Buffer.from(x12(order).replace('Brass lamp', 'Käse')),
      bytes(edifact(orders)),
    ]);
    const settings = ({ standard }: InterchangeBegin) => (standard === 'x12' ? { charset: 'UTF-8' } : {});
    assert.ok((await again(file, { settings })).equals(file));
  });
});
