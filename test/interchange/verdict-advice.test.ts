import assert from 'node:assert/strict';
import { mostTextLines, readText, textLines } from '../../src/interchange/verdict-864.ts';
import { acknowledgmentOf, edifactFile, messageOf, read824, readAperak, x12File } from './verdict-cases.ts';

const bgn = 'BGN*11*ADV-1*20261122';

describe('reading an 824', () => {
  const refused = [
    'OTI*TR*IV*INV-9***20261122*0902*55*0001*810*004010',
    'REF*PO*4711',
    'TED*007*DEPARTMENT*REF*5*2*127*12X*12',
    'NTE**ask your buyer',
  ];

  it('names what it refuses by control numbers and by business numbers, and says why, where, and what instead', async () => {
    const found = await read824(bgn, ...refused);
    assert.deepEqual([found.type, found.level, found.verdict], ['824', 'application', 'rejected']);
    const [answer] = found.answers;
    assert.deepEqual(
      [answer?.scope, answer?.group, answer?.type, answer?.control],
      ['message', '55', '810', '0001'],
    );
    assert.deepEqual(answer?.references, [
      { qualifier: 'IV', number: 'INV-9' },
      { qualifier: 'PO', number: '4711' },
    ]);
    assert.deepEqual(answer?.findings, [
      {
        at: { segment: 5, tag: 'REF', element: 2, dataElement: '127' },
        element: 'TED01',
        code: '007',
        meaning: 'data are missing',
        value: '12X',
        reason:
          "Segment 5 (REF, second element): data are missing (TED01 007); it reads '12X'; they write 'DEPARTMENT'; they take '12' instead; they write 'ask your buyer'",
        sentence:
          "The partner refuses the invoice 0001: in segment 5 (REF, second element) data are missing (TED01 007); it reads '12X'; they write 'DEPARTMENT'; they take '12' instead; they write 'ask your buyer'.",
      },
    ]);
  });

  it('reads the composites and contexts of 005010', async () => {
    const body = [
      bgn,
      'OTI*TE*TN*1*****55*0001*855',
      'TED*024**N4*32*3:2:1*116*10407',
      'CTX*POSTAL CODE*N1*31*N1',
      'RED*NA**94**IBP*E038',
      'LM*92*X',
      'LQ*GS*R7',
      'RED*not in our list',
    ];
    const { answers } = await acknowledgmentOf(x12File('824', body, '005010'));
    const [first, second] = answers[0]?.findings ?? [];
    assert.deepEqual(first?.at, {
      segment: 32,
      tag: 'N4',
      element: 3,
      component: 2,
      repetition: 1,
      dataElement: '116',
    });
    assert.match(
      first?.reason ?? '',
      /; context POSTAL CODE, see segment 31 \(N1, loop N1\); they write 'E038'$/,
    );
    assert.deepEqual([second?.element, second?.code], ['LQ02', 'R7']);
    assert.equal(
      second?.reason,
      "There is a reason of the code list GS (LQ02 R7); they write 'not in our list'",
    );
    assert.equal(answers[0]?.verdict, 'noted');
  });

  it('tells items with their message: one that is refused makes it refused in part', async () => {
    const { answers } = await read824(
      bgn,
      'OTI*TA*TN*1*****55*0001*855',
      'OTI*IA*IX*1*****55*0001*855',
      'OTI*IR*IX*2*****55*0001*855',
      'TED*133',
      'OTI*IR*IX*3',
      'OTI*TA*TN*2*****55*0002*855',
    );
    assert.deepEqual(
      answers.map(({ control, verdict }) => [control, verdict]),
      [
        ['0001', 'partly'],
        ['0002', 'accepted'],
      ],
    );
    assert.deepEqual(
      answers[0]?.findings.map(({ reason }) => reason),
      [
        'The item is not on the order (TED01 133); it is about IX 2',
        'An item is refused (OTI01 IR); it is about IX 3',
      ],
    );
    assert.equal(answers[0]?.sentence, 'The partner refuses a part of the order response 0001.');
  });

  it('takes a message of which nothing but refused items is told as refused', async () => {
    const { answers } = await read824(bgn, 'OTI*IR*IX*2*****55*0001*855');
    assert.deepEqual(
      answers.map(({ verdict }) => verdict),
      ['rejected'],
    );
  });

  it('judges a group as a whole', async () => {
    const { answers } = await read824(bgn, 'OTI*GR*TN*1*****55**855');
    assert.deepEqual(
      answers.map(({ scope, group, verdict, inside }) => [scope, group, verdict, inside]),
      [['group', '55', 'rejected', 'rejected']],
    );
  });

  it('names a document by its number alone where it has no control number', async () => {
    const { answers, verdict } = await read824(
      bgn,
      'OTI*TR*SI*SN12*****  **856',
      'TED*119',
      'OTI*TA*PO*4711',
    );
    assert.deepEqual(
      answers.map(({ sentence }) => sentence),
      ['The partner refuses the ship notice (SI SN12).', 'The partner accepts the document (PO 4711).'],
    );
    assert.equal(verdict, 'partly');
  });

  it('keeps free text that stands without a code, and bears what is missing', async () => {
    const text = await read824(bgn, 'OTI*TR*PO*1', 'TED**no such item');
    assert.deepEqual(text.answers[0]?.findings[0]?.reason, "They write 'no such item'");
    const note = await read824(bgn, 'OTI*TR*PO*1', 'NTE*GEN*call us');
    assert.deepEqual(note.answers[0]?.findings[0]?.reason, "They write 'call us'");
    assert.deepEqual((await read824(bgn)).answers, []);
    const empty = await read824(bgn, 'OTI', 'TED');
    assert.deepEqual(
      [empty.verdict, empty.answers[0]?.findings[0]?.reason],
      ['unknown', 'Something is in error'],
    );
  });
});

