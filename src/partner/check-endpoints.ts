/** What the endpoints of a partner say, held against each other and against those of other partners. */
import { nearMiss } from '../mapping/problem.ts';
import { type EndpointTerms, loginOf } from './endpoint.ts';
import type { Loaded, Report } from './loaded.ts';

/** The endpoints so far. */
export interface EndpointBook {
  /** Owners by the endpoint's name. */
  readonly names: Map<string, string>;
  /** Owners by the login at our own SFTP server. */
  readonly logins: Map<string, string>;
  /** By both AS2 names. */
  readonly as2: Map<string, { readonly endpoint: string; readonly owner: string }>;
}

type As2Terms = Extract<EndpointTerms, { type: 'as2' }>;

/**
 * Adds a problem for each contradiction.
 * @param claims told of an earlier partner whose name or AS2 names this one claims too
 */
export function checkEndpoints(
  { name: owner, file }: Loaded,
  names: ReadonlySet<string>,
  seen: EndpointBook,
  report: Report,
  claims: (earlier: string) => void,
): void {
  for (const [name, terms] of Object.entries(file.value.endpoints)) {
    const other = seen.names.get(name);
    if (other !== undefined) {
      claims(other);
      report(
        ['endpoints', name],
        `The endpoint '${name}' stands in ${other} too.`,
        'Endpoint names are unique over all partners.',
      );
    }
    seen.names.set(name, owner);
    checkCarried(name, terms, names, report);
    if (terms.type === 'as2') {
      checkAs2(name, terms, report);
      checkAs2Names(name, terms, owner, seen, report, claims);
    }
    if (terms.type === 'hosted') checkLogin(owner, { ...terms, name }, seen.logins, report, claims);
    if ('every' in terms) checkFolders(name, terms, report);
  }
}

function checkCarried(
  name: string,
  { carries }: EndpointTerms,
  names: ReadonlySet<string>,
  report: Report,
): void {
  carries.forEach((carried, index) => {
    if (names.has(carried)) return;
    const at = ['endpoints', name, 'carries', index];
    report(at, `There is no partner '${carried}'.`, nearMiss(carried, names));
  });
}

function checkFolders(name: string, terms: Extract<EndpointTerms, { every: string }>, report: Report): void {
  if (terms.direction !== 'out' && terms.in === undefined) {
    report(['endpoints', name], `The endpoint '${name}' receives: it needs 'in', the folder to poll.`);
  }
  if (terms.direction !== 'in' && terms.out === undefined) {
    report(['endpoints', name], `The endpoint '${name}' sends: it needs 'out', the folder to write to.`);
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

/** Two AS2 names belong to one endpoint: nothing else tells whose a message is. */
function checkAs2Names(
  name: string,
  { us, them }: As2Terms,
  owner: string,
  seen: EndpointBook,
  report: Report,
  claims: (earlier: string) => void,
): void {
  const pair = JSON.stringify([us, them]);
  const other = seen.as2.get(pair);
  seen.as2.set(pair, { endpoint: name, owner });
  if (other === undefined) return;
  if (other.owner !== owner) claims(other.owner);
  report(
    ['endpoints', name],
    `The AS2 names '${us}' and '${them}' are those of the endpoint '${other.endpoint}' too.`,
    'A pair of AS2 names has one endpoint: nothing else in a message tells whose it is.',
  );
}

function checkAs2(name: string, terms: As2Terms, report: Report): void {
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
