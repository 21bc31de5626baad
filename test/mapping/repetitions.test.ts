/** Repetitions of an element, items side by side in one segment, and values beside their qualifiers over several spans. */
import assert from 'node:assert/strict';
import type { Guide } from '../../src/mapping/guide.ts';
import { edifact, guideOf, problemsOf, sent, thereAndBack, x12, x12Later } from './guide-of.ts';

const advice = (context: string) => `guide: 1
message: x12 005010 824
canonical: application-advice
segments:
  - BGN: { "01": write 00, "02": number, "03": issuedOn }
  - OTI:
      each: messages
      "01": { verdict: { TA: accepted, TR: rejected } }
      "02": referenceKind
      "03": reference
      then:
        - TED: { each: errors, "01": code, then: [ CTX: { ${context} } ] }
`;
const plain = advice('"01": { repeats: notes, of: . }');
const refused = (notes: readonly string[]) => ({
  number: '1',
  issuedOn: '2026-11-22',
  messages: [{ verdict: 'rejected', referenceKind: 'IV', reference: '1', errors: [{ code: '003', notes }] }],
});
const told = (ctx: string) =>
  x12Later('824', 'AG', 'BGN*00*1*20261122', 'OTI*TR*IV*1', 'TED*003', `CTX*${ctx}`);

async function read(guide: Guide, ctx: string) {
  const message = await told(ctx);
  const { document, faults, unmapped } = await guide.read(message);
  const { messages } = (document ?? {}) as { messages?: { errors?: { notes?: string[] }[] }[] };
  return { item: messages?.[0]?.errors?.[0], faults: [...message.faults, ...faults], unmapped };
}

describe('Repetitions of an element', () => {
  it('are the items of a list, both ways', async () => {
    const guide = await guideOf(plain);
    assert.deepEqual((await read(guide, 'A^B^C')).item?.notes, ['A', 'B', 'C']);
    assert.deepEqual((await read(guide, 'A')).item?.notes, ['A']);
    const { wire, faults } = await sent(guide, refused(['A', 'B', 'C']));
    assert.deepEqual([wire[3], faults], ['CTX*A^B^C', []]);
    for (const notes of [['A'], ['A', 'B', 'A'], Array.from({ length: 10 }, (_, at) => `N${at}`)])
      assert.deepEqual(await thereAndBack(guide, refused(notes)), refused(notes));
  });

  it('are objects by component, of which none is written without its mandatory part', async () => {
    const byPart = `guide: 1
message: x12 005010 824
canonical: application-advice
segments:
  - BGN: { "01": write 00, "02": number, "03": issuedOn }
  - OTI:
      each: messages
      "01": { verdict: { TR: rejected } }
      "02": referenceKind
      "03": reference
      then:
        - TED: { "01": write 003, then: [ CTX: { "01": { repeats: errors, of: { "1": code, "2": text } } } ] }
`;
    const parts = await guideOf(byPart);
    const errors = [{ code: 'A', text: 'first' }, { code: 'B' }, { code: 'C', text: 'third' }];
    const document = {
      number: '1',
      issuedOn: '2026-11-22',
      messages: [{ verdict: 'rejected', referenceKind: 'IV', reference: '1', errors }],
    };
    assert.equal((await sent(parts, document)).wire[3], 'CTX*A>first^B^C>third');
    assert.deepEqual(await thereAndBack(parts, document), document);
    const [message] = document.messages;
    const lame = { ...document, messages: [{ ...message, errors: [{ text: 'no code' }, { code: 'B' }] }] };
    assert.equal((await sent(parts, lame)).wire[3], 'CTX*B');
  });

  it('are no more than the dictionary allows, neither read nor written', async () => {
    const guide = await guideOf(plain);
    const eleven = Array.from({ length: 11 }, (_, at) => `N${at}`);
    const { faults } = await sent(guide, refused(eleven));
    assert.deepEqual(
      faults.map(({ code, severity, at }) => [code, severity, at?.tag, at?.element]),
      [['element-repeated', 'error', 'CTX', 1]],
    );
    assert.equal(faults[0]?.message, 'CTX01 is repeated too often: 11 times instead of at most 10.');
    const { faults: received } = await read(guide, eleven.join('^'));
    assert.deepEqual(
      received.map(({ code, at }) => [code, at?.element, at?.repetition]),
      [['element-repeated', 1, 11]],
    );
  });

  it('are told from each other in what is left over', async () => {
    const { item, unmapped } = await read(await guideOf(plain), 'A>more^B^C>rest');
    assert.deepEqual(item?.notes, ['A', 'B', 'C']);
    assert.deepEqual(
      unmapped.map(({ value, at }) => [value, at.element, at.component, at.repetition]),
      [
        ['more', 1, 2, undefined],
        ['rest', 1, 2, 3],
      ],
    );
  });

  it('may stand only where the dictionary has them', async () => {
    const [wrong] = await problemsOf(advice('"02": { repeats: notes, of: . }'));
    assert.equal(
      wrong,
      'acme/guide.yaml:12 CTX element 2 does not repeat. CTX has repetitions in element 1.',
    );
    const [none] = await problemsOf(
      advice('').replace('CTX: {  }', 'RED: { "01": { repeats: notes, of: . } }'),
    );
    assert.match(
      none ?? '',
      /:12 RED element 1 does not repeat\. No element of RED does: give each value a segment/,
    );
    const edifactText = `guide: 1
message: edifact D01B APERAK
canonical: application-advice
segments:
  - BGM: { "01.1": =313, "02.1": number }
  - FTX: { "01": =AAO, "04": { repeats: notes, of: . } }
`;
    assert.match((await problemsOf(edifactText))[0] ?? '', /FTX element 4 does not repeat/);
    const several = advice('"01": { repeats: notes, of: [., .] }');
    assert.match((await problemsOf(several))[0] ?? '', /A repetition is one value, or a composite/);
    const noList = advice('"01": { repeats: code, of: . }');
    assert.match((await problemsOf(noList))[0] ?? '', /:12 .*code.* list/);
  });
});

