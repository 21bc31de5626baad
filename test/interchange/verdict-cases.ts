/** Acknowledgments as partners send them: bytes written by hand, read by the real reader. */
import assert from 'node:assert/strict';
import { type Message, readInterchanges, type Segment } from '../../src/interchange/interchange.ts';
import { type Acknowledgment, type Answer, readAcknowledgment } from '../../src/interchange/verdict.ts';

/** One set in a group and an interchange; the trailers are counted. */
export function x12File(type: string, body: readonly string[], version = '004010'): string {
  const groups: Readonly<Record<string, string>> = { '824': 'AG', '864': 'TX', '997': 'FA', '999': 'FA' };
  const isa = version < '004020' ? 'U*00401' : '^*00501';
  return [
    `ISA*00*          *00*          *ZZ*BLUEBARN       *ZZ*SALTMARSH      *261122*0400*${isa}*000000077*0*P*:`,
    `GS*${groups[type]}*BLUEBARN*SALTMARSH*20261122*0400*7*X*${version}`,
    `ST*${type}*0001`,
    ...body,
    `SE*${body.length + 2}*0001`,
    'GE*1*7',
    'IEA*1*000000077',
  ]
    .map((segment) => `${segment}~\n`)
    .join('');
}

/** One message; UNB in syntax 3 or 4, UNH with what S009 says of it. */
export function edifactFile(version: string, body: readonly string[], syntax = 'UNOC:3'): string {
  return [
    `UNB+${syntax}+4000001000012:14+4000001000005:14+261122:0400+77`,
    `UNH+1+${version}`,
    ...body,
    `UNT+${body.length + 2}+1`,
    'UNZ+1+77',
  ]
    .map((segment) => `${segment}'\n`)
    .join('');
}

/** The only message of a file. */
export async function messageOf(file: string): Promise<Message> {
  const found: Message[] = [];
  for await (const event of readInterchanges([Buffer.from(file, 'latin1')]))
    if (event.kind === 'message') found.push(event);
  const [message, another] = found;
  assert.ok(message !== undefined && another === undefined, 'one message');
  return message;
}

export async function acknowledgmentOf(file: string): Promise<Acknowledgment> {
  const acknowledgment = readAcknowledgment(await messageOf(file));
  assert.ok(acknowledgment !== null);
  return acknowledgment;
}

/** The TA1s of a file, wherever they stand. */
export async function ta1sOf(file: string): Promise<readonly Segment[]> {
  const found: Segment[] = [];
  for await (const event of readInterchanges([Buffer.from(file, 'latin1')]))
    if (event.kind === 'interchange-end') found.push(...event.ta1);
  return found;
}

export const read997 = (...body: string[]) => acknowledgmentOf(x12File('997', body));
export const read999 = (...body: string[]) => acknowledgmentOf(x12File('999', body, '005010'));
export const read824 = (...body: string[]) => acknowledgmentOf(x12File('824', body));
export const readContrl = (...body: string[]) => acknowledgmentOf(edifactFile('CONTRL:2:2:UN:EAN002', body));
export const readAperak = (...body: string[]) =>
  acknowledgmentOf(edifactFile('APERAK:D:96A:UN:EAN001', body));

/** The answer about one message. */
export function about(answers: readonly Answer[], control: string): Answer {
  const found = answers.find((answer) => answer.scope === 'message' && answer.control === control);
  assert.ok(found !== undefined, `an answer about ${control}`);
  return found;
}
