/** Segments through the real writer and reader: what our partner gets, and what we would read of it. */
import { type Message, readInterchanges } from '../../src/interchange/interchange.ts';
import { type OutSegment, writeInterchange } from '../../src/interchange/write.ts';
import type { Guide } from '../../src/mapping/guide.ts';

const groups: Readonly<Record<string, string>> = { '850': 'PO', '855': 'PR', '856': 'SH' };
const now = new Date('2026-11-22T04:00:00Z');

/** The bytes of an interchange with one message. */
export function toBytes(guide: Guide, segments: readonly OutSegment[]): Buffer {
  const x12 = guide.standard === 'x12';
  const { bytes, faults } = writeInterchange({
    standard: guide.standard,
    control: x12 ? '000000001' : '1',
    sender: x12 ? { qualifier: 'ZZ', id: 'SALTMARSH' } : { qualifier: '14', id: '4000001000005' },
    receiver: x12 ? { qualifier: 'ZZ', id: 'HARBORPINE' } : { qualifier: '14', id: '4000001000012' },
    version: x12 ? '00401' : 'UNOC:3',
    test: false,
    acknowledgmentRequested: x12 ? '0' : '',
    separators: x12
      ? { element: '*', component: '>', repetition: null, segment: '~', release: null, decimal: '.' }
      : { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
    newline: '\n',
    at: now,
    groups: [
      {
        type: x12 ? (groups[guide.message] ?? '') : null,
        control: x12 ? '1' : null,
        version: x12 ? guide.release : null,
        sender: x12 ? 'SALTMARSH' : null,
        receiver: x12 ? 'HARBORPINE' : null,
        messages: [
          {
            type: guide.message,
            version: x12 ? null : `D:96A:UN:${associations[guide.message] ?? 'EAN008'}`,
            control: x12 ? '0001' : '1',
            segments,
          },
        ],
      },
    ],
  });
  if (faults.length > 0) throw new Error(`The interchange cannot be written: ${JSON.stringify(faults)}`);
  return bytes;
}

/** EANCOM's association codes (UNH 0057) in D.96A. */
const associations: Readonly<Record<string, string>> = { ORDRSP: 'EAN005', DESADV: 'EAN005' };

/** The messages of a file. */
export async function messagesOf(bytes: Uint8Array): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const event of readInterchanges([bytes])) if (event.kind === 'message') messages.push(event);
  return messages;
}
