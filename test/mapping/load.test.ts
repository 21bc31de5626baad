/** What is wrong with a guide is told when it is loaded: place, sentence, offending line, and what was probably meant. */
import assert from 'node:assert/strict';
import { type Problem, problemText } from '../../src/mapping/problem.ts';
import { GuideFolder, x12 } from './guide-folder.ts';

describe('Loading guides', () => {
  let folder: GuideFolder;

  beforeEach(async () => {
    folder = await GuideFolder.open();
  });
  afterEach(() => folder.remove());

  const load = (files: Readonly<Record<string, string>>) => folder.load(files);
  const edifact = (...segments: string[]) =>
    x12(...segments).replace('x12 004010 850', 'edifact D96A ORDERS');

  const cases: readonly (readonly [name: string, text: string, place: string, says: RegExp, hint: RegExp])[] =
    [
      [
        'a line that no segment reaches',
        x12('N9: { most: any, "01": =L1|ZZ, "02": contract }', 'N9: { "01": =ZZ, "02": release }'),
        '6:5',
        /No N9 ever comes here: line 5 takes every one/,
        /more qualifiers first/,
      ],
      [
        'two lines that claim the same segment',
        x12('REF: { "01": =IA|VR, "02": vendor }', 'REF: { "01": =VR|PD, "02": promotion }'),
        '6:5',
        /Line 5 and this one claim the same REF \(01=VR\)/,
        /own qualifiers/,
      ],
      [
        'a line said twice',
        x12('REF: { "01": =IA, "02": vendor }', 'REF: { "01": =IA, "02": promotion }'),
        '6:5',
        /claim the same REF/,
        /./,
      ],
      [
        'a guide that reads nothing',
        'guide: 1\nmessage: x12 004010 850\ncanonical: order\n',
        '2:10',
        /has no segments/,
        /extends/,
      ],
      ['an unknown segment', x12('BGE: { "03": number }'), '5:5', /no segment BGE in 004010/, /'BEG'/],
      [
        'a segment that stands elsewhere',
        x12('SN1: { "02": number }'),
        '5:5',
        /no segment SN1|cannot stand/,
        /./,
      ],
      [
        'a segment under one that opens no loop',
        x12('DTM: { "01": =002, then: [N3: { "01": number }] }'),
        '5:31',
        /DTM opens no loop here/,
        /beside DTM/,
      ],
      [
        'a segment out of order',
        x12('PO1: { each: lines, "01": number }', 'REF: { "01": =DP, "02": department }'),
        '6:5',
        /REF stands too late: in the 850 it comes before PO1/,
        /order of the standard/,
      ],
      [
        'an element that the segment has not',
        x12('REF: { "07": department }'),
        '5:12',
        /REF has no element 7; its last is 4/,
        /^$/,
      ],
      [
        'a component of a simple element',
        x12('REF: { "02.1": department }'),
        '5:12',
        /REF element 2 has no components/,
        /Write 02\./,
      ],
      [
        'a composite without its component',
        edifact('BGM: { "01": number }'),
        '5:12',
        /BGM element 1 is a composite of 4/,
        /01\.1 to 01\.4/,
      ],
      [
        'an unknown canonical field',
        x12('REF: { "02": departmant }'),
        '5:18',
        /has no field 'departmant'/,
        /'department'/,
      ],
      [
        'an unknown field of a line',
        x12('PO1: { each: lines, "02": quantty }'),
        '5:31',
        /item of lines has no field 'quantty'/,
        /'quantity'/,
      ],
      [
        'an unknown list',
        x12('PO1: { each: line, "01": number }'),
        '5:18',
        /'line' is no list of the document/,
        /'lines'/,
      ],
      [
        'a decimal in a date element',
        x12('PO1: { each: lines, then: [DTM: { "02": quantity }] }'),
        '5:45',
        /'lines.quantity' is a decimal, but DTM element 2 .* has type DT/,
        /^$/,
      ],
      [
        'a date in a number element',
        x12('PO1: { each: lines, "02": requestedOn }'),
        '5:31',
        /is a date, but PO1 element 2/,
        /^$/,
      ],
      [
        'a form that the field has not',
        x12('BEG: { "05": orderedOn decimal }'),
        '5:18',
        /'orderedOn' is a date, not a decimal/,
        /^$/,
      ],
      [
        'a choice without its code table',
        x12('BEG: { "01": purpose }'),
        '5:18',
        /needs a code table/,
        /original, cancel/,
      ],
      [
        'a code outside the dictionary',
        x12('BEG: { "01": { purpose: { "0O": original } } }'),
        '5:31',
        /'0O' is no code of BEG element 1/,
        /'00'/,
      ],
      [
        'a code that is too long',
        x12('REF: { "01": =DEPT, "02": department }'),
        '5:12',
        /'DEPT' is too long/,
        /^$/,
      ],
      [
        'a meaning that the canon has not',
        x12('BEG: { "01": { purpose: { "00": orignal } } }'),
        '5:31',
        /'orignal' is no purpose/,
        /'original'/,
      ],
      [
        'a code table that is not there',
        `${x12('PO1: { each: lines, "03": unit code(units) }')}codes: { unit: { EA: each } }\n`,
        '5:41',
        /no code table 'units'/,
        /'unit'/,
      ],
      [
        'an unknown word behind a field',
        x12('PO1: { each: lines, "02": quantity decimel }'),
        '5:40',
        /'decimel' says nothing/,
        /'decimal'/,
      ],
      [
        'an unknown layout within braces',
        x12('BEG: { "01": write 00, "05": orderedOn date(D9) }'),
        '5:49',
        /'D9' is no layout of a day/,
        /D8 yyyymmdd/,
      ],
      [
        'a qualifier where the segment has no element',
        x12('N1: { "01": =ST, "04": { by: "13", of: { "92": shipTo.code } } }'),
        '5:30',
        /N1 has no element 13/,
        /^$/,
      ],
      [
        "nothing behind 'write'",
        x12('BEG: { "01": write, "03": number }'),
        '5:18',
        /'write' needs what is written/,
        /write 92/,
      ],
      [
        'an unknown key of a segment',
        x12('PO1: { eech: lines, "01": number }'),
        '5:12',
        /'eech' means nothing here/,
        /'each'/,
      ],
      [
        'an unknown key of the guide',
        x12('BEG: { "03": number }').replace('canonical', 'cannonical: x\ncanonical'),
        '3:1',
        /'cannonical' means nothing/,
        /'canonical'/,
      ],
      [
        'an unknown canonical document',
        x12('BEG: { "03": number }').replace(': order', ': orders'),
        '3:12',
        /no canonical document 'orders'/,
        /'order'/,
      ],
      [
        'an unknown message',
        x12('BEG: { "03": number }').replace('850', '85O'),
        '2:10',
        /no x12 004010 85O/,
        /850/,
      ],
      [
        'ignoring without a reason',
        x12('BEG: { "03": number, "08": ignore }'),
        '5:32',
        /'ignore' needs a reason/,
        /./,
      ],
      [
        'what the writer makes',
        x12('BEG: { "03": number }')
          .replace('850', '856')
          .replace(': order', ': ship-notice')
          .replace('BEG: { "03": number }', 'HL: { "01": number, "03": =S }'),
        '5:11',
        /HL element 1 is made by the writer/,
        /./,
      ],
      ['a guide that is no YAML', 'guide: 1\nmessage: {', '2:11', /This is not YAML/, /^$/],
      [
        'an unknown guide to extend',
        x12('BEG: { "03": number }').replace('canonical', 'extends: standard/x12-004010/805\ncanonical'),
        '3:10',
        /no guide 'standard\/x12-004010\/805'/,
        /./,
      ],
      [
        'a field said anew below its object',
        x12('N1: { "01": =ST, at: shipTo, "02": shipTo.name }'),
        '5:40',
        /no field 'shipTo\.name'/,
        /'at' says already whose field this is: write 'name'/,
      ],
      [
        "a field of an item without its 'each'",
        x12('PO1: { "02": lines.quantity }'),
        '5:18',
        /no field 'lines\.quantity'/,
        /with 'each: lines' at the segment, write 'quantity'/,
      ],
      [
        'a code without its sign',
        x12('REF: { "01": DP, "02": department }'),
        '5:18',
        /no field 'DP'/,
        /A code is written with '=': '=DP'/,
      ],
      [
        'a field that is like no other, with those that may be meant on one line',
        x12('REF: { "01": =DP, "02": ourOwnNumberForTheStore }'),
        '5:29',
        /no field 'ourOwnNumberForTheStore'/,
        /^Fields here: number, purpose, [\w, ]{1,500}\. docs\/canonical\.md has those below them\.$/,
      ],
    ];
  for (const [name, text, place, says, hint] of cases)
    it(`names ${name}`, async () => {
      const [at, message, suggestion = ''] = await folder.problemOf(text);
      assert.equal(at, place, message);
      assert.match(message, says);
      assert.match(suggestion, hint);
    });

  it('shows the line with a mark under the column', async () => {
    const { problems } = await load({ 'acme/850': x12('REF: { "02": departmant }') });
    const [first] = problems as [Problem];
    assert.equal(
      problemText({ ...first, file: 'acme/850.yaml' }),
      [
        "acme/850.yaml:5:18: The document has no field 'departmant'.",
        '    - REF: { "02": departmant }',
        '                   ^',
        "  Did you mean 'department'?",
      ].join('\n'),
    );
  });

  it('shows of a long line what stands around the column, and no line where there is none', () => {
    const problem = {
      file: 'acme/850.yaml',
      line: 3,
      message: 'Why.',
      text: `${'a'.repeat(500)}b${'c'.repeat(500)}`,
    };
    const [, line = '', mark = ''] = problemText({ ...problem, column: 501 }).split('\n');
    assert.match(line, /^ {2}…a{99}bc{100}…$/);
    assert.equal(line.indexOf('b'), mark.indexOf('^'));
    assert.equal(problemText({ ...problem, text: '', column: 1 }), 'acme/850.yaml:3:1: Why.');
  });

  it('refuses a guide of another document as the one to extend, and says nothing of its lines', async () => {
    const { problems } = await load({
      'standard/x12-004010/810': x12('BIG: { "02": number }')
        .replace('850', '810')
        .replace(': order', ': invoice'),
      'acme/850': x12('BEG: { "03": number }').replace(
        'segments',
        'extends: standard/x12-004010/810\nsegments',
      ),
    });
    assert.deepEqual(
      problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
      ["4:10 'standard/x12-004010/810' is a guide of invoice, this is one of order."],
    );
  });

  it('leaves out what extends a guide with problems, and keeps the others', async () => {
    const { guides, problems } = await load({
      'standard/x12-004010/850': x12('BEG: { "03": nummer }'),
      'acme/850': x12('REF: { "01": =DP, "02": department }').replace(
        'canonical',
        'extends: standard/x12-004010/850\ncanonical',
      ),
      'other/850': x12('BEG: { "03": number }'),
    });
    assert.deepEqual(
      guides.all.map(({ name }) => name),
      ['other/850'],
    );
    assert.equal(problems.length, 1, problems.map(problemText).join('\n'));
  });

  it("finds the partner's guide first, then the standard one of the release", async () => {
    const { guides } = await load({
      'standard/x12-004010/850': x12('BEG: { "03": number }'),
      'acme/850': x12('BEG: { "03": number! }').replace(
        'canonical',
        'extends: standard/x12-004010/850\ncanonical',
      ),
    });
    assert.equal(guides.find('acme', 'x12', '004010', '850')?.name, 'acme/850');
    assert.equal(guides.find('other', 'x12', '004010', '850')?.name, 'standard/x12-004010/850');
    assert.equal(guides.find('acme', 'x12', '005010', '850'), null);
  });

  it('changes the digest with the guide, and with what it extends', async () => {
    const child = x12('BEG: { "04": release }').replace(
      'canonical',
      'extends: standard/x12-004010/850\ncanonical',
    );
    const digest = async (parent: string) => {
      const { guides } = await load({ 'standard/x12-004010/850': parent, 'acme/850': child });
      return guides.find('acme', 'x12', '004010', '850')?.digest;
    };
    const first = await digest(x12('BEG: { "03": number }'));
    assert.match(first ?? '', /^[0-9a-f]{12}$/);
    assert.equal(await digest(x12('BEG: { "03": number }')), first);
    assert.notEqual(await digest(x12('BEG: { "03": number! }')), first);
  });

  it('puts what a partner adds before the line that would take it as well', async () => {
    const parent = x12(
      'REF: { "01": =DP, "02": department }\n  - REF: { each: references, "01": kind, "02": number }',
    );
    const child = x12('REF: { "01": =PD, "02": promotion }').replace(
      'canonical',
      'extends: standard/x12-004010/850\ncanonical',
    );
    const { problems } = await load({ 'standard/x12-004010/850': parent, 'acme/850': child });
    assert.deepEqual(problems.map(problemText), []);
  });

  it('refuses to extend in a circle', async () => {
    const to = (name: string) =>
      x12('BEG: { "03": number }').replace('canonical', `extends: ${name}\ncanonical`);
    const { guides, problems } = await load({ 'a/850': to('b/850'), 'b/850': to('a/850') });
    assert.equal(guides.all.length, 0);
    assert.match(problems[0]?.message ?? '', /extends itself/);
  });
});
