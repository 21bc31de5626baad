/** The X12 tables are whole: as many rows as were counted in the standard's tables when they were entered. */
import assert from 'node:assert/strict';
import {
  knownMessages,
  type LoopUse,
  loadMessageRules,
  loadRelease,
  type SegmentUse,
} from '../../src/interchange/dictionary/dictionary.ts';

/** Segments at their places, by message: the lines of each set's table. */
const places: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '004010': {
    ...{ '180': 57, '810': 90, '812': 36, '816': 22, '820': 105, '824': 22, '830': 81, '832': 108 },
    ...{ '846': 65, '850': 196, '852': 29, '855': 147, '856': 58, '860': 189, '861': 55, '864': 18 },
    ...{ '865': 163, '870': 66, '875': 28, '880': 38, '940': 61, '945': 47, '997': 8 },
  },
  '004030': { '753': 18, '754': 20 },
  '005010': {
    ...{ '180': 57, '753': 18, '754': 21, '810': 94, '812': 39, '816': 22, '820': 123, '824': 23 },
    ...{ '830': 81, '832': 154, '846': 65, '850': 207, '852': 30, '855': 155, '856': 59, '860': 201 },
    ...{ '861': 59, '864': 18, '865': 178, '870': 66, '875': 28, '880': 38, '940': 67, '945': 52 },
    ...{ '997': 8, '999': 10 },
  },
};

/** What those lines say, added up over a release: `times` are the greatest counts that are not `>1`. */
const structures = {
  '004010': {
    ...{ mandatory: 422, unbounded: 342, times: 149_051 },
    ...{ loops: 292, mandatoryLoops: 17, unboundedLoops: 146, loopTimes: 870_336 },
  },
  '004030': {
    ...{ mandatory: 14, unbounded: 1, times: 55 },
    ...{ loops: 7, mandatoryLoops: 5, unboundedLoops: 1, loopTimes: 20_030 },
  },
  '005010': {
    ...{ mandatory: 481, unbounded: 449, times: 40_673 },
    ...{ loops: 329, mandatoryLoops: 23, unboundedLoops: 175, loopTimes: 890_256 },
  },
};

/** What the tables of a release hold. `places`: elements at their places in segments; `parts`: components in composites. */
const tables = {
  '004010': {
    ...{ segments: 214, places: 1846, mandatory: 334, repeats: 1846, rules: 458, positions: 986 },
    ...{ elements: 486, least: 858, greatest: 1_000_008_723, parts: 28, lists: 50, codes: 1643 },
  },
  '005010': {
    ...{ segments: 229, places: 1977, mandatory: 349, repeats: 1995, rules: 477, positions: 1028 },
    ...{ elements: 513, least: 898, greatest: 1_000_009_330, parts: 36, lists: 52, codes: 1709 },
  },
};

/** GS01 by message (element 479). */
const groups: Readonly<Record<string, string>> = {
  ...{
    '180': 'AN',
    '753': 'RF',
    '754': 'RG',
    '810': 'IN',
    '812': 'CD',
    '816': 'OR',
    '820': 'RA',
    '824': 'AG',
  },
  ...{
    '830': 'PS',
    '832': 'SC',
    '846': 'IB',
    '850': 'PO',
    '852': 'PD',
    '855': 'PR',
    '856': 'SH',
    '860': 'PC',
  },
  ...{
    '861': 'RC',
    '864': 'TX',
    '865': 'CA',
    '870': 'RS',
    '875': 'OG',
    '880': 'GP',
    '940': 'OW',
    '945': 'SW',
  },
  ...{ '997': 'FA', '999': 'FA' },
};

