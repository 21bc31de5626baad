/** A guide written in a test: loaded from files like any other, its messages through the real reader. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Message } from '../../src/interchange/interchange.ts';
import type { Guide } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import type { Problem } from '../../src/mapping/problem.ts';
import type { StoredTable } from '../../src/mapping/tables.ts';
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
    const { guides, problems } = await loadGuides(dir, { stored });
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
export async function x12(type: string, group: string, ...segments: string[]): Promise<Message> {
  return first(
    [
      'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261122*0400*U*00401*000000001*0*P*>',
      `GS*${group}*HARBORPINE*SALTMARSH*20261122*0400*1*X*004010`,
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

async function first(text: string): Promise<Message> {
  const [message] = await messagesOf(Buffer.from(text));
  assert(message);
  return message;
}
