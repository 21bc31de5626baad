import assert from 'node:assert/strict';
import { inspectJson } from '../src/inspect.ts';
import { bytes, edifact, order, orders, x12 } from './interchange/samples.ts';

async function json(text: string): Promise<{ line: Record<string, unknown>; bad: boolean; raw: string }> {
  let raw = '';
  const bad = await inspectJson([bytes(text)], 'a.edi', (piece) => {
    raw += piece;
  });
  return { line: JSON.parse(raw), bad, raw };
}

describe('inspect --json', () => {
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

  it('has an error for files that are nothing', async () => {
    for (const [content, code] of [
      ['', 'file-empty'],
      [' \r\n\n', 'file-empty'],
      ['\0\0', 'file-empty'],
      ['no EDI at all', 'not-edi'],
    ] as const) {
      const { line, bad } = await json(content);
      assert.equal(bad, true);
      assert.deepEqual(line.interchanges, []);
      assert.deepEqual(line.faultCount, { error: 1, warning: 0, info: 0 });
      assert.equal((line.faults as { code: string }[])[0]?.code, code);
    }
  });

  it('ends a file that cannot be read to its end with what was read, and says why', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytes(x12(order).slice(0, 200));
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
    }
    let raw = '';
    const reading = inspectJson(broken(), 'a.edi', (piece) => {
      raw += piece;
    });
    await assert.rejects(reading, /EIO/);
    const line = JSON.parse(raw);
    assert.equal(line.error, 'EIO: i/o error, read');
    assert.equal(line.bytes, 200);
    assert.equal(line.interchanges[0].groups[0].messages.length, 1);
  });

  it('writes once for each chunk that is read, and waits until it is written', async () => {
    const file = bytes(many(2_000));
    const chunks = Array.from({ length: Math.ceil(file.length / 65_536) }, (_, index) =>
      file.subarray(index * 65_536, (index + 1) * 65_536),
    );
    let writes = 0;
    let writing = false;
    await inspectJson(chunks, 'a.edi', async () => {
      assert.equal(writing, false);
      writing = true;
      writes += 1;
      await new Promise((resolve) => setImmediate(resolve));
      writing = false;
    });
    assert.ok(writes <= chunks.length + 1, `${writes} writes for ${chunks.length} chunks`);
    assert.ok(writes >= chunks.length - 1, `${writes} writes for ${chunks.length} chunks`);
  });

  it('writes large pieces of a file that comes in one piece', async () => {
    const lengths: number[] = [];
    await inspectJson([bytes(many(3_000))], 'a.edi', (piece) => {
      lengths.push(piece.length);
    });
    assert.ok(lengths.length > 2);
    assert.ok(
      lengths.slice(0, -2).every((length) => length >= 65_536 && length < 66_000),
      lengths.join(),
    );
  });

  it('stops when the output does', async () => {
    let returned = false;
    const file = bytes(many(100));
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield file;
      } finally {
        returned = true;
      }
    }
    const closed = new Error('closed');
    let writes = 0;
    const out = () => {
      writes += 1;
      if (writes === 3) throw closed;
    };
    await assert.rejects(inspectJson(endless(), 'a.edi', out), closed);
    assert.equal(returned, true);
  });
});

/** One interchange of many orders. */
function many(messages: number): string {
  const one = x12(order);
  const begin = one.indexOf('ST*');
  const end = one.indexOf('GE*');
  const all = Array.from({ length: messages }, (_, index) =>
    one.slice(begin, end).replaceAll('*0001', `*${String(index + 1).padStart(4, '0')}`),
  );
  return `${one.slice(0, begin)}${all.join('')}GE*${messages}*41~IEA*1*000000041~`;
}