describe('reading an APERAK', () => {
  it('names the document by its number, and gives each error its text and line (D.96A)', async () => {
    const found = await readAperak(
      'BGM+12E::9+10015+27',
      'DTM+137:20261122:102',
      'RFF+IV:2744',
      'DTM+171:20261120:102',
      'RFF+ON:652744',
      'ERC+186::92',
      'FTX+AAO+++The number came before',
      'RFF+ON:652744:23',
      'FTX+AAO+++see our:letter',
      'ERC+9',
      'RFF+LI:4',
    );
    assert.deepEqual([found.type, found.level, found.verdict], ['APERAK', 'application', 'rejected']);
    const [answer] = found.answers;
    assert.deepEqual([answer?.scope, answer?.type, answer?.control], ['message', 'INVOIC', null]);
    assert.deepEqual(answer?.references, [
      { qualifier: 'IV', number: '2744' },
      { qualifier: 'ON', number: '652744' },
    ]);
    assert.deepEqual(answer?.findings[0], {
      at: { lineNumber: '23' },
      element: '9321',
      code: '186',
      meaning: "they write 'The number came before'",
      value: null,
      reason:
        "Line 23: they write 'The number came before' (9321 186); it is about ON 652744; they write 'see our letter'",
      sentence:
        "The partner refuses the invoice (IV 2744): in line 23 they write 'The number came before' (9321 186); it is about ON 652744; they write 'see our letter'.",
    });
    assert.equal(answer?.findings[1]?.reason, 'Line 4: there is an error of their own list (9321 9)');
  });

  it('answers each document that it names (D.01B)', async () => {
    const body = [
      'BGM+313+10016+9',
      'DOC+351+DES-7',
      'DTM+137:20261120:102',
      'DOC+231+R-8',
      'ERC+A12',
      'FTX+AAO+++no such order',
    ];
    const { answers } = await acknowledgmentOf(edifactFile('APERAK:D:01B:UN:EAN003', body));
    assert.deepEqual(
      answers.map(({ type, references, verdict }) => [type, references[0]?.number, verdict]),
      [
        ['DESADV', 'DES-7', 'rejected'],
        ['ORDRSP', 'R-8', 'rejected'],
      ],
    );
    assert.deepEqual(
      answers.map(({ findings }) => findings.length),
      [1, 1],
    );
  });

  it('accepts by its code, or when it reports no error', async () => {
    const said = await readAperak('BGM+312+1+9', 'FTX+ACB+++thank you', 'RFF+ACW:88');
    assert.deepEqual(
      [said.verdict, said.answers[0]?.findings[0]?.reason],
      ['accepted', "They write 'thank you'"],
    );
    assert.equal((await readAperak('BGM+294+1+9', 'RFF+ACW:88')).verdict, 'accepted');
    assert.equal((await readAperak('BGM+294+1+9', 'RFF+ACW:88', 'ERC+5')).verdict, 'rejected');
  });

  it('bears what is missing', async () => {
    const { answers } = await readAperak();
    assert.deepEqual([answers.length, answers[0]?.references], [1, []]);
    const coded = await readAperak('BGM+313+1', 'ERC+1', 'FTX+AAO++T7::92');
    assert.equal(coded.answers[0]?.findings[0]?.reason, "They write 'text T7' (9321 1)");
  });
});

describe('reading an 864', () => {
  it('gives its text as people read it', async () => {
    const body = [
      'BMG*00*Ship notices',
      'DTM*097*20261122',
      'MIT*1*Errors of the day',
      'MSG*  0047  SHIPMENT',
      'MSG*CALL US',
      'MIT*2',
      'MSG*BYE',
    ];
    const { segments } = await messageOf(x12File('864', body));
    const text = readText(segments);
    assert.deepEqual(text, {
      title: 'Ship notices',
      parts: [
        { reference: '1', title: 'Errors of the day', lines: ['  0047  SHIPMENT', 'CALL US'] },
        { reference: '2', title: '', lines: ['BYE'] },
      ],
    });
    assert.deepEqual(textLines(text), [
      'Ship notices',
      'Errors of the day',
      '  0047  SHIPMENT',
      'CALL US',
      'BYE',
    ]);
  });

  it('says how many lines it does not keep, and bears what is missing', async () => {
    const long = await messageOf(
      x12File('864', ['BMG*00', ...Array.from({ length: mostTextLines + 7 }, () => 'MSG*X')]),
    );
    const lines = textLines(readText(long.segments));
    assert.deepEqual([lines.length, lines.at(-1)], [mostTextLines + 1, '(7 more lines)']);
    assert.deepEqual(textLines(readText((await messageOf(x12File('864', []))).segments)), []);
  });
});
