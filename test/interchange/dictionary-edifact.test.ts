/** How much the EDIFACT half of the dictionary holds, as compared with the directories line by line: nothing may be lost. */
import assert from 'node:assert/strict';
import {
  knownMessages,
  type LoopUse,
  loadMessageRules,
  loadRelease,
  type MessageRules,
  type ReleaseRules,
} from '../../src/interchange/dictionary/dictionary.ts';

/** Segments at their places, by message. */
const segmentsOf: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  D96A: {
    APERAK: 15,
    COMDIS: 19,
    DELFOR: 94,
    DESADV: 76,
    INVOIC: 142,
    INVRPT: 50,
    ORDCHG: 166,
    ORDERS: 162,
    ORDRSP: 166,
    PARTIN: 28,
    PRICAT: 132,
    RECADV: 67,
    REMADV: 38,
    SLSRPT: 28,
  },
  D01B: {
    APERAK: 17,
    COMDIS: 20,
    DELFOR: 74,
    DESADV: 90,
    INVOIC: 179,
    INVRPT: 55,
    ORDCHG: 173,
    ORDERS: 180,
    ORDRSP: 171,
    OSTRPT: 60,
    PARTIN: 50,
    PRICAT: 179,
    RECADV: 78,
    REMADV: 48,
    RETANN: 74,
    SLSRPT: 57,
  },
  service3: { CONTRL: 10 },
  service4: { CONTRL: 10 },
};

interface Sizes {
  readonly segments: number;
  /** Elements at their places in segments. */
  readonly elementUses: number;
  readonly composites: number;
  /** Components at their places in composites. */
  readonly componentUses: number;
  readonly elements: number;
  readonly lists: number;
  readonly codes: number;
}

const sizesOf: Readonly<Record<string, Sizes>> = {
  D96A: {
    segments: 57,
    elementUses: 208,
    composites: 79,
    componentUses: 302,
    elements: 249,
    lists: 28,
    codes: 1091,
  },
  D01B: {
    segments: 72,
    elementUses: 263,
    composites: 101,
    componentUses: 389,
    elements: 300,
    lists: 28,
    codes: 1126,
  },
  service3: {
    segments: 12,
    elementUses: 54,
    composites: 11,
    componentUses: 28,
    elements: 41,
    lists: 9,
    codes: 96,
  },
  service4: {
    segments: 14,
    elementUses: 67,
    composites: 15,
    componentUses: 50,
    elements: 64,
    lists: 9,
    codes: 113,
  },
};

