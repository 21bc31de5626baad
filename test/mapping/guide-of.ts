/** A guide written in a test: loaded from files like any other, its messages through the real reader. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from '../../src/fault.ts';
import type { Message } from '../../src/interchange/interchange.ts';
import { type OutSegment, writeInterchange } from '../../src/interchange/write.ts';
import type { Guide } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import type { Problem } from '../../src/mapping/problem.ts';
import type { StoredTable } from '../../src/mapping/tables.ts';
import type { CanonicalDocument } from '../../src/order/canonical.ts';
import { messagesOf } from './exchange.ts';

/** Loads a mappings directory made of these files. */
export async function guidesOf(
  files: Readonly<Record<string, string>>,
  stored: readonly StoredTable[] = [],
): Promise<{ guides: readonly Guide[]; problems: readonly Problem[] }> {
  const dir = await mkdtemp(join(tmpdir(), 'portolan-guide-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    const { guides, problems } = await loadGuides(dir, { stored: async () => stored });
    return { guides: guides.all, problems };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** A guide of acme without problems. */
export async function guideOf(
  text: string,
  more: Readonly<Record<string, string>> = {},
  stored: readonly StoredTable[] = [],
): Promise<Guide> {
  const { guides, problems } = await guidesOf({ 'acme/guide.yaml': text, ...more }, stored);
  assert.deepEqual(
    problems.map(({ message }) => message),
    [],
  );
  const [guide] = guides;
  assert(guide);
  return guide;
}

/** The problems of a guide of acme, each with its line and its hint. */
export async function problemsOf(
  text: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { problems } = await guidesOf({ 'acme/guide.yaml': text, ...more });
  return problems.map(({ file, line, message, hint }) =>
    [`${file.slice(file.indexOf('acme/'))}:${line} ${message}`, ...(hint === undefined ? [] : [hint])].join(
      ' ',
    ),
  );
}

/** An X12 message between its envelopes; `group` is GS01. */
export function x12(type: string, group: string, ...segments: string[]): Promise<Message> {
  return enveloped('U*00401', '004010', type, group, segments);
}

/** The same in 005010, where `^` repeats an element. */
export function x12Later(type: string, group: string, ...segments: string[]): Promise<Message> {
  return enveloped('^*00501', '005010', type, group, segments);
}

async function enveloped(
  version: string,
  release: string,
  type: string,
  group: string,
  segments: readonly string[],
): Promise<Message> {
  return first(
    [
      `ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261122*0400*${version}*000000001*0*P*>`,
      `GS*${group}*HARBORPINE*SALTMARSH*20261122*0400*1*X*${release}`,
      `ST*${type}*0001`,
      ...segments,
      `SE*${segments.length + 2}*0001`,
      'GE*1*1',
      'IEA*1*000000001',
      '',
    ].join('~\n'),
  );
}

/** An EDIFACT message between its envelopes. */
export async function edifact(type: string, ...segments: string[]): Promise<Message> {
  return first(
    [
      'UNB+UNOC:3+4000001000012:14+4000001000005:14+261122:0400+1',
      `UNH+1+${type}:D:96A:UN:EAN008`,
      ...segments,
      `UNT+${segments.length + 2}+1`,
      'UNZ+1+1',
      '',
    ].join("'\n"),
  );
}

/** The segments in an interchange of their release, through the real writer. */
function bytesOf({ standard, release, message, rules }: Guide, segments: readonly OutSegment[]): Buffer {
  const x12 = standard === 'x12';
  const [ours, theirs] = [
    { qualifier: x12 ? 'ZZ' : '14', id: x12 ? 'SALTMARSH' : '4000001000005' },
    { qualifier: x12 ? 'ZZ' : '14', id: x12 ? 'HARBORPINE' : '4000001000012' },
  ];
  const { bytes, faults } = writeInterchange({
    standard,
    control: x12 ? '000000001' : '1',
    sender: ours,
    receiver: theirs,
    version: x12 ? release.slice(0, 5) : 'UNOC:3',
    test: false,
    acknowledgmentRequested: x12 ? '0' : '',
    separators: x12
      ? {
          element: '*',
          component: '>',
          repetition: release < '00402' ? null : '^',
          segment: '~',
          release: null,
          decimal: '.',
        }
      : { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
    newline: '\n',
    at: new Date('2026-11-22T04:00:00Z'),
    groups: [
      {
        type: x12 ? (rules.groups[0] ?? '') : null,
        control: x12 ? '1' : null,
        version: x12 ? release : null,
        sender: x12 ? ours.id : null,
        receiver: x12 ? theirs.id : null,
        messages: [
          { type: message, version: x12 ? null : `D:${release.slice(1)}:UN:EAN008`, control: null, segments },
        ],
      },
    ],
  });
  assert.deepEqual(faults, []);
  return bytes;
}

/** A document through the guide and the real writer: the segments as they leave, and what is wrong with them. */
export async function sent(
  guide: Guide,
  document: object,
): Promise<{ readonly wire: readonly string[]; readonly faults: readonly Fault[]; readonly bytes: Buffer }> {
  const { segments, faults } = await guide.write(document as CanonicalDocument);
  const bytes = bytesOf(guide, segments);
  const wire = bytes.toString('latin1').split(/[~']\n/);
  const [from, to] = guide.standard === 'x12' ? ['ST*', 'SE*'] : ['UNH+', 'UNT+'];
  const [begin, end] = [from, to].map((tag) => wire.findIndex((line) => line.startsWith(tag)));
  return { wire: wire.slice((begin ?? 0) + 1, end), faults, bytes };
}

/** The document that comes of another on the other side; none may be lost on the way. */
export async function thereAndBack(guide: Guide, document: object): Promise<CanonicalDocument | null> {
  const { faults, bytes } = await sent(guide, document);
  const [message] = await messagesOf(bytes);
  assert(message);
  const back = await guide.read(message);
  assert.deepEqual([faults, back.faults, back.unmapped], [[], [], []]);
  return back.document;
}

async function first(text: string): Promise<Message> {
  const [message] = await messagesOf(Buffer.from(text));
  assert(message);
  return message;
}
