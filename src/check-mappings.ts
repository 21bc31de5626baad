/**
 * `portolan partner check`: whether the whole of mappings/ fits together. The rooms check each guide and partner folder; here
 * is what only both together show: guides that agreements name, guides and tables that nobody uses, partners who cannot reach us.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { notePassedOver, partnerFolders } from './check-files.ts';
import { allKinds, kindOf } from './flow/kinds.ts';
import { releaseOf } from './interchange/dictionary/dictionary.ts';
import { fileText } from './mapping/file-text.ts';
import { filesOf } from './mapping/files.ts';
import type { Guide, Guides } from './mapping/guide.ts';
import { loadGuides } from './mapping/load.ts';
import { nearMiss, type Problem, Problems, problemText } from './mapping/problem.ts';
import { maxTableBytes } from './mapping/tables.ts';
import { type Checked, checkYaml } from './partner/checked-yaml.ts';
import { loadPartners } from './partner/load.ts';
import { type Agreement, type Partner, type PartnerFile, partnerFile } from './partner/partner.ts';
import type { Partners } from './partner/partners.ts';
import { outboundGuide } from './translate.ts';
import { legacyWarning } from './transport/ssh-algorithms.ts';

export interface CheckedMappings {
  /** What must be mended: the gateway does not start, or holds the partner. */
  readonly problems: readonly Problem[];
  /** What is perhaps not meant: nothing stops for it. */
  readonly notes: readonly Problem[];
  /** The partners' folders, those with problems too. */
  readonly names: readonly string[];
  readonly partners: number;
  readonly agreements: number;
  readonly guides: number;
  readonly tables: number;
}

/**
 * Checks every folder of a mappings directory, those of the demo too; or one of them, with what it stands on.
 * @param only a partner's name: of the guides of others, those are looked at that its own extend
 * @throws Error when the directory cannot be read
 */
export async function checkMappings(dir: string, only?: string): Promise<CheckedMappings> {
  const files = await filesOf(dir);
  const isOurs = (path: string) => only === undefined || path.startsWith(`${only}/`);
  const [{ guides, problems, broken }, loaded] = await Promise.all([
    loadGuides(dir, { files, now: isOurs }),
    loadPartners(dir, { demo: true }),
  ]);
  const [found, notes] = [new Problems(), new Problems()];
  const partners = loaded.partners.all.filter(({ name }) => only === undefined || name === only);
  const isExtended = extendedIn(guides);
  for (const partner of partners) {
    const file = await readPlaces(dir, partner.name, [found, notes]);
    for (const agreement of partner.agreements) checkGuides(dir, agreement, guides, reporter(file, found));
    noteOldAlgorithms(partner.name, loaded.partners, reporter(file, notes));
    noteUnreachable(partner, loaded.partners, reporter(file, notes));
    await noteUnused(partner, guides, isExtended, notes);
  }
  const paths = [...files.marks.keys()];
  const tables = paths.filter((path) => isOurs(path) && /(^|\/)tables\/[^/]+\.csv$/.test(path));
  const checked = only === undefined ? guides.all : guides.in(only);
  await noteUnusedTables(dir, tables, checked, notes);
  notePassedOver(dir, files, notes);
  // With what is wrong with guides that were checked when something asked for them.
  const wrong = [...problems, ...[...broken.values()].flat()];
  const once = new Map(wrong.map((problem) => [problemText(problem), problem])).values();
  return {
    problems: [...once, ...loaded.problems, ...found.found].map(fromHere),
    notes: notes.found.map(fromHere),
    names: partnerFolders(files),
    partners: partners.length,
    agreements: partners.flatMap(({ agreements }) => agreements).length,
    guides: checked.length,
    tables: tables.length,
  };
}

/** Whether a problem concerns a partner: it stands in its folder or in a standard guide, or speaks of the partner. */
export function concerns({ file, message }: Problem, dir: string, partner: string): boolean {
  const [folder] = relative(dir, file).split(sep);
  return folder === partner || folder === 'standard' || new RegExp(`\\b${partner}\\b`).test(message);
}

/** Files are named as people type them. */
function fromHere(problem: Problem): Problem {
  return { ...problem, file: relative(process.cwd(), problem.file) };
}

