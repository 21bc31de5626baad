import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { trials } from '../support/trials.ts';
import { bytes, edifact, eventsOf, eventsOfCut, isa, order, orders, x12 } from './samples.ts';

const small: Record<string, string | Buffer> = {
  'X12 on one line': x12(order),
  'X12 with CR LF': x12(order).replaceAll('~', '~\r\n'),
  'X12 with line ends as terminators': x12(order).replaceAll('~', '\n'),
  'X12 with CR LF as terminators': x12(order).replaceAll('~', '\r\n'),
  'X12 wrapped at 80 columns': x12(order).replace(/.{80}/gs, '$&\r\n'),
  'X12 not padded': x12(order).replace(isa, isa.replaceAll(/ +\*/g, '*')),
  'X12 behind a byte order mark and blanks': `\xef\xbb\xbf \r\n${x12(order)}\r\n\0\x1a`,
  'two X12 interchanges with other separators':
    x12(order) + x12(order).replaceAll('*', '|').replaceAll('~', '!'),
  'X12 without IEA, then EDIFACT': x12(order).replace(/IEA.*/, '') + edifact(orders),
  'X12 cut in a segment': x12(order).slice(0, -60),
  'X12 without a last terminator': x12(order).slice(0, -1),
  'X12 with TA1': x12(order).replace('~GS', '~TA1*000000007*261122*0900*A*000~GS'),
  'X12 with a BIN segment': x12(['BEG*00*SA*1**20261122', 'BIN*5*a~b*c', ...order.slice(3)]),
  'X12 with UTF-8': Buffer.from(
    x12(['BEG*00*SA*1**20261122', 'N1*ST*Käserei 17', ...order.slice(3)]),
    'utf8',
  ),
  'EDIFACT on one line': edifact(orders),
  'EDIFACT with UNA': edifact(orders, 'ORDERS', 'D:96A:UN:EAN008', "UNA:+.? '\r\n"),
  'EDIFACT with other characters': edifact(['BGM+220+X+9', ...orders.slice(1, 2)])
    .replaceAll('+', '|')
    .replaceAll("'", '\x1c')
    .replace(/^/, 'UNA:|,! \x1c'),
  'EDIFACT with syntax 4 repetitions': edifact(['BGM+220+A*B+9']).replace('UNOC:3', 'UNOC:4'),
  'EDIFACT in UTF-8 under another label': Buffer.from(edifact(['BGM+220+Bestellung für Jörg+9']), 'utf8'),
  'EDIFACT wrapped': edifact(orders).replace(/.{80}/gs, '$&\n'),
  'EDIFACT cut behind a release character': edifact(orders).slice(0, edifact(orders).indexOf('?+') + 1),
  'UNA without UNB': `UNA:+.? 'XXX+1'${edifact(orders)}`,
  'bytes that are no EDI': 'Dear Sir, ISA is attached. UNB too; ISA*',
  'bytes between interchanges': `${edifact(orders)}-- ISAAC UNO --\n${x12(order)}rubbish`,
  'an empty file': '',
};

describe('any cutting of the file gives the same events', () => {
  for (const [name, text] of Object.entries(small)) {
    it(`${name}: cut at every place`, async () => {
      const file = typeof text === 'string' ? bytes(text) : text;
      const whole = await eventsOf(file);
      for (let cut = 1; cut < file.length; cut += 1) {
        assert.deepEqual(eventsOfCut(file, [cut]), whole, `cut at ${cut}`);
      }
      const everywhere = Array.from({ length: Math.max(0, file.length - 1) }, (_, index) => index + 1);
      assert.deepEqual(eventsOfCut(file, everywhere), whole, 'byte by byte');
    });
  }

  it('larger files: random cuts', async () => {
    const files = [bytes(large(x12, order, '~')), bytes(large(edifact, orders, "'"))];
    for (const file of files) {
      const whole = await eventsOf(file);
      assert.ok(whole.length > 100);
      const cut = fc.uniqueArray(fc.integer({ min: 1, max: file.length - 1 }), { maxLength: 40 });
      fc.assert(
        fc.property(cut, (cuts) => {
          assert.deepEqual(
            eventsOfCut(
              file,
              cuts.toSorted((a, b) => a - b),
            ),
            whole,
          );
        }),
        { numRuns: trials(15) },
      );
    }
  });

  it('random bytes and damaged files: no throw, the same events', () => {
    const piece = fc.constantFrom(
      ...[
        'ISA*',
        "UNA:+.? '",
        'UNB+',
        'ST*850*1',
        '~',
        "'",
        '\n',
        '\0',
        '?',
        '\xff',
        x12(order),
        edifact(orders),
      ],
    );
    const noise = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array).toString('latin1'));
    const text = fc.array(fc.oneof(piece, noise), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(), (content, at) => {
        const file = bytes(content);
        const cut = file.length < 2 ? [] : [1 + (at % (file.length - 1))];
        assert.deepEqual(eventsOfCut(file, cut), eventsOfCut(file, []));
      }),
      { numRuns: trials(300) },
    );
  });

  it('damaged single bytes of a good file: no throw, always closed', async () => {
    for (const text of [x12(order), edifact(orders)]) {
      const file = bytes(text);
      for (let at = 0; at < file.length; at += 1) {
        const damaged = Buffer.from(file);
        damaged[at] = 0x2a;
        const events = eventsOfCut(damaged, []);
        const count = (kind: string) => events.filter((event) => event.kind === kind).length;
        assert.equal(count('interchange'), count('interchange-end'), `byte ${at}`);
        assert.equal(count('group'), count('group-end'), `byte ${at}`);
      }
    }
  });

  it('takes chunks of any size from the source', async () => {
    const file = bytes(x12(order));
    const single = Array.from(file, (byte) => Uint8Array.of(byte));
    const events = [];
    for await (const event of readInterchanges(single)) events.push(event);
    assert.deepEqual(events, await eventsOf(file));
  });
});

/** One interchange of a hundred messages, with its counts. */
function large(wrap: typeof x12, body: readonly string[], end: string): string {
  const one = wrap(body);
  const isX12 = wrap === x12;
  const [from, to] = isX12
    ? [one.indexOf('ST*'), one.indexOf('GE*')]
    : [one.indexOf('UNH'), one.indexOf('UNZ')];
  const messages = Array.from({ length: 100 }, (_, index) => {
    const control = String(index + 1).padStart(4, '0');
    const text = one.slice(from, to);
    return isX12
      ? text.replaceAll('*0001~', `*${control}~`)
      : text.replace('UNH+1+', `UNH+${control}+`).replace(/\+1'$/, `+${control}${end}`);
  });
  return one.slice(0, from) + messages.join('') + one.slice(to).replace(/([EZ][*+])1/, '$1100');
}
