/** The YAML of a new partner's folder, written from what a sample shows. Nothing of the sample stands in it unquoted. */
import { allKinds, kindOf, outbound } from './flow/kinds.ts';
import { visible } from './inspect-columns.ts';
import { loadMessageRules, releaseOf } from './interchange/dictionary/dictionary.ts';
import type { Party } from './interchange/interchange.ts';
import type { Guides } from './mapping/guide.ts';
import type { SampleAddress, StudiedMessage, Study } from './study.ts';
import type { Leftover, Step } from './study-guide.ts';

/** Any text as a YAML word in double quotes (YAML 1.2, 7.3.1): what JSON writes, and beyond it nothing but ASCII controls escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    // C1 controls, line and paragraph separators, byte order mark, and halves of surrogates
    /[\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** 'harbor-and-pine' as a name for people: 'Harbor And Pine'. */
function titleOf(name: string): string {
  return name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

/**
 * partner.yaml of a new partner: an agreement for each pair of addresses in the sample, and a folder as endpoint.
 * @param newline what follows each segment terminator in the sample
 * @param box a name for the endpoint that no other partner has
 */
export function partnerText(
  name: string,
  study: Study,
  guides: Guides,
  { newline, box }: { readonly newline: string; readonly box: string },
): string {
  const agreements = study.addresses.map((address, index) =>
    agreementText(agreementName(address, index), address, box, { study, guides, newline }),
  );
  return [
    '# Who they are, what is agreed with them, and how bytes travel. `portolan partner check` says what is wrong with it.',
    'partner: 1',
    `name: ${quoted(titleOf(name))}`,
    '# Theirs: days and deadlines are counted in it, such as America/Chicago or Europe/Berlin.',
    'timeZone: UTC',
    'agreements:',
    ...agreements.map((text) => indent(text, 2)),
    'endpoints:',
    indent(endpointText(name, box), 2),
    '# What becomes of lines that are short, late or priced otherwise: docs/orders.md. These are the defaults.',
    'policy:',
    '  shortage: backorder',
    '  unknownItem: reject-line',
    '  missingPrice: ours',
    '  price: { percent: "0", winner: partner, outside: hold }',
    '',
  ].join('\n');
}

function agreementName({ begin }: SampleAddress, index: number): string {
  const usage = begin.test ? 'test' : 'live';
  return index === 0 ? usage : `${usage}-${index + 1}`;
}

interface Sample {
  readonly study: Study;
  readonly guides: Guides;
  readonly newline: string;
}

function agreementText(name: string, address: SampleAddress, box: string, sample: Sample): string {
  const { begin, ours, version } = address;
  const [us, them] = ours ? [begin.sender, begin.receiver] : [begin.receiver, begin.sender];
  return [
    `${name}:`,
    `  standard: ${begin.standard}`,
    `  us: ${partyText(us)}`,
    `  them: ${partyText(them)}`,
    ...groupLines(address, us, them),
    ...applicationLines(address, sample.study),
    `  version: { interchange: ${quoted(begin.version)}, message: ${quoted(version)} }`,
    `  usage: ${begin.test ? 'test' : 'production'}`,
    `  separators: ${separatorsText(address, sample.newline)}`,
    `  acknowledge: { send: ${acknowledgmentOf(address)}, within: 24h }`,
    `  endpoint: ${box}`,
    ...documentLines(address, sample),
  ].join('\n');
}

function partyText({ qualifier, id }: Party): string {
  return qualifier === ''
    ? `{ id: ${quoted(id)} }`
    : `{ qualifier: ${quoted(qualifier)}, id: ${quoted(id)} }`;
}

/** GS02 and GS03, where they are others than ISA06 and ISA08. */
function groupLines({ group, ours }: SampleAddress, us: Party, them: Party): string[] {
  const { sender, receiver } = group ?? {};
  if (sender == null || receiver == null || sender === '' || receiver === '') return [];
  const [ourGroup, theirGroup] = ours ? [sender, receiver] : [receiver, sender];
  if (ourGroup === us.id && theirGroup === them.id) return [];
  return [`  group: { us: ${quoted(ourGroup)}, them: ${quoted(theirGroup)} }`];
}

/** UNB 0026 where it tells two agreements apart; else it is only mentioned. */
function applicationLines({ begin }: SampleAddress, { addresses }: Study): string[] {
  if (begin.application === '') return [];
  const line = `applicationReference: ${quoted(begin.application)}`;
  const others = addresses.filter((other) => other.begin !== begin && samePair(other, begin));
  return [
    others.length > 0
      ? `  ${line}`
      : `  # They write it in UNB 0026; needed only where it tells two agreements apart:\n  # ${line}`,
  ];
}

function samePair({ begin: a }: SampleAddress, b: SampleAddress['begin']): boolean {
  const ids = ({ sender, receiver }: typeof a) =>
    [sender, receiver].map(({ qualifier, id }) => `${qualifier}:${id}`).sort();
  return a.standard === b.standard && ids(a).join() === ids(b).join();
}

function separatorsText({ begin }: SampleAddress, newline: string): string {
  const { element, component, repetition, segment } = begin.separators;
  const parts = [`element: ${quoted(element)}`, `component: ${quoted(component)}`];
  if (repetition !== null) parts.push(`repetition: ${quoted(repetition)}`);
  parts.push(`segment: ${quoted(segment)}`, `newline: ${quoted(newline)}`);
  return `{ ${parts.join(', ')} }`;
}

function acknowledgmentOf({ begin, version }: SampleAddress): string {
  if (begin.standard === 'edifact') return 'CONTRL';
  return version >= '005010' ? '"999"' : '"997"';
}

/** What we send: the answers to orders, and what the sample shows of ours, where a guide writes it. */
function documentLines(address: SampleAddress, { study, guides }: Sample): string[] {
  const { begin, version } = address;
  const { standard } = begin;
  const seen = study.messages.filter((message) => message.standard === standard);
  const ours = seen.filter((message) => message.ours).map(({ type }) => type);
  const answers = seen.some(({ ours: isOurs, acknowledgment }) => !isOurs && !acknowledgment)
    ? Object.values(outbound[standard])
    : [];
  const types = [...new Set([...ours, ...answers])].filter(
    (type) => allKinds.includes(type) && kindOf(type).canonical !== null,
  );
  if (types.length === 0) return ['  documents: {}'];
  const lines = types.map((type) => documentLine(type, standard, version, guides));
  return ['  # What we send, and by when. A type that is not listed is not sent.', '  documents:', ...lines];
}

function documentLine(
  type: string,
  standard: SampleAddress['begin']['standard'],
  version: string,
  guides: Guides,
): string {
  const release = releaseOf(standard, type, version)?.release ?? '';
  const isThere = guides.find('', standard, release, type) !== null;
  const terms = ['within: 24h', ...versionTerms(type, standard, version, release)];
  const line = `    ${quoted(type)}: { ${terms.join(', ')} }`;
  return isThere
    ? line
    : `    # There is no standard guide of ${type} in ${release}: write ${type}.yaml first.\n    # ${line.trim()}`;
}

/** UNH 0057 differs by message: an ORDERS of EAN008 is answered with an ORDRSP of EAN005. */
function versionTerms(
  type: string,
  standard: SampleAddress['begin']['standard'],
  version: string,
  release: string,
): string[] {
  const parts = version.split(':');
  const association = parts[3];
  if (standard !== 'edifact' || association === undefined || association === '') return [];
  const usual = loadMessageRules('edifact', release, type)?.associations ?? [];
  if (usual.length === 0 || usual.includes(association)) return [];
  return [`version: ${quoted([...parts.slice(0, 3), usual[0]].join(':'))}`];
}

function endpointText(name: string, box: string): string {
  return [
    `${box}:`,
    '  # A folder in PORTOLAN_HOME, to begin with: put their files into `in`, and find our answers in `out`.',
    '  type: folder',
    `  in: mailboxes/${name}/in`,
    `  out: mailboxes/${name}/out`,
    `  archive: mailboxes/${name}/archive`,
    '  # Over SFTP it would be (docs/transports.md); secrets are named here, never written:',
    '  # type: sftp',
    '  # host: edi.example.com',
    '  # user: yourcompany',
    `  # password: env:${name.toUpperCase().replaceAll('-', '_')}_PASSWORD`,
    "  # hostKeys: ['SHA256:the-fingerprint-of-their-host-key']",
    '  # in: /outbox',
    '  # out: /inbox',
  ].join('\n');
}

/**
 * A guide of the partner: the standard one, with a line in comments for each thing that it does not read. null: the standard
 * one reads everything.
 * @param suggesting whether what is not read gets lines that may be uncommented, or is only named
 */
export function guideText(message: StudiedMessage, suggesting: boolean): string | null {
  const [best] = message.candidates;
  if (best === undefined || (message.leftovers.length === 0 && best.guide.release === message.release))
    return null;
  const free = message.leftovers.filter((one) => suggesting && one.why === 'free' && isPlain(one));
  const others = message.leftovers.filter((one) => !free.includes(one));
  return [
    `# ${best.guide.rules.name}: as in ${best.guide.name}, but for what stands here.`,
    'guide: 1',
    `message: ${message.standard} ${message.release} ${message.type}`,
    `canonical: ${best.guide.canonical}`,
    `extends: ${best.guide.name}`,
    ...(free.length === 0 ? [] : suggestions(free)),
    ...others.map((one) =>
      visible(`# Not read: ${placeText(one)} ${quoted(one.value)}: ${whyText[one.why]}`),
    ),
    '',
  ].join('\n');
}

/** The text with its suggestions as part of the guide. */
export function uncommented(text: string): string {
  return text.replace(/^# (?=segments:| {2})/gm, '');
}

/** Damaged files have tags with anything in them. */
function isPlain({ path }: Leftover): boolean {
  return path.every(({ tag }) => /^[A-Z][A-Z0-9]{1,2}$/.test(tag));
}

/** Why no line reads a value. */
export const whyText: Readonly<Record<Leftover['why'], string>> = {
  free: 'no line of the guide is about it.',
  taken: 'the line there does not know such a value, or does not take all of it.',
  again: 'the guide takes this segment once, and it comes again.',
};

/** 'PO1 > REF 01=ZZ, element 02 (Reference identification)' */
export function placeText({ path, element, component, name }: Leftover): string {
  const way = path.map(({ tag, constants }) =>
    [tag, ...constants.map(([at, value]) => `${at}${value}`)].join(' '),
  );
  return `${way.join(' > ')}, element ${positionOf(element, component)} (${name})`;
}

function positionOf(element: number, component: number | null): string {
  return String(element).padStart(2, '0') + (component === null ? '' : `.${component}`);
}

/** A segment of the suggestion: what is said of its elements, and the segments under it. */
interface Node {
  readonly step: Step;
  readonly cells: Map<string, string>;
  readonly below: Map<string, Node>;
  ignore: string | null;
}

function suggestions(leftovers: readonly Leftover[]): string[] {
  const root = new Map<string, Node>();
  for (const leftover of leftovers) suggest(root, leftover);
  const lines = [...root.values()].flatMap((node) => nodeLines(node, 2));
  return [
    '# The sample holds data that no line reads. Each line below leaves it aside on purpose: uncomment those that are right, and',
    '# where the data matters, name the field that takes it instead, such as `"02": department` (docs/mapping.md).',
    '# segments:',
    ...lines.map((line) => `# ${line}`),
  ];
}

function suggest(root: Map<string, Node>, { path, element, component, name, value }: Leftover): void {
  let level = root;
  let node: Node | null = null;
  for (const step of path) {
    const key = JSON.stringify(step);
    node = level.get(key) ?? { step, cells: new Map(), below: new Map(), ignore: null };
    level.set(key, node);
    if (!step.known) break;
    level = node.below;
  }
  if (node === null) return;
  const words = `${name.toLowerCase()} ${printable(value)}`;
  const isQualifier = node.step.constants.some(([position]) => position === positionOf(element, component));
  if (node.step.known) node.cells.set(positionOf(element, component), `ignore not used here: ${words}`);
  else if (!isQualifier)
    node.ignore = node.ignore === null ? `not used here: ${words}` : `${node.ignore}, ${words}`;
}

/** A short piece of a value, for a comment. */
function printable(value: string): string {
  return value.length > 30 ? `${value.slice(0, 30)}…` : value;
}

function nodeLines({ step, cells, below, ignore }: Node, depth: number): string[] {
  const pad = ' '.repeat(depth);
  const inner = [
    ...step.constants.map(([position, value]) => `${quoted(position)}: ${quoted(value)}`),
    ...[...cells].map(([position, words]) => `${quoted(position)}: ${quoted(words)}`),
    ...(step.known ? [] : [`ignore: ${quoted(ignore ?? 'not used here')}`]),
  ].map((line) => `${pad}    ${line}`);
  const further = [...below.values()].flatMap((node) => nodeLines(node, depth + 6));
  return [`${pad}- ${step.tag}:`, ...inner, ...(further.length === 0 ? [] : [`${pad}    then:`, ...further])];
}

function indent(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
