/** What no single value shows: names that must exist, ids that must be one agreement's, terms that contradict each other. */
import { readerFaultCodes } from '../fault.ts';
import { nearMiss, type Problems } from '../mapping/problem.ts';
import { checkEndpoints, type EndpointBook } from './check-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import type { Loaded, Report } from './loaded.ts';
import type { AgreementTerms } from './partner.ts';
import { addressOf, idsOf } from './partners.ts';

/** Two partners that claim the same: the problem stands in the later one's file. */
export interface Conflict {
  readonly earlier: string;
  readonly later: string;
}

/**
 * Adds a problem for each contradiction within a partner and between partners.
 * @param others names of partners whose files could not be read
 * @returns who claims what another one has
 */
export function crossCheck(
  loaded: readonly Loaded[],
  endpoints: readonly Endpoint[],
  others: readonly string[],
  problems: Problems,
): readonly Conflict[] {
  const names = new Set([...loaded.map(({ name }) => name), ...others]);
  const byName = new Map<string, Endpoint>();
  for (const endpoint of endpoints) if (!byName.has(endpoint.name)) byName.set(endpoint.name, endpoint);
  const conflicts: Conflict[] = [];
  const seen: AddressBook = { addresses: new Map(), ids: new Map() };
  const endpointsSeen: EndpointBook = { names: new Map(), as2: new Map(), logins: new Map() };
  for (const partner of loaded) {
    const report: Report = (path, message, hint) => problems.add(partner.file.place(path), message, hint);
    checkTimeZone(partner, report);
    const claims = (earlier: string) => conflicts.push({ earlier, later: partner.name });
    checkEndpoints(partner, names, endpointsSeen, report, claims);
    for (const [name, terms] of Object.entries(partner.file.value.agreements)) {
      const inAgreement: Report = (path, ...rest) => report(['agreements', name, ...path], ...rest);
      checkIds(`${partner.name}/${name}`, terms, seen, inAgreement, claims);
      checkReferences(terms, inAgreement);
      checkRoute(partner.name, terms, byName, inAgreement);
      checkTerms(terms, inAgreement);
    }
  }
  return conflicts;
}

/** Zones that the system knows, as far as anyone named them: to ask it takes a while. */
const timeZones = new Set<string>();

function checkTimeZone({ file }: Loaded, report: Report): void {
  const { timeZone } = file.value;
  if (timeZones.has(timeZone)) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    timeZones.add(timeZone);
  } catch {
    // The only way to ask whether a zone is known.
    const hint =
      nearMiss(timeZone, Intl.supportedValuesOf('timeZone')) ?? "A name such as 'Europe/Berlin' or 'UTC'.";
    report(['timeZone'], `There is no time zone '${timeZone}'.`, hint);
  }
}

/** The agreements so far: by all that stands on their interchanges, and by ids alone. */
interface AddressBook {
  readonly addresses: Map<string, string>;
  readonly ids: Map<string, { readonly key: string; readonly terms: AgreementTerms }[]>;
}

function checkIds(
  key: string,
  terms: AgreementTerms,
  seen: AddressBook,
  report: Report,
  claims: (earlier: string) => void,
): void {
  const address = addressOf(terms);
  const other = seen.addresses.get(address);
  if (other !== undefined) {
    claims(other.split('/')[0] as string);
    report(
      [],
      `The agreement ${other} has the same standard and ids.`,
      terms.standard === 'edifact'
        ? 'An interchange must belong to one agreement: an applicationReference (UNB 0026) tells them apart.'
        : 'An interchange must belong to one agreement.',
    );
  }
  const ids = idsOf(terms);
  const same = seen.ids.get(ids) ?? [];
  if (other === undefined) checkNumbers(terms, same, report);
  seen.addresses.set(address, key);
  seen.ids.set(ids, [...same, { key, terms }]);
  // ISA05 and ISA07 hold two characters, ISA06 and ISA08 fifteen; 0007 holds four, 0004 and 0010 thirty-five.
  const most = terms.standard === 'x12' ? 15 : 35;
  for (const side of ['us', 'them'] as const) {
    const { qualifier, id } = terms[side];
    if (terms.standard === 'x12' && qualifier.length !== 2) {
      report(
        [side],
        'An X12 interchange id has a qualifier of two characters.',
        "Such as '01' (D-U-N-S), '14' or 'ZZ', in quotes.",
      );
    }
    if (id.length > most)
      report([side, 'id'], `The id has ${id.length} characters; ${terms.standard} allows ${most}.`);
  }
}

