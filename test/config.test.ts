import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Config,
  ConfigError,
  defaults,
  describeConfig,
  loadConfig,
  roles,
  settings,
} from '../src/config.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

describe('config', () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await testFolder('config');
  });
  afterEach(() => folder.remove());

  const load = (env: Record<string, string> = {}) => loadConfig(env, folder.path);
  const write = (text: string) => writeFile(join(folder.path, 'portolan.yaml'), text);

  function refusal(env: Record<string, string> = {}): string {
    try {
      load(env);
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
    return assert.fail('the configuration was taken');
  }

  it('has a default for everything', () => {
    const config = load({ PATH: '/usr/bin', HOME: '/root' });
    assert.deepEqual(config, {
      ...defaults,
      home: join(folder.path, '.portolan'),
      mappings: join(folder.path, 'mappings'),
      roles,
    });
  });

  it('reads portolan.yaml, and lets the environment win', async () => {
    await write("port: 9000\nhost: 0.0.0.0\nroles: [send, receive]\ngs1Prefix: '4012345'\n");
    const config = load({ PORTOLAN_PORT: '9001', PORTOLAN_HOST: '' });
    assert.equal(config.port, 9001);
    assert.equal(config.host, '0.0.0.0', 'an empty variable is not set');
    assert.deepEqual(config.roles, ['receive', 'send']);
    assert.equal(config.gs1Prefix, '4012345');
  });

  it('reads roles from the environment', () => {
    assert.deepEqual(load({ PORTOLAN_ROLES: 'work, console' }).roles, ['work', 'console']);
    assert.deepEqual(load({ PORTOLAN_ROLES: 'all' }).roles, [...roles]);
    assert.match(
      refusal({ PORTOLAN_ROLES: 'worker' }),
      /PORTOLAN_ROLES in the environment: receive, work, send, console or all/,
    );
  });

  it('refuses an unknown key with its place and a near miss', async () => {
    await write('port: 9000\ndatabaseURL: postgres://db/x\n');
    const text = refusal();
    assert.match(text, /portolan\.yaml:2:1: There is no key 'databaseURL' here\./);
    assert.match(text, /Did you mean 'databaseUrl'\?/);
  });

  it('refuses an unknown variable with a near miss, but not those of the demo and the tests', () => {
    assert.match(
      refusal({ PORTOLAN_PROT: '1' }),
      /PORTOLAN_PROT in the environment: .*\n.*Did you mean 'PORTOLAN_PORT'/,
    );
    load({ PORTOLAN_DEMO_PASSWORD: 'x', PORTOLAN_TEST_SKIP_REDIS: '1', PORTO: 'x' });
  });

  it('refuses wrong values, all of them at once', async () => {
    await write('port: many\n');
    const text = refusal({
      DATABASE_URL: 'mysql://db/x',
      REDIS_URL: 'nonsense',
      PORTOLAN_LOG_LEVEL: 'loud',
      PORTOLAN_GS1_PREFIX: '12',
    });
    for (const name of [
      'portolan.yaml:1:1: port',
      'DATABASE_URL',
      'REDIS_URL',
      'PORTOLAN_LOG_LEVEL',
      'PORTOLAN_GS1_PREFIX',
    ]) {
      assert.ok(text.includes(name), name);
    }
  });

  it('cannot be changed afterwards', () => {
    const config = load() as { -readonly [K in keyof Config]: Config[K] };
    assert.throws(() => {
      config.port = 1;
    }, TypeError);
    assert.throws(() => (config.roles as string[]).push('all'), TypeError);
  });

  it('shows itself without passwords and tokens', () => {
    const secret = 'lantern';
    const shown = describeConfig(
      load({
        DATABASE_URL: `postgres://us:${secret}@db/x?sslpassword=${secret}`,
        REDIS_URL: `redis://:${secret}@cache:6379`,
        PORTOLAN_ADMIN_TOKEN: secret,
        PORTOLAN_KEY_SECRET: secret,
      }),
    );
    assert.ok(!JSON.stringify(shown).includes(secret));
    assert.equal(shown.databaseUrl, 'postgres://us:***@db/x?sslpassword=***');
    assert.equal(shown.port, '8080');
    assert.equal(shown.gs1Prefix, '–');
  });

  it('is documented: one row per setting, with its variable and default', () => {
    const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| (\w+) \| (\w+) \| (\S+) \|/gm)]
      .slice(1)
      .map((row) => row.slice(1, 4));
    const expected = Object.entries(settings).map(([key, { variable }]) => {
      const value = key === 'roles' ? 'all' : defaults[key as keyof typeof defaults];
      return [key, variable, value === null ? '–' : String(value)];
    });
    assert.deepEqual(rows, expected);
  });
});
