/**
 * Our reader against two packages that know nothing of it: node-x12 in strict mode and edifact's Parser. Whatever they can
 * read, they and we must read as the same messages, segments and values.
 */
import assert from 'node:assert/strict';
import {
  type InterchangeEvent,
  type Message,
  readInterchanges,
  type Separators,
} from '../../src/interchange/interchange.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { eventsFrom } from './fuzz-events.ts';
import { sampleFiles } from './fuzz-fixtures.ts';
import { firstChange } from './fuzz-siblings.ts';

/** Files that a package refuses or misreads, and what it cannot do. All others are compared. */
const notComparable: Readonly<Record<string, string>> = {
  'edifact-charset-UNOD.edi': 'edifact knows no UNOD',
  'edifact-charset-UNOE.edi': 'edifact knows no UNOE',
  'edifact-charset-UNOW.edi': 'edifact knows no UNOW',
  'edifact-syntax-4-contrl.edi': 'edifact refuses a UNA with a repetition separator',
  'edifact-una-newline-and-syntax-4.edi': 'edifact refuses a UNA with a repetition separator',
  'edifact-una-without-release.edi': 'edifact takes the blank of a UNA for a release character',
  'faulty-edifact-control-characters.edi': 'edifact refuses control characters',
  'faulty-no-edi.edi': 'there is no interchange to compare',
  'faulty-x12-bin-in-unknown-set.edi': 'node-x12 does not know that BIN tells its length',
  'faulty-x12-cut-off.edi': 'node-x12 drops a last segment without terminator',
  'faulty-x12-wrong-counts.edi': 'node-x12 refuses wrong counts in strict mode',
  'x12-unpadded-isa.edi': 'node-x12 refuses an ISA that is not 106 bytes long',
};
const leastAgreed = 0.9;

interface Piece {
  readonly bytes: Buffer;
  readonly separators: Separators;
  readonly standard: 'x12' | 'edifact';
  readonly messages: readonly Message[];
}

/** One interchange at a time: the packages read only the first of several, and nothing that stands around it. */
function piecesOf(file: Buffer, events: readonly InterchangeEvent[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let open: Omit<Piece, 'bytes'> & { messages: Message[] } = nothing();
  for (const event of events) {
    if (event.kind === 'interchange') open = { ...event, messages: [] };
    else if (event.kind === 'message') open.messages.push(event);
    else if (event.kind === 'interchange-end') {
      pieces.push({ ...open, bytes: file.subarray(event.begin, event.end) });
    }
  }
  return pieces;
}

function nothing(): Omit<Piece, 'bytes'> & { messages: Message[] } {
  const separators = {
    element: '',
    component: '',
    repetition: null,
    segment: '',
    release: null,
    decimal: '.',
  };
  return { separators, standard: 'x12', messages: [] };
}

/** A message as far as all readers tell it: without header and trailer, every value as it stood, releases taken out. */
interface Told {
  readonly kind: string;
  readonly control: string;
  readonly segments: readonly string[];
}

const between = '\x1e';

function ours({ messages, separators }: Piece): readonly Told[] {
  const { component, repetition } = separators;
  return messages.map(({ type, control, segments }) => ({
    kind: type,
    control,
    segments: segments
      .slice(1)
      .filter(notTrailer)
      .map(({ tag, values, repeats }) => {
        const elements = values.map((value, index) =>
          (repeats?.[index] ?? [value]).map((one) => [one].flat().join(component)).join(repetition ?? ''),
        );
        return [tag, ...elements].join(between);
      }),
  }));
}

function notTrailer({ tag }: { readonly tag: string }): boolean {
  return tag !== 'SE' && tag !== 'UNT';
}

/** @param utf8 the package gives one character per byte; the bytes are UTF-8 */
function theirs(answers: readonly Answer[], { component }: Separators, utf8: boolean): readonly Told[] {
  return answers.map(({ kind, control, segments }) => {
    const trailer = segments.findIndex(({ tag }) => tag === 'UNT');
    const own = trailer < 0 ? segments : segments.slice(0, trailer);
    const texts = own.map(({ tag, elements }) =>
      [tag, ...elements.map((components) => components.join(component))].join(between),
    );
    const decoded = (text: string) => Buffer.from(text, 'latin1').toString('utf8');
    return { kind, control, segments: utf8 ? texts.map(decoded) : texts };
  });
}

/** What node-x12 refuses in strict mode and nobody can misread: TA1 before GS, line ends that wrap the file. */
function prepared({ bytes, standard, separators }: Piece): Buffer {
  if (standard === 'edifact') return bytes;
  const text = bytes.toString('latin1');
  const { element, segment } = separators;
  const pieces = text.split(segment).filter((one) => !one.trimStart().startsWith(`TA1${element}`));
  const flat = segment === '\n' ? pieces : pieces.map((one) => one.replace(/(?!^)\r?\n(?=.)/gs, ''));
  return Buffer.from(flat.join(segment), 'latin1');
}

/** Says where the readings of an interchange differ, or null. */
function difference(name: string, piece: Piece): string | null {
  const read = piece.standard === 'x12' ? readX12 : readEdifact;
  const answers = read(name, prepared(piece));
  const own = JSON.stringify(ours(piece));
  const others = [false, true].map((utf8) => JSON.stringify(theirs(answers, piece.separators, utf8)));
  if (others.includes(own)) return null;
  return `${name}: ${firstChange(own, others[0] ?? '')} ${answers.flatMap(({ problems }) => problems).join('; ')}`;
}

describe('node-x12 and edifact read the sample files', () => {
  it('as we do', async function () {
    const differences = new Map<string, string[]>();
    for (const { name, bytes } of sampleFiles()) {
      const pieces = piecesOf(bytes, await eventsFrom(readInterchanges, [bytes]));
      const found = pieces.flatMap((piece) => difference(name, piece) ?? []);
      differences.set(name, pieces.length === 0 ? [`${name} holds no interchange`] : found);
    }
    const names = [...differences.keys()];
    const agreed = names.filter((name) => differences.get(name)?.length === 0);
    const share = agreed.length / names.length;
    const left = Object.entries(notComparable).map(([name, reason]) => `${name}: ${reason}`);
    const compared = names.length - left.length;
    if (this.test)
      this.test.title += `: ${agreed.length} of ${compared} compared agree, ${left.length} of ${names.length} cannot be compared`;
    const apart = names
      .filter((name) => !(name in notComparable))
      .flatMap((name) => differences.get(name) ?? []);
    assert.deepEqual(apart, []);
    assert.ok(
      share >= leastAgreed,
      `only ${agreed.length} of ${names.length} files were compared:\n${left.join('\n')}`,
    );
    assert.deepEqual(
      Object.keys(notComparable).filter((name) => agreed.includes(name) || !names.includes(name)),
      [],
      'what can be compared is compared',
    );
  });
});
