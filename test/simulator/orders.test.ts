import assert from 'node:assert/strict';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { harborPine, nordlicht, order } from './example.ts';

describe('orders that the simulated partners write', () => {
  it('writes an 850 that node-x12 reads back in strict mode, value for value', () => {
    const file = harborPine().order(order);
    const [answer, ...others] = readX12(file.name, file.bytes);
    assert.equal(others.length, 0);
    assert.deepEqual(answer?.problems, []);
    assert.equal(answer?.kind, '850');
    assert.deepEqual(answer?.interchange, {
      control: '000000041',
      sender: 'ZZ/HARBORPINE',
      receiver: 'ZZ/SALTMARSH',
      test: false,
    });
    assert.deepEqual(answer?.group, {
      type: 'PO',
      control: '41',
      sender: 'HARBORPINE',
      receiver: 'SALTMARSH',
    });
    assert.deepEqual(plain(answer?.segments ?? []), [
      'BEG|00|SA|PO-7001||20261120',
      'REF|DP|42',
      'DTM|010|20261201',
      'DTM|038|20261205',
      'N1|ST|Distribution Center North|92|DC07',
      'N3|12 Quay Road',
      'N4|Port Alder|WA|98101|US',
      'PO1|1|12|EA|3.50||UP|099999000108|EN|4099999000104|VN|TEA-01',
      'PID|F||||Tea',
      'PO1|2|30|EA|2||UP|099999000207|EN|4099999000203|VN|TEA-02',
      'CTT|2|42',
    ]);
  });

  it('writes ISA fields at their fixed places', () => {
    const text = harborPine()
      .order({ ...order, test: true })
      .bytes.toString('latin1');
    assert.equal(
      text.slice(0, 106),
      'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261120*0930*U*00401*000000041*0*T*>~',
    );
  });

  it('writes an 860 for a change, and every purpose of an 850', () => {
    const change = harborPine().order({ ...order, purpose: 'change' });
    const [answer] = readX12(change.name, change.bytes);
    assert.equal(answer?.kind, '860');
    assert.equal(answer?.group?.type, 'PC');
    assert.match(
      plain(answer?.segments ?? []).join('\n'),
      /^BCH\|04\|SA\|PO-7001\|\|\|20261120\n[\s\S]*\nPOC\|1\|CA\|12\|12\|EA\|3.50\|\|UP\|/,
    );
    assert.equal(change.expected.response, false);
    for (const [purpose, code] of [
      ['cancel', '01'],
      ['replace', '05'],
      ['confirm', '06'],
      ['duplicate', '07'],
    ] as const) {
      const file = harborPine().order({ ...order, purpose });
      assert.match(file.bytes.toString('latin1'), new RegExp(`~BEG\\*${code}\\*SA\\*PO-7001`));
      assert.equal(file.expected.response, false);
    }
  });

  it('refuses data that holds a delimiter, which the generator would write as it is', () => {
    for (const description of ['a*b', 'a~b', 'a>b'])
      assert.throws(
        () => harborPine().order({ ...order, lines: [{ ...order.lines[0], quantity: '1', description }] }),
        /delimiter/,
      );
  });

  it('writes ORDERS that edifact reads back, value for value', () => {
    const file = nordlicht().order({ ...order, currency: 'EUR' });
    const [answer, ...others] = readEdifact(file.name, file.bytes);
    assert.equal(others.length, 0);
    assert.deepEqual(answer?.problems, []);
    assert.equal(answer?.kind, 'ORDERS');
    assert.equal(answer?.version, 'D:96A:UN:EAN008');
    assert.deepEqual(answer?.interchange, {
      control: '41',
      sender: '14/4099999000012',
      receiver: '14/4099999000029',
      test: false,
    });
    assert.deepEqual(plain(answer?.segments ?? []), [
      'BGM|220|PO-7001|9',
      'DTM|137:20261120:102',
      'DTM|2:20261201:102',
      'DTM|38:20261205:102',
      'RFF|DP:42',
      'NAD|BY|4099999000012::9',
      'NAD|SU|4099999000029::9',
      'NAD|DP|4099999000036::9||Distribution Center North|12 Quay Road|Port Alder|WA|98101|US',
      'CUX|2:EUR:9',
      'LIN|1||4099999000104:EN',
      'PIA|1|TEA-01:SA',
      'IMD|F||:::Tea',
      'QTY|21:12:PCE',
      'PRI|AAA:3.50',
      'LIN|2||4099999000203:EN',
      'PIA|1|TEA-02:SA',
      'QTY|21:30:PCE',
      'PRI|AAA:2',
      'UNS|S',
      'CNT|2:2',
    ]);
  });

  it('releases service characters, keeps umlauts, and refuses what UNOC cannot hold', () => {
    const name = "Märkte + Söhne: 'Wer?'";
    const file = nordlicht().order({ ...order, shipTo: { name } });
    const nad = readEdifact(file.name, file.bytes)[0]?.segments.find(
      ({ tag, elements }) => tag === 'NAD' && elements[0]?.[0] === 'DP',
    );
    assert.equal(nad?.elements[3]?.[0], name);
    assert.throws(() => nordlicht().order({ ...order, shipTo: { name: '東京' } }), /UNOC cannot hold '東'/);
  });

  it('marks a test in UNB 0035 and writes an ORDCHG for a change', () => {
    const file = nordlicht().order({ ...order, test: true, purpose: 'change' });
    const [answer] = readEdifact(file.name, file.bytes);
    assert.equal(answer?.interchange.test, true);
    assert.equal(answer?.kind, 'ORDCHG');
    assert.deepEqual(plain(answer?.segments ?? []).slice(0, 1), ['BGM|230|PO-7001-C|4']);
    assert.ok(plain(answer?.segments ?? []).includes('RFF|ON:PO-7001'));
    assert.ok(plain(answer?.segments ?? []).includes('LIN|1|3|4099999000104:EN'));
  });

  it('refuses a line number that comes twice', () => {
    const lines = order.lines.map((line) => ({ ...line, number: '1' }));
    assert.throws(() => nordlicht().order({ ...order, lines }), /twice/);
  });
});

function plain(segments: readonly { tag: string; elements: readonly (readonly string[])[] }[]): string[] {
  return segments.map(({ tag, elements }) =>
    [tag, ...elements.map((components) => components.join(':'))].join('|'),
  );
}
