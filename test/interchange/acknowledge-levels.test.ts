/** Every error that the reader gives is told by a code of its own, at its level, on every wire that can carry it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type Fault, type FaultCode, fault, readerFaultCodes, wireAnswer } from '../../src/fault.ts';
import { acknowledge } from '../../src/interchange/acknowledge.ts';
import { ta1For } from '../../src/interchange/acknowledge-ta1.ts';
import type { InterchangeEvent } from '../../src/interchange/interchange.ts';
import type { Receipt } from '../../src/interchange/receipt.ts';
import type { OutSegment } from '../../src/interchange/write.ts';
import {
  edifact,
  edifactSeparators,
  group,
  implied,
  message,
  orders,
  x12,
  x12Separators,
} from './acknowledge-cases.ts';
import { eventsOf } from './samples.ts';

type Level = 'interchange' | 'group' | 'message' | 'segment' | 'element';

/** Where the reader gives a fault: x: X12, e: EDIFACT; i interchange, g group, m message, s segment, d element. */
const levels: Readonly<Record<string, string>> = {
  // No interchange, and so nobody to answer.
  'not-edi': '',
  'file-empty': '',
  'stray-bytes': '',
  'byte-order-mark': 'xi ei',
  'leading-blanks': 'xi ei',
  'isa-length': 'xi',
  'newline-terminator': 'xi',
  'line-wrapped': 'xi ei',
  'separators-clash': 'xi ei',
  'header-unreadable': 'xi ei',
  'header-element-missing': 'xg eg',
  'header-element-invalid': 'xg eg',
  'authorization-invalid': 'xi',
  'security-invalid': 'xi',
  'sender-qualifier-invalid': 'xi',
  'sender-missing': 'xi ei',
  'receiver-qualifier-invalid': 'xi',
  'receiver-missing': 'xi ei',
  'interchange-date-invalid': 'xi ei',
  'interchange-time-invalid': 'xi ei',
  'interchange-standard-invalid': 'xi',
  'interchange-version-invalid': 'xi ei',
  'interchange-control-invalid': 'xi ei',
  'acknowledgment-flag-invalid': 'xi ei',
  'usage-indicator-invalid': 'xi ei',
  'interchange-trailer-missing': 'xi ei',
  'file-truncated': 'xi ei',
  'terminator-missing': 'xi ei',
  'interchange-control-mismatch': 'xi ei',
  'interchange-count-mismatch': 'xi ei',
  'interchange-empty': 'xi ei',
  'segment-outside-message': 'xi xg ei eg',
  'trailer-without-header': 'xi xg ei',
  'group-header-missing': 'xg',
  'group-trailer-missing': 'xg eg',
  'group-control-mismatch': 'xg eg',
  'message-count-mismatch': 'xg eg',
  'group-control-invalid': 'xg eg',
  'group-control-repeated': 'xg eg',
  'groups-too-many': 'xi ei',
  'groups-mixed': 'ei',
  'ta1-misplaced': 'xi',
  'ta1-too-many': 'xi',
  'header-control-character': 'xi xg ei eg',
  'character-set-mismatch': 'ei',
  'message-unknown': 'xm em',
  'message-type-missing': 'xm em',
  'message-control-missing': 'xm em',
  'message-control-repeated': 'xm em',
  'message-trailer-missing': 'xm em',
  'message-control-mismatch': 'xm em',
  'segment-count-mismatch': 'xm em',
  'release-substituted': 'xm em',
  'association-unknown': 'em',
  'group-type-mismatch': 'xm em',
  'message-too-large': 'xm em',
  'lines-too-many': 'xs es',
  'faults-cut': 'xm em',
  'segment-unknown': 'xs es',
  'segment-not-in-message': 'xs es',
  'segment-unexpected': 'xs es',
  'segment-out-of-order': 'xs es',
  'segment-missing': 'xs es',
  'segment-too-often': 'xs es',
  'loop-too-often': 'xs es',
  'segment-too-long': 'xi xs ei es',
  'elements-too-many': 'xs es',
  'binary-length-wrong': 'xs xd',
  'tag-invalid': 'xs es',
  'element-missing': 'xm em xd ed',
  'elements-required': 'xd ed',
  'elements-exclusive': 'xd ed',
  'element-too-many': 'xm em xd ed',
  'component-too-many': 'em xd ed',
  'element-repeated': 'em xd ed',
  'element-too-short': 'xm em xd ed',
  'element-too-long': 'xm em xd ed',
  'control-character': 'xm em xs es xd ed',
  'character-invalid': 'xd ed',
  'number-invalid': 'xm em xd ed',
  'letters-invalid': 'ed',
  'decimal-mark-wrong': 'ed',
  'code-invalid': 'xm em xd ed',
  'date-invalid': 'xd ed',
  'time-invalid': 'xd',
  'level-id-repeated': 'xd ed',
  'level-parent-unknown': 'xd ed',
  'level-circle': 'xd ed',
  'level-child-code': 'xd',
  'line-total-mismatch': 'xd ed',
  'quantity-total-mismatch': 'xd ed',
  'check-digit-wrong': 'xd ed',
};

