import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { orderPage } from '../../src/console/order-page.ts';
import { shownFindings } from '../../src/flow/shown-finding.ts';
import { getDocument } from '../../src/store/documents.ts';
import { commandLine } from '../support/program.ts';
import { Desk, edifact, orders, purchaseOrder, set, x12 } from './steps.ts';

const run = promisify(execFile);

/** A finding, and where it stands in what we sent. */
describe('a finding in what we sent', () => {
  let desk: Desk;
  before(async function () {
    this.timeout(60_000);
    desk = await Desk.open();
    await desk.give('acme-box', x12([purchaseOrder('SHOWN')], 1));
    await desk.give('umber-box', edifact(orders('GEZEIGT'), '1'));
  });
  after(() => desk?.close());

  async function documentOf(order: string) {
    const [row] = await desk.rows<{
      id: string;
      order: string;
      group: string;
      message: string;
      interchange: string;
    }>(
      `select d.id, o.id as order, d.group_control as group, d.message_control as message, t.control as interchange
       from documents d join orders o on o.id = d.order_id join transmissions t on t.id = d.transmission_id where o.number = ?`,
      [order],
    );
    assert.ok(row !== undefined);
    return row;
  }

  /** The segments with what is meant in brackets. */
  async function shown(id: string): Promise<(string | null)[]> {
    const document = await getDocument(desk.database.store.db, id);
    assert.ok(document !== null);
    const found = await shownFindings(desk.database.store.db, document);
    return found.map(({ segment, span: [from, to] }) =>
      segment === null ? null : `${segment.slice(0, from)}[${segment.slice(from, to)}]${segment.slice(to)}`,
    );
  }

  it('X12: an element, a missing element, a missing segment, a trailer; none for the message as a whole', async () => {
    const { id, group, message } = await documentOf('SHOWN');
    assert.deepEqual(await shown(id), []);
    const body = [
      `AK1*PR*${group}`,
      `AK2*855*${message}`,
      'AK3*BAK*2**8',
      'AK4*2*587*7*AD',
      'AK4*12*127*1',
      'AK3*DTM*3**3',
      'AK3*N1*99**2',
      'AK5*R*5',
      'AK9*R*1*1*0',
    ];
    await desk.give('acme-box', x12([set('997', '0001', body)], 2, { group: 'FA' }));
    const [code, element, segment, beyond, whole] = await shown(id);
    assert.match(code ?? '', /^BAK\*00\*\[A[A-Z]\]\*SHOWN\*/);
    assert.match(element ?? '', /^BAK\*00\*A[A-Z]\*SHOWN\*\d{8}.*\[\]$/);
    assert.match(segment ?? '', /^\[\]\w+\*/);
    assert.deepEqual([beyond, whole], [null, null]);
  });

  it('people see it: the page of the order, and `portolan faults show`', async function () {
    this.timeout(60_000);
    const { id, order } = await documentOf('SHOWN');
    const page = await orderPage(desk.context, order);
    const text = page?.content.text ?? '';
    assert.match(text, /What the partner found/);
    assert.match(
      text,
      /The partner refuses the order response 0001: in segment 2 \(BAK, second element\) the code is not allowed/,
    );
    assert.match(text, /<pre class="raw">BAK\*00\*<mark class="error">A[A-Z]<\/mark>\*SHOWN/);
    assert.match(text, /997 refused/);

    const [fault] = await desk.rows<{ id: string }>(
      'select id from faults where document_id = ? and waiting',
      [id],
    );
    const env = { ...process.env, DATABASE_URL: desk.database.url };
    const words = [...commandLine(), 'faults', 'show', fault?.id ?? ''];
    const { stdout } = await run(process.execPath, words, { env });
    assert.match(stdout, /\n {2}BAK\*00\*A[A-Z]\*SHOWN\*\d{8}.*\n {9}\^\^\n/);
  });

  it('EDIFACT: a component, a line by its number, the header of the interchange', async () => {
    const { id, message, interchange } = await documentOf('GEZEIGT');
    const contrl = [
      'UNH+1+CONTRL:2:2:UN:EAN002',
      `UCI+${interchange}+4000001000005:14+4000001000012:14+7+12+UNB+3:1`,
      `UCM+${message}+ORDRSP:D:96A:UN:EAN005+4`,
      'UCS+4',
      'UCD+12+2:2',
      'UNT+6+1',
    ];
    const file = (body: readonly string[], control: string) =>
      edifact(body.map((one) => `${one}'`).join(''), control);
    await desk.give('umber-box', file(contrl, '2'));
    const [component, header] = await shown(id);
    assert.match(component ?? '', /^RFF\+ON:\[GEZEIGT\]$/);
    assert.match(header ?? '', /^UNB\+UNOC:3\+\[4000001000005\]:14\+/);
    const aperak = [
      'UNH+1+APERAK:D:96A:UN:EAN001',
      'BGM+313+1+9',
      'RFF+ON:GEZEIGT',
      'ERC+1',
      'RFF+LI:1',
      'UNT+6+1',
    ];
    await desk.give('umber-box', file(aperak, '3'));
    assert.match((await shown(id))[0] ?? '', /^\[LIN\]\+1\+/);
  });

  it('nothing is shown of what was never sent', async () => {
    const nothing = { transmission_id: null, group_control: null, message_control: null };
    assert.deepEqual(
      await shownFindings(desk.database.store.db, { ...nothing, answer: { findings: [{ at: {} }] } }),
      [],
    );
  });
});