describe('the dictionary of EDIFACT', () => {
  it('has every message of every release, with all its segments', () => {
    const found: Record<string, Record<string, number>> = {};
    for (const { standard, release, type } of knownMessages()) {
      if (standard !== 'edifact') continue;
      found[release] = { ...found[release], [type]: countSegments(rulesOf(release, type).root) };
    }
    assert.deepEqual(found, segmentsOf);
  });

  it('has every segment, composite, element and code of the releases', () => {
    for (const [release, sizes] of Object.entries(sizesOf)) {
      assert.deepEqual(sizesIn(tablesOf(release)), sizes, release);
    }
  });

  it('knows the elements by different names', () => {
    for (const release of Object.keys(sizesOf)) {
      const names = [...tablesOf(release).elements.values()].map(({ name }) => name.toLowerCase());
      const repeated = names.filter((name, index) => names.indexOf(name) !== index);
      assert.deepEqual(repeated, [], release);
    }
  });

  it('closes only the lists that are whole', () => {
    const closed = (release: string) =>
      [...tablesOf(release).codes].filter(([, list]) => list.closed).map(([id]) => id);
    assert.deepEqual(closed('D96A'), ['1225', '1229']);
    assert.deepEqual(closed('D01B'), []);
    assert.deepEqual(closed('service3'), ['0031', '0035', '0081', '0083', '0085']);
    assert.deepEqual(closed('service4'), ['0031', '0035', '0081', '0083']);
  });

  it('numbers the segment groups of a message in one row', () => {
    for (const [release, types] of Object.entries(segmentsOf)) {
      for (const type of Object.keys(types)) {
        const ids = groupIds(rulesOf(release, type).root);
        assert.deepEqual(
          ids,
          ids.map((_, index) => `SG${index + 1}`),
          `${release} ${type}`,
        );
      }
    }
  });

  it('knows the association code that each message usually has', () => {
    const codes = (release: string, type: string) => rulesOf(release, type).associations;
    assert.deepEqual(codes('D96A', 'ORDERS'), ['EAN008']);
    assert.deepEqual(codes('D96A', 'RECADV'), ['EAN003']);
    assert.deepEqual(codes('D01B', 'ORDERS'), ['EAN010']);
    assert.deepEqual(codes('D01B', 'INVOIC'), ['EAN010', 'EAN011']);
    assert.deepEqual(codes('D01B', 'RETANN'), []);
    assert.deepEqual(codes('service3', 'CONTRL'), ['EAN002', 'EAN004']);
  });

  it('tells the two syntaxes apart', () => {
    const elements = (release: string, tag: string) =>
      tablesOf(release)
        .segments.get(tag)
        ?.elements.map((use) => use.element?.id ?? use.composite?.id);
    assert.deepEqual(elements('service3', 'UNH'), ['0062', 'S009', '0068', 'S010']);
    assert.deepEqual(elements('service4', 'UNH'), ['0062', 'S009', '0068', 'S010', 'S016', 'S017', 'S018']);
    assert.deepEqual(elements('service3', 'UCM'), ['0062', 'S009', '0083', '0085', '0013', 'S011']);
    assert.deepEqual(elements('service4', 'UCM')?.slice(4), ['0135', 'S011', '0800', 'S020', '0534', '0138']);
    assert.equal(tablesOf('service3').elements.get('0074')?.max, 6);
    assert.equal(tablesOf('service4').elements.get('0074')?.max, 10);
    assert.deepEqual(elements('service4', 'UGH'), ['0087']);
  });

  it('lets the messages of a directory stand in either syntax', () => {
    const whole = ['0062', 'S009', '0068', 'S010', 'S016', 'S017', 'S018'];
    assert.deepEqual(headerOf('D01B', 'ORDERS'), whole);
    assert.deepEqual(headerOf('D96A', 'ORDERS'), whole);
    assert.deepEqual(headerOf('service3', 'CONTRL'), whole.slice(0, 4));
  });
});

function headerOf(release: string, type: string): readonly (string | undefined)[] | undefined {
  const header = rulesOf(release, type).segments.get('UNH');
  return header?.elements.map((use) => use.element?.id ?? use.composite?.id);
}

function rulesOf(release: string, type: string): MessageRules {
  const rules = loadMessageRules('edifact', release, type);
  assert.ok(rules, `${release} ${type}`);
  return rules;
}

function tablesOf(release: string): ReleaseRules {
  const tables = loadRelease('edifact', release);
  assert.ok(tables, release);
  return tables;
}

function countSegments(loop: LoopUse): number {
  return loop.members.reduce(
    (sum, member) => sum + (member.kind === 'segment' ? 1 : countSegments(member)),
    0,
  );
}

function groupIds(loop: LoopUse): string[] {
  return loop.members.flatMap((member) => (member.kind === 'loop' ? [member.id, ...groupIds(member)] : []));
}

function sizesIn({ segments, composites, elements, codes }: ReleaseRules): Sizes {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    segments: segments.size,
    elementUses: sum([...segments.values()].map((rule) => rule.elements.length)),
    composites: composites.size,
    componentUses: sum([...composites.values()].map((rule) => rule.components.length)),
    elements: elements.size,
    lists: codes.size,
    codes: sum([...codes.values()].map((list) => list.meanings.size)),
  };
}
