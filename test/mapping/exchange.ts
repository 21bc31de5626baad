/** Segments through the real writer and reader: what our partner gets, and what we would read of it. */
import { type Message, readInterchanges } from '../../src/interchange/interchange.ts';
import { type OutSegment, writeInterchange } from '../../src/interchange/write.ts';
import type { Guide } from '../../src/mapping/guide.ts';

const now = new Date('2026-11-22T04:00:00Z');

/** The bytes of an interchange with one message. */
export function toBytes(
  { standard, release, message: type, rules }: Pick<Guide, 'standard' | 'release' | 'message' | 'rules'>,
  segments: readonly OutSegment[],
): Buffer {
  const x12 = standard === 'x12';
  const version = release.slice(0, 5);
  const { bytes, faults } = writeInterchange({
    standard,
    control: x12 ? '000000001' : '1',
    sender: x12 ? { qualifier: 'ZZ', id: 'SALTMARSH' } : { qualifier: '14', id: '4000001000005' },
    receiver: x12 ? { qualifier: 'ZZ', id: 'HARBORPINE' } : { qualifier: '14', id: '4000001000012' },
    version: x12 ? version : 'UNOC:3',
    test: false,
    acknowledgmentRequested: x12 ? '0' : '',
    separators: x12
      ? {
          element: '*',
          component: '>',
          repetition: version < '00402' ? null : '^',
          segment: '~',
          release: null,
          decimal: '.',
        }
      : { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
    newline: '\n',
    at: now,
    groups: [
      {
        type: x12 ? (rules.groups[0] ?? '') : null,
        control: x12 ? '1' : null,
        version: x12 ? release : null,
        sender: x12 ? 'SALTMARSH' : null,
        receiver: x12 ? 'HARBORPINE' : null,
        messages: [
          {
            type,
            version: x12 ? null : edifactVersion(release, rules),
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

/** UNH S009 from 0052 on, with EANCOM's association code where the message has one. */
function edifactVersion(release: string, { associations }: Guide['rules']): string {
  const [association] = associations;
  const bare = `${release.slice(0, 1)}:${release.slice(1)}:UN`;
  return association === undefined ? bare : `${bare}:${association}`;
}

/** The messages of a file. */
export async function messagesOf(bytes: Uint8Array): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const event of readInterchanges([bytes])) if (event.kind === 'message') messages.push(event);
  return messages;
}
