/** What we sent, written again by the working copy of the guides from the same canonical documents. */
import type { Change } from './difference.ts';
import { faultText } from './fixtures.ts';
import { type ComposedMessage, compose } from './flow/compose.ts';
import type { Context } from './flow/context.ts';
import {
  type GroupBegin,
  type InterchangeBegin,
  type Message,
  readInterchanges,
  type Segment,
  writeInterchange,
} from './interchange/interchange.ts';
import type { Partner } from './partner/partner.ts';
import { lineChanges, type ShadowDifference } from './shadow-difference.ts';
import type { DocumentRow } from './store/documents.ts';
import type { Tx } from './store/store.ts';
import { transmissionBytes } from './store/transmissions.ts';

/** An interchange that we sent, as our own reader reads it. */
interface Sent {
  readonly transmission: string;
  readonly begin: InterchangeBegin;
  readonly messages: readonly { readonly group: GroupBegin; readonly message: Message }[];
}

/** Compares a page of documents; an interchange that holds many of them is read once. */
export async function* outgoingDifferences(
  context: Context,
  tx: Tx,
  partner: Partner,
  documents: readonly DocumentRow[],
): AsyncGenerator<ShadowDifference> {
  let sent: Sent | null = null;
  for (const document of documents) {
    const transmission = document.transmission_id as string;
    if (sent?.transmission !== transmission) sent = await readSent(tx, transmission);
    const found = sent?.messages.find(
      ({ group, message }) =>
        message.control === document.message_control &&
        (document.group_control === null || group.control === document.group_control),
    );
    if (sent === null || found === undefined) continue;
    const written = await writeAgain(context, tx, document, { ...found, begin: sent.begin });
    const changes =
      written.lines === null
        ? written.changes
        : segmentChanges(linesOf(found.message, sent.begin), written.lines);
    if (changes.length === 0) continue;
    const { id, guide = null } = document as DocumentRow & { guide?: string | null };
    yield {
      kind: 'outgoing',
      partner: partner.name,
      message: document.kind,
      about: { document: id },
      guides: { recorded: guide, working: written.guide },
      changes,
    };
  }
}

async function readSent(tx: Tx, transmission: string): Promise<Sent | null> {
  let begin: InterchangeBegin | null = null;
  let group: GroupBegin | null = null;
  const messages: { group: GroupBegin; message: Message }[] = [];
  for await (const event of readInterchanges([await transmissionBytes(tx, transmission)], { check: false })) {
    if (event.kind === 'interchange') begin = event;
    if (event.kind === 'group') group = event;
    if (event.kind === 'message' && group !== null) messages.push({ group, message: event });
  }
  return begin === null ? null : { transmission, begin, messages };
}

interface Found {
  readonly begin: InterchangeBegin;
  readonly group: GroupBegin;
  readonly message: Message;
}

/** lines: null where it cannot be written; the changes say why. */
type Again = { readonly guide: string | null } & (
  | { readonly lines: readonly string[] }
  | { readonly lines: null; readonly changes: readonly Change[] }
);

async function writeAgain(context: Context, tx: Tx, document: DocumentRow, found: Found): Promise<Again> {
  const agreement = context.partners.agreement(document.agreement);
  if (agreement === null) {
    const gone: Change = { path: 'agreement', gone: document.agreement, come: undefined };
    return { guide: null, lines: null, changes: [gone] };
  }
  const [composed] = await compose(context, tx, agreement, [document]);
  const guide = composed?.guide ?? null;
  const [message] = composed?.messages ?? [];
  const refused = composed?.faults ?? [];
  if (message === undefined || refused.length > 0)
    return {
      guide,
      lines: null,
      changes: refused.map((one) => ({ path: '', gone: undefined, come: `! ${faultText(one)}` })),
    };
  return { guide, ...(await asSent(message, found)) };
}

/** The message as our reader reads it when it is written in the interchange that was sent. */
async function asSent(
  composed: ComposedMessage,
  { begin, group, message }: Found,
): Promise<{ lines: readonly string[] } | { lines: null; changes: readonly Change[] }> {
  const { type, control, version, sender, receiver } = group;
  const written = writeInterchange({
    standard: begin.standard,
    control: begin.control,
    sender: begin.sender,
    receiver: begin.receiver,
    version: begin.version,
    test: begin.test,
    acknowledgmentRequested: begin.acknowledgmentRequested,
    separators: begin.separators,
    newline: '',
    at: new Date(0),
    groups: [
      {
        ...{ type, control, version, sender, receiver },
        messages: [
          {
            type: composed.type,
            version: composed.version,
            control: message.control,
            segments: composed.segments,
          },
        ],
      },
    ],
  });
  if (written.faults.length > 0)
    return {
      lines: null,
      changes: written.faults.map((one) => ({ path: '', gone: undefined, come: `! ${faultText(one)}` })),
    };
  for await (const event of readInterchanges([written.bytes], { check: false }))
    if (event.kind === 'message') return { lines: linesOf(event, begin) };
  return { lines: [] };
}

const service: ReadonlySet<string> = new Set(['ST', 'SE', 'UNH', 'UNT']);

/** The segments between header and trailer, as text. */
function linesOf({ segments }: Message, { separators }: InterchangeBegin): string[] {
  const valueText = (value: Segment['values'][number]) =>
    typeof value === 'string' ? value : value.join(separators.component);
  return segments
    .filter(({ tag }) => !service.has(tag))
    .map(({ tag, values, repeats = {} }) =>
      [
        tag,
        ...values.map((value, at) =>
          (repeats[at] ?? [value]).map(valueText).join(separators.repetition ?? ' '),
        ),
      ].join(separators.element),
    );
}

/** Segments that only one of them has; where both have the same in another order, from where on. */
function segmentChanges(before: readonly string[], after: readonly string[]): readonly Change[] {
  const found = lineChanges(before, after);
  if (found.length > 0) return found;
  const at = before.findIndex((line, index) => line !== after[index]);
  return at < 0 ? [] : [{ path: `[${at}]`, gone: before[at], come: after[at] }];
}
