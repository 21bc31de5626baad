import assert from 'node:assert/strict';
import { html } from '../../src/console/html.ts';
import { markedText } from '../../src/console/raw-text.ts';
import { type Gateway, openGateway, order850, stockUp } from './gateway.ts';

const evilNumber = `<b>"PO'&1</b>`;
const evilName = `"><script>alert('x')</script>&.edi`;
const escapedNumber = '&lt;b&gt;&quot;PO&#39;&amp;1&lt;/b&gt;';
const escapedName = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;.edi';

describe('pages', () => {
  let gateway: Gateway;
  let delivery: string;
  let order: string;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
    delivery = await gateway.drop(order850({ control: 1, number: evilNumber, price: '99.00' }), evilName);
    order = (await gateway.get('/api/v1/orders')).json.data[0].id;
  });
  after(() => gateway.close());

  it('show what partners wrote as text, never as markup', async () => {
    const evil = /<b>"PO|<script>alert|value="[^"]*<|PO'&1/;
    for (const path of [
      '/',
      '/orders',
      `/orders?number=${encodeURIComponent(evilNumber)}`,
      '/deliveries',
      `/orders/${order}`,
      `/deliveries/${delivery}`,
    ]) {
      const page = await gateway.get(path);
      assert.equal(page.status, 200, path);
      assert.doesNotMatch(page.text, evil, path);
      assert.ok(page.text.includes(escapedNumber) || page.text.includes(escapedName), path);
    }
    assert.ok((await gateway.get('/')).text.includes(escapedName));
    assert.ok((await gateway.get(`/orders/${order}`)).text.includes(escapedNumber));
  });

  it('show what somebody searched for as text', async () => {
    const page = await gateway.get('/orders?number=%22%3E%3Cscript%3Ex');
    assert.doesNotMatch(page.text, /"><script>x/);
    assert.match(page.text, /&quot;&gt;&lt;script&gt;x/);
  });

  it('carry no script, style or source from elsewhere, and a policy that allows none', async () => {
    const page = await gateway.get('/');
    const policy = String(page.headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.equal(page.headers['x-powered-by'], undefined);
    assert.doesNotMatch(
      page.text,
      /<script(?! type="module" src="\/static\/console\.js">)|\sstyle=|\son\w+=|https?:\/\//,
    );
    for (const [file, type] of [
      ['console.js', /javascript/],
      ['console.css', /css/],
      ['icon.svg', /svg/],
    ] as const) {
      const answer = await gateway.get(`/static/${file}`);
      assert.equal(answer.status, 200);
      assert.match(String(answer.headers['content-type']), type);
    }
    assert.equal((await gateway.get('/static/../console.ts')).status, 404);
  });

  it('give their content alone to the script that refreshes them', async () => {
    const whole = await gateway.get('/');
    const part = await gateway.get('/', { 'x-portolan-content': '1' });
    assert.match(whole.text, /^<!doctype html>/);
    assert.doesNotMatch(part.text, /<html|<head|<script/);
    for (const id of ['road', 'waits', 'overdue', 'queues', 'deliveries', 'orders', 'endpoints'])
      for (const { text } of [whole, part]) assert.match(text, new RegExp(`<section id="${id}">`), id);
  });

  it('offer what can be done about what waits', async () => {
    const { text } = await gateway.get('/');
    const [fault] = (await gateway.get('/api/v1/faults')).json.data;
    for (const deed of ['replay', 'accept', 'reject'])
      assert.ok(text.includes(`data-deed="/api/v1/faults/${fault.id}/${deed}"`), deed);
    assert.ok(!text.includes(`/faults/${fault.id}/accept-duplicate`));
    assert.match(text, /data-deed="\/api\/v1\/partners\/nordlicht\/pause"/);
  });

  it("show an order's documents with their four statuses, and what happened", async () => {
    const { text } = await gateway.get(`/orders/${order}`);
    for (const head of [
      'Received',
      'Processed',
      'Delivered',
      'Acknowledged',
      'Ordered',
      'Confirmed',
      'Backordered',
      'Cut',
      'Shipped',
    ])
      assert.match(text, new RegExp(`<th scope="col" class="\\w+">${head}</th>`), head);
    assert.match(text, /Held for a person/);
    assert.match(text, new RegExp(`href="/deliveries/${delivery}"`));
    assert.match(text, /href="\/api\/v1\/documents\/\d+\/raw"/);
  });

  it('mark the place of a fault in the text of a delivery', async () => {
    const wrong = order850({ control: 2, number: 'PO-2', quantity: 'TEN' });
    const id = await gateway.drop(wrong);
    const { text } = await gateway.get(`/deliveries/${id}`);
    const at = wrong.indexOf('PO1*1*TEN');
    const marked = new RegExp(`<mark id="at-${at}" class="error" title="[^"]+">PO1\\*1\\*TEN[^<]*~</mark>`);
    assert.match(text, marked);
  });

  it('answer a wrong address with a page to a person, and with a problem document to a program', async () => {
    const page = await gateway.get('/orders/999999', { accept: 'text/html' });
    assert.equal(page.status, 404);
    assert.match(page.text, /^<!doctype html>/);
    const problem = await gateway.get('/orders/999999');
    assert.equal(problem.json.status, 404);
    assert.equal((await gateway.get('/orders/x', { accept: 'text/html' })).status, 404);
    assert.equal((await gateway.get('/api/v1/orders/999999', { accept: 'text/html' })).json.status, 404);
  });

  it('show any part of a long file, and all marks in it', async () => {
    const long = `${order850({ control: 3, number: 'PO-3' })}${'\n'.repeat(150_000)}${order850({ control: 4, number: 'PO-4', quantity: 'TEN' })}`;
    const id = await gateway.drop(long);
    const at = long.indexOf('PO1*1*TEN');
    assert.doesNotMatch((await gateway.get(`/deliveries/${id}`)).text, /<mark/);
    assert.match((await gateway.get(`/deliveries/${id}`)).text, /Further on/);
    assert.match((await gateway.get(`/deliveries/${id}?byte=${at}`)).text, new RegExp(`<mark id="at-${at}"`));
    assert.equal((await gateway.get(`/deliveries/${id}?byte=99999999999`)).status, 200);
    assert.equal((await gateway.get(`/deliveries/${id}?byte=-1`)).status, 200);
  });
});

describe('html', () => {
  it('escapes what is put in, wherever it stands, and nothing twice', () => {
    const inner = html`<i>${'<&>'}</i>`;
    assert.equal(
      html`<p title="${`"'`}">${inner}${['a', html`<b>${'"'}</b>`]}${null}${false}${0}</p>`.text,
      '<p title="&quot;&#39;"><i>&lt;&amp;&gt;</i>a<b>&quot;</b>0</p>',
    );
  });
});

describe('marked text', () => {
  const text = (bytes: string, from: number, offsets: number[]) =>
    markedText(
      Buffer.from(bytes),
      from,
      offsets.map((offset) => ({ offset, message: `fault at ${offset}`, severity: 'error' })),
    ).text;

  it('breaks a file in one line after each segment, and leaves one with line breaks alone', () => {
    assert.equal(text("UNB+A'UNZ+1'", 0, []), 'UNB+A&#39;\nUNZ+1&#39;\n');
    assert.equal(text("UNB+A'\nUNZ+1'\n", 0, []), 'UNB+A&#39;\nUNZ+1&#39;\n');
  });

  it('marks from the place to the end of the segment, two marks in one segment apart', () => {
    assert.equal(
      text("UNB+A'BGM+220'UNZ+1'", 0, [6, 10]),
      'UNB+A&#39;\n<mark id="at-6" class="error" title="fault at 6">BGM+</mark><mark id="at-10" class="error" title="fault at 10">220&#39;</mark>\nUNZ+1&#39;\n',
    );
  });

  it('leaves out marks that lie outside the part', () => {
    assert.equal(
      text("BGM+220'", 100, [5, 100, 300]),
      '<mark id="at-100" class="error" title="fault at 100">BGM+220&#39;</mark>',
    );
  });
});