/** What we send under the same ids must never have the same control number. */
function checkNumbers(
  { control }: AgreementTerms,
  others: readonly { readonly key: string; readonly terms: AgreementTerms }[],
  report: Report,
): void {
  const shared = others.find(
    ({ terms }) => control.first <= terms.control.last && terms.control.first <= control.last,
  );
  if (shared === undefined) return;
  const { first, last } = shared.terms.control;
  report(
    ['control'],
    `The agreement ${shared.key} has the same ids, and uses control numbers ${first} to ${last} too.`,
    "Give each agreement numbers of its own: 'control: { first: 1, last: 499999999 }' and so on.",
  );
}

/** X12 has nothing like UNB 0026. */
function checkReferences(terms: AgreementTerms, report: Report): void {
  if (terms.standard === 'edifact') return;
  const say = (path: readonly PropertyKey[]) =>
    report(path, 'X12 has no application reference.', 'It is UNB 0026, of EDIFACT.');
  if (terms.applicationReference !== undefined) say(['applicationReference']);
  for (const [type, { applicationReference }] of Object.entries(terms.documents))
    if (applicationReference !== undefined) say(['documents', type, 'applicationReference']);
}

function checkRoute(
  partner: string,
  terms: AgreementTerms,
  endpoints: ReadonlyMap<string, Endpoint>,
  report: Report,
): void {
  const endpoint = endpoints.get(terms.endpoint);
  if (endpoint === undefined) {
    const near = nearMiss(terms.endpoint, endpoints.keys());
    report(['endpoint'], `There is no endpoint '${terms.endpoint}'.`, near);
  } else if (endpoint.direction === 'in') {
    report(['endpoint'], `The endpoint '${terms.endpoint}' only receives: answers need one that sends.`);
  } else if (!endpoint.partners.includes(partner)) {
    const hint = `Add ${partner} to its 'carries' in mappings/${endpoint.owner}/partner.yaml.`;
    report(['endpoint'], `The endpoint '${terms.endpoint}' does not carry ${partner}.`, hint);
  }
}

function checkTerms(terms: AgreementTerms, report: Report): void {
  const { first, last } = terms.control;
  if (first >= last)
    report(['control'], `Control numbers run from ${first} to ${last}: the first must be the smaller.`);
  // ISA13 has nine digits.
  if (terms.standard === 'x12' && last > 999_999_999)
    report(['control', 'last'], 'An X12 control number has nine digits.');
  const acknowledgments = terms.standard === 'x12' ? ['997', '999'] : ['CONTRL'];
  if (![...acknowledgments, 'none'].includes(terms.acknowledge.send)) {
    report(
      ['acknowledge', 'send'],
      `${terms.standard} is acknowledged with ${acknowledgments.join(' or ')}, not ${terms.acknowledge.send}.`,
    );
  }
  checkSeverities(terms, report);
  for (const type of Object.keys(terms.documents)) {
    if (/^\d{3}$/.test(type) !== (terms.standard === 'x12')) {
      report(
        ['documents', type],
        `${type} is no message of ${terms.standard}.`,
        'X12: 855, 856. EDIFACT: ORDRSP, DESADV.',
      );
    }
  }
}

/** Severities count for what the reader finds; what the road finds waits for a person whatever one calls it. */
function checkSeverities({ severities }: AgreementTerms, report: Report): void {
  const known: readonly string[] = readerFaultCodes;
  for (const code of Object.keys(severities)) {
    if (known.includes(code)) continue;
    report(
      ['severities', code],
      `There is no fault '${code}' of the reader.`,
      nearMiss(code, known) ?? 'docs/faults.md lists them.',
    );
  }
}
