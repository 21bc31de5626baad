import assert from 'node:assert/strict';
import { agreement } from '../../src/partner/partner.ts';
import { controlNumbers } from '../../src/simulator/control.ts';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import { standIn } from '../../src/simulator/stand-in.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { basket, order } from './example.ts';

describe('a partner in the place of a real one', () => {
  const common = { acknowledge: { send: 'none' }, endpoint: 'box' };
  const options = () => ({ carrier: basket(), control: controlNumbers(1) });

  it('speaks X12 under the ids of the agreement, also in the group', () => {
    const terms = agreement.parse({
      ...common,
      standard: 'x12',
      us: { qualifier: 'ZZ', id: 'SALTMARSH' },
      them: { qualifier: '01', id: '099999999' },
      group: { us: 'SALT', them: 'HARBOR' },
      version: { interchange: '00401', message: '004010' },
    });
    const { name, bytes } = standIn(terms, options()).order(order);
    assert.equal(readX12(name, bytes)[0]?.interchange.sender, '01/099999999');
    assert.match(bytes.toString(), /~GS\*PO\*HARBOR\*SALT\*/);
  });

  it('speaks EDIFACT under the ids of the agreement', () => {
    const terms = agreement.parse({
      ...common,
      standard: 'edifact',
      us: { qualifier: '14', id: '4099999000029' },
      them: { qualifier: '14', id: '4099999000012' },
      version: { interchange: 'UNOC:3', message: 'D:96A:UN:EAN008' },
    });
    const { name, bytes } = standIn(terms, options()).order(order);
    const [answer] = readEdifact(name, bytes);
    assert.deepEqual(
      [answer?.interchange.sender, answer?.interchange.receiver],
      ['14/4099999000012', '14/4099999000029'],
    );
  });
});