const order = (po1: string, then = '') => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": write SA, "03": number, "05": orderedOn }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit, ${po1}${then} }
`;
const line = { number: '1', quantity: '5', unit: 'EA' };
const ordered = (item: object, more: object = {}) => ({
  number: 'P1',
  purpose: 'original',
  orderedOn: '2026-11-20',
  lines: [{ ...line, ...more, item }],
});

describe('Items side by side', () => {
  const sdq =
    ', then: [ SDQ: { "01": write EA, "02": write 92, "03..22": { repeat: distribution, of: [location, quantity] } } ]';
  const guideText = order('"06..": { pairs: { VN: item.sellerId } }', sdq);
  const stores = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ location: `S${at}`, quantity: String(at + 1) }));

  it('take as many segments as they need', async () => {
    const guide = await guideOf(guideText);
    for (const count of [1, 10, 11, 25]) {
      const document = ordered({ sellerId: 'A' }, { distribution: stores(count) });
      const { wire } = await sent(guide, document);
      assert.equal(wire.filter((text) => text.startsWith('SDQ')).length, Math.ceil(count / 10));
      assert.deepEqual(await thereAndBack(guide, document), document);
    }
    assert.equal(
      (await sent(guide, ordered({ sellerId: 'A' }, { distribution: stores(2) }))).wire[2],
      'SDQ*EA*92*S0*1*S1*2',
    );
  });

  it('may leave a place free', async () => {
    const guide = await guideOf(guideText);
    const message = await x12(
      '850',
      'PO',
      'BEG*00*SA*P1**20261120',
      'PO1*1*5*EA***VN*A',
      'SDQ*EA*92*S0*1***S2*3',
    );
    const { document } = await guide.read(message);
    assert.deepEqual((document as unknown as { lines: { distribution: unknown }[] }).lines[0]?.distribution, [
      { location: 'S0', quantity: '1' },
      { location: 'S2', quantity: '3' },
    ]);
  });

  it('stand beside the item of their segment, each with its composite, as many as there is room for', async () => {
    const guide = await guideOf(`guide: 1
