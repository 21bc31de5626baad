import assert from 'node:assert/strict';
import {
  knownMessages,
  type LoopUse,
  loadMessageRules,
  loadRelease,
  releaseOf,
} from '../../src/interchange/dictionary/dictionary.ts';
import { parseElements, parseSegments, parseStructure } from '../../src/interchange/dictionary/notation.ts';

describe('the dictionary', () => {
  it('finds the release that a version means', () => {
    const exact = (release: string) => ({ release, exact: true });
    const near = (release: string) => ({ release, exact: false });
    assert.deepEqual(releaseOf('x12', '850', '004010'), exact('004010'));
    assert.deepEqual(releaseOf('x12', '850', '004010VICS'), exact('004010'));
    assert.deepEqual(releaseOf('x12', '850', '00401'), exact('004010'));
    assert.deepEqual(releaseOf('x12', '850', '003040'), near('004010'));
    assert.equal(releaseOf('x12', '000', '004010'), null);
    assert.equal(releaseOf('x12', 'segments', '004010'), null);
    assert.deepEqual(releaseOf('edifact', 'ORDERS', 'D:96A:UN:EAN008'), exact('D96A'));
    assert.deepEqual(releaseOf('edifact', 'ORDERS', 'D96A'), exact('D96A'));
    assert.deepEqual(releaseOf('edifact', 'ORDERS', 'D.96A'), exact('D96A'));
    assert.equal(releaseOf('edifact', 'ORDERS', 'D:93A')?.exact, false);
    assert.deepEqual(releaseOf('edifact', 'CONTRL', '2:2:UN:EAN002'), exact('service3'));
    assert.deepEqual(releaseOf('edifact', 'CONTRL', 'D:3:UN:EAN004'), exact('service3'));
    assert.deepEqual(releaseOf('edifact', 'CONTRL', '4:1:UN'), exact('service4'));
  });

  it('holds every message whole: no table is missing, every loop starts with a mandatory segment', () => {
    const known = knownMessages().map(({ release, type }) => `${release} ${type}`);
    for (const message of ['004010 850', '004010 855', '004010 856', '004010 997', 'D96A ORDERS']) {
      assert.ok(known.includes(message), message);
    }
    for (const { standard, release, type } of knownMessages()) {
      const rules = loadMessageRules(standard, release, type);
      assert.ok(rules, type);
      assert.notEqual(rules.name, '', type);
      assert.ok(countLoops(rules.root, type) >= 1);
    }
  });

  it('keeps what it has loaded', () => {
    assert.equal(loadMessageRules('x12', '004010', '850'), loadMessageRules('x12', '004010', '850'));
    assert.equal(loadRelease('x12', '004010'), loadRelease('x12', '004010'));
    assert.equal(loadRelease('x12', '009999'), null);
    assert.equal(loadMessageRules('x12', '004010', '../850'), null);
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

  it('says what is wrong with a table', () => {
    assert.throws(() => parseElements('98 ID two 3 Entity', new Map()), /98 has no readable type/);
    assert.throws(() => parseSegments('N1 98!', new Map(), new Map()), /N1 uses element 98/);
    assert.throws(() => parseStructure('ST M 1\n    REF O 1'), /wrong indent/);
  });

  it('names a second loop of the same trigger', () => {
    const { nodes } = parseStructure('N1 O 1 :\n  N1 M 1\nREF O 1\nN1 O 2 :\n  N1 M 1');
    assert.deepEqual(
      nodes.map((node) => node.id),
      ['N1', 'REF', 'N1-2'],
    );
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
