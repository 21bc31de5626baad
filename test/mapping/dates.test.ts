/** Dates, times and periods in every layout of the standards, both ways, and local times across the changes of clocks. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layouts, periodLayouts } from '../../src/mapping/layouts.ts';
import { zoneNamed } from '../../src/mapping/zone.ts';
import { edifact, guideOf, problemsOf, x12 } from './guide-of.ts';

const head = (lines: string) => `guide: 1
message: edifact D96A ORDERS
canonical: order
segments:
  - BGM: { "01.1": =220, "02": number }
${lines}
  - LIN: { each: lines, "01": number, "03.1": item.gtin, "03.2": write EN, defaults: { unit: each }, then: [ QTY: { "01.1": =21, "01.2": quantity } ] }
  - UNS: { "01": =S }
defaults: { purpose: original }
`;
const body = ['LIN+1++4000001000104:EN', 'QTY+21:5', 'UNS+S'];

/** Code, text on the wire, the first day and the last (or the day and the time), as the canon has them. */
const days: [code: string, wire: string, first: string, last?: string][] = [
  ['2', '221126', '2026-11-22'],
  ['3', '112226', '2026-11-22'],
  ['4', '22112026', '2026-11-22'],
  ['6', '2026112', '2026-11-16', '2026-11-30'],
  ['101', '261122', '2026-11-22'],
  ['101', '691231', '2069-12-31'],
  ['101', '700101', '1970-01-01'],
  ['102', '20240229', '2024-02-29'],
  ['103', '26477', '2026-11-22'],
  ['105', '26326', '2026-11-22'],
  ['105', '24366', '2024-12-31'],
  ['602', '2026', '2026-01-01', '2026-12-31'],
  ['603', '262', '2026-07-01', '2026-12-31'],
  ['604', '20261', '2026-01-01', '2026-06-30'],
  ['608', '20264', '2026-10-01', '2026-12-31'],
  ['609', '2611', '2026-11-01', '2026-11-30'],
  ['610', '202402', '2024-02-01', '2024-02-29'],
  ['613', '26113', '2026-11-21', '2026-11-30'],
  ['614', '2026022', '2026-02-11', '2026-02-20'],
  ['615', '2653', '2026-12-28', '2027-01-03'],
  ['616', '202001', '2019-12-30', '2020-01-05'],
  ['CD', 'NOV2026', '2026-11-01', '2026-11-30'],
  ['D6', '261122', '2026-11-22'],
  ['DB', '11222026', '2026-11-22'],
  ['KA', '26NOV22', '2026-11-22'],
  ['TQ', '1126', '2026-11-01', '2026-11-30'],
];

const wrong: [code: string, wire: string][] = [
  ['102', '20260231'],
  ['102', '20230229'],
  ['102', '2026112'],
  ['102', '2026112x'],
  ['2', '310226'],
  ['103', '26478'],
  ['105', '26366'],
  ['105', '26000'],
  ['608', '20265'],
  ['604', '20260'],
  ['616', '202553'],
  ['616', '202600'],
  ['614', '2026024'],
  ['203', '202611222400'],
  ['203', '202611220960'],
  ['204', '20261122093060'],
  ['303', '202611220930XYZ'],
  ['205', '202611220930+2500'],
  ['KA', '26NOX22'],
];

