/**
 * What the mapping developer works with: a file translated message by message, a document written by a
 * guide. The verbs translate, write and partner test of the command line stand on it.
 */
import { type Fault, fault } from './fault.ts';
import { releaseOf } from './interchange/dictionary/dictionary.ts';
import {
  type InterchangeBegin,
  type InterchangeSettings,
  type Message,
  readInterchanges,
} from './interchange/interchange.ts';
import { type Acknowledgment, readAcknowledgment, readTa1 } from './interchange/verdict.ts';
import { readText, type TextMessage } from './interchange/verdict-864.ts';
import { type OutInterchange, type OutSegment, writeInterchange } from './interchange/write.ts';
import type { Guide, Guides, Lineage, Unmapped } from './mapping/guide.ts';
import { type CanonicalDocument, type CanonicalName, canonicalDocuments } from './order/canonical.ts';
import { complaint } from './order/complaint.ts';
import type { Agreement } from './partner/partner.ts';
import { agreementWith, type Partners } from './partner/partners.ts';
import { settingsOf } from './partner/settings.ts';

export interface TranslateOptions {
  readonly guides: Guides;
  /** Finds whose an interchange is by its ids; null: only `partner` counts. */
  readonly partners: Partners | null;
  /** Reads every message by this partner's guides, whatever the ids say. */
  readonly partner?: string;
  /** Adds the lineage of every canonical value. */
  readonly trace?: boolean;
}

/** One line of `translate --json`. */
export interface Translated {
  /** null: nobody's ids; the standard guide was used. */
  readonly partner: string | null;
  /** The agreement under which it was read, 'partner/agreement'; absent where none has its ids. */
  readonly agreement?: string;
  /** ST01 or UNH 0065; null on a line that has only the faults of an envelope, or of bytes outside any. */
  readonly message: string | null;
  readonly canonical: CanonicalName | null;
  readonly document: CanonicalDocument | null;
  readonly faults: readonly Fault[];
  readonly unmapped: readonly Unmapped[];
  readonly lineage?: readonly Lineage[];
  /** The guide that read it: 'harbor-and-pine/850'. */
  readonly guide?: string;
  /** With `trace`: the message, until the next one is asked for, and its guide. Not for JSON. */
  readonly source?: { readonly message: Message; readonly guide: Guide };
  /** What a 997, 999, TA1, CONTRL, 824 or APERAK says of what was sent to its sender. Guides read only 824 and APERAK, as data. */
  readonly acknowledgment?: Acknowledgment;
  /** What an 864 says to people. */
  readonly text?: TextMessage;
}

/**
 * Translates a file: a line for each message, and one for each envelope or stretch of bytes that has faults of its own.
 * @throws only what the source throws
 */
export async function* translateFile(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: TranslateOptions,
): AsyncGenerator<Translated> {
  let interchange: InterchangeBegin | null = null;
  const settings = agreedSettings(options);
  for await (const event of readInterchanges(source, { settings })) {
    if (event.kind === 'interchange') interchange = event;
    else if (event.kind === 'message' && interchange !== null)
      yield await translate(event, interchange, options);
    else if ('faults' in event && event.kind !== 'message' && event.faults.length > 0) {
      const { faults } = event;
      yield { partner: null, message: null, canonical: null, document: null, faults, unmapped: [] };
    }
    if (event.kind === 'interchange-end' && interchange !== null)
      for (const segment of event.ta1)
        yield told(interchange, options, 'TA1', { acknowledgment: readTa1(segment) });
  }
}

/** How the file is read: as agreed with the named partner, else with whom the ids name. */
function agreedSettings(options: TranslateOptions): (begin: InterchangeBegin) => InterchangeSettings {
  return (begin) => {
    const agreement = agreementFor(begin, options);
    return agreement === null ? {} : settingsOf(agreement);
  };
}

/** The named partner's agreement that fits best, else the one that the ids name; null: nobody's. */
function agreementFor(begin: InterchangeBegin, { partners, partner }: TranslateOptions): Agreement | null {
  const named = partner === undefined ? null : (partners?.byName(partner) ?? null);
  return named === null ? agreementOf(begin, partners) : agreementWith(named, begin);
}

/** The guide that reads a message under an agreement: the partner's own, or the standard one; null: there is none. */
export function inboundGuide(
  { type, release }: Pick<Message, 'type' | 'release'>,
  { partner, standard, guides: names }: Agreement,
  guides: Guides,
): Guide | null {
  return release === null ? null : guides.find(partner, standard, release, names[type] ?? type);
}

/** The guide that writes a type of document under an agreement, in the release that was agreed; null: there is none. */
export function outboundGuide(
  { partner, standard, version, documents }: Agreement,
  type: string,
  guides: Guides,
): Guide | null {
  const terms = documents[type];
  const choice = releaseOf(standard, type, terms?.version ?? version.message);
  return choice === null ? null : guides.find(partner, standard, choice.release, terms?.guide ?? type);
}