const letters: Readonly<Record<Level, string>> = {
  interchange: 'i',
  group: 'g',
  message: 'm',
  segment: 's',
  element: 'd',
};
const serviceTags = new Set(['ST', 'SE', 'UNH', 'UNT']);

function levelsOf(code: FaultCode): readonly { standard: 'x12' | 'edifact'; level: Level }[] {
  return (levels[code] ?? '').split(' ').flatMap((word) => {
    const level = (Object.keys(letters) as Level[]).find((one) => letters[one] === word[1]);
    return level === undefined ? [] : ([{ standard: word[0] === 'x' ? 'x12' : 'edifact', level }] as const);
  });
}

/** A fault as the reader places it at a level. */
function placed(code: FaultCode, standard: 'x12' | 'edifact', level: Level): Fault {
  const x = standard === 'x12';
  const [header, line] = x ? ['ST', 'PO1'] : ['UNH', 'LIN'];
  const at = {
    interchange: { tag: x ? 'IEA' : 'UNZ', element: 2 },
    group: { tag: x ? 'GE' : 'UNE', element: 2 },
    message: { segment: 1, tag: header, element: 1 },
    segment: { segment: 4, tag: line },
    element: { segment: 4, tag: line, element: 2 },
  }[level];
  return { ...fault(code, { value: 'X' }, at), severity: 'error' };
}

function receiptWith(found: Fault, standard: 'x12' | 'edifact', level: Level, version: string): Receipt {
  const faults = [found];
  const refused = { verdict: 'rejected', faults } as const;
  if (standard === 'x12') {
    const messages = [level === 'group' || level === 'interchange' ? message() : message(refused)];
    const inner = group({ messages, version, ...(level === 'group' ? refused : {}) });
    return x12({ groups: [inner], ...(level === 'interchange' ? refused : {}) });
  }
  const inside = level !== 'group' && level !== 'interchange';
  const one = orders(inside ? refused : {});
  const named = group({ type: 'ORDERS', control: 'G1', messages: [one], ...refused });
  return edifact({
    groups: [level === 'group' ? named : implied([one])],
    ...(level === 'interchange' ? refused : {}),
  });
}

/** Segment and element of the answer where the code of a level stands. */
const places = {
  '997': { group: ['AK9', 5], message: ['AK5', 2], segment: ['AK3', 4], element: ['AK4', 3] },
  '999': { group: ['AK9', 5], message: ['IK5', 2], segment: ['IK3', 4], element: ['IK4', 3] },
  CONTRL: {
    interchange: ['UCI', 5],
    group: ['UCF', 5],
    message: ['UCM', 4],
    segment: ['UCS', 2],
    element: ['UCD', 1],
  },
} as const;

function told(segments: readonly OutSegment[], [tag, element]: readonly [string, number]): string {
  return String(segments.find((segment) => segment.tag === tag)?.values[element - 1] ?? '');
}

