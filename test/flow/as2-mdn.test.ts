/** Where an asynchronous MDN of ours goes, and what the server there is shown of us. */
import assert from 'node:assert/strict';
import { deliverMdn } from '../../src/flow/as2-mdn.ts';
import type { As2Sender } from '../../src/flow/as2-send.ts';
import { endpoint } from '../../src/partner/endpoint.ts';
import type { As2Row } from '../../src/store/as2-messages.ts';
import type { Target } from '../../src/transport/as2/post.ts';

const secrets: Readonly<Record<string, string>> = {
  'env:PASSWORD': 'open sesame\n',
  'env:CLIENT': 'a certificate and its key',
  'env:AUTHORITY': 'who vouches for them',
  'env:URL': 'https://as2.northgate.example/as2',
};
const message = { endpoint: 'northgate-as2', mdn: Buffer.from('an MDN'), mdn_headers: {} } as As2Row;

/** What the poster is told of the server that the MDN goes to. */
async function targetOf(terms: object): Promise<Target> {
  const as2 = {
    ...endpoint.parse({
      ...{ type: 'as2', us: 'SALTMARSH', them: 'NORTHGATE', ...terms },
      ...{ user: 'saltmarsh', password: 'env:PASSWORD', clientKey: 'env:CLIENT', authority: 'env:AUTHORITY' },
    }),
    name: message.endpoint,
  };
  const targets: Target[] = [];
  const sender = {
    context: { partners: { endpoint: () => as2 } },
    keyring: {
      own: async () => ({ signWith: null, openWith: [] }),
      theirs: async () => ({ pinned: [], encryptTo: null }),
    },
    resolve: (reference: string) => secrets[reference] ?? assert.fail(reference),
    poster: {
      post: async (target: Target) => {
        targets.push(target);
      },
    },
  } as unknown as As2Sender;
  await deliverMdn(sender, message, new AbortController().signal);
  return targets[0] ?? assert.fail('nothing was posted');
}

describe('an asynchronous MDN of ours', () => {
  for (const [deliverTo, isShown] of [
    ['https://as2.northgate.example/mdn', true],
    ['https://as2.northgate.example:8443/mdn', false],
    ['https://mdn.elsewhere.example/as2', false],
    ['http://as2.northgate.example/as2', false],
  ] as const) {
    it(`to ${deliverTo} ${isShown ? 'brings' : 'does not bring'} the password and the client certificate along`, async () => {
      for (const url of ['https://as2.northgate.example/as2', 'env:URL']) {
        const target = await targetOf({ url, mdn: { deliverTo } });
        assert.equal(target.url, deliverTo);
        const shown = [target.login?.password, target.clientKey];
        assert.deepEqual(shown, isShown ? ['open sesame', secrets['env:CLIENT']] : [undefined, null]);
        assert.equal(target.authority, secrets['env:AUTHORITY']);
      }
    });
  }

  it('brings them where there is no other server that they could be for', async () => {
    const target = await targetOf({ direction: 'in', mdn: { deliverTo: 'https://mdn.northgate.example/' } });
    assert.equal(target.login?.user, 'saltmarsh');
  });
});