type Report = (path: readonly PropertyKey[], message: string, hint?: string) => void;

function reporter(file: Checked<PartnerFile> | null, problems: Problems): Report {
  return (path, message, hint) => {
    if (file !== null) problems.add(file.place(path), message, hint);
  };
}

/** Old SSH algorithms are allowed knowingly, or not at all. */
function noteOldAlgorithms(partner: string, { endpoints }: Partners, report: Report): void {
  for (const endpoint of endpoints) {
    if (endpoint.owner !== partner || endpoint.type !== 'sftp') continue;
    const warning = legacyWarning(endpoint.name, endpoint.legacyAlgorithms);
    if (warning !== null) report(['endpoints', endpoint.name, 'legacyAlgorithms'], warning);
  }
}

/** The partner's file once more, for the places of what it says: it was found right when the partners were loaded. */
async function readPlaces(
  dir: string,
  partner: string,
  all: readonly Problems[],
): Promise<Checked<PartnerFile> | null> {
  const path = join(dir, partner, 'partner.yaml');
  const text = await readFile(path, 'utf8');
  for (const problems of all) problems.file(path, text);
  return checkYaml(partnerFile, path, text, new Problems());
}

/** Every document that is sent has a guide in the release that was agreed, and every guide that is named is there. */
function checkGuides(dir: string, agreement: Agreement, guides: Guides, report: Report): void {
  for (const [type, terms] of Object.entries(agreement.documents)) {
    const path = [
      'agreements',
      agreement.name,
      'documents',
      type,
      ...(terms.guide === undefined ? [] : ['guide']),
    ];
    checkOutbound(dir, agreement, type, guides, (...rest) => report(path, ...rest));
  }
  for (const [type, name] of Object.entries(agreement.guides)) {
    const path = ['agreements', agreement.name, 'guides', type];
    const named = available(agreement, guides).filter((guide) => ownName(guide) === name);
    if (named.some(({ message }) => message === type) || isBroken(dir, agreement.partner, name)) continue;
    if (named.length > 0) report(path, `'${name}' is a guide of ${named[0]?.message}, not of ${type}.`);
    else
      report(
        path,
        `There is no guide '${name}' of ${agreement.standard}.`,
        nearGuide(name, agreement, guides),
      );
  }
}

function checkOutbound(
  dir: string,
  agreement: Agreement,
  type: string,
  guides: Guides,
  report: (message: string, hint?: string) => void,
): void {
  const terms = agreement.documents[type];
  const name = terms?.guide ?? type;
  const guide = outboundGuide(agreement, type, guides);
  const version = terms?.version ?? agreement.version.message;
  if (guide !== null) {
    if (guide.message !== type) report(`'${name}' is a guide of ${guide.message}, not of ${type}.`);
    else if (allKinds.includes(type) && kindOf(type).canonical !== guide.canonical)
      report(
        `The guide '${guide.name}' is of ${guide.canonical}; ${type} is written from ${kindOf(type).canonical}.`,
      );
    return;
  }
  if (isBroken(dir, agreement.partner, name) || kindsWithoutGuide.includes(type)) return;
  const release = releaseOf(agreement.standard, type, version)?.release;
  if (release === undefined) {
    report(`The dictionary has no ${type} of ${agreement.standard} ${version}.`);
    return;
  }
  const other = available(agreement, guides).find((each) => ownName(each) === name);
  report(
    `The agreement ${agreement.name} sends ${type} of ${release}, and there is no guide '${name}' for it.`,
    other === undefined
      ? (nearGuide(name, agreement, guides) ?? `It would be ${join(dir, agreement.partner, `${name}.yaml`)}.`)
      : `${other.name} is of ${other.release}.`,
  );
}

/** Written from what was received, by no guide. */
const kindsWithoutGuide = allKinds.filter((type) => kindOf(type).canonical === null);

/** The partner's own guides and the standard ones of its standard, as far as they can be named. */
function available({ partner, standard }: Agreement, guides: Guides): Guide[] {
  const own = guides.in(partner).filter((guide) => guide.name === `${partner}/${ownName(guide)}`);
  return [...guides.in('standard'), ...own].filter((guide) => guide.standard === standard);
}

/** A guide's name within its folder. */
function ownName(guide: Guide): string {
  return guide.name.split('/').at(-1) ?? '';
}

