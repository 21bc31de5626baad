/** The dictionary's notation: what it says is read whole, and what is no notation is told with file and line. */
import assert from 'node:assert/strict';
import {
  parseCodes,
  parseComposites,
  parseElements,
  parseRelease,
  parseSegments,
} from '../../src/interchange/dictionary/notation.ts';
import { parseStructure } from '../../src/interchange/dictionary/structure-text.ts';

const table = (file: string, text: string) => ({ file: `x12-009990/${file}.txt`, text });
const codes = parseCodes(
  table('codes', '# Codes\n98 closed\n  BY buyer\n  SE seller\n\n66\n  9 number of its own\n'),
);
const elements = parseElements(
  table(
    'elements',
    '98 ID 2 3 Entity role\n66 ID 1 2 Qualifier\n67 AN 2 80 Id\n212 N2 1 9 Price\n5004 n..18 Amount',
  ),
  codes,
);
const composites = parseComposites(table('composites', 'C001 66! 67 : P0102'), elements);
const read = {
  segments: (text: string) => parseSegments(table('segments', text), elements, composites),
  composites: (text: string) => parseComposites(table('composites', text), elements),
  elements: (text: string) => parseElements(table('elements', text), codes),
  codes: (text: string) => parseCodes(table('codes', text)),
  release: (text: string) => parseRelease(table('release', text)),
  '850': (text: string) => parseStructure(table('850', `# 850 Order\n# GS01 PO\n${text}`)),
};

