/** send: what does not leave, whatever waits for it. */
import assert from 'node:assert/strict';
import { deliver, type SendingDesk } from '../../src/flow/send.ts';
import type { Endpoint } from '../../src/partner/endpoint.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { getTransmission, insertTransmission, type Transmission } from '../../src/store/transmissions.ts';
import { type KeyDesk, openKeyDesk } from './key-office.ts';

describe('send', () => {
  let desk: KeyDesk;
  before(async () => {
    desk = await openKeyDesk('2026-11-22T12:00:00Z');
  });
  after(() => desk.close());

  it('does not use an endpoint that has become one for receiving only, whatever its kind', async () => {
    const { all, endpoints } = desk.context.partners;
    const receiving = endpoints.map((one) => ({ ...one, direction: 'in' as const }) as Endpoint);
    const context = { ...desk.context, partners: partnersOf(all, receiving) };
    const transmission = await desk.database.store.transaction(async (tx) => {
      const id = await insertTransmission(tx, {
        ...{ partner: 'acme', agreement: 'acme/live', endpoint: 'acme-as2', standard: 'x12', control: '1' },
        ...{ cycle: 0, name: '1.edi', bytes: Buffer.from('ISA'), test: false, digest: Buffer.alloc(32) },
      });
      return (await getTransmission(tx, id)) as Transmission;
    });
    const nothing = {} as SendingDesk;
    await assert.rejects(
      deliver(context, nothing, transmission, AbortSignal.timeout(10_000)),
      /acme-as2 only receives/,
    );
  });
});
