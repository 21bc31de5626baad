/** The bytes of one interchange out of composed messages: control numbers taken, written, and read back before they may leave. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { readInterchanges } from '../interchange/interchange.ts';
import {
  formatControl,
  type OutGroup,
  type OutInterchange,
  type OutMessage,
  type Written,
  writeInterchange,
} from '../interchange/write.ts';
import type { Agreement } from '../partner/partner.ts';
import { takeNumbers } from '../store/control-numbers.ts';
import type { Tx } from '../store/store.ts';
import type { Composed, ComposedMessage } from './compose.ts';
import type { Context } from './context.ts';
import { kindOf } from './kinds.ts';
import { otherSeparators, separatorsOf } from './separators.ts';

export interface MadeInterchange {
  readonly control: string;
  readonly cycle: number;
  readonly bytes: Buffer;
  /** Control numbers of each document's first message, in the order of the documents; a TA1 has none. */
  readonly places: readonly { group: string | null; message: string }[];
  readonly faults: readonly Fault[];
}

interface Group {
  readonly head: ComposedMessage;
  readonly control: string | null;
  readonly messages: OutMessage[];
}

/** GS06 has up to nine digits. */
export const groupNumbers = { first: 1, last: 999_999_999 };

/** Makes one interchange. With faults: nothing may leave, and the number that was taken stays a gap. */
export async function makeInterchange(
  context: Context,
  tx: Tx,
  agreement: Agreement,
  batch: readonly Composed[],
): Promise<MadeInterchange> {
  const x12 = agreement.standard === 'x12';
  const number = await takeNumbers(tx, agreement.key, 'interchange', agreement.control);
  const control = formatControl(x12 ? 'ISA13' : '0020', number.first);
  const { groups, places } = await arrange(tx, agreement, batch);
  const { bytes, faults } = writeWith(agreement, {
    standard: agreement.standard,
    control,
    sender: agreement.us,
    receiver: agreement.them,
    version: agreement.version.interchange,
    test: batch[0]?.document.test ?? false,
    application: applicationOf(agreement, batch),
    acknowledgmentRequested: asksForAnswer(agreement, batch) ? '1' : '',
    separators: separatorsOf(agreement),
    newline: agreement.separators.newline,
    at: context.now(),
    ta1: batch.flatMap(({ ta1 = [] }) => ta1),
    groups: groups.map(outGroup),
  } satisfies OutInterchange);
  const refused = faults.length > 0 ? faults : await readBack(bytes, isAcknowledgment(batch));
  return { control, cycle: number.cycle, bytes, places, faults: refused };
}

/** UNB 0026, as agreed for the documents of this kind, else for all. */
function applicationOf(agreement: Agreement, [first]: readonly Composed[]): string {
  const terms = first === undefined ? undefined : agreement.documents[first.document.kind];
  return terms?.applicationReference ?? agreement.applicationReference ?? '';
}

/** Acknowledgments are never acknowledged, and so ask for nothing. */
function asksForAnswer(agreement: Agreement, batch: readonly Composed[]): boolean {
  return agreement.requestAcknowledgment && !isAcknowledgment(batch);
}

function isAcknowledgment([first]: readonly Composed[]): boolean {
  return first !== undefined && kindOf(first.document.kind).canonical === null;
}

/** The agreement's separators, or others where its data holds one of them and it lets us choose. */
function writeWith(agreement: Agreement, interchange: OutInterchange): Written {
  const written = writeInterchange(interchange);
  if (!written.faults.some((found) => found.code === 'delimiter-in-data')) return written;
  const messages = interchange.groups.flatMap((group) => group.messages);
  const separators = otherSeparators(agreement, messages);
  return separators === null ? written : writeInterchange({ ...interchange, separators });
}

/** Messages of one group stand together; message numbers count within the interchange. */
async function arrange(tx: Tx, agreement: Agreement, batch: readonly Composed[]) {
  const groups = new Map<string, Group>();
  const places: { group: string | null; message: string }[] = [];
  let last = 0;
  for (const { messages } of batch) {
    if (messages.length === 0) places.push({ group: null, message: '' });
    for (const [index, message] of messages.entries()) {
      const group = await groupFor(tx, agreement, groups, message);
      last += 1;
      const control = formatControl(agreement.standard === 'x12' ? 'ST02' : '0062', last);
      group.messages.push({
        type: message.type,
        version: message.version,
        control,
        segments: message.segments,
      });
      if (index === 0) places.push({ group: group.control, message: control });
    }
  }
  return { groups: [...groups.values()], places };
}

async function groupFor(
  tx: Tx,
  agreement: Agreement,
  groups: Map<string, Group>,
  message: ComposedMessage,
): Promise<Group> {
  const key = JSON.stringify([
    message.group,
    message.groupVersion,
    message.groupSender,
    message.groupReceiver,
  ]);
  const found = groups.get(key);
  if (found !== undefined) return found;
  const control =
    message.group === null
      ? null
      : formatControl('GS06', (await takeNumbers(tx, agreement.key, 'group', groupNumbers)).first);
  const group: Group = { head: message, control, messages: [] };
  groups.set(key, group);
  return group;
}

function outGroup({ head, control, messages }: Group): OutGroup {
  return {
    type: head.group,
    control,
    version: head.groupVersion,
    sender: head.groupSender,
    receiver: head.groupReceiver,
    messages,
  };
}

/** Messages read back before other work of this process gets its turn. */
const messagesPerTurn = 20;

/** What our own reader would refuse in it. */
async function readBack(bytes: Buffer, acknowledges: boolean): Promise<Fault[]> {
  const faults: Fault[] = [];
  let read = 0;
  // AK102 is a number by the standard, but it must repeat GS06 as it came, and letters came.
  const settings = () => (acknowledges ? { severities: { 'number-invalid': 'warning' } as const } : {});
  for await (const event of readInterchanges([bytes], { settings })) {
    if ('faults' in event) faults.push(...event.faults.filter((found) => found.severity === 'error'));
    read += 1;
    if (read % messagesPerTurn === 0) await breathe();
  }
  return faults;
}
