import assert from 'node:assert/strict';
import type { Answer } from '../../src/simulator/answer.ts';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { basket, harborPine, nordlicht } from './example.ts';

const shipNotices = `ISA*00*          *00*          *ZZ*SALTMARSH      *ZZ*HARBORPINE     *261120*0931*U*00401*000000003*0*P*>~
GS*SH*SALTMARSH*HARBORPINE*20261120*0931*7*X*004010~
ST*856*0001~
BSN*00*S1*20261124*1400~
SE*3*0001~
ST*856*0002~
BSN*00*S2*20261124*1400~
SE*3*0002~
GE*2*7~
IEA*1*000000003~
`;

const response = `UNB+UNOC:3+4099999000029:14+4099999000012:14+261120:0931+2'
UNH+9+ORDRSP:D:96A:UN:EAN007'
BGM+231+OUR-1+4'
UNT+3+9'
UNZ+1+2'
`;

describe('acknowledgments of the simulated partners', () => {
  it('answers a group with one 997 that names every set of it', async () => {
    const mail = basket();
    const partner = harborPine(mail);
    mail.incoming.push({ name: 'asn.edi', bytes: Buffer.from(shipNotices) });
    await partner.acknowledge(await partner.poll());
    assert.equal(mail.sent.length, 1);
    const [answer] = readX12('997', mail.sent[0]?.bytes ?? Buffer.alloc(0));
    assert.deepEqual(answer?.problems, []);
    assert.deepEqual(
      [answer?.kind, answer?.group?.type, answer?.interchange.sender],
      ['997', 'FA', 'ZZ/HARBORPINE'],
    );
    assert.deepEqual(plain(answer), [
      'AK1|SH|7',
      'AK2|856|0001',
      'AK5|A',
      'AK2|856|0002',
      'AK5|A',
      'AK9|A|2|2|2',
    ]);
  });

  it('refuses a set that was read with problems', async () => {
    const mail = basket();
    const partner = harborPine(mail);
    mail.incoming.push({ name: 'asn.edi', bytes: Buffer.from(shipNotices) });
    const [first, second] = await partner.poll();
    assert.ok(first && second);
    await partner.acknowledge([first, { ...second, problems: ['wrong'] }]);
    const [answer] = readX12('997', mail.sent[0]?.bytes ?? Buffer.alloc(0));
    assert.deepEqual(plain(answer).slice(2), ['AK5|A', 'AK2|856|0002', 'AK5|R|5', 'AK9|P|2|2|1']);
  });

  it('answers an interchange with a CONTRL that repeats its sender and recipient', async () => {
    const mail = basket();
    const partner = nordlicht(mail);
    mail.incoming.push({ name: 'ordrsp.edi', bytes: Buffer.from(response) });
    await partner.acknowledge(await partner.poll());
    const [answer] = readEdifact('CONTRL', mail.sent[0]?.bytes ?? Buffer.alloc(0));
    assert.deepEqual(answer?.problems, []);
    assert.equal(answer?.version, '2:2:UN:EAN002');
    assert.deepEqual(plain(answer), [
      'UCI|2|4099999000029:14|4099999000012:14|7',
      'UCM|9|ORDRSP:D:96A:UN:EAN007|7',
    ]);
  });

  it('never acknowledges an acknowledgment, and nothing at all when it is silent', async () => {
    const mail = basket();
    const partner = harborPine(mail);
    mail.incoming.push({ name: '997.edi', bytes: Buffer.from(shipNotices.replaceAll('*856*', '*997*')) });
    await partner.acknowledge(await partner.poll());
    const quiet = harborPine(mail, true);
    mail.incoming.push({ name: 'asn.edi', bytes: Buffer.from(shipNotices) });
    await quiet.acknowledge(await quiet.poll());
    assert.deepEqual(mail.sent, []);
  });
});

function plain(answer: Answer | undefined): string[] {
  return (answer?.segments ?? []).map(({ tag, elements }) =>
    [tag, ...elements.map((parts) => parts.join(':'))].join('|'),
  );
}