describe('Dates of a guide', () => {
  it('reads each layout, and writes what it read as it came', () => {
    for (const [code, wire, first, last = first] of days) {
      const layout = layouts.get(code);
      const moment = layout?.read(wire);
      assert.deepEqual([moment?.first, moment?.last], [first, last], `${code} ${wire}`);
      assert.equal(layout?.write(first, '00:00:00', 0, false, false), wire, code);
      assert.equal(layout?.write(last, '00:00:00', 0, true, false), wire, `${code} at its end`);
    }
  });

  it('takes no day, week or time that there is not', () => {
    for (const [code, wire] of wrong)
      assert.equal(layouts.get(code)?.read(wire), undefined, `${code} ${wire}`);
  });

  it('writes a day into a week, a month or a quarter only when it is the first of it, unless told to cut', () => {
    for (const code of ['610', '616', '608', '602', '604', '6', '614'])
      assert.equal(layouts.get(code)?.write('2026-11-25', '00:00:00', 0, false, false), undefined, code);
    assert.equal(layouts.get('616')?.write('2026-11-25', '00:00:00', 0, false, true), '202648');
    assert.equal(layouts.get('101')?.write('2070-01-01', '00:00:00', 0, false, false), undefined);
  });

  it('is exact for every day and layout of a day', () => {
    const whole = [...layouts.values()].filter(({ unit }) => unit.startsWith('day'));
    const weeks = whole.find(({ code }) => code === '103');
    assert(weeks);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true }),
        fc.constantFrom(...whole),
        (date, layout) => {
          const day = date.toISOString().slice(0, 10);
          const text = layout.write(day, '00:00:00', 0, false, false);
          // Of 2069, the last two days are of week 1 of 2070, and '70' is 1970.
          if (layout.code === '103' && day >= '2069-12-30') assert.equal(text, undefined);
          else assert.equal(layout.read(text ?? '')?.first, day, layout.code);
        },
      ),
      { examples: ['2069-12-29', '2069-12-30', '1970-01-01'].map((day) => [new Date(day), weeks]) },
    );
  });

  it('knows the layout by 2379 beside the value, or by its length', async () => {
    const guide = await guideOf(head('  - DTM: { "01.1": =137, "01.2": orderedOn }'));
    for (const value of ['20261122:102', '261122:101', '26477:103', '221126:2', '20261122', '261122']) {
      const { document } = await guide.read(
        await edifact('ORDERS', 'BGM+220+P1', `DTM+137:${value}`, ...body),
      );
      assert(document && 'orderedOn' in document, value);
      assert.equal(document.orderedOn, '2026-11-22', value);
    }
    const { faults } = await guide.read(await edifact('ORDERS', 'BGM+220+P1', 'DTM+137:202553:616', ...body));
    assert.deepEqual(
      faults.map(({ code, at }) => [code, at?.tag, at?.element, at?.component]),
      [['value-unreadable', 'DTM', 1, 2]],
    );
  });

  it('writes the layout that the guide names, with its code, and says what time came with a day', async () => {
    const guide = await guideOf(head('  - DTM: { "01.1": =137, "01.2": orderedOn date(203) }'));
    const message = await edifact('ORDERS', 'BGM+220+P1', 'DTM+137:202611221530:203', ...body);
    const { document, unmapped } = await guide.read(message);
    assert(document);
    assert.deepEqual(
      unmapped.map(({ tag, element, component, value }) => [tag, element, component, value]),
      [['DTM', 1, 2, '202611221530']],
    );
    const { segments } = await guide.write(document);
    assert.deepEqual(segments[1], { tag: 'DTM', values: [['137', '202611220000', '203']] });
    const fixed = await guideOf(head('  - DTM: { "01.1": =137, "01.2": orderedOn, "01.3": =616 }'));
    assert.deepEqual(
      (await fixed.write(document)).faults.map(({ code }) => code),
      ['value-unwritable'],
    );
  });

  it('reads and writes periods, from the first day of what is named to the last', async () => {
    const cases: [string, string, string, string][] = [
      ['718', '2026112020261125', '2026-11-20', '2026-11-25'],
      ['711', '20261120-20261125', '2026-11-20', '2026-11-25'],
      ['717', '261120261125', '2026-11-20', '2026-11-25'],
      ['716', '202647202648', '2026-11-16', '2026-11-29'],
      ['715', '26472648', '2026-11-16', '2026-11-29'],
      ['710', '202611202612', '2026-11-01', '2026-12-31'],
      ['708', '2026320264', '2026-07-01', '2026-12-31'],
      ['706', '2026120263', '2026-01-01', '2026-12-31'],
      ['704', '2026120262', '2026-01-01', '2026-12-31'],
      ['702', '20262027', '2026-01-01', '2027-12-31'],
      ['701', '2627', '2026-01-01', '2027-12-31'],
    ];
    for (const [code, wire, from, to] of cases) {
      const guide = await guideOf(
        head(`  - DTM: { "01.1": =2, "01.2": "deliverNotBefore to deliverNotAfter date(${code})" }`),
      );
      const message = await edifact('ORDERS', 'BGM+220+P1', `DTM+2:${wire}:${code}`, ...body);
      const { document } = await guide.read(message);
      assert(document && 'deliverNotBefore' in document, code);
      assert.deepEqual([document.deliverNotBefore, document.deliverNotAfter], [from, to], code);
      assert.deepEqual((await guide.write(document)).segments[1]?.values, [['2', wire, code]]);
    }
    assert.equal(periodLayouts.get('RD8')?.shown, 'yyyymmdd-yyyymmdd');
  });

  it('names a wrong layout, zone or place at load', async () => {
    const problems = await problemsOf(
      head(
        '  - DTM: { "01.1": =137, "01.2": orderedOn date(120) }\n  - DTM: { "01.1": =2, "01.2": requestedOn zone(Europe/Berlin) }',
      ),
    );
    assert.match(
      problems[0] ?? '',
      /^acme\/guide.yaml:6 '120' is no layout of a day or an instant\. Did you mean '102'\? Known: 2 ddmmyy, /,
    );
    assert.match(
      problems[1] ?? '',
      /^acme\/guide.yaml:7 'requestedOn' is no date and time, so it has no zone\./,
    );
  });
});