message: x12 004010 861
canonical: receiving-advice
codes: { condition: { "02": short } }
segments:
  - BRA: { "01": number, "02": issuedOn, "03": write 00, "04": write 1 }
  - RCD:
      each: lines
      "01": number
      "02": received
      "03.1": unit
      "06..20": { repeat: discrepancies, of: [quantity, unit, kind code(condition)] }
`);
    const more = await guide.read(await x12('861', 'RC', 'BRA*R1*20261120*00*1', 'RCD*1*5*EA***1*EA>2>3*02'));
    assert.deepEqual(
      more.unmapped.map(({ tag, element, component, value }) => [tag, element, component, value]),
      [
        ['RCD', 7, 2, '2'],
        ['RCD', 7, 3, '3'],
      ],
    );
    const off = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        quantity: String(at + 1),
        unit: 'EA',
        kind: 'short',
      }));
    const received = (...counts: number[]) => ({
      number: 'R1',
      issuedOn: '2026-11-20',
      lines: counts.map((count, at) => {
        const discrepancies = count === 0 ? {} : { discrepancies: off(count) };
        return { number: String(at + 1), received: '5', unit: 'EA', ...discrepancies };
      }),
    });
    const { wire } = await sent(guide, received(2, 0));
    assert.deepEqual(wire.slice(1), ['RCD*1*5*EA***1*EA*02*2*EA*02', 'RCD*2*5*EA']);
    for (const counts of [[2, 0], [0, 5], [1]])
      assert.deepEqual(await thereAndBack(guide, received(...counts)), received(...counts));
    const { faults } = await sent(guide, received(7));
    assert.deepEqual(
      faults.map(({ code, severity, at }) => [code, severity, at?.tag, at?.element]),
      [['places-full', 'warning', 'RCD', 6]],
    );
  });

  it('name fields that an item has, and a list', async () => {
    const near = guideText.replace('[location, quantity]', '[location, quantty]');
    assert.match((await problemsOf(near))[0] ?? '', /:6 .*'quantty'.*Did you mean 'quantity'\?/);
    const list = guideText.replace('repeat: distribution', 'repeat: distributoin');
    assert.match((await problemsOf(list))[0] ?? '', /:6 .*'distributoin'.*Did you mean 'distribution'\?/);
  });
});

describe('Values beside their qualifiers', () => {
  it('are read in any order, and written in the guide’s', async () => {
    const guide = await guideOf(
      order('"06..": { pairs: { UP: item.upc, VN: item.sellerId, IN: item.buyerId } }'),
    );
    const message = await x12('850', 'PO', 'BEG*00*SA*P1**20261120', 'PO1*1*5*EA***IN*B*VN*A');
    const { document } = await guide.read(message);
    assert(document);
    assert.equal((await sent(guide, document)).wire[1], 'PO1*1*5*EA***VN*A*IN*B');
  });

  it('say what they do not know, and a second value for a field that has one', async () => {
    const guide = await guideOf(order('"06..": { pairs: { UP: item.upc, VN: item.sellerId } }'));
    const read = async (pairs: string) => {
      const message = await x12('850', 'PO', 'BEG*00*SA*P1**20261120', `PO1*1*5*EA***${pairs}`);
      const { document, unmapped } = await guide.read(message);
      const { lines } = document as unknown as { lines: { item: object }[] };
      return [lines[0]?.item, unmapped.map(({ element, value }) => [element, value])];
    };
    assert.deepEqual(await read('VN*A*ZZ*B'), [{ sellerId: 'A' }, [[9, 'B']]]);
    assert.deepEqual(await read('VN*A*VN*B'), [{ sellerId: 'A' }, [[9, 'B']]]);
    assert.deepEqual(await read('VN*A*VN*A'), [{ sellerId: 'A' }, []]);
  });

  it('write a field once, under the first of its codes that fits', async () => {
    const guide = await guideOf(
      order('"06..": { pairs: { UP: item.gtin length(12), EN: item.gtin length(13), UK: item.gtin } }'),
    );
    const pair = async (gtin: string) =>
      (await sent(guide, ordered({ gtin }))).wire[1]?.slice('PO1*1*5*EA***'.length);
    assert.equal(await pair('012345678905'), 'UP*012345678905');
    assert.equal(await pair('4000001000104'), 'EN*4000001000104');
    assert.equal(await pair('10012345678902'), 'UK*10012345678902');
  });

  it('go on in further places, and say what found none', async () => {
    const text = (and: string) =>
      order(`"06..7": { pairs: { UP: item.upc, VN: item.sellerId, IN: item.buyerId }${and} }`).replace(
        '"06..7"',
        '"06..07"',
      );
    const item = { upc: '012345678905', sellerId: 'A', buyerId: 'B' };
    const wide = await guideOf(text(', and: "10..13"'));
    assert.equal((await sent(wide, ordered(item))).wire[1], 'PO1*1*5*EA***UP*012345678905***VN*A*IN*B');
    assert.deepEqual(await thereAndBack(wide, ordered(item)), ordered(item));
    const narrow = await guideOf(text(', and: "10..11"'));
    const { wire, faults } = await sent(narrow, ordered(item));
    assert.equal(wire[1], 'PO1*1*5*EA***UP*012345678905***VN*A');
    assert.deepEqual(
      faults.map(({ code, severity, at }) => [code, severity, at?.tag]),
      [['places-full', 'warning', 'PO1']],
    );
    assert.match(faults[0]?.message ?? '', /PO1 has 2 places for pairs, .* none is left for IN B\./);
    const [wrong] = await problemsOf(text(', and: here'));
    assert.match(wrong ?? '', /:6 'and' names further places for pairs, such as "21\.\.22"\./);
  });

  it('stand in the composites of EDIFACT', async () => {
    const guide = await guideOf(`guide: 1
