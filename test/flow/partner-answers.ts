/** What a partner says of what we sent, on the steps of the road: orders answered, then acknowledgments given. */
import assert from 'node:assert/strict';
import type { DocumentAnswer } from '../../src/flow/settle.ts';
import { Desk, edifact, orders, purchaseOrder, set, x12 } from './steps.ts';

/** A document of ours with what became of it. */
export interface Sent {
  readonly id: string;
  readonly order: string;
  readonly state: string;
  readonly group: string;
  readonly message: string;
  readonly interchange: string;
  readonly transmission: string;
  readonly answer: DocumentAnswer | null;
}

/** An 855 to acme, an ORDRSP to umber, and what they say of them. */
export class Answers {
  readonly desk: Desk;
  #last = 100;

  private constructor(desk: Desk) {
    this.desk = desk;
  }

  static async open(): Promise<Answers> {
    return new Answers(await Desk.open());
  }

  /** A control number for the next interchange of theirs. */
  number(): number {
    this.#last += 1;
    return this.#last;
  }

  async documentOf(order: string): Promise<Sent> {
    const [found] = await this.desk.rows<Sent>(
      `select d.id, o.id as order, d.state, d.group_control as group, d.message_control as message, t.control as interchange,
         t.id as transmission, d.answer
       from documents d join orders o on o.id = d.order_id join transmissions t on t.id = d.transmission_id
       where o.number = ? and d.kind in ('855', 'ORDRSP')`,
      [order],
    );
    assert.ok(found !== undefined, `a response to ${order}`);
    return found;
  }

  async respond(order: string): Promise<Sent> {
    await this.desk.give('acme-box', x12([purchaseOrder(order)], this.number()));
    return this.documentOf(order);
  }

  async respondEdifact(order: string): Promise<Sent> {
    await this.desk.give('umber-box', edifact(orders(order), String(this.number())));
    return this.documentOf(order);
  }

  give(type: string, body: readonly string[], group = 'FA', version = '004010'): Promise<string> {
    return this.desk.give('acme-box', x12([set(type, '0001', body)], this.number(), { group, version }));
  }

  /** A 997 about one 855. */
  say997({ group, message }: Sent, code: string, ...errors: string[]): Promise<string> {
    const end = [`AK5*${code}`, `AK9*${code}*1*1*${code === 'R' ? 0 : 1}`];
    return this.give('997', [`AK1*PR*${group}`, `AK2*855*${message}`, ...errors, ...end]);
  }

  giveEdifact(version: string, body: readonly string[]): Promise<string> {
    const whole = [`UNH+1+${version}`, ...body, `UNT+${body.length + 2}+1`].map((one) => `${one}'`).join('');
    return this.desk.give('umber-box', edifact(whole, String(this.number())));
  }

  /** @param one the verdict on the message, which has an error then */
  sayContrl({ interchange, message }: Sent, whole: string, one?: string): Promise<string> {
    return this.giveEdifact('CONTRL:2:2:UN:EAN002', [
      `UCI+${interchange}+4000001000005:14+4000001000012:14+${whole}`,
      ...(one === undefined ? [] : [`UCM+${message}+ORDRSP:D:96A:UN:EAN005+${one}`, 'UCS+4', 'UCD+12+2:2']),
    ]);
  }

  sayAperak(...body: string[]): Promise<string> {
    return this.giveEdifact('APERAK:D:96A:UN:EAN001', body);
  }

  /** A person asks to send it again, and it was. */
  async resent({ transmission }: Sent): Promise<void> {
    const again = 'update transmissions set attempts = greatest(attempts, 1) + 1 where id = ?';
    await this.desk.rows(again, [transmission]);
  }

  /** What waits for a person, oldest first. */
  told(): Promise<{ code: string; message: string; document_id: string | null }[]> {
    return this.desk.rows('select code, message, document_id from faults where waiting order by id');
  }

  async eventsOf({ id }: Sent): Promise<string[]> {
    const rows = await this.desk.rows<{ kind: string }>(
      'select kind from events where document_id = ? order by id',
      [id],
    );
    return rows.map(({ kind }) => kind);
  }

  /** Acknowledgments that we owe or have given. */
  async owed(): Promise<number> {
    const [row] = await this.desk.rows<{ n: number }>(
      `select count(*)::int as n from documents where subject like 'interchange:%'`,
    );
    return row?.n ?? 0;
  }
}
