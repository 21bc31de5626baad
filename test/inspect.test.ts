import assert from 'node:assert/strict';
import { inspectJson, inspectText } from '../src/inspect.ts';
import { bytes, edifact, order, orders, x12 } from './interchange/samples.ts';

async function json(text: string): Promise<{ line: Record<string, unknown>; bad: boolean; raw: string }> {
  let raw = '';
  const bad = await inspectJson([bytes(text)], 'a.edi', (piece) => {
    raw += piece;
  });
  return { line: JSON.parse(raw), bad, raw };
}

async function text(content: string, colour = false): Promise<{ shown: string; bad: boolean }> {
  let shown = '';
  const out = (piece: string) => {
    shown += piece;
  };
  const bad = await inspectText([bytes(content)], 'a.edi', out, colour);
  return { shown, bad };
}

describe('inspect', () => {
  it('gives one line of JSON with interchanges, groups, messages and the number of faults', async () => {
    const file = x12(order) + edifact(orders);
    const { line, bad, raw } = await json(file);
    assert.equal(raw.indexOf('\n'), raw.length - 1);
    assert.equal(bad, false);
    assert.deepEqual(line, {
      file: 'a.edi',
      bytes: file.length,
      interchanges: [
        {
          standard: 'x12',
          control: '000000041',
          sender: { qualifier: 'ZZ', id: 'HARBORPINE' },
          receiver: { qualifier: 'ZZ', id: 'LANTERN' },
          version: '00401',
          test: false,
          groups: [
            {
              type: 'PO',
              control: '41',
              version: '004010',
              messages: [
                { type: '850', control: '0001', version: '004010', segments: 9, offset: file.indexOf('ST*') },
              ],
            },
          ],
        },
        {
          standard: 'edifact',
          control: '77',
          sender: { qualifier: '14', id: '4012345000009' },
          receiver: { qualifier: '14', id: '5412345000013' },
          version: 'UNOC:3',
          test: false,
          groups: [
            {
              type: null,
              control: null,
              version: null,
              messages: [
                {
                  type: 'ORDERS',
                  control: '1',
                  version: 'D:96A:UN:EAN008',
                  segments: 10,
                  offset: file.indexOf('UNH'),
                },
              ],
            },
          ],
        },
      ],
      faults: [],
      faultCount: { error: 0, warning: 0, info: 0 },
    });
  });

  it('gives faults with code, severity, sentence, hint and place, and counts those beyond the first thousand', async () => {
    const { line, bad } = await json(x12([...order, 'ZZZ*1']));
    assert.equal(bad, true);
    const [one] = line.faults as Record<string, unknown>[];
    assert.deepEqual(Object.keys(one ?? {}), ['code', 'severity', 'message', 'hint', 'at']);
    const many = x12(Array.from({ length: 900 }, () => 'ZZZ*1')).repeat(2);
    const { line: full } = await json(many);
    assert.equal((full.faults as unknown[]).length, 1_000);
    assert.ok(((full.faultCount as Record<string, number>).error ?? 0) > 1_700);
  });

  it('ends for files that are nothing', async () => {
    for (const content of ['', 'no EDI at all', '\0\0']) {
      const { line } = await json(content);
      assert.deepEqual(line.interchanges, []);
    }
  });

  it('shows people a tree with faults, their places and hints', async () => {
    const { shown, bad } = await text(x12([...order, 'ZZZ*1']));
    assert.equal(bad, true);
    assert.match(shown, /X12 interchange 000000041 from ZZ:HARBORPINE to ZZ:LANTERN/);
    assert.match(shown, /850 0001 \(004010\): 10 segments, rejected/);
    assert.match(
      shown,
      /error segment-unknown at line 1 segment 9 ZZZ: The segment ZZZ is not part of 850\./,
    );
    assert.match(shown, /Remove the segment/);
    assert.match(shown, /1 errors, 0 warnings, 0 notes/);
  });

  it('points at the place of a fault in its segment, and in the header of its interchange', async () => {
    const late = x12(['BEG*00*SA*HP-1**20260230', ...order.slice(1)]).replace('*0915*U*', '*9915*U*');
    const { shown } = await text(late);
    assert.match(shown, /\n {10}BEG\*00\*SA\*HP-1\*\*20260230\n {26}\^{8}\n {10}Write dates/);
    assert.match(shown, /\n {6}ISA\*00\*.*\*9915\*U\*.*\n {83}\^{4}\n {6}Write the time/);
    const apart = await text(edifact(orders).replace('UNT+10', 'UNT+11'));
    assert.match(apart.shown, /\n {10}UNT\+11\+1\n {14}\^\^\n/);
  });

  it('colours severities and carets where it is asked to, and writes nothing that a terminal would obey', async () => {
    const hostile = x12(['BEG*\x1b[2J*SA*HP-1**20261122', 'REF*DP*0\t17', ...order.slice(2), 'ZZ\x1b*1']);
    // '{1;31m' stands for the escape sequence, so that the patterns hold no control character.
    const shown = (await text(hostile, true)).shown.replaceAll('\x1b[', '{');
    assert.match(shown, /\{1;31merror\{0m code-invalid/);
    assert.match(shown, /\{33mwarning\{0m character-invalid/);
    assert.match(shown, /BEG\*·\[2J\*SA.*\n {14}\{1;31m\^{4}\{0m\n/);
    const plain = (await text(hostile)).shown;
    assert.equal(shown.replace(/\{[\d;]+m/g, ''), plain);
    assert.doesNotMatch(plain.replaceAll('\n', ''), /\p{Cc}/u);
  });
});
