/** What we write is read back, by parsers that are not ours and by our own, with the values given. */
import assert from 'node:assert/strict';
import { Parser } from 'edifact';
import fc from 'fast-check';
import { type Message, readInterchanges, type Value } from '../../src/interchange/interchange.ts';
import { type OutInterchange, type OutSegment, writeInterchange } from '../../src/interchange/write.ts';
import { nodeX12 } from '../../src/simulator/node-x12.ts';
import { ordrsp, outEdifact, outGroup, outMessage, outX12, unnamed } from './write-cases.ts';

const plain = [...'ABCXYZabcxyz0189 .,-/()&%$#@=;_!?\'"+:'];
const x12Text = fc.string({ unit: fc.constantFrom(...plain), maxLength: 12 });
const delimiters = [..."+:'?"];
const edifactText = fc.string({ unit: fc.constantFrom(...plain, ...delimiters), maxLength: 12 });

/** Segments with simple elements; the last element holds something. */
const x12Segments = fc.array(
  fc.record({ tag: fc.constantFrom('BAK', 'N1', 'PO1', 'ACK', 'PID'), values: filled(x12Text) }),
  { maxLength: 8 },
);
const composite = fc.array(edifactText, { minLength: 1, maxLength: 4 });
const edifactSegments = fc.array(
  fc.record({
    tag: fc.constantFrom('BGM', 'FTX', 'LIN', 'NAD'),
    values: filled(fc.oneof(edifactText, composite)),
  }),
  { maxLength: 8 },
);

function filled<T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | 'end')[]> {
  return fc.array(value, { maxLength: 6 }).map((values) => [...values, 'end' as const]);
}

function bytesOf(out: OutInterchange): Buffer {
  const { bytes, faults } = writeInterchange(out);
  assert.deepEqual(faults, []);
  return bytes;
}

async function ourMessages(bytes: Buffer): Promise<Message[]> {
  const found: Message[] = [];
  for await (const event of readInterchanges([bytes])) if (event.kind === 'message') found.push(event);
  return found;
}

/** Tag and values of the segments between the first and the last. */
function content(message: Message | undefined): [string, Value[]][] {
  return (message?.segments ?? []).slice(1, -1).map(({ tag, values }) => [tag, values.map(bare)]);
}

/** A value as a receiver sees it: without trailing empty components, a lone component being a simple value. */
function bare(value: Value): Value {
  const cells = typeof value === 'string' ? [value] : [...value];
  while (cells.length > 1 && cells.at(-1) === '') cells.pop();
  return cells.length === 1 ? (cells[0] ?? '') : cells;
}

const expected = (segments: readonly OutSegment[]): [string, Value[]][] =>
  segments.map(({ tag, values }) => [tag, values.map(bare)]);

/** Segments as edifact's Parser gives them: tag and elements of components. */
function foreignEdifact(text: string): [string, string[][]][] {
  const found: [string, string[][]][] = [];
  const parser = new Parser();
  parser.encoding('UNOC');
  parser.onopensegment = (tag) => found.push([tag, []]);
  parser.onelement = () => found.at(-1)?.[1].push([]);
  parser.oncomponent = (value) => found.at(-1)?.[1].at(-1)?.push(value);
  parser.onclosesegment = () => undefined;
  parser.write(text);
  parser.end();
  return found;
}

describe('what was written', () => {
  it('is read by node-x12 in strict mode', () => {
    fc.assert(
      fc.property(x12Segments, (segments) => {
        const text = bytesOf(outX12([outGroup([outMessage(segments)])])).toString('latin1');
        const parser = new nodeX12.X12Parser(true);
        const interchange = parser.parse(text) as InstanceType<typeof nodeX12.X12Interchange>;
        const read = interchange.functionalGroups[0]?.transactions[0]?.segments ?? [];
        assert.deepEqual(
          read.map(({ tag, elements }) => [tag, elements.map(({ value }) => value)]),
          expected(segments),
        );
        assert.deepEqual(parser.diagnostics, []);
      }),
    );
  });

  it('is read by our own X12 reader', async () => {
    await fc.assert(
      fc.asyncProperty(x12Segments, async (segments) => {
        const messages = await ourMessages(bytesOf(outX12([outGroup([outMessage(segments)])])));
        assert.deepEqual(content(messages[0]), expected(segments));
      }),
    );
  });

  it("is read by edifact's Parser, released characters and all", () => {
    fc.assert(
      fc.property(edifactSegments, (segments) => {
        const text = bytesOf(outEdifact([unnamed([ordrsp(segments)])])).toString('latin1');
        const read = foreignEdifact(text).slice(2, -2);
        assert.deepEqual(
          read.map(([tag, values]) => [tag, values.map(bare)]),
          expected(segments),
        );
      }),
    );
  });

  it('is read by our own EDIFACT reader, released characters and all', async () => {
    await fc.assert(
      fc.asyncProperty(edifactSegments, async (segments) => {
        const messages = await ourMessages(bytesOf(outEdifact([unnamed([ordrsp(segments)])])));
        assert.deepEqual(content(messages[0]), expected(segments));
      }),
    );
  });

  const accents = fc.string({ unit: fc.constantFrom('é', 'ü', 'a', ' ', "'"), minLength: 1, maxLength: 8 });
  for (const version of ['UNOC:3', 'UNOY:3']) {
    it(`keeps its letters in ${version}`, async () => {
      await fc.assert(
        fc.asyncProperty(accents, async (text) => {
          const segments = [{ tag: 'FTX', values: ['AAI', '', '', [text, 'end']] }];
          const messages = await ourMessages(bytesOf(outEdifact([unnamed([ordrsp(segments)])], { version })));
          assert.deepEqual(content(messages[0]), expected(segments));
        }),
      );
    });
  }

  it('is read by our own readers in the separators of UNA and ISA', async () => {
    const segments = [{ tag: 'FTX', values: ['AAI', '', '', ['a|b', 'c*d~']] }];
    const separators = {
      element: '*',
      component: '|',
      repetition: null,
      segment: '~',
      release: '\\',
      decimal: ',',
    };
    const messages = await ourMessages(bytesOf(outEdifact([unnamed([ordrsp(segments)])], { separators })));
    assert.deepEqual(content(messages[0]), expected(segments));
  });
});
