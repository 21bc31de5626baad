import assert from 'node:assert/strict';
import { Answers } from './partner-answers.ts';

describe('reconcile: the content of what we sent', () => {
  let partner: Answers;
  before(async function () {
    this.timeout(60_000);
    partner = await Answers.open();
  });
  after(() => partner?.desk.close());
  afterEach(async () => {
    await partner.desk.rows('update faults set waiting = false');
  });

  it('an 824 by control numbers: the form was accepted, the content is refused, and both are kept', async () => {
    const sent = await partner.respond('CONTENT');
    await partner.say997(sent, 'A');
    const before = await partner.owed();
    await partner.give(
      '824',
      [
        'BGN*11*1*20261122',
        `OTI*TR*PO*CONTENT*****${sent.group}*${sent.message}*855`,
        'TED*MG**PO1*6*7**0499',
      ],
      'AG',
    );
    const { state, answer } = await partner.documentOf('CONTENT');
    assert.equal(state, 'refused');
    assert.deepEqual([answer?.level, answer?.type], ['application', '824']);
    assert.deepEqual(
      answer?.words.map(({ level, verdict }) => [level, verdict]),
      [
        ['syntax', 'accepted'],
        ['application', 'rejected'],
      ],
    );
    assert.deepEqual(answer?.findings[0]?.at, { segment: 6, tag: 'PO1', element: 7 });
    assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
    assert.equal(await partner.owed(), before + 1, 'an 824 is acknowledged by a 997 of ours');
    await partner.say997(sent, 'A');
    assert.equal((await partner.documentOf('CONTENT')).state, 'refused');
    assert.equal(await partner.owed(), before + 1, 'a 997 is not');
  });

  it('an 824 before its 997', async () => {
    const sent = await partner.respond('EARLY');
    await partner.give(
      '824',
      ['BGN*11*1*20261122', `OTI*TA*TN*1*****${sent.group}*${sent.message}*855`],
      'AG',
    );
    assert.equal((await partner.documentOf('EARLY')).state, 'confirmed');
    await partner.say997(sent, 'R');
    assert.deepEqual(
      [(await partner.documentOf('EARLY')).state, (await partner.documentOf('EARLY')).answer?.type],
      ['refused', '997'],
    );
  });

  it('an 824 by the order number, which refuses a part', async () => {
    await partner.respond('BYNUMBER');
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TP*PO*BYNUMBER', 'TED*012'], 'AG');
    const { state, answer } = await partner.documentOf('BYNUMBER');
    assert.deepEqual([state, answer?.verdict], ['refused', 'partly']);
    assert.match(
      (await partner.told())[0]?.message ?? '',
      /^The partner refused a part of our 855 by its 824: The combination is invalid/,
    );
  });

  it('an 824 that speaks of nothing of ours, or of several things, waits', async () => {
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*NOBODY', 'TED*006'], 'AG');
    const [only] = await partner.told();
    assert.equal(only?.code, 'acknowledgment-unmatched');
    assert.match(only?.message ?? '', /message \(PO NOBODY\).*it came before \(TED01 006\)/);

    const { id } = await partner.respond('SEVERAL');
    await partner.desk.rows(
      `insert into documents (kind, partner, agreement, subject, order_id, test, state, transmission_id, group_control, message_control)
         select '856', partner, agreement, 'shipment:several', order_id, test, 'sent', transmission_id, group_control, '0002'
         from documents where id = ?`,
      [id],
    );
    await partner.desk.rows('update faults set waiting = false');
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*SEVERAL', 'TED*006'], 'AG');
    assert.deepEqual(await partner.desk.waiting(), ['acknowledgment-ambiguous']);
    assert.equal((await partner.documentOf('SEVERAL')).state, 'written');
    await partner.desk.rows('update faults set waiting = false');
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*SEVERAL*******855', 'TED*006'], 'AG');
    assert.equal((await partner.documentOf('SEVERAL')).state, 'refused');
  });

  it('an 824 by the number of a shipment, with the letters that a guide puts before it', async () => {
    const { id, order } = await partner.respond('SHIPPED');
    const [shipment] = await partner.desk.rows<{ id: string }>(
      `insert into shipments (order_id, partner, number, document, shipped_on) values (?, 'acme', '7123', '{}', '2026-11-22') returning id`,
      [order],
    );
    const [notice] = await partner.desk.rows<{ id: string }>(
      `insert into documents (kind, partner, agreement, subject, order_id, shipment_id, test, state, transmission_id, message_control)
       select '856', partner, agreement, 'shipment:7123', order_id, ?, test, 'sent', transmission_id, '0002'
       from documents where id = ? returning id`,
      [shipment?.id, id],
    );
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TR*SI*SN7123', 'TED*119'], 'AG');
    const [found] = await partner.desk.rows('select state from documents where id = ?', [notice?.id]);
    assert.deepEqual(found, { state: 'refused' });
    assert.equal((await partner.documentOf('SHIPPED')).state, 'written');
  });

  it('an 824 whose control numbers are not ours, but whose order number is', async () => {
    await partner.respond('QUOTED');
    const ours = ['OTI*TR*PO*QUOTED*****888888*0001*855', 'TED*006'];
    const theirs = ['OTI*TR*PO*NOTOURS*****888888*0002*855', 'TED*006'];
    await partner.give('824', ['BGN*11*1*20261122', ...ours, ...theirs], 'AG');
    assert.equal((await partner.documentOf('QUOTED')).state, 'refused');
    const told = await partner.told();
    assert.deepEqual(
      told.map(({ code }) => code),
      ['document-refused', 'acknowledgment-unmatched'],
    );
    assert.match(told[1]?.message ?? '', /speaks of 855 0002, which/);
  });

  it('numbers that are ours and do not belong together', async () => {
    await partner.respond('ONE');
    await partner.respond('OTHER');
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*ONE', 'REF*PO*OTHER', 'TED*006'], 'AG');
    assert.deepEqual(await partner.desk.waiting(), ['acknowledgment-ambiguous']);
    assert.equal((await partner.documentOf('ONE')).state, 'written');
  });

  it('an 824 that has the document on hold is no verdict', async () => {
    const sent = await partner.respond('ONHOLD');
    await partner.give('824', ['BGN*11*1*20261122', 'OTI*TH*PO*ONHOLD'], 'AG', '005010');
    assert.equal((await partner.documentOf('ONHOLD')).state, 'written');
    assert.deepEqual((await partner.eventsOf(sent)).slice(-1), ['reached']);
  });

  it('an APERAK by the order number, by our own number, by the interchange; and it is answered by a CONTRL', async () => {
    const before = await partner.owed();
    const first = await partner.respondEdifact('APERAK1');
    await partner.sayAperak('BGM+313+A1+9', 'RFF+ON:APERAK1', 'ERC+12', 'FTX+AAO+++no such item', 'RFF+LI:1');
    const { state, answer } = await partner.documentOf('APERAK1');
    assert.deepEqual(
      [state, answer?.level, answer?.findings[0]?.at],
      ['refused', 'application', { lineNumber: '1' }],
    );
    assert.match(
      (await partner.told())[0]?.message ?? '',
      /our ORDRSP by its APERAK: Line 1: they write 'no such item' \(9321 12\)/,
    );
    assert.equal(await partner.owed(), before + 2, 'one CONTRL for the order, one for the APERAK');

    const second = await partner.respondEdifact('APERAK2');
    await partner.sayAperak('BGM+312+A2+9', `RFF+POR:${second.order}`);
    assert.equal((await partner.documentOf('APERAK2')).state, 'confirmed');

    const third = await partner.respondEdifact('APERAK3');
    await partner.sayAperak('BGM+312+A3+9', `RFF+ACW:${third.interchange}`);
    assert.equal((await partner.documentOf('APERAK3')).state, 'confirmed');
    assert.equal((await partner.documentOf('APERAK1')).answer?.words.length, 1, first.id);
  });

  it('an APERAK that names nothing waits', async () => {
    await partner.sayAperak('BGM+313+A9+9', 'ERC+1', 'FTX+AAO+++who are you');
    assert.deepEqual(await partner.desk.waiting(), ['acknowledgment-unmatched']);
    assert.match((await partner.told())[0]?.message ?? '', /who are you/);
  });

  it('an 864 is shown to people, and acknowledged', async () => {
    const before = await partner.owed();
    const body = ['BMG*00*Ship notices', 'MIT*1', 'MSG*BSN02 IS NOT UNIQUE', 'MSG*CALL US'];
    assert.equal(await partner.give('864', body, 'TX'), 'held');
    const [only] = await partner.told();
    assert.deepEqual(
      [only?.code, only?.message],
      ['text-from-partner', 'The partner writes: Ship notices\nBSN02 IS NOT UNIQUE\nCALL US'],
    );
    assert.equal(await partner.owed(), before + 1);

    await partner.give(
      '864',
      ['BMG*00', 'MIT*1', ...Array.from({ length: 50 }, () => `MSG*${'X'.repeat(60)}`)],
      'TX',
    );
    assert.match((await partner.told())[1]?.message ?? '', /X… \(the rest is in the delivery\)$/);
  });
});
