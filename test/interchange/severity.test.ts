import assert from 'node:assert/strict';
import type { Severity } from '../../src/fault.ts';
import { type InterchangeEvent, readInterchanges } from '../../src/interchange/interchange.ts';

/** SE01 counts 9 where 4 came. */
const text =
  'ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261122*0930*U*00401*000000001*0*P*>~' +
  'GS*FA*SENDER*RECEIVER*20261122*0930*1*X*004010~ST*997*0001~AK1*PO*7~AK9*A*1*1*1~SE*9*0001~GE*1*1~IEA*1*000000001~';

async function read(severity: Severity | null, sender = 'SENDER'): Promise<InterchangeEvent[]> {
  const events: InterchangeEvent[] = [];
  const settings = (id: string) =>
    severity === null || id !== sender ? {} : { severities: { 'segment-count-mismatch': severity } };
  const source = [Buffer.from(text)];
  for await (const event of readInterchanges(source, { settings: (begin) => settings(begin.sender.id) })) {
    events.push(event);
  }
  return events;
}

function verdict(events: readonly InterchangeEvent[]): string {
  const message = events.find((event) => event.kind === 'message');
  return message === undefined ? '' : `${message.verdict} ${message.faults.map((one) => one.severity)}`;
}

describe('interchange: severities agreed with a sender', () => {
  it('leaves the table alone where nothing was agreed', async () => {
    assert.equal(verdict(await read(null)), 'rejected error');
    assert.equal(verdict(await read('info', 'OTHER')), 'rejected error');
  });

  it('takes a wrong SE01 as a warning or a note where that was agreed', async () => {
    assert.equal(verdict(await read('warning')), 'noted warning');
    assert.equal(verdict(await read('info')), 'accepted info');
  });
});