describe('the notation of the dictionary', () => {
  it('says what stands in a segment, how often, and what comes together', () => {
    const segment = read.segments('N1 98! 66 67*5 C001!*2 : P0203 R0102? C010203\r\n').get('N1');
    assert.deepEqual(
      segment?.elements.map((use) => [use.element?.id ?? use.composite?.id, use.mandatory, use.repeat]),
      [
        ['98', true, 1],
        ['66', false, 1],
        ['67', false, 5],
        ['C001', true, 2],
      ],
    );
    assert.deepEqual(segment.divided, [2, 3]);
    assert.deepEqual(segment.syntax, [
      { kind: 'P', positions: [2, 3], soft: false, from: 2 },
      { kind: 'R', positions: [1, 2], soft: true, from: 0 },
      { kind: 'C', positions: [1, 2, 3], soft: false, from: 1 },
    ]);
  });

  it('says what an element is, in both standards', () => {
    assert.deepEqual(elements.get('98'), {
      ...{ id: '98', name: 'Entity role', type: 'ID', decimals: 0, min: 2, max: 3 },
      codes: {
        closed: true,
        meanings: new Map([
          ['BY', 'buyer'],
          ['SE', 'seller'],
        ]),
      },
    });
    const bare = (id: string) => {
      const { type, decimals, min, max } = elements.get(id) ?? {};
      return [type, decimals, min, max];
    };
    assert.deepEqual(bare('212'), ['N', 2, 1, 9]);
    assert.deepEqual(bare('5004'), ['n', 0, 1, 18]);
    assert.equal(codes.get('66')?.closed, false);
  });

  it('says which segments and loops a message has, and names a second loop of the same trigger', () => {
    const text =
      'ST M 1\nN1 O 1 :\n  N1 M 1\n  REF O >1\nREF O 1\nN1 O 2 :\n  N1 M 1\n  PER O 3 :\n    PER M 1\nSE M 1';
    const { name, groups, associations, nodes } = read['850'](text);
    assert.deepEqual({ name, groups, associations }, { name: 'Order', groups: ['PO'], associations: [] });
    assert.deepEqual(
      nodes.map(({ id, mandatory, max, members }) => [
        id,
        mandatory,
        max,
        members?.map((one) => one.id) ?? null,
      ]),
      [
        ['ST', true, 1, null],
        ['N1', false, 1, ['N1', 'REF']],
        ['REF', false, 1, null],
        ['N1-2', false, 2, ['N1', 'PER']],
        ['SE', true, 1, null],
      ],
    );
    assert.equal(nodes[1]?.members?.[1]?.max, Infinity);
    const edifact = parseStructure({
      file: 'edifact-D99Z/ORDERS.txt',
      text: '# ORDERS Order\n# 0057 EAN1 EAN2\nSG1 C 9 :\n  RFF M 1',
    });
    assert.deepEqual([edifact.associations, edifact.groups], [['EAN1', 'EAN2'], []]);
  });

  const wrong: readonly (readonly [keyof typeof read, string, RegExp])[] = [
    ['segments', 'N1 98! 99', /segments\.txt:1: there is no element 99: "N1 98! 99"$/],
    ['segments', '# N1\n\nN1 98\nN1 66', /segments\.txt:4: N1 stands here twice/],
    ['segments', 'N1', /:1: no tag or id with its elements/],
    ['segments', 'n1 98', /:1: no tag or id with its elements/],
    ['segments', 'N1  98', /:1: "" is no element/],
    ['segments', 'N1 98 ', /:1: "" is no element/],
    ['segments', 'N1 98?', /:1: "98\?" is no element/],
    ['segments', 'N1 98*0', /:1: "98\*0" is no element/],
    ['segments', 'N1 98 66 : ', /:1: no rules after the colon/],
    ['segments', 'N1 98 66 : P0102 : R0102', /:1: no rules after the colon/],
    ['segments', 'N1 98 66 : Q0102', /:1: "Q0102" is no rule/],
    ['segments', 'N1 98 66 : P01', /:1: "P01" is no rule/],
    ['segments', 'N1 98 66 : P012', /:1: "P012" is no rule/],
    ['segments', 'N1 98 66 : P0103', /:1: "P0103" has no such positions/],
    ['segments', 'N1 98 66 : P0002', /:1: "P0002" has no such positions/],
    ['segments', 'N1 98 66 : P0101', /:1: "P0101" has no such positions/],
    ['composites', 'C001 66 99', /composites\.txt:1: there is no element 99/],
    ['composites', 'C001 66*2', /:1: a component does not repeat/],
    ['composites', 'N1 66', /:1: no tag or id with its elements/],
    ['elements', '98 ID two 3 Entity', /elements\.txt:1: no element: "98 ID two 3 Entity"/],
    ['elements', '98 ID 2 3', /:1: no element/],
    ['elements', '98 XX 2 3 Entity', /:1: no element/],
    ['elements', '98 N 2 3 Entity', /:1: no element/],
    ['elements', '98 ID2 2 3 Entity', /:1: no element/],
    ['elements', '98 ID 3 2 Entity', /:1: no such lengths/],
    ['elements', '98 ID 0 2 Entity', /:1: no such lengths/],
    ['elements', '1001 x..3 Type', /:1: no element/],
    ['elements', '1001 an..0 Type', /:1: no such lengths/],
    ['elements', '98 ID 2 3 Role\n98 ID 2 3 Role', /:2: 98 stands here twice/],
    ['codes', '  BY buyer', /codes\.txt:1: a code without its list/],
    ['codes', '98\n  BY', /:2: neither a list nor a code/],
    ['codes', '98\n BY buyer', /:2: neither a list nor a code/],
    ['codes', '98\n\tBY buyer', /:2: neither a list nor a code/],
    ['codes', '98 open', /:1: neither a list nor a code/],
    ['codes', '98\n  BY buyer\n  BY again', /:3: BY stands in this list twice/],
    ['codes', '98\n  BY buyer\n98', /:3: 98 has two lists/],
    ['release', '# nothing', /release\.txt:1: names no release/],
    ['release', 'borrows 005010', /:1: names no release/],
    ['release', 'tables 005010\ntables 004010', /:2: one line is enough/],
    ['850', 'ST M 1\n    REF O 1', /850\.txt:4: stands deeper than any loop that is open/],
    ['850', 'ST M 1\n REF O 1', /:4: no segment or loop/],
    ['850', 'ST X 1', /:3: no segment or loop/],
    ['850', 'ST M', /:3: no segment or loop/],
    ['850', 'ST M 0', /:3: no segment or loop/],
    ['850', 'ST M 1 ', /:3: no segment or loop/],
    ['850', 'ST M >2', /:3: no segment or loop/],
    ['850', 'N1 O 1 :', /:3: a loop starts with a mandatory segment that stands once/],
    ['850', 'N1 O 1 :\n  N1 O 1', /:3: a loop starts with a mandatory segment that stands once/],
    ['850', 'N1 O 1 :\n  N1 M 2', /:3: a loop starts with a mandatory segment that stands once/],
    [
      '850',
      'N1 O 1 :\n  N1 M 1 :\n    N1 M 1',
      /:3: a loop starts with a mandatory segment that stands once/,
    ],
    ['850', 'N1 O 1 :\n  N2 M 1', /:3: a loop is named for its trigger, N2/],
    ['850', 'HL M 1 :\n  HL M 1\n  N1 O 1 :\n    N2 M 1', /:5: a loop is named for its trigger, N2/],
  ];
  for (const [kind, text, says] of wrong) {
    it(`refuses ${kind} ${JSON.stringify(text)}`, () => {
      assert.throws(() => read[kind](text), says);
    });
  }

  it('refuses a message file that does not name its message first', () => {
    const parse = (text: string) => () => parseStructure(table('850', text));
    assert.throws(parse('ST M 1'), /850\.txt:1: no name of this message: "ST M 1"/);
    assert.throws(parse('# 855 Order response\nST M 1'), /:1: no name of this message/);
    assert.throws(parse('# 850\nST M 1'), /:1: no name of this message/);
  });
});