async function translate(
  message: Message,
  interchange: InterchangeBegin,
  options: TranslateOptions,
): Promise<Translated> {
  const acknowledgment = readAcknowledgment(message);
  const agreement = agreementFor(interchange, options);
  const partner = options.partner ?? agreement?.partner ?? null;
  const guide =
    agreement === null
      ? options.guides.find(partner ?? '', interchange.standard, message.release ?? '', message.type)
      : inboundGuide(message, agreement, options.guides);
  // An application advice is a verdict, and by its guide data as well.
  if (acknowledgment !== null && guide?.canonical !== 'application-advice')
    return told(interchange, options, message.type, { acknowledgment }, message.faults);
  if (message.type === '864')
    return told(interchange, options, message.type, { text: readText(message.segments) }, message.faults);
  const whose = { partner, ...(agreement === null ? {} : { agreement: agreement.key }) };
  if (guide === null) {
    const missing = fault(
      'guide-missing',
      { type: message.type, version: message.version, partner: partner ?? 'anyone' },
      message.at,
    );
    const faults = [...message.faults, missing];
    return { ...whose, message: message.type, canonical: null, document: null, faults, unmapped: [] };
  }
  const { document, faults, unmapped } = await guide.read(message);
  return {
    ...whose,
    message: message.type,
    canonical: guide.canonical,
    guide: guide.name,
    document,
    faults: [...message.faults, ...faults],
    unmapped,
    ...(acknowledgment === null ? {} : { acknowledgment }),
    ...(options.trace === true ? { lineage: await guide.lineage(message), source: { message, guide } } : {}),
  };
}

/** What is read without a guide. */
function told(
  interchange: InterchangeBegin,
  options: TranslateOptions,
  message: string,
  what: Pick<Translated, 'acknowledgment' | 'text'>,
  faults: readonly Fault[] = [],
): Translated {
  const partner = options.partner ?? agreementOf(interchange, options.partners)?.partner ?? null;
  return { partner, message, canonical: null, document: null, faults, unmapped: [], ...what };
}

/** The agreement that the ids name: theirs to us, or, in a file of our own making, ours to them. */
function agreementOf(
  { standard, sender, receiver, application }: InterchangeBegin,
  partners: Partners | null,
): Agreement | null {
  return (
    partners?.identify(standard, sender, receiver, application) ??
    partners?.identify(standard, receiver, sender, application) ??
    null
  );
}

export interface WrittenDocument {
  /** The message from ST to SE or UNH to UNT, a segment a line; '' when it cannot be written. */
  readonly text: string;
  readonly faults: readonly Fault[];
}

/**
 * Writes one canonical document by a guide, to look at: without an envelope, with the usual separators.
 * @param json the document, checked against the canonical schema first
 */
export async function writeDocument(guide: Guide, json: unknown): Promise<WrittenDocument> {
  const checked = canonicalDocuments[guide.canonical].safeParse(json, { error: complaint });
  if (!checked.success) {
    const faults = checked.error.issues.map(({ path, message: problem }) =>
      fault('document-invalid', { canonical: guide.canonical, name: path.map(String).join('.'), problem }),
    );
    return { text: '', faults };
  }
  const { segments, faults } = await guide.write(checked.data);
  if (faults.some(({ severity }) => severity === 'error')) return { text: '', faults };
  const written = writeInterchange(envelopeFor(guide, segments));
  const refused = await refusedBy(written.bytes);
  const lines = written.bytes
    .toString(guide.standard === 'x12' ? 'latin1' : 'utf8')
    .trimEnd()
    .split('\n');
  const [before, after] = guide.standard === 'x12' ? [2, 2] : [2, 1];
  const text = lines.slice(before, lines.length - after).map((line) => `${line}\n`);
  return { text: text.join(''), faults: [...faults, ...written.faults, ...refused] };
}

/** What the standard has against the message: such a one never leaves. */
async function refusedBy(bytes: Uint8Array): Promise<Fault[]> {
  const faults: Fault[] = [];
  for await (const event of readInterchanges([bytes]))
    if (event.kind === 'message') faults.push(...event.faults.filter(({ severity }) => severity === 'error'));
  return faults;
}

/** A place to write a message in; nothing of it is shown. UNOW is UTF-8: any name can be looked at. */
function envelopeFor(guide: Guide, segments: readonly OutSegment[]): OutInterchange {
  const x12 = guide.standard === 'x12';
  const version = x12 ? null : `${guide.release.slice(0, 1)}:${guide.release.slice(1)}:UN`;
  const group = x12
    ? { type: 'XX', control: '1', version: guide.release, sender: 'US', receiver: 'THEM' }
    : noGroup;
  const message = { type: guide.message, version, control: x12 ? '0001' : '1', segments };
  return {
    standard: guide.standard,
    control: x12 ? '000000001' : '1',
    sender: { qualifier: 'ZZ', id: 'US' },
    receiver: { qualifier: 'ZZ', id: 'THEM' },
    version: x12 ? '00401' : 'UNOW:4',
    test: false,
    acknowledgmentRequested: '',
    separators: x12 ? x12Separators : edifactSeparators,
    newline: '\n',
    at: new Date(0),
    groups: [{ ...group, messages: [message] }],
  };
}

const noGroup = { type: null, control: null, version: null, sender: null, receiver: null };
const x12Separators = {
  element: '*',
  component: '>',
  repetition: null,
  segment: '~',
  release: null,
  decimal: '.',
};
const edifactSeparators = {
  element: '+',
  component: ':',
  repetition: null,
  segment: "'",
  release: '?',
  decimal: '.',
};
