/** The port as the configuration asks for it: HTTPS, and what keeps the gateway from starting, in words that help. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadConfig } from '../src/config.ts';
import type { Flow } from '../src/flow/flow.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { type Served, serve } from '../src/serve.ts';
import { StartError } from '../src/start-error.ts';
import type { Store } from '../src/store/store.ts';
import { type TestFolder, testFolder } from './support/folder.ts';
import { selfSigned } from './transport/pem.ts';

describe('what this process serves', () => {
  let folder: TestFolder;
  const opened: Served[] = [];
  before(async () => {
    folder = await testFolder('serve');
    selfSigned(folder.path, 'own');
  });
  after(() => folder.remove());
  afterEach(async () => {
    for (const served of opened.splice(0)) await served.close();
  });

  const start = async (env: Record<string, string>) => {
    const config = loadConfig({ PORTOLAN_PORT: '0', PORTOLAN_ROLES: 'console', ...env }, folder.path);
    const served = await serve({ config, ...rooms() });
    if (served !== null) opened.push(served);
    return served;
  };
  // Liveness asks no room anything.
  const rooms = () => {
    const log = createLogger('silent');
    const context = { log, metrics: createMetrics() } as unknown as Flow['context'];
    return { log, store: {} as Store, flow: { context } as Flow };
  };

  it('is HTTP, or HTTPS with the files that the configuration names', async () => {
    assert.match((await start({}))?.url ?? '', /^http:/);
    const served = await start({ PORTOLAN_TLS_CERT: 'own.crt', PORTOLAN_TLS_KEY: 'own.key' });
    assert.match(served?.url ?? '', /^https:/);
    assert.equal(await get(`${served?.url}/health/live`), '{"ok":true}');
  });

  it('is nothing for a process that neither receives nor shows', async () => {
    assert.equal(await start({ PORTOLAN_ROLES: 'work,send' }), null);
  });

  it('says what to mend when it cannot be', async () => {
    const port = new URL((await start({}))?.url ?? '').port;
    const refused: [Partial<Record<string, string>>, RegExp][] = [
      [{ PORTOLAN_PORT: port }, /is taken by another program/],
      [{ PORTOLAN_TLS_CERT: 'own.crt' }, /both PORTOLAN_TLS_CERT and PORTOLAN_TLS_KEY/],
      [{ PORTOLAN_TLS_CLIENTS: 'own.crt' }, /both PORTOLAN_TLS_CERT and PORTOLAN_TLS_KEY/],
      [{ PORTOLAN_TLS_CERT: 'own.crt', PORTOLAN_TLS_KEY: 'none.key' }, /none\.key cannot be read.*PEM files/],
      [{ PORTOLAN_TLS_CERT: 'own.key', PORTOLAN_TLS_KEY: 'own.key' }, /cannot be used for TLS/],
    ];
    for (const [env, says] of refused)
      await assert.rejects(
        start(env as Record<string, string>),
        (error) => error instanceof StartError && says.test(error.message),
      );
  });

  function get(url: string): Promise<string> {
    const ca = readFileSync(join(folder.path, 'own.crt'));
    return new Promise((resolve, reject) => {
      request(url, { ca, agent: false }, (response) => void text(response).then(resolve, reject))
        .on('error', reject)
        .end();
    });
  }
});
