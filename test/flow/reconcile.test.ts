import assert from 'node:assert/strict';
import { deliveryPage } from '../../src/console/delivery-page.ts';
import type { DocumentAnswer } from '../../src/flow/settle.ts';
import { Desk, edifact, orders, purchaseOrder, set, x12 } from './steps.ts';

interface Sent {
  readonly id: string;
  readonly order: string;
  readonly state: string;
  readonly group: string;
  readonly message: string;
  readonly interchange: string;
  readonly transmission: string;
  readonly answer: DocumentAnswer | null;
}

/** What partners say of what we sent: an 855 to acme, an ORDRSP to umber. */
describe('reconcile', () => {
  let desk: Desk;
  let next = 100;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());
  afterEach(async () => {
    await desk.rows('update faults set waiting = false');
  });

  const number = () => {
    next += 1;
    return next;
  };

  async function documentOf(order: string): Promise<Sent> {
    const [found] = await desk.rows<Sent>(
      `select d.id, o.id as order, d.state, d.group_control as group, d.message_control as message, t.control as interchange,
         t.id as transmission, d.answer
       from documents d join orders o on o.id = d.order_id join transmissions t on t.id = d.transmission_id
       where o.number = ? and d.kind in ('855', 'ORDRSP')`,
      [order],
    );
    assert.ok(found !== undefined, `a response to ${order}`);
    return found;
  }

  async function respond(order: string): Promise<Sent> {
    await desk.give('acme-box', x12([purchaseOrder(order)], number()));
    return documentOf(order);
  }

  async function respondEdifact(order: string): Promise<Sent> {
    await desk.give('umber-box', edifact(orders(order), String(number())));
    return documentOf(order);
  }

  const give = (type: string, body: readonly string[], group = 'FA', version = '004010') =>
    desk.give('acme-box', x12([set(type, '0001', body)], number(), { group, version }));

  /** A 997 about one 855. */
  const say997 = ({ group, message }: Sent, code: string, ...errors: string[]) =>
    give('997', [
      `AK1*PR*${group}`,
      `AK2*855*${message}`,
      ...errors,
      `AK5*${code}`,
      `AK9*${code}*1*1*${code === 'R' ? 0 : 1}`,
    ]);

  const giveEdifact = (version: string, body: readonly string[]) =>
    desk.give(
      'umber-box',
      edifact(
        [`UNH+1+${version}`, ...body, `UNT+${body.length + 2}+1`].map((one) => `${one}'`).join(''),
        String(number()),
      ),
    );
  const sayContrl = ({ interchange, message }: Sent, whole: string, one?: string) =>
    giveEdifact('CONTRL:2:2:UN:EAN002', [
      `UCI+${interchange}+4000001000005:14+4000001000012:14+${whole}`,
      ...(one === undefined ? [] : [`UCM+${message}+ORDRSP:D:96A:UN:EAN005+${one}`, 'UCS+4', 'UCD+12+2:2']),
    ]);
  const sayAperak = (...body: string[]) => giveEdifact('APERAK:D:96A:UN:EAN001', body);

  /** A person asks to send it again, and it was. */
  const resent = ({ transmission }: Sent) =>
    desk.rows('update transmissions set attempts = greatest(attempts, 1) + 1 where id = ?', [transmission]);

  const told = () =>
    desk.rows<{ code: string; message: string; document_id: string | null }>(
      'select code, message, document_id from faults where waiting order by id',
    );
  const eventsOf = async ({ id }: Sent) =>
    (
      await desk.rows<{ kind: string }>('select kind from events where document_id = ? order by id', [id])
    ).map(({ kind }) => kind);
  const owed = async () =>
    (
      await desk.rows<{ n: number }>(
        `select count(*)::int as n from documents where subject like 'interchange:%'`,
      )
    )[0]?.n ?? 0;

  describe('the form of what we sent', () => {
    it('a 997 that refuses: the document says why, down to the element, and a person is told', async () => {
      const sent = await respond('R997');
      await say997(sent, 'R', 'AK3*BAK*2**8', 'AK4*2*587*7*AD');
      const { state, answer, id } = await documentOf('R997');
      assert.equal(state, 'refused');
      assert.deepEqual([answer?.level, answer?.type, answer?.verdict], ['syntax', '997', 'rejected']);
      assert.deepEqual(answer?.findings[0]?.at, { segment: 2, tag: 'BAK', element: 2, dataElement: '587' });
      assert.deepEqual(await told(), [
        {
          code: 'document-refused',
          document_id: id,
          message:
            "The partner refused our 855 by its 997: Segment 2 (BAK, second element): the code is not allowed (AK403 7); it reads 'AD'.",
        },
      ]);
    });

    it('a 999, with its own codes', async () => {
      const { group, message } = await respond('R999');
      await give(
        '999',
        [
          `AK1*PR*${group}*004010`,
          `AK2*855*${message}`,
          'IK3*BAK*2**8',
          'IK4*2**I6*AD',
          'IK5*R*I5',
          'AK9*R*1*1*0',
        ],
        'FA',
        '005010',
      );
      const { state, answer } = await documentOf('R999');
      assert.deepEqual([state, answer?.type], ['refused', '999']);
      assert.equal(answer?.findings[0]?.code, 'I6');
      assert.deepEqual(await desk.waiting(), ['document-refused']);
    });

    it('a CONTRL: received is no verdict; then one message is refused', async () => {
      const sent = await respondEdifact('RCONTRL');
      await sayContrl(sent, '8');
      assert.equal((await documentOf('RCONTRL')).state, 'written');
      assert.deepEqual(await desk.waiting(), []);
      await sayContrl(sent, '7', '4');
      const { state, answer } = await documentOf('RCONTRL');
      assert.equal(state, 'refused');
      assert.deepEqual(answer?.findings[0]?.at, { segment: 4, element: 1, component: 2 });
      assert.deepEqual(await desk.waiting(), ['document-refused']);
      assert.deepEqual((await eventsOf(sent)).slice(-2), ['reached', 'refused']);
    });

    it('a TA1 that refuses the interchange refuses what is in it, once for all', async () => {
      const sent = await respond('RTA1');
      const [isa] = x12([], number()).split('~');
      const end = `IEA*0*${String(next).padStart(9, '0')}~`;
      const short = sent.interchange.replace(/^0+/, '');
      assert.equal(await desk.give('acme-box', `${isa}~TA1*${short}*261122*0400*R*006~${end}`), 'held');
      const { state, answer } = await documentOf('RTA1');
      assert.deepEqual([state, answer?.level, answer?.type], ['refused', 'envelope', 'TA1']);
      assert.deepEqual(answer?.findings[0]?.at, { tag: 'ISA', element: 6 });
      assert.deepEqual(await desk.waiting(), ['interchange-refused']);
      assert.match(
        (await told())[0]?.message ?? '',
        /rejected: ISA \(sixth element\): the id of the sender is invalid/,
      );
    });

    it('a TA1 about what we never sent waits, whatever it says', async () => {
      const [isa] = x12([], number()).split('~');
      const end = `IEA*0*${String(next).padStart(9, '0')}~`;
      assert.equal(await desk.give('acme-box', `${isa}~TA1*000777777*261122*0400*A*000~${end}`), 'held');
      const [only] = await told();
      assert.equal(only?.code, 'acknowledgment-unmatched');
      assert.match(
        only?.message ?? '',
        /interchange 000777777.*The partner accepts the interchange 000777777\./,
      );
    });

    it('an acknowledgment with faults of its own counts all the same, and its unknown code is shown', async () => {
      const sent = await respond('ODDCODE');
      await say997(sent, 'R', 'AK3*BAK*2**Q');
      const { state, answer } = await documentOf('ODDCODE');
      assert.deepEqual([state, answer?.findings[0]?.code], ['refused', 'Q']);
      assert.deepEqual(await desk.waiting(), ['document-refused']);
    });
  });

  describe('what fits nothing of ours', () => {
    it('a group that we never sent waits with what is said of it', async () => {
      await give('997', ['AK1*PR*777777', 'AK2*855*0001', 'AK3*BAK*2**2', 'AK5*R*5', 'AK9*R*1*1*0']);
      const [only, other] = await told();
      assert.deepEqual([only?.code, other], ['acknowledgment-unmatched', undefined]);
      assert.match(
        only?.message ?? '',
        /group PR 777777.*It says: .*The partner refuses the order response 0001: in segment 2 \(BAK\) the segment is not expected here \(AK304 2\)\./,
      );
    });

    it('messages that we never sent wait, the first by name and the others by number', async () => {
      const { group, message } = await respond('STRANGERS');
      const more = Array.from({ length: 8 }, (_, at) => [`AK2*855*900${at}`, 'AK5*R']).flat();
      await give('997', [`AK1*PR*${group}`, `AK2*855*${message}`, 'AK5*A', ...more, 'AK9*P*9*9*1']);
      assert.equal((await documentOf('STRANGERS')).state, 'confirmed');
      const messages = (await told()).map((one) => one.message);
      assert.equal(messages.length, 5);
      assert.match(messages[0] ?? '', /speaks of 855 9000, which we did not send/);
      assert.match(messages[4] ?? '', /speaks of 855 9004 and 3 more, which/);
    });

    it('fewer or more messages counted than the group held: what is not named stays open', async () => {
      const { group } = await respond('COUNTED');
      await give('997', [`AK1*PR*${group}`, 'AK9*A*2*2*2']);
      assert.equal((await documentOf('COUNTED')).state, 'written');
      assert.deepEqual(await desk.waiting(), ['acknowledgment-unclear']);
    });
  });

  describe('more than one word on a document', () => {
    it('the same answer twice changes nothing', async () => {
      const sent = await respond('TWICE');
      await say997(sent, 'R', 'AK3*BAK*2**2');
      const first = await documentOf('TWICE');
      await say997(sent, 'R', 'AK3*BAK*2**2');
      assert.deepEqual(await documentOf('TWICE'), first);
      assert.deepEqual(await desk.waiting(), ['document-refused']);
      assert.deepEqual((await eventsOf(sent)).slice(-2), ['refused', 'answered-again']);
      const [last] = await desk.rows<{ id: string }>('select max(id)::text as id from deliveries');
      const page = (await deliveryPage(desk.context, last?.id ?? '', 0))?.content.text ?? '';
      assert.match(
        page,
        /The partner refuses the group \d+\.<\/span><br><span class="quiet">The partner refuses the order response 0001\./,
      );
    });

    it('accepted, then refused: refused, and the person is told that it had been accepted', async () => {
      const sent = await respond('AR');
      await say997(sent, 'A');
      assert.equal((await documentOf('AR')).state, 'confirmed');
      await say997(sent, 'R', 'AK3*BAK*2**2');
      assert.equal((await documentOf('AR')).state, 'refused');
      assert.match((await told())[0]?.message ?? '', /by its 997: Its 997 had accepted it before; Segment 2/);
    });

    it('refused, then accepted without having been sent again: it stays refused, and a person decides', async () => {
      const sent = await respond('RA');
      await say997(sent, 'R');
      await say997(sent, 'A');
      assert.equal((await documentOf('RA')).state, 'refused');
      assert.deepEqual(await desk.waiting(), ['document-refused', 'acknowledgment-contradicts']);
    });

    it('refused, sent again, accepted: confirmed', async () => {
      const sent = await respond('RSA');
      await say997(sent, 'R');
      await resent(sent);
      await say997(sent, 'A');
      const { state, answer } = await documentOf('RSA');
      assert.deepEqual([state, answer?.words.length], ['confirmed', 1]);
      assert.deepEqual(await desk.waiting(), ['document-refused']);
    });

    it('refused, sent again, refused in the same words: a person is told again', async () => {
      const sent = await respond('RSR');
      await say997(sent, 'R');
      await resent(sent);
      await say997(sent, 'R');
      assert.deepEqual(await desk.waiting(), ['document-refused', 'document-refused']);
    });
  });

  describe('the content of what we sent', () => {
    it('an 824 by control numbers: the form was accepted, the content is refused, and both are kept', async () => {
      const sent = await respond('CONTENT');
      await say997(sent, 'A');
      const before = await owed();
      await give(
        '824',
        [
          'BGN*11*1*20261122',
          `OTI*TR*PO*CONTENT*****${sent.group}*${sent.message}*855`,
          'TED*MG**PO1*6*7**0499',
        ],
        'AG',
      );
      const { state, answer } = await documentOf('CONTENT');
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
      assert.deepEqual(await desk.waiting(), ['document-refused']);
      assert.equal(await owed(), before + 1, 'an 824 is acknowledged by a 997 of ours');
      await say997(sent, 'A');
      assert.equal((await documentOf('CONTENT')).state, 'refused');
      assert.equal(await owed(), before + 1, 'a 997 is not');
    });

    it('an 824 before its 997', async () => {
      const sent = await respond('EARLY');
      await give('824', ['BGN*11*1*20261122', `OTI*TA*TN*1*****${sent.group}*${sent.message}*855`], 'AG');
      assert.equal((await documentOf('EARLY')).state, 'confirmed');
      await say997(sent, 'R');
      assert.deepEqual(
        [(await documentOf('EARLY')).state, (await documentOf('EARLY')).answer?.type],
        ['refused', '997'],
      );
    });

    it('an 824 by the order number, which refuses a part', async () => {
      await respond('BYNUMBER');
      await give('824', ['BGN*11*1*20261122', 'OTI*TP*PO*BYNUMBER', 'TED*012'], 'AG');
      const { state, answer } = await documentOf('BYNUMBER');
      assert.deepEqual([state, answer?.verdict], ['refused', 'partly']);
      assert.match(
        (await told())[0]?.message ?? '',
        /^The partner refused a part of our 855 by its 824: The combination is invalid/,
      );
    });

    it('an 824 that speaks of nothing of ours, or of several things, waits', async () => {
      await give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*NOBODY', 'TED*006'], 'AG');
      const [only] = await told();
      assert.equal(only?.code, 'acknowledgment-unmatched');
      assert.match(only?.message ?? '', /message \(PO NOBODY\).*it came before \(TED01 006\)/);

      const { id } = await respond('SEVERAL');
      await desk.rows(
        `insert into documents (kind, partner, agreement, subject, order_id, test, state, transmission_id, group_control, message_control)
         select '856', partner, agreement, 'shipment:several', order_id, test, 'sent', transmission_id, group_control, '0002'
         from documents where id = ?`,
        [id],
      );
      await desk.rows('update faults set waiting = false');
      await give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*SEVERAL', 'TED*006'], 'AG');
      assert.deepEqual(await desk.waiting(), ['acknowledgment-ambiguous']);
      assert.equal((await documentOf('SEVERAL')).state, 'written');
      await desk.rows('update faults set waiting = false');
      await give('824', ['BGN*11*1*20261122', 'OTI*TR*PO*SEVERAL*******855', 'TED*006'], 'AG');
      assert.equal((await documentOf('SEVERAL')).state, 'refused');
    });

    it('an 824 that has the document on hold is no verdict', async () => {
      const sent = await respond('ONHOLD');
      await give('824', ['BGN*11*1*20261122', 'OTI*TH*PO*ONHOLD'], 'AG', '005010');
      assert.equal((await documentOf('ONHOLD')).state, 'written');
      assert.deepEqual((await eventsOf(sent)).slice(-1), ['reached']);
    });

    it('an APERAK by the order number, by our own number, by the interchange; and it is answered by a CONTRL', async () => {
      const before = await owed();
      const first = await respondEdifact('APERAK1');
      await sayAperak('BGM+313+A1+9', 'RFF+ON:APERAK1', 'ERC+12', 'FTX+AAO+++no such item', 'RFF+LI:1');
      const { state, answer } = await documentOf('APERAK1');
      assert.deepEqual(
        [state, answer?.level, answer?.findings[0]?.at],
        ['refused', 'application', { lineNumber: '1' }],
      );
      assert.match(
        (await told())[0]?.message ?? '',
        /our ORDRSP by its APERAK: Line 1: they write 'no such item' \(9321 12\)/,
      );
      assert.equal(await owed(), before + 2, 'one CONTRL for the order, one for the APERAK');

      const second = await respondEdifact('APERAK2');
      await sayAperak('BGM+312+A2+9', `RFF+POR:${second.order}`);
      assert.equal((await documentOf('APERAK2')).state, 'confirmed');

      const third = await respondEdifact('APERAK3');
      await sayAperak('BGM+312+A3+9', `RFF+ACW:${third.interchange}`);
      assert.equal((await documentOf('APERAK3')).state, 'confirmed');
      assert.equal((await documentOf('APERAK1')).answer?.words.length, 1, first.id);
    });

    it('an APERAK that names nothing waits', async () => {
      await sayAperak('BGM+313+A9+9', 'ERC+1', 'FTX+AAO+++who are you');
      assert.deepEqual(await desk.waiting(), ['acknowledgment-unmatched']);
      assert.match((await told())[0]?.message ?? '', /who are you/);
    });
  });

  it('an 864 is shown to people, and acknowledged', async () => {
    const before = await owed();
    const body = ['BMG*00*Ship notices', 'MIT*1', 'MSG*BSN02 IS NOT UNIQUE', 'MSG*CALL US'];
    assert.equal(await give('864', body, 'TX'), 'held');
    const [only] = await told();
    assert.deepEqual(
      [only?.code, only?.message],
      ['text-from-partner', 'The partner writes: Ship notices\nBSN02 IS NOT UNIQUE\nCALL US'],
    );
    assert.equal(await owed(), before + 1);

    await give(
      '864',
      ['BMG*00', 'MIT*1', ...Array.from({ length: 50 }, () => `MSG*${'X'.repeat(60)}`)],
      'TX',
    );
    assert.match((await told())[1]?.message ?? '', /X… \(the rest is in the delivery\)$/);
  });
});
