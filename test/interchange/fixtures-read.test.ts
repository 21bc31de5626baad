/**
 * Every sample file of fixtures/interchange is read as the text beside it says: envelopes, messages, counts, faults with
 * their places. BLESS=1 npx mocha test/interchange/fixtures-read.test.ts writes what came as what is expected: read the
 * difference before you commit it.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Fault } from '../../src/fault.ts';
import { fixtureFolders } from '../../src/fixtures.ts';
import {
  type InterchangeEvent,
  readInterchanges,
  type Separators,
} from '../../src/interchange/interchange.ts';
import { eventsFrom } from './fuzz-events.ts';
import { sampleFiles, sampleFolder } from './fuzz-fixtures.ts';

const samples = sampleFiles();
const blessing = process.env.BLESS === '1';
const dictionary = new URL('../../src/interchange/dictionary/', import.meta.url);

/** Files made to be wrong; all others have no fault above info, but that a release is read by the tables of another. */
const isFaulty = (name: string) => name.startsWith('faulty-');

describe('Sample files', () => {
  const clean = new Set<string>();

  for (const { name, bytes } of samples) {
    it(name, async () => {
      const events = await eventsFrom(readInterchanges, [bytes]);
      const faults = events.flatMap((event) => ('faults' in event ? event.faults : []));
      const grave = faults.filter(
        ({ severity, code }) => severity !== 'info' && code !== 'release-substituted',
      );
      if (isFaulty(name)) assert.notDeepEqual(grave, [], 'a file called faulty has faults');
      else assert.deepEqual(grave.map(sayFault), [], 'a file not called faulty has none above info');
      for (const event of events) {
        if (event.kind === 'message' && grave.length === 0) clean.add(`${event.release} ${event.type}`);
      }
      const expectation = new URL(name.replace(/edi$/, 'txt'), sampleFolder);
      const came = events.map(say).join('\n').concat('\n');
      if (blessing) writeFileSync(expectation, came);
      assert.ok(existsSync(expectation), `${expectation.pathname} is missing; what came:\n${came}`);
      assert.equal(came, readFileSync(expectation, 'utf8'));
    });
  }

  it('there is a clean one for every message and release of the dictionary', () => {
    const known = releases().flatMap(({ release, types }) => types.map((type) => `${release} ${type}`));
    assert.ok(known.length > 10, 'the dictionary is read from its files');
    assert.deepEqual(
      known.filter((message) => !clean.has(message)),
      [],
    );
  });

  it('are no folders of partners', async () => {
    assert.deepEqual(await fixtureFolders('fixtures', 'interchange'), []);
  });
});

/** The releases of the dictionary, and the types that each has a file for. */
function releases(): { release: string; types: string[] }[] {
  return readdirSync(dictionary, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      release: name.replace(/^(x12|edifact)-/, ''),
      types: readdirSync(new URL(`${name}/`, dictionary))
        .filter((file) => /^(\d{3}|[A-Z]{6})\.txt$/.test(file))
        .map((file) => file.replace('.txt', '')),
    }));
}

function say(event: InterchangeEvent): string {
  switch (event.kind) {
    case 'interchange': {
      const { control, version, sender, receiver, test, acknowledgmentRequested, separators } = event;
      const asks = acknowledgmentRequested === '' ? '' : `, asks ${acknowledgmentRequested}`;
      const ids = `${sender.qualifier}:${sender.id} to ${receiver.qualifier}:${receiver.id}`;
      return `interchange ${control} of ${version}: ${ids}, ${sayMarks(separators)}${asks}${test ? ', test' : ''}`;
    }
    case 'group':
      return `  group ${event.type} ${event.control} of ${event.version}`;
    case 'message': {
      const { type, control, version, release, segmentCount, verdict, faults } = event;
      const head = `    ${type} ${control} of ${version} by ${release}: ${segmentCount} segments, ${verdict}`;
      return [head, ...faults.map((one) => `      ${sayFault(one)}`)].join('\n');
    }
    case 'group-end': {
      const { declaredMessages, receivedMessages, verdict, faults } = event;
      const head = `  group of ${receivedMessages}, ${declaredMessages} declared: ${verdict}`;
      return [head, ...faults.map((one) => `    ${sayFault(one)}`)].join('\n');
    }
    case 'interchange-end': {
      const { begin, end, ta1, verdict, faults } = event;
      const head = `interchange of bytes ${begin} to ${end}: ${ta1.length} TA1, ${verdict}`;
      return [head, ...faults.map((one) => `  ${sayFault(one)}`)].join('\n');
    }
    case 'stray':
      return ['outside', ...event.faults.map((one) => `  ${sayFault(one)}`)].join('\n');
  }
}

/** 'error element-missing at 233, line 4, segment 7 N1 element 3.2, repetition 2'. */
function sayFault({ severity, code, at = {} }: Fault): string {
  const { offset, line, segment, tag, element, component, repetition } = at;
  const place = [
    offset === undefined ? '' : ` at ${offset}, line ${line}`,
    segment === undefined ? '' : `, segment ${segment}`,
    tag === undefined ? '' : ` ${JSON.stringify(tag).slice(1, -1)}`,
    element === undefined ? '' : ` element ${element}`,
    component === undefined ? '' : `.${component}`,
    repetition === undefined ? '' : `, repetition ${repetition}`,
  ];
  return `${severity} ${code}${place.join('')}`;
}

function sayMarks({ element, component, repetition, segment, release, decimal }: Separators): string {
  const marks = [element, component, repetition, segment, release, decimal];
  return marks.map((mark) => (mark === null ? 'none' : JSON.stringify(mark).slice(1, -1))).join(' ');
}
