/**
 * Cases written by hand from the standards, never from output: what came in, and the exact bytes that must go out. One file
 * each under acknowledge-cases/, in a folder for each kind of answer, named for what is wrong:
 *
 *     # a sentence for people
 *     terms: send=999 segment-count-mismatch=warning     (what was agreed with the sender, where something was)
 *     <<< received
 *     ISA*…
 *     >>> answer
 *     ISA*…
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Parser } from 'edifact';
import { type AnswerTerms, acknowledgeFile } from '../../src/acknowledge-file.ts';
import { readerFaultCodes, type Severity } from '../../src/fault.ts';
import { nodeX12 } from '../../src/simulator/node-x12.ts';
import { eventsOf } from './samples.ts';

const home = new URL('./acknowledge-cases/', import.meta.url);
const at = new Date('2026-11-22T03:04:05Z');
const control = 17;
/** No fewer than these may be left of each kind of answer. */
const least: Readonly<Record<string, number>> = {
  '997': 45,
  '999': 20,
  ta1: 25,
  'contrl-eancom-97': 25,
  'contrl-eancom-2002': 6,
  'contrl-syntax-4': 6,
  never: 5,
};

interface Case {
  readonly kind: string;
  readonly name: string;
  readonly terms: Readonly<Record<string, string>>;
  readonly received: string;
  readonly answer: string;
}

function cases(): readonly Case[] {
  return readdirSync(home)
    .sort()
    .flatMap((kind) =>
      readdirSync(new URL(`${kind}/`, home))
        .sort()
        .map((file) => readCase(kind, file)),
    );
}

function readCase(kind: string, file: string): Case {
  const text = readFileSync(new URL(`${kind}/${file}`, home), 'latin1');
  const [, head = '', received = '', answer = ''] =
    /^(# .*\n(?:terms: .*\n)?)<<< received\n([\s\S]*)>>> answer\n([\s\S]*)$/.exec(text) ?? [];
  assert.notEqual(head, '', `${kind}/${file} has no readable form`);
  const words = /^terms: (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  const terms = Object.fromEntries(words.map((word) => word.split('=') as [string, string]));
  return { kind, name: file.replace('.txt', ''), terms, received, answer };
}

/** The terms as partner.yaml would have them. */
function agreed(terms: Case['terms'], standard: 'x12' | 'edifact'): AnswerTerms {
  const send = terms.send ?? (standard === 'x12' ? '997' : 'CONTRL');
  return {
    send: send as AnswerTerms['send'],
    ta1: (terms.ta1 ?? 'requested') as AnswerTerms['ta1'],
    ta1Envelope: (terms.ta1Envelope ?? 'own') as AnswerTerms['ta1Envelope'],
    everyMessage: terms.everyMessage === 'true',
  };
}

function severitiesOf(terms: Case['terms']): Record<string, Severity> {
  const codes = Object.entries(terms).filter(([word]) => (readerFaultCodes as string[]).includes(word));
  return Object.fromEntries(codes) as Record<string, Severity>;
}

async function answerTo({ received, terms }: Case): Promise<string> {
  const source = (async function* () {
    yield Buffer.from(received, 'latin1');
  })();
  const severities = severitiesOf(terms);
  const { bytes } = await acknowledgeFile(source, {
    at,
    control,
    // Without terms, what a sender gets with whom nothing was agreed.
    ...(Object.keys(terms).length === 0 ? {} : { terms: ({ standard }) => agreed(terms, standard) }),
    settings: () => ({ severities, ...(terms.charset === undefined ? {} : { charset: 'UNOC' }) }),
  });
  return bytes.toString('latin1');
}

/** What our own reader finds in it. */
async function faultsIn(answer: string): Promise<string[]> {
  const events = answer === '' ? [] : await eventsOf(answer);
  const faults = events.flatMap((event) => ('faults' in event ? event.faults : []));
  return faults.filter(({ severity }) => severity !== 'info').map(({ message }) => message);
}

describe('acknowledgments by case', () => {
  const all = cases();
  for (const one of all) {
    it(`${one.kind}: ${one.name}`, async () => {
      assert.deepEqual((await answerTo(one)).split('\n'), one.answer.split('\n'));
      assert.deepEqual(await faultsIn(one.answer), []);
    });
  }

  it('are read by node-x12 in its strict mode, and by the parser of edifact', () => {
    let read = 0;
    for (const { kind, answer } of all) {
      // node-x12 refuses a TA1 before GS.
      const parts = kind.startsWith('contrl') ? [answer] : answer.split(/(?=^ISA)/m);
      for (const part of parts.filter((one) => one !== '' && !/^TA1/m.test(one))) {
        if (part.startsWith('ISA')) assertX12(part);
        else assertEdifact(part);
        read += 1;
      }
    }
    assert.ok(read > 150, String(read));
  });

  function assertX12(text: string): void {
    const parser = new nodeX12.X12Parser(true);
    const found = parser.parse(text) as InstanceType<typeof nodeX12.X12Interchange>;
    assert.deepEqual(parser.diagnostics, [], text);
    const sets = found.functionalGroups.flatMap((one) => one.transactions);
    assert.equal(sets.length, (text.match(/^ST./gm) ?? []).length);
  }

  function assertEdifact(text: string): void {
    const tags: string[] = [];
    const parser = new Parser();
    parser.onopensegment = (tag) => tags.push(tag);
    parser.encoding('UNOC');
    parser.write(text.trimEnd());
    parser.end();
    assert.deepEqual(tags, text.match(/^\w{3}/gm) ?? []);
  }

  it('has cases of every kind of answer', () => {
    const counts = Object.fromEntries(
      Object.keys(least).map((kind) => [kind, all.filter((one) => one.kind === kind).length]),
    );
    const short = Object.entries(least).filter(([kind, count]) => (counts[kind] ?? 0) < count);
    assert.deepEqual(short, [], JSON.stringify(counts));
    assert.ok(all.length >= 170, String(all.length));
  });
});
