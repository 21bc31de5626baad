import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  knownMessages,
  type LoopUse,
  loadMessageRules,
  loadRelease,
  releaseOf,
} from '../../src/interchange/dictionary/dictionary.ts';
import type { Standard } from '../../src/interchange/interchange.ts';

describe('the dictionary', () => {
  /** Standard, type and version as received; the release that reads it; whether it is the one that is meant. */
  const versions: readonly (readonly [Standard, string, string, string, boolean])[] = [
    ['x12', '850', '004010', '004010', true],
    ['x12', '850', '005010', '005010', true],
    ['x12', '753', '005010', '005010', true],
    // ISA12, where a group header is missing, and short ways to write GS08.
    ['x12', '850', '00401', '004010', true],
    ['x12', '850', '00501', '005010', true],
    ['x12', '850', '4010', '004010', true],
    ['x12', '850', ' 004010 ', '004010', true],
    // The guidelines of industries are of the standard's release.
    ['x12', '850', '004010VICS', '004010', true],
    ['x12', '856', '005010VICS', '005010', true],
    ['x12', '875', '004010UCS', '004010', true],
    ['x12', '880', '005010UCS', '005010', true],
    ['x12', '850', '004010vics', '004010', true],
    ['x12', '850', '004010 VICS', '004010', true],
    ['x12', '850', '004010AIAG', '004010', true],
    ['x12', '855', '004010X358', '004010', true],
    ['x12', '820', '005010X218', '005010', true],
    ['x12', '999', '005010X231A1', '005010', true],
    // Another release: the next older one, else the oldest newer one.
    ['x12', '850', '003040', '004010', false],
    ['x12', '850', '003060', '004010', false],
    ['x12', '850', '002001', '004010', false],
    ['x12', '850', '004030', '004010', false],
    ['x12', '850', '004030VICS', '004010', false],
    ['x12', '875', '004030UCS', '004010', false],
    ['x12', '850', '004050', '004010', false],
    ['x12', '850', '004060', '004010', false],
    ['x12', '850', '005030', '005010', false],
    ['x12', '850', '006020', '005010', false],
    ['x12', '850', '008030', '005010', false],
    ['x12', '850', 'T', '004010', false],
    ['x12', '850', '', '004010', false],
    ['x12', '999', '004010', '005010', false],
    ['x12', '753', '004010', '004030', false],
    ['x12', '753', '004060', '004030', false],
    // 004030 has structures of its own, and no tables: its segments are checked by another release's.
    ['x12', '753', '004030', '004030', false],
    ['x12', '754', '004030VICS', '004030', false],
    ['edifact', 'ORDERS', 'D:96A:UN:EAN008', 'D96A', true],
    ['edifact', 'ORDERS', 'D:96A:UN', 'D96A', true],
    ['edifact', 'ORDERS', 'D96A', 'D96A', true],
    ['edifact', 'ORDERS', 'D.96A', 'D96A', true],
    ['edifact', 'ORDERS', 'd:96a:un', 'D96A', true],
    ['edifact', 'ORDERS', 'D:01B:UN:EAN010', 'D01B', true],
    ['edifact', 'ORDERS', 'D:93A:UN:EAN007', 'D96A', false],
    ['edifact', 'ORDERS', '1:921:UN', 'D96A', false],
    ['edifact', 'ORDERS', '90:1:UN', 'D96A', false],
    ['edifact', 'ORDERS', '', 'D96A', false],
    ['edifact', 'ORDERS', 'D:97A:UN', 'D96A', false],
    ['edifact', 'ORDERS', 'D:99B:UN', 'D96A', false],
    ['edifact', 'ORDERS', 'D:00A:UN', 'D96A', false],
    ['edifact', 'ORDERS', 'D:01A:UN', 'D96A', false],
    ['edifact', 'ORDERS', 'D:01C:UN', 'D01B', false],
    ['edifact', 'ORDERS', 'D:03B:UN', 'D01B', false],
    ['edifact', 'ORDERS', 'D:16B:UN', 'D01B', false],
    ['edifact', 'OSTRPT', 'D:96A:UN', 'D01B', false],
    ['edifact', 'CONTRL', '2:2:UN:EAN002', 'service3', true],
    ['edifact', 'CONTRL', 'D:3:UN:EAN004', 'service3', true],
    ['edifact', 'CONTRL', '4:1:UN', 'service4', true],
    ['edifact', 'CONTRL', '', 'service3', false],
  ];
  for (const [standard, type, version, release, exact] of versions) {
    it(`reads ${type} of "${version}" by ${release}${exact ? '' : ', and knows that it is another'}`, () => {
      assert.deepEqual(releaseOf(standard, type, version), { release, exact });
      assert.ok(loadMessageRules(standard, release, type));
    });
  }

  it('knows no release for a message that none has', () => {
    for (const type of ['000', '', 'segments', 'codes', 'release', '../850', 'ORDERS']) {
      assert.equal(releaseOf('x12', type, '004010'), null, type);
    }
    assert.equal(releaseOf('edifact', '850', 'D:96A:UN'), null);
  });

  it('holds every message whole: no table is missing, every loop starts with a mandatory segment', () => {
    const known = knownMessages().map(({ release, type }) => `${release} ${type}`);
    for (const message of ['004010 850', '005010 999', '004030 753', 'D96A ORDERS', 'D01B RETANN']) {
      assert.ok(known.includes(message), message);
    }
    for (const { standard, release, type } of knownMessages()) {
      const rules = loadMessageRules(standard, release, type);
      assert.ok(rules, type);
      assert.notEqual(rules.name, '', type);
      assert.ok(countLoops(rules.root, type) >= 1);
    }
  });

  it('lends tables to a release that has none, and says whose they are', () => {
    const rules = loadMessageRules('x12', '004030', '753');
    assert.equal(rules?.release, '004030');
    assert.equal(rules.tables, '005010');
    assert.equal(loadRelease('x12', '004030'), loadRelease('x12', '005010'));
    assert.equal(loadMessageRules('x12', '004010', '850')?.tables, '004010');
    assert.equal(loadMessageRules('edifact', 'D96A', 'ORDERS')?.tables, 'D96A');
  });

  it('keeps what it has loaded', () => {
    assert.equal(loadMessageRules('x12', '004010', '850'), loadMessageRules('x12', '004010', '850'));
    assert.equal(loadRelease('x12', '004010'), loadRelease('x12', '004010'));
    assert.equal(loadRelease('x12', '009999'), null);
    assert.equal(loadMessageRules('x12', '004010', '../850'), null);
    assert.equal(loadMessageRules('x12', '004010', 'segments'), null);
  });

  it('knows N1 of 004010', () => {
    const n1 = loadRelease('x12', '004010')?.segments.get('N1');
    assert.deepEqual(n1?.elements.map((use) => [use.element?.id, use.mandatory]).slice(0, 4), [
      ['98', true],
      ['93', false],
      ['66', false],
      ['67', false],
    ]);
    assert.deepEqual(
      n1?.syntax.map(({ kind, positions }) => [kind, positions]),
      [
        ['R', [2, 3]],
        ['P', [3, 4]],
      ],
    );
  });

  it('remembers what versions mean without holding on to the text that they came in', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const ask = (round: number) => {
      const text = `D:96A:UN:${round} ${'x'.repeat(500_000)}`;
      assert.equal(releaseOf('edifact', 'ORDERS', text)?.release, 'D96A');
      assert.equal(releaseOf('edifact', 'ORDERS', text.slice(0, 40))?.release, 'D96A');
    };
    ask(0);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let round = 1; round <= 60; round += 1) ask(round);
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 3_000_000, `${grown} bytes of 30 MB`);
  });
});

function countLoops(loop: LoopUse, type: string): number {
  const ids = loop.members.flatMap((member) => (member.kind === 'loop' ? [member.id] : []));
  assert.equal(new Set(ids).size, ids.length, `${type}: loop ids are unique among siblings`);
  const first = loop.members[0];
  assert.ok(first?.kind === 'segment' && first.mandatory, `${type} ${loop.id}`);
  return loop.members.reduce(
    (sum, member) => sum + (member.kind === 'loop' ? countLoops(member, type) : 0),
    1,
  );
}