message: edifact D96A ORDERS
canonical: order
segments:
  - BGM: { "01.1": =220, "02": number }
  - LIN:
      each: lines
      "01": number
      defaults: { unit: each }
      then:
        - PIA: { "01": =1, "02..": { pairs: { SA: item.sellerId, IN: item.buyerId } } }
        - QTY: { "01.1": =21, "01.2": quantity }
  - UNS: { "01": =S }
defaults: { purpose: original }
`);
    const message = await edifact('ORDERS', 'BGM+220+P1', 'LIN+1', 'PIA+1+B:IN+A:SA', 'QTY+21:5', 'UNS+S');
    const { document, unmapped } = await guide.read(message);
    assert(document);
    assert.deepEqual(unmapped, []);
    assert.equal((await sent(guide, document)).wire[2], 'PIA+1+A:SA+B:IN');
  });

  it('reports what else stands in their composites, unless the guide says why not', async () => {
    const guide = (beside: string) => `guide: 1
message: edifact D96A ORDERS
canonical: order
segments:
  - BGM: { "02": number }
  - LIN:
      each: lines
      "01": number
      then:
        - PIA: { "01": write 1, "02..": { pairs: { SA: item.sellerId }${beside} } }
        - QTY: { "01.1": =21, "01.2": quantity }
  - UNS: { "01": =S }
`;
    const order = await edifact('ORDERS', 'BGM++P1', 'LIN+1', 'PIA+1+AB:SA:1:91', 'QTY+21:5', 'UNS+S');
    const unread = async (beside: string) =>
      (await (await guideOf(guide(beside))).read(order)).unmapped.map(({ value }) => value);
    assert.deepEqual(await unread(''), ['1', '91']);
    assert.deepEqual(await unread(', beside: ignore whose list it is'), []);
    assert.match((await problemsOf(guide(', beside: number')))[0] ?? '', /'beside' says why/);
  });
});
