/** Files of invented companies for the reader's tests, and short ways to read them. */
import type { Fault, FaultCode } from '../../src/fault.ts';
import { type InterchangeEvent, type Message, readInterchanges } from '../../src/interchange/interchange.ts';
import { defaultLimits, type Limits } from '../../src/interchange/limits.ts';
import { Reader } from '../../src/interchange/reader.ts';

export const isa =
  'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*LANTERN        *261122*0915*U*00401*000000041*0*P*>~';

/** Wraps the segments of one message in ISA, GS, ST, SE, GE, IEA with right counts. */
export function x12(body: readonly string[], type = '850', group = 'PO', version = '004010'): string {
  const message = [`ST*${type}*0001`, ...body, `SE*${body.length + 2}*0001`];
  const gs = `GS*${group}*HARBORPINE*LANTERN*20261122*0915*41*X*${version}`;
  return `${isa}${[gs, ...message, 'GE*1*41', 'IEA*1*000000041'].join('~')}~`;
}

export const order = [
  'BEG*00*SA*HP-1001**20261122',
  'REF*DP*0017',
  'N1*ST*Harbor & Pine 17*92*0017',
  'PO1*1*24*EA*12.5**UP*036000291452*VN*LAMP-7',
  'PID*F*08***Brass lamp',
  'PO1*2*6*CA*80**VN*ROPE-2',
  'CTT*2*30',
];

/** Wraps the segments of one message in UNB, UNH, UNT, UNZ with right counts. */
export function edifact(
  body: readonly string[],
  type = 'ORDERS',
  version = 'D:96A:UN:EAN008',
  una = '',
): string {
  const message = [`UNH+1+${type}:${version}`, ...body, `UNT+${body.length + 2}+1`];
  const unb = 'UNB+UNOC:3+4012345000009:14+5412345000013:14+261122:0915+77';
  return `${una}${[unb, ...message, 'UNZ+1+77'].join("'")}'`;
}

export const orders = [
  'BGM+220+HP-2001+9',
  'DTM+137:20261122:102',
  "FTX+AAI+++Leave at gate 3 ?+ 4?: ring the keeper?'s bell??",
  'NAD+BY+5412345000013::9',
  'LIN+1++4000862141404:EN',
  'QTY+21:12.5',
  'UNS+S',
  'CNT+2:1',
];

export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export async function eventsOf(
  text: string | Buffer,
  limits: Partial<Limits> = {},
): Promise<InterchangeEvent[]> {
  const events: InterchangeEvent[] = [];
  const source = [typeof text === 'string' ? bytes(text) : text];
  for await (const event of readInterchanges(source, { limits })) events.push(event);
  return events;
}

/** Reads a file cut at the given places, without the joining of small chunks that readInterchanges does. */
export function eventsOfCut(
  file: Buffer,
  cuts: readonly number[],
  limits: Partial<Limits> = {},
): InterchangeEvent[] {
  const reader = new Reader({ ...defaultLimits, ...limits });
  const events: InterchangeEvent[] = [];
  const drain = () => {
    for (let event = reader.next(); event !== null; event = reader.next()) events.push(event);
  };
  const places = [0, ...cuts, file.length];
  for (let index = 1; index < places.length; index += 1) {
    reader.push(file.subarray(places[index - 1], places[index]));
    drain();
  }
  reader.end();
  drain();
  return events;
}

export async function faultsOf(text: string | Buffer, limits: Partial<Limits> = {}): Promise<Fault[]> {
  return (await eventsOf(text, limits)).flatMap((event) => ('faults' in event ? [...event.faults] : []));
}

export async function codesOf(text: string | Buffer, limits: Partial<Limits> = {}): Promise<FaultCode[]> {
  return (await faultsOf(text, limits)).map((one) => one.code);
}

export async function messagesOf(text: string | Buffer, limits: Partial<Limits> = {}): Promise<Message[]> {
  return (await eventsOf(text, limits)).filter((event) => event.kind === 'message');
}
