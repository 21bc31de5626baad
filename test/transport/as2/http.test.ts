/** POST /as2 and the poster over real HTTP. */
import assert from 'node:assert/strict';
import { agreedWith, closePoster, type House, mirrored, openHouse, send } from './http-house.ts';

describe('AS2 over HTTP', () => {
  const ours = agreedWith('US', 'THEM');
  const theirs = mirrored(ours);
  const payload = Buffer.from('ISA*00*...~');
  let us: House;
  let them: House;

  before(async () => {
    us = await openHouse([ours]);
    them = await openHouse([theirs]);
  });
  after(async () => {
    closePoster();
    await us.close();
    await them.close();
  });

  it('takes a signed and encrypted message and answers with a signed MDN that its sender can prove', async () => {
    const { verdict, posted } = await send(them.desk, theirs, us.url, { payload });
    assert.deepEqual(us.errors, []);
    assert.equal(posted.status, 200);
    assert.equal(verdict.kind, 'confirmed', JSON.stringify(verdict));
    assert.equal(us.desk.rows[0]?.payload, payload.toString());
    assert.equal(us.desk.rows[0]?.opened?.filename, 'order.edi');
  });
});
