/** What no single value shows: names that must exist, ids that must be one agreement's, terms that contradict each other. */
import { readerFaultCodes } from '../fault.ts';
import { nearMiss, type Problems } from '../mapping/problem.ts';
import type { Checked } from './checked-yaml.ts';
import { type Endpoint, type EndpointTerms, loginOf } from './endpoint.ts';
import type { AgreementTerms, PartnerFile } from './partner.ts';
import { addressOf, idsOf } from './partners.ts';

/** A partner's file as read, with the places of what it says. */
export interface Loaded {
  readonly name: string;
  readonly folder: string;
  readonly file: Checked<PartnerFile>;
}

type Report = (path: readonly PropertyKey[], message: string, hint?: string) => void;

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
  const names = [...loaded.map(({ name }) => name), ...others];
  const conflicts: Conflict[] = [];
  const seen: AddressBook = { addresses: new Map(), ids: new Map() };
  const namesSeen: NamesSeen = { endpoints: new Map(), logins: new Map() };
  for (const partner of loaded) {
    const report: Report = (path, message, hint) => problems.add(partner.file.place(path), message, hint);
    checkTimeZone(partner, report);
    const claims = (earlier: string) => conflicts.push({ earlier, later: partner.name });
    checkEndpoints(partner, names, namesSeen, report, claims);
    for (const [name, terms] of Object.entries(partner.file.value.agreements)) {
      const inAgreement: Report = (path, ...rest) => report(['agreements', name, ...path], ...rest);
      checkIds(`${partner.name}/${name}`, terms, seen, inAgreement, claims);
      checkReferences(terms, inAgreement);
      checkRoute(partner.name, terms, endpoints, inAgreement);
      checkTerms(terms, inAgreement);
    }
  }
  return conflicts;
}

function checkTimeZone({ file }: Loaded, report: Report): void {
  const { timeZone } = file.value;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    // The only way to ask whether a zone is known.
    const hint =
      nearMiss(timeZone, Intl.supportedValuesOf('timeZone')) ?? "A name such as 'Europe/Berlin' or 'UTC'.";
    report(['timeZone'], `There is no time zone '${timeZone}'.`, hint);
  }
}

/** Who has which name so far: endpoints, and logins at our own SFTP server. */
interface NamesSeen {
  readonly endpoints: Map<string, string>;
  readonly logins: Map<string, string>;
}

function checkEndpoints(
  { name: owner, file }: Loaded,
  names: string[],
  { endpoints: seen, logins }: NamesSeen,
  report: Report,
  claims: (earlier: string) => void,
): void {
  for (const [name, terms] of Object.entries(file.value.endpoints)) {
    const other = seen.get(name);
    if (other !== undefined) {
      claims(other);
      report(
        ['endpoints', name],
        `The endpoint '${name}' stands in ${other} too.`,
        'Endpoint names are unique over all partners.',
      );
    }
    seen.set(name, owner);
    terms.carries.forEach((carried, index) => {
      if (!names.includes(carried)) {
        report(
          ['endpoints', name, 'carries', index],
          `There is no partner '${carried}'.`,
          nearMiss(carried, names),
        );
      }
    });
    if (terms.type === 'as2') checkAs2(name, terms, report);
    if (terms.type === 'hosted') checkLogin(owner, { ...terms, name }, logins, report, claims);
    if (!('every' in terms)) continue;
    if (terms.direction !== 'out' && terms.in === undefined) {
      report(['endpoints', name], `The endpoint '${name}' receives: it needs 'in', the folder to poll.`);
    }
    if (terms.direction !== 'in' && terms.out === undefined) {
      report(['endpoints', name], `The endpoint '${name}' sends: it needs 'out', the folder to write to.`);
    }
  }
}

/** Two endpoints that one login opens: the second would never be reached. */
function checkLogin(
  owner: string,
  terms: { readonly name: string; readonly login?: string | undefined },
  seen: Map<string, string>,
  report: Report,
  claims: (earlier: string) => void,
): void {
  const login = loginOf(terms);
  const other = seen.get(login);
  if (other === undefined) {
    seen.set(login, owner);
    return;
  }
  if (other !== owner) claims(other);
  const hint = "Give each endpoint of type hosted a 'login' of its own.";
  report(['endpoints', terms.name], `Somebody of ${other} signs in as '${login}' too.`, hint);
}

function checkAs2(name: string, terms: Extract<EndpointTerms, { type: 'as2' }>, report: Report): void {
  const at = ['endpoints', name];
  if (terms.direction !== 'in' && terms.url === undefined) {
    report(at, `The endpoint '${name}' sends: it needs 'url', the address of their AS2 server.`);
  }
  if (terms.mdn.ask === 'async' && terms.mdn.returnTo === undefined) {
    const hint = "The address at which they reach our own /as2: 'https://edi.example.com/as2'.";
    report([...at, 'mdn'], "An asynchronous MDN needs 'returnTo'.", hint);
  }
  if ((terms.user === undefined) !== (terms.password === undefined)) {
    report(at, "'user' and 'password' go together.");
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
  } else checkNumbers(terms, seen.ids.get(idsOf(terms)) ?? [], report);
  seen.addresses.set(address, key);
  seen.ids.set(idsOf(terms), [...(seen.ids.get(idsOf(terms)) ?? []), { key, terms }]);
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
  endpoints: readonly Endpoint[],
  report: Report,
): void {
  const endpoint = endpoints.find(({ name }) => name === terms.endpoint);
  if (endpoint === undefined) {
    const near = nearMiss(
      terms.endpoint,
      endpoints.map(({ name }) => name),
    );
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