const notice = (binding: string) => `guide: 1
message: x12 004010 856
canonical: ship-notice
segments:
  - BSN: { "01": write 00, "02": number, "03": "${binding}" }
  - HL: { "03": =S, then: [ DTM: { "01": =011, "02": shippedOn }, HL: { each: orders, "03": =O, then: [ PRF: { "01": number }, HL: { each: cartons, "03": =P, then: [ MAN: { "01": =GM, "02": sscc }, HL: { each: items, "03": =I, then: [ LIN: { "01": lineNumber, "02..": { pairs: { UP: item.upc } } }, SN1: { "02": quantity, "03": unit } ] } ] } ] } ] }
`;
const shipped = (bsn: string) =>
  x12(
    '856',
    'SH',
    bsn,
    'HL*1**S',
    'DTM*011*20261122',
    'HL*2*1*O',
    'PRF*P1',
    'HL*3*2*P',
    'MAN*GM*340000010000000014',
    'HL*4*3*I',
    'LIN*1*UP*012345678905',
    'SN1**5*EA',
  );

async function createdAt(
  binding: string,
  bsn: string,
): Promise<[instant: unknown, written: unknown, codes: unknown]> {
  const guide = await guideOf(notice(binding));
  const { document, faults } = await guide.read(await shipped(bsn));
  if (document === null || !('createdAt' in document)) return [null, null, faults.map(({ code }) => code)];
  return [document.createdAt, (await guide.write(document)).segments[0]?.values.slice(2), []];
}

