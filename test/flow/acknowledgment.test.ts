/** Acknowledgments as canonical documents: what every reader of them gives is valid, and says the same. */
import assert from 'node:assert/strict';
import { acknowledgmentDocument } from '../../src/flow/acknowledgment.ts';
import { readTa1 } from '../../src/interchange/verdict.ts';
import { acknowledgment } from '../../src/order/acknowledgment.ts';
import { read824, read997, read999, readAperak, readContrl, ta1sOf } from '../interchange/verdict-cases.ts';

describe('An acknowledgment as a canonical document', () => {
  it('is valid, whoever acknowledges', async () => {
    const said = [
      await read997('AK1*PR*7', 'AK2*855*0001', 'AK3*N1*4**8', 'AK4*3:1*98*7*QQ', 'AK5*R*5', 'AK9*R*1*1*0'),
      await read999('AK1*PR*7', 'AK2*855*0001', 'IK3*N1*4**8', 'IK4*3*98*7*QQ', 'IK5*R*5', 'AK9*R*1*1*0'),
      await read824('OTI*TR*PO*P1****7*0001*855', 'TED*024*No such order*BAK*2*3**P1', 'NTE**Call us'),
      await readContrl('UCI+1+A+B+4', 'UCM+1+ORDRSP:D:96A:UN+4', 'UCS+3+12', 'UCD+12+2:1'),
      await readAperak('BGM+313+1+27', 'RFF+ON:P1', 'ERC+42', 'FTX+AAO+++No such item'),
    ];
    const [segment] = await ta1sOf(
      'ISA*00*          *00*          *ZZ*BLUEBARN       *ZZ*SALTMARSH      *261122*0400*U*00401*000000077*0*P*:~\nTA1*000000012*261122*0400*R*006~\nIEA*0*000000077~\n',
    );
    assert(segment);
    for (const each of [...said, readTa1(segment)]) {
      const document = acknowledgmentDocument(each);
      assert.deepEqual(acknowledgment.parse(document), document);
      assert.ok(
        document.answers.some(({ findings }) => findings.length > 0),
        each.type,
      );
    }
  });

  it('names the place in the partner’s words, ordinals as decimals, and leaves out what is not said', async () => {
    const { answers } = acknowledgmentDocument(
      await read997('AK1*PR*7', 'AK2*855*0001', 'AK3*N1*4**8', 'AK4*3:1*98*7*QQ', 'AK5*R*5', 'AK9*R*1*1*0'),
    );
    const message = answers.find(({ scope }) => scope === 'message');
    assert.deepEqual([message?.type, message?.control, message?.verdict], ['855', '0001', 'rejected']);
    assert.ok(message && !('references' in message));
    const finding = message.findings.find(({ element }) => element === '3');
    assert.deepEqual(
      [
        finding?.segment,
        finding?.tag,
        finding?.component,
        finding?.codeElement,
        finding?.code,
        finding?.value,
      ],
      ['4', 'N1', '1', 'AK403', '7', 'QQ'],
    );
  });

  it('keeps to the limits of the document, however much they wrote', async () => {
    const long = 'x'.repeat(6000);
    const document = acknowledgmentDocument(
      await read997('AK1*PR*7', `AK2*855*${long}`, `AK3*N1*4**${long}`, 'AK5*R'),
    );
    assert.deepEqual(acknowledgment.parse(document), document);
  });
});
