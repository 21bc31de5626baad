import assert from 'node:assert/strict';
import { deliveryPage } from '../../src/console/delivery-page.ts';
import { Answers } from './partner-answers.ts';
import { x12 } from './steps.ts';

describe('reconcile', () => {
  let partner: Answers;
  before(async function () {
    this.timeout(60_000);
    partner = await Answers.open();
  });
  after(() => partner?.desk.close());
  afterEach(async () => {
    await partner.desk.rows('update faults set waiting = false');
  });

  describe('the form of what we sent', () => {
    it('a 997 that refuses: the document says why, down to the element, and a person is told', async () => {
      const sent = await partner.respond('R997');
      await partner.say997(sent, 'R', 'AK3*BAK*2**8', 'AK4*2*587*7*AD');
      const { state, answer, id } = await partner.documentOf('R997');
      assert.equal(state, 'refused');
      assert.deepEqual([answer?.level, answer?.type, answer?.verdict], ['syntax', '997', 'rejected']);
      assert.deepEqual(answer?.findings[0]?.at, { segment: 2, tag: 'BAK', element: 2, dataElement: '587' });
      assert.deepEqual(await partner.told(), [
        {
          code: 'document-refused',
          document_id: id,
          message:
            "The partner refused our 855 by its 997: Segment 2 (BAK, second element): the code is not allowed (AK403 7); it reads 'AD'.",
        },
      ]);
    });

    it('a 999, with its own codes', async () => {
      const { group, message } = await partner.respond('R999');
      await partner.give(
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
      const { state, answer } = await partner.documentOf('R999');
      assert.deepEqual([state, answer?.type], ['refused', '999']);
      assert.equal(answer?.findings[0]?.code, 'I6');
      assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
    });

    it('a CONTRL: received is no verdict; then one message is refused', async () => {
      const sent = await partner.respondEdifact('RCONTRL');
      await partner.sayContrl(sent, '8');
      assert.equal((await partner.documentOf('RCONTRL')).state, 'written');
      assert.deepEqual(await partner.desk.waiting(), []);
      await partner.sayContrl(sent, '7', '4');
      const { state, answer } = await partner.documentOf('RCONTRL');
      assert.equal(state, 'refused');
      assert.deepEqual(answer?.findings[0]?.at, { segment: 4, element: 1, component: 2 });
      assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
      assert.deepEqual((await partner.eventsOf(sent)).slice(-2), ['reached', 'refused']);
    });

    it('a TA1 that refuses the interchange refuses what is in it, once for all', async () => {
      const sent = await partner.respond('RTA1');
      const control = partner.number();
      const [isa] = x12([], control).split('~');
      const end = `IEA*0*${String(control).padStart(9, '0')}~`;
      const short = sent.interchange.replace(/^0+/, '');
      assert.equal(
        await partner.desk.give('acme-box', `${isa}~TA1*${short}*261122*0400*R*006~${end}`),
        'held',
      );
      const { state, answer } = await partner.documentOf('RTA1');
      assert.deepEqual([state, answer?.level, answer?.type], ['refused', 'envelope', 'TA1']);
      assert.deepEqual(answer?.findings[0]?.at, { tag: 'ISA', element: 6 });
      assert.deepEqual(await partner.desk.waiting(), ['interchange-refused']);
      assert.match(
        (await partner.told())[0]?.message ?? '',
        /rejected: ISA \(sixth element\): the id of the sender is invalid/,
      );
    });

    it('a TA1 about what we never sent waits, whatever it says', async () => {
      const control = partner.number();
      const [isa] = x12([], control).split('~');
      const end = `IEA*0*${String(control).padStart(9, '0')}~`;
      assert.equal(
        await partner.desk.give('acme-box', `${isa}~TA1*000777777*261122*0400*A*000~${end}`),
        'held',
      );
      const [only] = await partner.told();
      assert.equal(only?.code, 'acknowledgment-unmatched');
      assert.match(
        only?.message ?? '',
        /interchange 000777777.*The partner accepts the interchange 000777777\./,
      );
    });

    it('an acknowledgment with faults of its own counts all the same, and its unknown code is shown', async () => {
      const sent = await partner.respond('ODDCODE');
      await partner.say997(sent, 'R', 'AK3*BAK*2**Q');
      const { state, answer } = await partner.documentOf('ODDCODE');
      assert.deepEqual([state, answer?.findings[0]?.code], ['refused', 'Q']);
      assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
    });
  });

  describe('what fits nothing of ours', () => {
    it('a group that we never sent waits with what is said of it', async () => {
      await partner.give('997', ['AK1*PR*777777', 'AK2*855*0001', 'AK3*BAK*2**2', 'AK5*R*5', 'AK9*R*1*1*0']);
      const [only, other] = await partner.told();
      assert.deepEqual([only?.code, other], ['acknowledgment-unmatched', undefined]);
      assert.match(
        only?.message ?? '',
        /group PR 777777.*It says: .*The partner refuses the order response 0001: in segment 2 \(BAK\) the segment is not expected here \(AK304 2\)\./,
      );
    });

    it('messages that we never sent wait, the first by name and the others by number', async () => {
      const { group, message } = await partner.respond('STRANGERS');
      const more = Array.from({ length: 8 }, (_, at) => [`AK2*855*900${at}`, 'AK5*R']).flat();
      await partner.give('997', [`AK1*PR*${group}`, `AK2*855*${message}`, 'AK5*A', ...more, 'AK9*P*9*9*1']);
      assert.equal((await partner.documentOf('STRANGERS')).state, 'confirmed');
      const messages = (await partner.told()).map((one) => one.message);
      assert.equal(messages.length, 5);
      assert.match(messages[0] ?? '', /speaks of 855 9000, which we did not send/);
      assert.match(messages[4] ?? '', /speaks of 855 9004 and 3 more, which/);
    });

    it('fewer or more messages counted than the group held: what is not named stays open', async () => {
      const { group } = await partner.respond('COUNTED');
      await partner.give('997', [`AK1*PR*${group}`, 'AK9*A*2*2*2']);
      assert.equal((await partner.documentOf('COUNTED')).state, 'written');
      assert.deepEqual(await partner.desk.waiting(), ['acknowledgment-unclear']);
    });
  });

  describe('more than one word on a document', () => {
    it('the same answer twice changes nothing', async () => {
      const sent = await partner.respond('TWICE');
      await partner.say997(sent, 'R', 'AK3*BAK*2**2');
      const first = await partner.documentOf('TWICE');
      await partner.say997(sent, 'R', 'AK3*BAK*2**2');
      assert.deepEqual(await partner.documentOf('TWICE'), first);
      assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
      assert.deepEqual((await partner.eventsOf(sent)).slice(-2), ['refused', 'answered-again']);
      const [last] = await partner.desk.rows<{ id: string }>('select max(id)::text as id from deliveries');
      const page = (await deliveryPage(partner.desk.context, last?.id ?? '', 0))?.content.text ?? '';
      assert.match(
        page,
        /The partner refuses the group \d+\.<\/span><br><span class="quiet">The partner refuses the order response 0001\./,
      );
    });

    it('accepted, then refused: refused, and the person is told that it had been accepted', async () => {
      const sent = await partner.respond('AR');
      await partner.say997(sent, 'A');
      assert.equal((await partner.documentOf('AR')).state, 'confirmed');
      await partner.say997(sent, 'R', 'AK3*BAK*2**2');
      assert.equal((await partner.documentOf('AR')).state, 'refused');
      assert.match(
        (await partner.told())[0]?.message ?? '',
        /by its 997: Its 997 had accepted it before; Segment 2/,
      );
    });

    it('refused, then accepted without having been sent again: it stays refused, and a person decides', async () => {
      const sent = await partner.respond('RA');
      await partner.say997(sent, 'R');
      await partner.say997(sent, 'A');
      assert.equal((await partner.documentOf('RA')).state, 'refused');
      assert.deepEqual(await partner.desk.waiting(), ['document-refused', 'acknowledgment-contradicts']);
    });

    it('refused, sent again, accepted: confirmed', async () => {
      const sent = await partner.respond('RSA');
      await partner.say997(sent, 'R');
      await partner.resent(sent);
      await partner.say997(sent, 'A');
      const { state, answer } = await partner.documentOf('RSA');
      assert.deepEqual([state, answer?.words.length], ['confirmed', 1]);
      assert.deepEqual(await partner.desk.waiting(), ['document-refused']);
    });

    it('refused, sent again, refused in the same words: a person is told again', async () => {
      const sent = await partner.respond('RSR');
      await partner.say997(sent, 'R');
      await partner.resent(sent);
      await partner.say997(sent, 'R');
      assert.deepEqual(await partner.desk.waiting(), ['document-refused', 'document-refused']);
    });
  });
});