describe('Times of a guide', () => {
  it('keeps seconds where they are, in X12', async () => {
    assert.deepEqual(await createdAt('createdAt datetime(04)', 'BSN*00*1*20261122*0930'), [
      '2026-11-22T09:30:00Z',
      ['20261122', '0930'],
      [],
    ]);
    assert.deepEqual(await createdAt('createdAt datetime(04)', 'BSN*00*1*20261122*093015'), [
      '2026-11-22T09:30:15Z',
      ['20261122', '093015'],
      [],
    ]);
    assert.deepEqual(await createdAt('createdAt datetime(04) cut', 'BSN*00*1*20261122*093015'), [
      '2026-11-22T09:30:15Z',
      ['20261122', '0930'],
      [],
    ]);
    assert.equal(
      (await createdAt('createdAt datetime(04)', 'BSN*00*1*20261122*09301525'))[0],
      '2026-11-22T09:30:15.25Z',
    );
  });

  it('takes a local time for its zone, and writes it back', async () => {
    const zoned = 'createdAt datetime(04) zone(Europe/Berlin)';
    assert.deepEqual(await createdAt(zoned, 'BSN*00*1*20261122*0030'), [
      '2026-11-21T23:30:00Z',
      ['20261122', '0030'],
      [],
    ]);
    assert.deepEqual(await createdAt(zoned, 'BSN*00*1*20260622*0030'), [
      '2026-06-21T22:30:00Z',
      ['20260622', '0030'],
      [],
    ]);
    const problems = await problemsOf(notice('createdAt datetime(04) zone(Europe/Berlni)'));
    assert.match(
      problems[0] ?? '',
      /There is no time zone 'Europe\/Berlni'\. Did you mean 'Europe\/Berlin'\?/,
    );
    const misplaced = await problemsOf(notice('createdAt datetime(05)'));
    assert.match(misplaced[0] ?? '', /BSN element 5 \(1005, .*\) holds no time\. BSN has it in element 04\./);
  });

  it('decides what a clock that is put back or forward shows', () => {
    const berlin = zoneNamed('Europe/Berlin');
    assert(berlin);
    const instant = (local: string) => new Date(berlin.toUtc(Date.parse(`${local}Z`))).toISOString();
    assert.equal(instant('2026-10-25T01:59:59'), '2026-10-24T23:59:59.000Z');
    assert.equal(instant('2026-10-25T02:30:00'), '2026-10-25T00:30:00.000Z');
    assert.equal(instant('2026-10-25T03:00:00'), '2026-10-25T02:00:00.000Z');
    assert.equal(instant('2026-03-29T01:59:59'), '2026-03-29T00:59:59.000Z');
    assert.equal(instant('2026-03-29T02:30:00'), '2026-03-29T01:30:00.000Z');
    assert.equal(instant('2026-03-29T03:00:00'), '2026-03-29T01:00:00.000Z');
  });

  it('gives each local time of a zone back, but for the hour that comes twice', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Asia/Kathmandu',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1980, 0) / 60_000, max: Date.UTC(2090, 0) / 60_000 }),
        (name, minutes) => {
          const zone = zoneNamed(name);
          assert(zone);
          const utc = minutes * 60_000;
          const local = utc + zone.offsetAt(utc) * 60_000;
          const back = zone.toUtc(local);
          if (back !== utc) assert.equal(back + zone.offsetAt(back) * 60_000, local, name);
          assert.ok(back <= utc, name);
        },
      ),
    );
  });
});

const dated = (binding: string) => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": { type: { SA: standalone } }, "03": number, "05": orderedOn }
  - DTM: { "01": =002, ${binding} }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit, "06..": { pairs: { VN: item.sellerId } } }
`;

describe('Dates of X12', () => {
  it('reads and writes element 1251 by its 1250', async () => {
    const cases: [string, string, string, string][] = [
      ['"06": requestedOn', 'D8', '20261122', '2026-11-22'],
      ['"06": requestedOn date(D6)', 'D6', '261122', '2026-11-22'],
      ['"06": requestedOn date(CM)', 'CM', '202611', '2026-11-01'],
    ];
    for (const [binding, code, wire, day] of cases) {
      const guide = await guideOf(dated(binding));
      const { document } = await guide.read(
        await x12('850', 'PO', 'BEG*00*SA*P1**20261120', `DTM*002****${code}*${wire}`, 'PO1*1*5*EA***VN*A'),
      );
      assert(document && 'requestedOn' in document, binding);
      assert.equal(document.requestedOn, day);
      assert.deepEqual((await guide.write(document)).segments[1]?.values, ['002', '', '', '', code, wire]);
    }
    const period = await guideOf(dated('"06": shipNotBefore to shipNotAfter'));
    const { document } = await period.read(
      await x12(
        '850',
        'PO',
        'BEG*00*SA*P1**20261120',
        'DTM*002****RD8*20261120-20261125',
        'PO1*1*5*EA***VN*A',
      ),
    );
    assert(document);
    assert.deepEqual((await period.write(document)).segments[1]?.values, [
      '002',
      '',
      '',
      '',
      'RD8',
      '20261120-20261125',
    ]);
  });
});
