/**
 * X12 850s by the thousand, for measurements and large tests. Made from a plain template, not by node-x12's generator:
 * this is about volume, and the generator parses everything that it writes.
 */
import type { Addresses } from './trading-partner.ts';
import { compactDay, compactTime } from './x12-write.ts';

export interface VolumeOptions {
  readonly addresses: Addresses;
  readonly interchanges: number;
  readonly ordersPer: number;
  readonly linesPer: number;
  /** ISA13 and GS06 of the first interchange. */
  readonly startControl: number;
  /** Number of the first order; order numbers are `prefix` and this, counted on. */
  readonly startNumber: number;
  readonly prefix?: string;
  /** Ordered in turn. */
  readonly items: readonly { readonly upc: string; readonly sellerId: string; readonly price: string }[];
  /** Quantity of every line. */
  readonly quantity?: number;
  readonly at?: Date;
}

export interface VolumeFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly control: number;
  readonly orderNumbers: readonly string[];
}

/** One file for each interchange, each made when it is asked for. */
export function* x12Volume(options: VolumeOptions): Generator<VolumeFile> {
  const at = options.at ?? new Date();
  for (let index = 0; index < options.interchanges; index++) {
    const control = options.startControl + index;
    const first = options.startNumber + index * options.ordersPer;
    const orderNumbers = Array.from(
      { length: options.ordersPer },
      (_, order) => `${options.prefix ?? 'PO'}${first + order}`,
    );
    const sets = orderNumbers.map((number, order) => transactionSet(options, number, order, at));
    const text = `${header(options.addresses, control, at)}${sets.join('')}${trailer(sets.length, control)}`;
    yield { name: `850-${control}.edi`, bytes: Buffer.from(text, 'latin1'), control, orderNumbers };
  }
}

function header({ partner, gateway }: Addresses, control: number, at: Date): string {
  const [day, time] = [compactDay(at), compactTime(at)];
  const from = `${partner.qualifier}*${partner.id.padEnd(15)}`;
  const to = `${gateway.qualifier}*${gateway.id.padEnd(15)}`;
  const isa = `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*${from}*${to}*${day.slice(2)}*${time}`;
  const group = `${partner.group ?? partner.id}*${gateway.group ?? gateway.id}*${day}*${time}*${control}*X*004010`;
  return `${isa}*U*00401*${String(control).padStart(9, '0')}*0*P*>~GS*PO*${group}~`;
}

function transactionSet(options: VolumeOptions, number: string, order: number, at: Date): string {
  const control = String(order + 1).padStart(4, '0');
  const { linesPer, quantity = 1 } = options;
  let text = `ST*850*${control}~BEG*00*SA*${number}**${compactDay(at)}~N1*ST*Distribution Center*92*DC01~`;
  for (let line = 1; line <= linesPer; line++) text += orderLine(options, order, line, quantity);
  return `${text}CTT*${linesPer}*${linesPer * quantity}~SE*${linesPer + 5}*${control}~`;
}

function orderLine({ items }: VolumeOptions, order: number, line: number, quantity: number): string {
  const item = items[(order + line) % items.length];
  if (item === undefined) throw new RangeError('There is no item to order');
  return `PO1*${line}*${quantity}*EA*${item.price}**UP*${item.upc}*VN*${item.sellerId}~`;
}

function trailer(sets: number, control: number): string {
  return `GE*${sets}*${control}~IEA*1*${String(control).padStart(9, '0')}~`;
}