/** Rules that are only warned of. IT1, PO4: often broken. The rest: not certain for the release. */
const soft = {
  '004010': ['G62 R', 'IT1 P', 'PO4 P', 'W03 C'],
  '005010': [
    ...['AIN P', 'CDD C', 'CDD P', 'CDD R', 'CTB P', 'CTB R', 'EMS P', 'FST P', 'G39 P', 'G39 R', 'G62 R'],
    ...['IT1 P', 'L11 P', 'L11 R', 'LFH P', 'LH2 P', 'MTX C', 'OID C', 'OID P', 'OID R', 'PAL C', 'PAL L'],
    ...['PAL P', 'PO4 P', 'W03 C', 'W05 P'],
  ],
};

describe('the X12 tables', () => {
  for (const [release, counts] of Object.entries(places)) {
    it(`hold every set of ${release} whole`, () => {
      const types = knownMessages().filter((one) => one.standard === 'x12' && one.release === release);
      const found = types.map(({ type }) => [
        type,
        segmentsIn(loadMessageRules('x12', release, type)?.root).length,
      ]);
      assert.deepEqual(Object.fromEntries(found), counts);
    });
  }

  for (const [release, totals] of Object.entries(structures)) {
    it(`ask for as much, and as often, as ${release} does`, () => {
      const roots = knownMessages()
        .filter((one) => one.standard === 'x12' && one.release === release)
        .map(({ type }) => loadMessageRules('x12', release, type)?.root);
      const segments = roots.flatMap(segmentsIn);
      const loops = roots.flatMap(loopsIn);
      assert.deepEqual(
        {
          mandatory: segments.filter((use) => use.mandatory).length,
          unbounded: segments.filter((use) => use.max === Infinity).length,
          times: sum(segments.map((use) => use.max).filter(Number.isFinite)),
          loops: loops.length,
          mandatoryLoops: loops.filter((loop) => loop.mandatory).length,
          unboundedLoops: loops.filter((loop) => loop.max === Infinity).length,
          loopTimes: sum(loops.map((loop) => loop.max).filter(Number.isFinite)),
        },
        totals,
      );
    });
  }

  for (const [release, counts] of Object.entries(tables)) {
    it(`hold every segment, element, composite and code of ${release}`, () => {
      const rules = loadRelease('x12', release);
      assert.ok(rules);
      const segments = [...rules.segments.values()];
      const uses = segments.flatMap((segment) => segment.elements);
      const syntax = segments.flatMap((segment) => segment.syntax);
      const elements = [...rules.elements.values()];
      const lists = [...rules.codes.values()];
      assert.deepEqual(
        {
          segments: segments.length,
          places: uses.length,
          mandatory: uses.filter((use) => use.mandatory).length,
          repeats: sum(uses.map((use) => use.repeat)),
          rules: syntax.length,
          positions: sum(syntax.map((rule) => rule.positions.length)),
          elements: elements.length,
          least: sum(elements.map((element) => element.min)),
          greatest: sum(elements.map((element) => element.max)),
          parts: sum([...rules.composites.values()].map((composite) => composite.components.length)),
          lists: lists.length,
          codes: sum(lists.map((list) => list.meanings.size)),
        },
        counts,
      );
    });
  }

  for (const [release, known] of Object.entries(soft)) {
    it(`warn only of the rules of ${release} that are often broken or not certain`, () => {
      const found = [...(loadRelease('x12', release)?.segments.values() ?? [])].flatMap(({ tag, syntax }) =>
        syntax.filter((rule) => rule.soft).map((rule) => `${tag} ${rule.kind}`),
      );
      assert.deepEqual([...new Set(found)].sort(), known);
    });
  }

  it('use every segment that a message names with its own table, and every table belongs to a message or an envelope', () => {
    const envelope = ['BIN', 'GE', 'GS', 'IEA', 'ISA', 'TA1'];
    for (const release of ['004010', '005010']) {
      const rules = loadRelease('x12', release);
      const used = new Set(envelope);
      for (const { type } of knownMessages().filter((one) => one.release === release)) {
        for (const { tag, rule } of segmentsIn(loadMessageRules('x12', release, type)?.root)) {
          used.add(tag);
          assert.equal(rule, rules?.segments.get(tag), `${release} ${type} ${tag}`);
        }
      }
      assert.deepEqual(
        [...(rules?.segments.keys() ?? [])].filter((tag) => !used.has(tag)),
        [],
        release,
      );
    }
  });

  it('say which functional group carries each message', () => {
    for (const { standard, release, type } of knownMessages()) {
      const rules = loadMessageRules(standard, release, type);
      assert.deepEqual(rules?.groups, standard === 'x12' ? [groups[type]] : [], `${release} ${type}`);
      const codes = loadRelease(standard, release)?.codes.get('479')?.meanings;
      for (const group of rules?.groups ?? []) assert.ok(codes?.has(group), group);
    }
  });

  it('close only lists that are whole', () => {
    const always = ['248', '353', '455', '587', '662', '668', '715', '716', '717', '718', '720', '723'];
    const envelope = ['I01', 'I03', 'I13', 'I14', 'I17', 'I18'];
    const closed = (release: string) =>
      [...(loadRelease('x12', release)?.codes ?? [])].filter(([, list]) => list.closed).map(([id]) => id);
    assert.deepEqual(closed('004010').sort(), [...always, ...envelope].sort());
    assert.deepEqual(closed('005010').sort(), [...always, ...envelope, '618', '620', '621'].sort());
  });

  it('hold the codes of acknowledgments that design and standard name', () => {
    const codes = (release: string, id: string) => [
      ...(loadRelease('x12', release)?.codes.get(id)?.meanings.keys() ?? []),
    ];
    const upTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));
    for (const release of ['004010', '005010']) {
      assert.deepEqual(codes(release, '720').sort(), upTo(8));
      for (const code of upTo(10)) assert.ok(codes(release, '723').includes(code), `${release} 723 ${code}`);
      for (const code of [...upTo(7), '23']) assert.ok(codes(release, '718').includes(code), code);
      for (const code of upTo(6)) assert.ok(codes(release, '716').includes(code), code);
      assert.deepEqual(codes(release, '717').sort(), ['A', 'E', 'M', 'R', 'W', 'X']);
      assert.deepEqual(codes(release, '715').sort(), ['A', 'E', 'M', 'P', 'R', 'W', 'X']);
      assert.deepEqual(codes(release, 'I17').sort(), ['A', 'E', 'R']);
      assert.equal(codes(release, 'I18').length, 32);
    }
    assert.deepEqual(codes('005010', '620').sort(), [...upTo(8), 'I4', 'I6', 'I7', 'I8', 'I9']);
    for (const code of ['12', '13', 'I6', 'I9', 'I10', 'I11', 'I12', 'I13']) {
      assert.ok(codes('005010', '621').includes(code), code);
    }
    for (const code of ['I5', 'I6']) assert.ok(codes('005010', '618').includes(code), code);
  });

  it('hold only codes that their elements can carry', () => {
    for (const release of ['004010', '005010']) {
      const rules = loadRelease('x12', release);
      for (const [id, list] of rules?.codes ?? []) {
        const element = rules?.elements.get(id);
        assert.ok(element, id);
        // A packaging code (103) may be followed by two characters for the material, which are listed by themselves.
        const least = id === '103' ? 2 : element.min;
        for (const code of list.meanings.keys()) {
          assert.ok(code.length >= least && code.length <= element.max, `${release} ${id} ${code}`);
        }
      }
    }
  });
});

function segmentsIn(loop: LoopUse | undefined): SegmentUse[] {
  return (loop?.members ?? []).flatMap((member) => (member.kind === 'loop' ? segmentsIn(member) : [member]));
}

function loopsIn(loop: LoopUse | undefined): LoopUse[] {
  return (loop?.members ?? []).flatMap((member) =>
    member.kind === 'loop' ? [member, ...loopsIn(member)] : [],
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
