/** From the bytes of a file to the bytes of its answer: reader, checks, acknowledgment and writer together. */
import assert from 'node:assert/strict';
import { Parser } from 'edifact';
import { acknowledgeFile } from '../../src/acknowledge-file.ts';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { readAcknowledgment } from '../../src/interchange/verdict.ts';
import { nodeX12 } from '../../src/simulator/node-x12.ts';
import { at } from './acknowledge-cases.ts';

const isa =
  'ISA*00*          *00*          *ZZ*BLUEBARN       *12*5555550100     *261122*0301*U*00401*000000905*0*P*>~';
const good850 = [
  'BEG*00*SA*PO-7**20261122',
  'N1*ST*Blue Barn Store 4*92*0004',
  'PO1*1*12*EA*9.95**UP*012345678905',
  'PID*F****Rope',
  'CTT*1',
];
const goodOrders = [
  'BGM+220+PO-7+9',
  'DTM+137:20261122:102',
  'NAD+BY+4012345000009::9',
  'LIN+1++4012345000016:EN',
  'QTY+21:12',
  'UNS+S',
  'CNT+2:1',
];

interface Trailers {
  readonly count?: number;
  readonly control?: string;
  readonly trailer?: boolean;
}

function set850(
  body: readonly string[],
  { count, control = '0001', trailer = true }: Trailers = {},
): string[] {
  const end = trailer ? [`SE*${count ?? body.length + 2}*${control}`] : [];
  return ['ST*850*0001', ...body, ...end];
}

function file850(sets: readonly string[][], ge = `GE*${sets.length}*71`, iea = 'IEA*1*000000905'): string {
  const segments = ['GS*PO*BLUEBARN*HARBOR*20261122*0301*71*X*004010', ...sets.flat(), ge, iea];
  return isa + segments.map((segment) => `${segment}~`).join('');
}

function message(body: readonly string[], { count, control = '1', trailer = true }: Trailers = {}): string[] {
  const end = trailer ? [`UNT+${count ?? body.length + 2}+${control}`] : [];
  return ['UNH+1+ORDERS:D:96A:UN:EAN008', ...body, ...end];
}

function fileOrders(
  messages: readonly string[][],
  unz = `UNZ+${messages.length}+R4711`,
  syntax = 'UNOA:2',
): string {
  const unb = `UNB+${syntax}+4012345000009:14+5412345000013:14+261122:0301+R4711`;
  return [unb, ...messages.flat(), unz].map((segment) => `${segment}'`).join('');
}

async function answer(text: string, control = 17) {
  const source = (async function* () {
    yield Buffer.from(text, 'latin1');
  })();
  const { bytes, faults } = await acknowledgeFile(source, { at, control });
  return { text: bytes.toString('latin1'), faults };
}

/** AK2 to AK9, or what follows UCI. */
async function judged(text: string): Promise<string[]> {
  const lines = (await answer(text)).text.trimEnd().split('\n');
  const from = lines.findIndex((line) => /^(AK1|UCI)/.test(line));
  const to = lines.findIndex((line) => /^(SE|UNT)/.test(line));
  return lines.slice(from + 1, to).map((line) => line.slice(0, -1));
}

/** The body with one segment replaced, taken out (no replacement) or put twice. */
function changed(body: readonly string[], tag: string, ...replacement: string[]): string[] {
  return body.flatMap((segment) => (segment.startsWith(tag) ? replacement : [segment]));
}