function nearGuide(name: string, agreement: Agreement, guides: Guides): string | undefined {
  return nearMiss(name, new Set(available(agreement, guides).map(ownName)));
}

/** The file is there, but was not loaded: its own problems say why. */
function isBroken(dir: string, partner: string, name: string): boolean {
  return existsSync(join(dir, partner, `${name}.yaml`));
}

function noteUnreachable(partner: Partner, partners: Partners, note: Report): void {
  const receives = partners.endpoints.some(
    (endpoint) => endpoint.direction !== 'out' && endpoint.partners.includes(partner.name),
  );
  if (!receives)
    note(
      [],
      `No endpoint receives from ${partner.name}.`,
      `An endpoint that does lists it under 'carries', or stands here.`,
    );
}

/** Whether a guide is extended by another, of whomever; all are looked at when that is asked for the first time. */
function extendedIn(guides: Guides): (name: string) => boolean {
  let extended: ReadonlySet<string | null> | null = null;
  return (name) => {
    extended ??= new Set(guides.all.map((guide) => guide.extends));
    return extended.has(name);
  };
}

/** Guides of the partner's folder that no message is read or written with, and that no other guide extends. */
async function noteUnused(
  partner: Partner,
  guides: Guides,
  isExtended: (name: string) => boolean,
  notes: Problems,
): Promise<void> {
  for (const guide of guides.in(partner.name)) {
    const why = whyUnused(guide, partner, guides);
    if (why === null || isExtended(guide.name)) continue;
    const { at } = guide;
    notes.file(at.file, await readFile(at.file, 'utf8'));
    notes.add(at, `Nothing uses the guide ${guide.name}: ${why.reason}`, why.hint);
  }
}

/** Documents that only we write; any other may come in. */
const onlyOurs = ['order-response', 'ship-notice', 'invoice', 'inventory'];

function whyUnused(
  guide: Guide,
  { name: partner, agreements }: Partner,
  guides: Guides,
): { reason: string; hint?: string } | null {
  const same = agreements.filter(({ standard }) => standard === guide.standard);
  if (same.length === 0) return { reason: `no agreement is of ${guide.standard}.` };
  const name = ownName(guide);
  if (guide.name !== `${partner}/${name}`)
    return {
      reason: 'it stands in a folder below, and no agreement can name it.',
      hint: `Name it ${partner}/${name}.yaml, or extend it.`,
    };
  if (same.some((agreement) => reads(agreement, guide, name) || writes(agreement, guide, guides)))
    return null;
  const sent = same.find(({ documents }) => documents[guide.message] !== undefined);
  if (name === guide.message && sent !== undefined)
    return {
      reason: `it is of ${guide.release}, and the agreement ${sent.name} writes ${sent.version.message}.`,
    };
  if (name === guide.message)
    return {
      reason: `no agreement sends ${name}.`,
      hint: `List it under 'documents' of an agreement: "${name}": {}`,
    };
  return {
    reason: `no agreement names it.`,
    hint: `Under 'guides' (received) or 'documents' (sent) of an agreement.`,
  };
}

function reads(agreement: Agreement, guide: Guide, name: string): boolean {
  const named = agreement.guides[guide.message];
  if (named !== undefined) return named === name;
  return name === guide.message && !onlyOurs.includes(guide.canonical);
}

function writes(agreement: Agreement, guide: Guide, guides: Guides): boolean {
  return Object.keys(agreement.documents).some((type) => outboundGuide(agreement, type, guides) === guide);
}

/** Tables that no guide looks into. */
async function noteUnusedTables(
  dir: string,
  tables: readonly string[],
  guides: readonly Guide[],
  notes: Problems,
): Promise<void> {
  const used = new Set(guides.flatMap((guide) => guide.tables.map(({ source }) => source)));
  for (const table of tables) {
    const file = relative(process.cwd(), join(dir, table)).replaceAll('\\', '/');
    if (used.has(file)) continue;
    const text = await fileText(file, maxTableBytes);
    // Its problems say why it cannot be read.
    if (typeof text !== 'string') continue;
    notes.file(file, text);
    notes.add({ file, line: 1, column: 1 }, 'No guide looks into this table.');
  }
}
