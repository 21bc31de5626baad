/**
 * `portolan partner new`: a partner's folder out of a sample file. Everything is made and proved in a folder of its own first,
 * so that what is put in place loads, and its fixture passes.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from './fault.ts';
import { bless, runFixture } from './fixtures.ts';
import { type LoadedGuides, loadGuides } from './mapping/load.ts';
import { loadPartners } from './partner/load.ts';
import type { Partners } from './partner/partners.ts';
import { guideText, partnerText, uncommented } from './scaffold-text.ts';
import { type StudiedMessage, type Study, studySample } from './study.ts';

/** Larger samples are refused: a fixture is read at every test. */
export const mostSampleBytes = 20_000_000;

export interface ScaffoldPlace {
  /** The partner's folder name. */
  readonly name: string;
  readonly mappings: string;
  readonly fixtures: string;
}

export interface Scaffolded {
  readonly study: Study;
  /** The files written, those of the partner first. */
  readonly files: readonly string[];
}

/** The sample or the name is not what a partner can be made of; the text says why, and `faults` what is wrong with the file. */
export class NotScaffolded extends Error {
  override readonly name = 'NotScaffolded';
  readonly faults: readonly Fault[];
  constructor(message: string, faults: readonly Fault[] = []) {
    super(message);
    this.faults = faults;
  }
}

const folderName = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Names of folders that are no partner's: the standard guides, the reader's samples, and fixtures of standard guides. */
const taken = /^(standard|interchange|(x12|edifact)(-.*)?)$/;

/**
 * Makes `mappings/<name>/` and `fixtures/<name>/<type>-first/`.
 * @throws NotScaffolded when the name will not do, something is there already, or no message can be read in the sample
 */
export async function scaffold(place: ScaffoldPlace, sample: Buffer): Promise<Scaffolded> {
  refuseName(place);
  const [{ guides }, { partners }] = await Promise.all([
    loadGuides(place.mappings),
    loadPartners(place.mappings, { demo: true }),
  ]);
  const study = await studySample([sample], guides);
  refuseSample(study, partners);
  const [newline, box] = [newlineOf(sample, study), freeBox(place.name, partners)];
  const partner = partnerText(place.name, study, guides, { newline, box });
  const stage = await mkdtemp(join(tmpdir(), 'portolan-new-'));
  try {
    await makeFolder(stage, place, partner, sample, study);
    return { study, files: await putInPlace(stage, place) };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function refuseName({ name, mappings, fixtures }: ScaffoldPlace): void {
  if (!folderName.test(name) || taken.test(name))
    throw new NotScaffolded(
      `'${name}' is no name for a partner's folder: a-z, 0-9 and '-', at most 63 characters, such as harbor-and-pine.`,
    );
  for (const folder of [join(mappings, name), join(fixtures, name)])
    if (existsSync(folder)) throw new NotScaffolded(`${folder} is there already, and stays as it is.`);
}

function refuseSample({ addresses, messages, faults }: Study, partners: Partners): void {
  const all = [...faults, ...messages.flatMap((message) => message.faults)];
  if (messages.length === 0) throw new NotScaffolded('The sample holds no message that can be read.', all);
  for (const { begin } of addresses) {
    if (begin.sender.id === '' || begin.receiver.id === '')
      throw new NotScaffolded('The sample does not say who sent it to whom.', all);
    const { standard, sender, receiver, application } = begin;
    const known =
      partners.identify(standard, sender, receiver, application) ??
      partners.identify(standard, receiver, sender, application);
    if (known !== null)
      throw new NotScaffolded(
        `The ids of the sample are those of ${known.key}: add guides to mappings/${known.partner}, and a folder to its fixtures.`,
      );
  }
}

/** Endpoint names are unique over all partners. */
function freeBox(name: string, partners: Partners): string {
  let box = `${name}-box`;
  for (let next = 2; partners.endpoint(box) !== null; next++) box = `${name}-box-${next}`;
  return box;
}

/** What follows each segment terminator. */
function newlineOf(sample: Buffer, { addresses }: Study): string {
  const terminator = addresses[0]?.begin.separators.segment ?? '~';
  if (/[\r\n]/.test(terminator)) return '';
  const text = sample.toString('latin1');
  if (text.includes(`${terminator}\r\n`)) return '\r\n';
  return text.includes(`${terminator}\n`) ? '\n' : '';
}

/** The fixture's folder: the type of its first business message. */
export function firstCase({ messages }: Study): string {
  const first: StudiedMessage | undefined =
    messages.find(({ acknowledgment }) => !acknowledgment) ?? messages[0];
  return `${/^\w{1,6}$/.test(first?.type ?? '') ? first?.type : 'message'}-first`;
}

/** Writes mappings and fixture into the stage, beside the standard guides, and proves them there. */
async function makeFolder(
  stage: string,
  { name, mappings }: ScaffoldPlace,
  partner: string,
  sample: Buffer,
  study: Study,
): Promise<void> {
  const staged = join(stage, 'mappings');
  await cp(join(mappings, 'standard'), join(staged, 'standard'), { recursive: true });
  await mkdir(join(staged, name));
  await writeFile(join(staged, name, 'partner.yaml'), partner);
  const guides = await writeGuides(staged, name, study);
  const loaded = await loadPartners(staged, { demo: true });
  const wrong = [...guides.problems, ...loaded.problems].filter(({ file }) => file.includes(`/${name}/`));
  if (wrong.length > 0)
    throw new NotScaffolded(
      `What the sample says does not fit: ${wrong.map(({ message }) => message).join(' ')}`,
    );
  const folder = join(stage, 'fixtures', name, firstCase(study));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'in.edi'), sample);
  await bless(await runFixture(folder, { guides: guides.guides, partners: loaded.partners }));
}

/** Writes the guides. Suggestions are made only where they would load: a damaged file has data where nothing can stand. */
async function writeGuides(staged: string, name: string, { messages }: Study): Promise<LoadedGuides> {
  const own = new Map<string, StudiedMessage>();
  for (const message of messages)
    if (message.release !== null && guideText(message, true) !== null && !own.has(message.type))
      own.set(message.type, message);
  const write = async (textOf: (message: StudiedMessage) => string) => {
    for (const [type, message] of own) await writeFile(join(staged, name, `${type}.yaml`), textOf(message));
  };
  await write((message) => uncommented(guideText(message, true) ?? ''));
  const tried = await loadGuides(staged);
  await write((message) => guideText(message, !tried.broken.has(`${name}/${message.type}`)) ?? '');
  return loadGuides(staged, { before: tried });
}

/** @returns the files as they now stand */
async function putInPlace(stage: string, { name, mappings, fixtures }: ScaffoldPlace): Promise<string[]> {
  const written: string[] = [];
  for (const [from, to] of [
    [join(stage, 'mappings', name), join(mappings, name)],
    [join(stage, 'fixtures', name), join(fixtures, name)],
  ] as const) {
    const files = (await readdir(from, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    for (const entry of files) {
      const source = join(entry.parentPath, entry.name);
      const target = join(to, source.slice(from.length));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await readFile(source), { flag: 'wx' });
      written.push(target);
    }
  }
  return written.sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf(file: string): number {
  if (file.endsWith('partner.yaml')) return 0;
  return file.endsWith('.yaml') ? 1 : file.endsWith('in.edi') ? 2 : 3;
}
