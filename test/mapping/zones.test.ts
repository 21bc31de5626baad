/** Instants in a partner's zone, through guides: over the changes of clocks, with zones and time codes of their own. */
import assert from 'node:assert/strict';
import { edifact, guideOf, sent, x12 } from './guide-of.ts';

const aperak = (binding: string) => `guide: 1
message: edifact D96A APERAK
canonical: application-advice
segments:
  - BGM: { "01.1": =313, "02": number }
  - DTM: { "01.1": =137, "01.2": "${binding}" }
`;
const advice = (binding: string) => `guide: 1
message: x12 004010 824
canonical: application-advice
segments:
  - BGN: { "01": write 00, "02": number, "03": "${binding}" }
  - OTI: { each: messages, "01": { verdict: { TA: accepted } }, "02": referenceKind, "03": reference }
`;
const answered = { verdict: 'accepted', referenceKind: 'IV', reference: '1' };

async function instant(guideText: string, value: string): Promise<unknown> {
  const guide = await guideOf(guideText);
  const message =
    guide.standard === 'x12'
      ? await x12('824', 'AG', `BGN*00*1*${value}`, 'OTI*TA*IV*1')
      : await edifact('APERAK', 'BGM+313+1', `DTM+137:${value}`);
  const { document, faults } = await guide.read(message);
  assert.deepEqual(
    faults.map(({ message }) => message),
    [],
  );
  return document !== null && 'issuedAt' in document ? document.issuedAt : null;
}

async function written(guideText: string, issuedAt: string): Promise<unknown> {
  const guide = await guideOf(guideText);
  const { wire, faults } = await sent(guide, { number: '1', issuedAt, messages: [answered] });
  assert.deepEqual(faults, []);
  return guide.standard === 'x12'
    ? wire[0]?.split('*').slice(3).join('*')
    : wire[1]?.slice('DTM+137:'.length);
}

describe('Zones of a guide', () => {
  it('are winter and summer, both ways, in EDIFACT', async () => {
    const local = aperak('issuedAt datetime(203) zone(Europe/Berlin)');
    for (const [value, utc] of [
      ['202603290159', '2026-03-29T00:59:00Z'],
      ['202603290300', '2026-03-29T01:00:00Z'],
      ['202610250159', '2026-10-24T23:59:00Z'],
      ['202610250300', '2026-10-25T02:00:00Z'],
    ] as const) {
      assert.equal(await instant(local, `${value}:203`), utc);
      assert.equal(await written(local, utc), `${value}:203`);
    }
  });

  it('take what the clock leaves out as it stood before, and what comes twice as the earlier', async () => {
    const local = aperak('issuedAt datetime(203) zone(Europe/Berlin)');
    assert.equal(await instant(local, '202603290230:203'), '2026-03-29T01:30:00Z');
    assert.equal(await instant(local, '202610250230:203'), '2026-10-25T00:30:00Z');
    assert.equal(await written(local, '2026-10-25T00:30:00Z'), '202610250230:203');
    assert.equal(await written(local, '2026-10-25T01:30:00Z'), '202610250230:203');
  });

  it('tell both hours apart where the layout says the zone', async () => {
    const zoned = aperak('issuedAt datetime(303) zone(Europe/Berlin)');
    for (const [utc, value] of [
      ['2026-10-25T00:30:00Z', '202610250230?+02:303'],
      ['2026-10-25T01:30:00Z', '202610250230?+01:303'],
      ['2026-11-22T09:30:00Z', '202611221030?+01:303'],
    ] as const) {
      assert.equal(await written(zoned, utc), value);
      assert.equal(await instant(zoned, value), utc);
    }
    assert.equal(await instant(zoned, '202611220930EST:303'), '2026-11-22T14:30:00Z');
    assert.equal(
      await written(aperak('issuedAt datetime(303)'), '2026-11-22T09:30:00Z'),
      '202611220930UTC:303',
    );
    assert.equal(
      await written(aperak('issuedAt datetime(205) zone(Asia/Kolkata)'), '2026-11-22T09:30:00Z'),
      '202611221500?+0530:205',
    );
  });

  it('are X12 time codes, read from any zone and written in the guide’s', async () => {
    const chicago = advice('issuedAt datetime(04, 05) zone(America/Chicago)');
    for (const [utc, value] of [
      ['2026-11-01T06:30:00Z', '20261101*0130*CD'],
      ['2026-11-01T07:30:00Z', '20261101*0130*CS'],
      ['2026-03-08T07:59:00Z', '20260308*0159*CS'],
      ['2026-03-08T08:00:30Z', '20260308*030030*CD'],
      ['2027-01-01T02:00:00Z', '20261231*2000*CS'],
    ] as const) {
      assert.equal(await written(chicago, utc), value);
      assert.equal(await instant(chicago, value), utc);
    }
    for (const [value, utc] of [
      ['20261122*0930*UT', '2026-11-22T09:30:00Z'],
      ['20261122*0930*GM', '2026-11-22T09:30:00Z'],
      ['20261122*0930*ES', '2026-11-22T14:30:00Z'],
      ['20260622*0930*ET', '2026-06-22T13:30:00Z'],
      ['20261122*0930*01', '2026-11-22T08:30:00Z'],
      ['20261122*0930*24', '2026-11-22T10:30:00Z'],
      ['20261122*0930*13', '2026-11-22T21:30:00Z'],
      ['20261122*0930*LT', '2026-11-22T15:30:00Z'],
      ['20261122*0930', '2026-11-22T15:30:00Z'],
      ['20261122', '2026-11-22T06:00:00Z'],
    ] as const)
      assert.equal(await instant(chicago, value), utc, value);
  });

  it('are written as hours from UTC where the zone has no letters, else in UTC', async () => {
    const at = '2026-11-22T09:30:00Z';
    for (const [zone, value] of [
      ['Europe/Berlin', '20261122*1030*01'],
      ['Asia/Kolkata', '20261122*0930*UT'],
      ['America/St_Johns', '20261122*0600*NS'],
      ['Pacific/Honolulu', '20261121*2330*HS'],
    ] as const) {
      const guideText = advice(`issuedAt datetime(04, 05) zone(${zone})`);
      assert.equal(await written(guideText, at), value, zone);
      assert.equal(await instant(guideText, value), at, zone);
    }
    assert.equal(await written(advice('issuedAt datetime(04, 05)'), at), '20261122*0930*UT');
  });

  it('are faults where a time code is none', async () => {
    const guide = await guideOf(advice('issuedAt datetime(04, 05) zone(America/Chicago)'));
    const message = await x12('824', 'AG', 'BGN*00*1*20261122*0930*00', 'OTI*TA*IV*1');
    const { document, faults } = await guide.read(message);
    assert.equal(document, null);
    assert.deepEqual(
      [...message.faults, ...faults].map(({ value, at }) => [value, at?.tag, at?.element]),
      [['00', 'BGN', 5]],
    );
  });
});
