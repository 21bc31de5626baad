import assert from 'node:assert/strict';
import { type Gateway, openGateway } from './gateway.ts';

const outside = '203.0.113.7';
const reads = [
  '/',
  '/orders',
  '/deliveries',
  '/api/v1/overview',
  '/api/v1/orders',
  '/api/openapi.json',
  '/metrics',
];
const why = { body: { why: 'a test' } };
const pausePath = '/api/v1/partners/nordlicht/pause';

describe('access without an admin token', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await openGateway();
  });
  after(() => gateway.close());
  afterEach(() => {
    gateway.from = null;
  });

  it('answers reads and writes from this machine', async () => {
    for (const path of reads) assert.equal((await gateway.get(path)).status, 200, path);
    assert.equal((await gateway.post(pausePath, why)).status, 200);
    assert.equal((await gateway.post('/api/v1/partners/nordlicht/resume', why)).status, 200);
  });

  it('answers nobody else, whatever headers say', async () => {
    gateway.from = outside;
    for (const path of reads) {
      assert.equal((await gateway.get(path)).status, 403, path);
      assert.equal(
        (await gateway.get(path, { host: 'localhost', 'x-forwarded-for': '127.0.0.1' })).status,
        403,
        path,
      );
    }
    assert.equal((await gateway.post(pausePath, why)).status, 403);
  });

  it('counts IPv6 and mapped loopback addresses as this machine, and their look-alikes not', async () => {
    for (const [from, status] of [
      ['::1', 200],
      ['::ffff:127.0.0.1', 200],
      ['127.8.9.10', 200],
      ['127.0.0.1.evil.example', 403],
      ['::ffff:203.0.113.7', 403],
      ['10.0.0.1', 403],
    ] as const) {
      gateway.from = from;
      assert.equal((await gateway.get('/api/v1/orders')).status, status, from);
    }
  });

  it('refuses a Host that is not ours: a name of DNS rebinding', async () => {
    for (const host of [
      'evil.example',
      'evil.example:8080',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '[::2]',
    ]) {
      const { status } = await gateway.get('/api/v1/orders', { host });
      assert.equal(status, 403, host);
      assert.equal((await gateway.post(pausePath, { ...why, headers: { host } })).status, 403, host);
    }
    for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080', 'portolan.localhost'])
      assert.equal((await gateway.get('/api/v1/orders', { host })).status, 200, host);
  });

  it('does not take what came through a proxy for a request from this machine', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      assert.equal((await gateway.get('/api/v1/orders', { [name]: '127.0.0.1' })).status, 403, name);
  });

  it('refuses writes from the page of another site', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: gateway.url.replace(/:\d+$/, ':1') },
      { origin: gateway.url, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign)
      assert.equal((await gateway.post(pausePath, { ...why, headers })).status, 403, JSON.stringify(headers));
    const own = { origin: gateway.url, 'sec-fetch-site': 'same-origin' };
    assert.equal((await gateway.post(pausePath, { ...why, headers: own })).status, 200);
  });

  it('refuses bodies that a form of another site could send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/csv',
      '',
    ]) {
      const { status } = await gateway.post(pausePath, { ...why, headers: { 'content-type': type } });
      assert.equal(status, 415, type);
    }
  });

  it('answers health to everybody', async () => {
    gateway.from = outside;
    assert.equal((await gateway.get('/health/live')).status, 200);
    assert.equal((await gateway.get('/health/ready')).status, 200);
  });
});

describe('access with an admin token', () => {
  const adminToken = 'a-long-token-of-the-test';
  const authorization = `Bearer ${adminToken}`;
  let gateway: Gateway;
  before(async () => {
    gateway = await openGateway({ adminToken });
  });
  after(() => gateway.close());
  afterEach(() => {
    gateway.from = null;
  });

  it('answers reads from this machine without it', async () => {
    for (const path of reads) assert.equal((await gateway.get(path)).status, 200, path);
  });

  it('refuses every write without it, from this machine too', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: adminToken },
      { authorization: `Basic ${adminToken}` },
    ]) {
      const answer = await gateway.post(pausePath, { ...why, headers: headers as Record<string, string> });
      assert.equal(answer.status, 401);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
    }
    assert.equal((await gateway.post(pausePath, { ...why, headers: { authorization } })).status, 200);
  });

  it('refuses reads from elsewhere without it, and answers them with it', async () => {
    gateway.from = outside;
    for (const path of reads) {
      assert.equal((await gateway.get(path)).status, 401, path);
      assert.equal(
        (await gateway.get(path, { authorization: 'Bearer a-long-token-of-the-tesu' })).status,
        401,
        path,
      );
      assert.equal((await gateway.get(path, { authorization })).status, 200, path);
    }
  });

  it('refuses a write of another site even with it', async () => {
    const headers = { authorization, origin: 'https://evil.example' };
    assert.equal((await gateway.post(pausePath, { ...why, headers })).status, 403);
  });

  it('shows who has no token a page that asks for it, and nothing else', async () => {
    gateway.from = outside;
    await gateway.context.store.db.raw(
      `insert into pauses (partner, who, why) values ('secret-partner', 'x', 'y')`,
    );
    const page = await gateway.get('/', { accept: 'text/html' });
    assert.equal(page.status, 401);
    assert.match(page.text, /data-sign-in/);
    assert.doesNotMatch(page.text, /nordlicht|harbor|secret-partner/i);
    assert.match((await gateway.get('/', { authorization })).text, /secret-partner/);
    assert.equal((await gateway.get('/', { 'x-portolan-content': '1' })).status, 401);
    assert.equal((await gateway.get('/static/console.js')).status, 200);
  });
});