describe('acknowledging a file', () => {
  it('answers a clean 850 with a 997 that node-x12 reads', async () => {
    const { text, faults } = await answer(file850([set850(good850)]));
    assert.deepEqual(faults, []);
    assert.equal(
      text,
      [
        'ISA*00*          *00*          *12*5555550100     *ZZ*BLUEBARN       *261122*0304*U*00401*000000017*0*P*>~',
        'GS*FA*HARBOR*BLUEBARN*20261122*0304*17*X*004010~',
        'ST*997*0001~',
        'AK1*PO*71~',
        'AK2*850*0001~',
        'AK5*A~',
        'AK9*A*1*1*1~',
        'SE*6*0001~',
        'GE*1*17~',
        'IEA*1*000000017~',
        '',
      ].join('\n'),
    );
    const parser = new nodeX12.X12Parser(true);
    const read = parser.parse(text) as InstanceType<typeof nodeX12.X12Interchange>;
    assert.deepEqual(parser.diagnostics, []);
    assert.equal(read.functionalGroups[0]?.transactions[0]?.segments.length, 4);
  });

  it("answers a clean ORDERS with a CONTRL that edifact's Parser reads", async () => {
    const { text, faults } = await answer(fileOrders([message(goodOrders)]));
    assert.deepEqual(faults, []);
    assert.equal(
      text,
      [
        "UNB+UNOA:2+5412345000013:14+4012345000009:14+261122:0304+17'",
        "UNH+1+CONTRL:2:2:UN:EAN002'",
        "UCI+R4711+4012345000009:14+5412345000013:14+7'",
        "UNT+3+1'",
        "UNZ+1+17'",
        '',
      ].join('\n'),
    );
    const tags: string[] = [];
    const parser = new Parser();
    parser.onopensegment = (tag) => tags.push(tag);
    parser.write(text.trimEnd());
    parser.end();
    assert.deepEqual(tags, ['UNB', 'UNH', 'UCI', 'UNT', 'UNZ']);
  });

  it('gives answers in which our own reader finds no fault, and which it understands', async () => {
    const bad = changed(good850, 'BEG', 'BEG*00*SA*PO-7**20261399');
    const badOrders = changed(goodOrders, 'QTY', 'QTY+21:twelve');
    const { text } = await answer(
      file850([set850(good850), set850(bad)]) + fileOrders([message(goodOrders), message(badOrders)]),
    );
    const verdicts: unknown[] = [];
    for await (const event of readInterchanges([Buffer.from(text, 'latin1')])) {
      if (event.kind === 'stray') assert.deepEqual(event.faults, []);
      if (event.kind === 'interchange-end' || event.kind === 'group-end') assert.deepEqual(event.faults, []);
      if (event.kind !== 'message') continue;
      assert.deepEqual(event.faults, []);
      verdicts.push(readAcknowledgment(event)?.verdict);
    }
    assert.deepEqual(verdicts, ['partly', 'partly']);
  });

  const x12Cases: readonly { name: string; text: string; lines: readonly string[] }[] = [
    {
      name: 'an unknown segment',
      text: file850([set850(changed(good850, 'PID', 'PID*F****Rope', 'QZX*1'))]),
      lines: ['AK2*850*0001', 'AK3*QZX*6**1', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a missing BEG',
      text: file850([set850(changed(good850, 'BEG'))]),
      lines: ['AK2*850*0001', 'AK3*BEG*2**3', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'BEG twice',
      text: file850([set850([good850[0] as string, ...good850])]),
      lines: ['AK2*850*0001', 'AK3*BEG*3**5', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a missing element',
      text: file850([set850(changed(good850, 'BEG', 'BEG*00*SA***20261122'))]),
      lines: ['AK2*850*0001', 'AK3*BEG*2**8', 'AK4*3*324*1', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a code that is not in the list',
      text: file850([set850(changed(good850, 'BEG', 'BEG*QQ*SA*PO-7**20261122'))]),
      lines: ['AK2*850*0001', 'AK3*BEG*2**8', 'AK4*1*353*7*QQ', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a value too long',
      text: file850([set850(changed(good850, 'BEG', `BEG*00*SA*${'7'.repeat(23)}**20261122`))]),
      lines: ['AK2*850*0001', 'AK3*BEG*2**8', `AK4*3*324*5*${'7'.repeat(23)}`, 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a date that is none',
      text: file850([set850(changed(good850, 'BEG', 'BEG*00*SA*PO-7**20261322'))]),
      lines: ['AK2*850*0001', 'AK3*BEG*2**8', 'AK4*5*373*8*20261322', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a quantity with letters',
      text: file850([set850(changed(good850, 'PO1', 'PO1*1*1O*EA*9.95**UP*012345678905'))]),
      lines: ['AK2*850*0001', 'AK3*PO1*4**8', 'AK4*2*330*6*1O', 'AK5*R*5', 'AK9*R*1*1*0'],
    },
    {
      name: 'a wrong SE01',
      text: file850([set850(good850, { count: 9 })]),
      lines: ['AK2*850*0001', 'AK5*R*4', 'AK9*R*1*1*0'],
    },
    {
      name: 'a wrong SE02',
      text: file850([set850(good850, { control: '0002' })]),
      lines: ['AK2*850*0001', 'AK5*R*3', 'AK9*R*1*1*0'],
    },
    {
      name: 'a missing SE',
      text: file850([set850(good850, { trailer: false })]),
      lines: ['AK2*850*0001', 'AK5*R*2', 'AK9*R*1*1*0'],
    },
    {
      name: 'a control number used twice',
      text: file850([set850(good850), set850(good850)]),
      lines: ['AK2*850*0001', 'AK5*A', 'AK2*850*0001', 'AK5*R*23', 'AK9*P*2*2*1'],
    },
    {
      name: 'a set that we do not know',
      text: file850([['ST*851*0001', 'ZZ1*1', 'SE*3*0001']]),
      lines: ['AK2*851*0001', 'AK5*R*1', 'AK9*R*1*1*0'],
    },
    {
      name: 'a wrong GE01',
      text: file850([set850(good850)], 'GE*2*71'),
      lines: ['AK2*850*0001', 'AK5*R', 'AK9*R*2*1*0*5'],
    },
    {
      name: 'a wrong GE02',
      text: file850([set850(good850)], 'GE*1*72'),
      lines: ['AK2*850*0001', 'AK5*R', 'AK9*R*1*1*0*4'],
    },
  ];
  for (const { name, text, lines } of x12Cases) {
    it(`answers an 850 with ${name}`, async () => assert.deepEqual(await judged(text), lines));
  }

  it('answers an 850 with a wrong IEA02 by a TA1 alone', async () => {
    const { text } = await answer(file850([set850(good850)], undefined, 'IEA*1*000000906'));
    assert.match(text, /^ISA.*\nTA1\*000000905\*261122\*0301\*R\*001~\nIEA\*0\*000000017~\n$/);
  });

  const ucm = 'UCM+1+ORDERS:D:96A:UN:EAN008+4';
  const edifactCases: readonly { name: string; text: string; lines: readonly string[] }[] = [
    {
      name: 'an unknown segment',
      text: fileOrders([message(changed(goodOrders, 'QTY', 'QTY+21:12', 'QZX+1'))]),
      lines: [ucm, 'UCS+7+15'],
    },
    {
      name: 'a missing BGM',
      text: fileOrders([message(changed(goodOrders, 'BGM'))]),
      lines: [ucm, 'UCS+1+13'],
    },
    {
      name: 'BGM twice',
      text: fileOrders([message([goodOrders[0] as string, ...goodOrders])]),
      lines: [ucm, 'UCS+3+35'],
    },
    {
      name: 'a missing component',
      text: fileOrders([message(changed(goodOrders, 'DTM', 'DTM+:20261122:102'))]),
      lines: [ucm, 'UCS+3', 'UCD+13+2:1'],
    },
    {
      name: 'a value too long',
      text: fileOrders([message(changed(goodOrders, 'BGM', `BGM+220+${'7'.repeat(36)}+9`))]),
      lines: [ucm, 'UCS+2', 'UCD+39+3'],
    },
    {
      name: 'a quantity with letters',
      text: fileOrders([message(changed(goodOrders, 'QTY', 'QTY+21:twelve'))]),
      lines: [ucm, 'UCS+6', 'UCD+37+2:2'],
    },
    {
      name: 'a wrong segment count',
      text: fileOrders([message(goodOrders, { count: 8 })]),
      lines: [`${ucm}+29+UNT+2`],
    },
    {
      name: 'a reference that differs',
      text: fileOrders([message(goodOrders, { control: '2' })]),
      lines: [`${ucm}+28+UNT+3`],
    },
    {
      name: 'a missing UNT',
      text: fileOrders([message(goodOrders, { trailer: false })]),
      lines: [`${ucm}+13+UNT`],
    },
    {
      name: 'a reference used twice',
      text: fileOrders([message(goodOrders), message(goodOrders)]),
      lines: [`${ucm}+26+UNH`],
    },
    {
      name: 'a message that we do not know',
      text: fileOrders([['UNH+1+ORDERX:D:96A:UN', 'BGM+220', 'UNT+3+1']]),
      lines: ['UCM+1+ORDERX:D:96A:UN+4+14+UNH'],
    },
  ];
  for (const { name, text, lines } of edifactCases) {
    it(`answers an ORDERS with ${name}`, async () => assert.deepEqual(await judged(text), lines));
  }

  const envelopes: readonly { name: string; unz: string; uci: string }[] = [
    { name: 'a wrong UNZ count', unz: 'UNZ+2+R4711', uci: '4+29+UNZ+2' },
    { name: 'a UNZ reference that differs', unz: 'UNZ+1+R4712', uci: '4+28+UNZ+3' },
  ];
  for (const { name, unz, uci } of envelopes) {
    it(`refuses an interchange with ${name}`, async () => {
      const { text } = await answer(fileOrders([message(goodOrders)], unz));
      assert.equal(text.split('\n')[2], `UCI+R4711+4012345000009:14+5412345000013:14+${uci}'`);
    });
  }

  it('answers several interchanges one after another, in their own separators', async () => {
    const other = file850([set850(good850)])
      .replaceAll('*', '|')
      .replaceAll('~', '\n');
    const { text } = await answer(file850([set850(good850)]) + fileOrders([message(goodOrders)]) + other);
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => /^(ISA|UNB|IEA|UNZ)/.test(line)).map((line) => line.slice(0, 4)),
      ['ISA*', 'IEA*', 'UNB+', 'UNZ+', 'ISA|', 'IEA|'],
    );
    assert.equal(lines.at(-1), 'IEA|1|000000019');
    assert.ok(text.includes("UNZ+1+18'"));
    assert.ok(!text.includes('\n\n'));
  });

  it('gives the same bytes again', async () => {
    const text = file850([set850(good850)]);
    assert.deepEqual(await answer(text), await answer(text));
  });

  it('gives nothing for acknowledgments, nor for what is not EDI', async () => {
    const own = await answer(file850([set850(good850)]));
    assert.deepEqual(await answer(own.text), { text: '', faults: [] });
    const control = await answer(fileOrders([message(goodOrders)]));
    assert.deepEqual(await answer(control.text), { text: '', faults: [] });
    const nothing = await answer('Dear Sirs, please find our order');
    assert.equal(nothing.text, '');
    assert.equal(nothing.faults[0]?.code, 'not-edi');
  });
});
