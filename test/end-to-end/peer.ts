/** A simulated partner at its end of the road: it keeps every file that it found in its mailbox, and has every one inspected. */
import assert from 'node:assert/strict';
import { inspectJson } from '../../src/inspect.ts';
import type { Agreement } from '../../src/partner/partner.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import type { Carrier, Mail } from '../../src/simulator/carrier.ts';
import { controlNumbers } from '../../src/simulator/control.ts';
import { standIn } from '../../src/simulator/stand-in.ts';
import type {
  Judgement,
  OrderFile,
  OrderOptions,
  OrderSpec,
  TradingPartner,
} from '../../src/simulator/trading-partner.ts';
import { goods } from './road.ts';

export interface Read {
  readonly answers: readonly Answer[];
  readonly judgements: readonly Judgement[];
}

export class Peer {
  readonly simulated: TradingPartner;
  /** Every file that it ever found, in the order it came. */
  readonly mails: Mail[] = [];
  readonly answers: Answer[] = [];
  readonly judgements: Judgement[] = [];
  readonly sent: OrderFile[] = [];

  constructor(agreement: Agreement, carrier: Carrier, firstControl = 1) {
    const keeping: Carrier = {
      send: (name, bytes) => carrier.send(name, bytes),
      collect: async () => {
        const found = await carrier.collect();
        this.mails.push(...found);
        return found;
      },
    };
    this.simulated = standIn(agreement, { carrier: keeping, control: controlNumbers(firstControl) });
  }

  /** Writes an order for our goods; it counts as sent once `send` has it. */
  write(number: string, more: Partial<OrderSpec> = {}, options: OrderOptions = {}): OrderFile {
    const lines = [goods[0], goods[2]].map(({ gtin, sku, price }) => ({
      gtin,
      sellerId: sku,
      price,
      quantity: '10',
    }));
    return this.simulated.order(
      {
        number,
        orderedOn: '2026-11-20',
        currency: 'USD',
        shipTo: { name: 'Main Store', ...place(this) },
        lines,
        ...more,
      },
      options,
    );
  }

  async send(file: OrderFile): Promise<OrderFile> {
    this.sent.push(file);
    await this.simulated.send(file);
    return file;
  }

  order(number: string, more: Partial<OrderSpec> = {}, options: OrderOptions = {}): Promise<OrderFile> {
    return this.send(this.write(number, more, options));
  }

  /** Takes what lies in the mailbox, judges and acknowledges it. */
  async read({ acknowledge = true } = {}): Promise<Read> {
    const answers = await this.simulated.poll();
    const judgements = answers.map((answer) => this.simulated.judge(answer, this.sent));
    this.answers.push(...answers);
    this.judgements.push(...judgements);
    if (acknowledge) await this.simulated.acknowledge(answers.filter(({ again }) => !again));
    return { answers, judgements };
  }

  /** The kinds of what came, oldest first. */
  kinds(): string[] {
    return this.answers.map(({ kind }) => kind);
  }

  wrong(): string[] {
    return this.judgements.filter(({ ok }) => !ok).map(({ summary }) => summary);
  }
}

function place({ simulated }: Peer) {
  return simulated.standard === 'x12' ? { code: '0042' } : { gln: '4012345000023' };
}

/** What `portolan inspect` finds in a file, as one line each. */
export async function inspected(mail: Mail): Promise<string[]> {
  let text = '';
  await inspectJson([mail.bytes], mail.name, (piece) => {
    text += piece;
  });
  const { faults } = JSON.parse(text) as { faults: { severity: string; code: string; message: string }[] };
  return faults.map(({ severity, code, message }) => `${mail.name}: ${severity} ${code}: ${message}`);
}

/** Nothing worse than a remark. */
export async function assertClean(mails: readonly Mail[]): Promise<void> {
  const found = (await Promise.all(mails.map(inspected))).flat();
  assert.deepEqual(
    found.filter((line) => !line.includes(': info ')),
    [],
  );
}