describe('levels of acknowledgment', () => {
  it('are known of every fault of the reader', () => {
    assert.deepEqual(Object.keys(levels).sort(), [...readerFaultCodes].sort());
  });

  for (const code of readerFaultCodes) {
    const error = fault(code).severity === 'error';
    for (const { standard, level } of error ? levelsOf(code) : []) {
      it(`${code}: ${standard}, ${level}`, () => {
        if (standard === 'edifact') assertContrl(code, level);
        else if (level === 'interchange') assertTa1(code);
        else assertFunctional(code, level);
      });
    }
  }

  function assertTa1(code: FaultCode): void {
    const { ta105 } = wireAnswer(code);
    assert.match(ta105 ?? '', /^0(?!00)\d\d$/);
    const receipt = receiptWith(placed(code, 'x12', 'interchange'), 'x12', 'interchange', '004010');
    assert.deepEqual(ta1For(receipt, x12Separators).values.slice(3), ['R', ta105]);
  }

  function assertFunctional(code: FaultCode, level: Exclude<Level, 'interchange'>): void {
    const { ak304, ak403, ak502, ak905, ik304, ik403, ik502 } = wireAnswer(code);
    const ofSet = ak502 ?? '6';
    const older = { group: ak905, message: ofSet, segment: ak304, element: ak403 }[level];
    const newer = { group: ak905, message: ik502 ?? ofSet, segment: ik304 ?? ak304, element: ik403 ?? ak403 };
    for (const [version, type, expected] of [
      ['004010', '997', older],
      ['005010', '999', newer[level]],
    ] as const) {
      const receipt = receiptWith(placed(code, 'x12', level), 'x12', level, version);
      const [answer] = acknowledge(receipt, { separators: x12Separators, implementation: type === '999' });
      assert.equal(answer?.type, type);
      assert.ok(expected !== undefined, `${code} has no code at the level ${level}`);
      assert.equal(told(answer?.segments ?? [], places[type][level]), expected);
    }
  }

  function assertContrl(code: FaultCode, level: Level): void {
    const { uci, ucm, ucs, ucd } = wireAnswer(code);
    const row = { interchange: uci, group: uci, message: ucm ?? ucd ?? ucs, segment: ucs, element: ucd };
    const expected = row[level];
    const receipt = receiptWith(placed(code, 'edifact', level), 'edifact', level, '');
    const [answer] = acknowledge(receipt, { separators: edifactSeparators });
    assert.ok(expected !== undefined, `${code} has no code at the level ${level}`);
    assert.equal(told(answer?.segments ?? [], places.CONTRL[level]), expected);
  }

  it('are those at which the reader gives the faults of every case', async () => {
    const seen = new Set<string>();
    for (const text of receivedTexts()) for (const one of seenIn(await eventsOf(text))) seen.add(one);
    const unknown = [...seen].filter((one) => {
      const [code = '', at = ''] = one.split(' ');
      return !(levels[code] ?? '').split(' ').includes(at);
    });
    assert.deepEqual(unknown, []);
    assert.ok(seen.size > 60, String(seen.size));
  });

  function receivedTexts(): readonly Buffer[] {
    const home = new URL('./acknowledge-cases/', import.meta.url);
    return readdirSync(home).flatMap((kind) =>
      readdirSync(new URL(`${kind}/`, home)).map((file) => {
        const text = readFileSync(new URL(`${kind}/${file}`, home), 'latin1');
        return Buffer.from(/<<< received\n([\s\S]*)>>> answer/.exec(text)?.[1] ?? '', 'latin1');
      }),
    );
  }

  /** 'code xd' for each fault, by where its event and position stand. */
  function seenIn(events: readonly InterchangeEvent[]): readonly string[] {
    let standard = 'x';
    return events.flatMap((event) => {
      if (event.kind === 'interchange') standard = event.standard === 'x12' ? 'x' : 'e';
      if (!('faults' in event) || event.kind === 'stray') return [];
      const levelAt = ({ at }: Fault): string => {
        if (event.kind === 'interchange-end') return 'i';
        if (event.kind === 'group-end') return 'g';
        if (at?.segment === undefined || serviceTags.has(at.tag ?? '')) return 'm';
        return at.element === undefined ? 's' : 'd';
      };
      return event.faults.map((one) => `${one.code} ${standard}${levelAt(one)}`);
    });
  }
});
