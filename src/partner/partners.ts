/** All partners of one load, and whose an interchange is. */
import type { Problem } from '../mapping/problem.ts';
import type { Endpoint } from './endpoint.ts';
import type { Agreement, Partner } from './partner.ts';

/** An interchange id as it stands in ISA05/06, ISA07/08 or UNB S002, S003; qualifier '' for none. */
export interface InterchangeId {
  readonly qualifier: string;
  readonly id: string;
}

/** A partner whose files are broken: it waits until they are mended. */
export interface HeldPartner {
  readonly partner: string;
  readonly problems: readonly Problem[];
}

export interface Partners {
  readonly all: readonly Partner[];
  readonly endpoints: readonly Endpoint[];
  byName(name: string): Partner | null;
  /** By key, 'partner/agreement'. */
  agreement(key: string): Agreement | null;
  endpoint(name: string): Endpoint | null;
  /**
   * Whose an interchange is that we received: the agreement whose `them` sent it to its `us`. Ids and qualifiers must be
   * equal; blanks at the end do not count (ISA06 and ISA08 are padded). Where several have these ids, the one with this
   * application reference (UNB 0026, '' for none), else the one without any. null: nobody's.
   */
  identify(
    standard: Agreement['standard'],
    sender: InterchangeId,
    receiver: InterchangeId,
    application?: string,
  ): Agreement | null;
  /**
   * Partners that are held: what they send is stored and known by its ids, but nothing is read, decided, written or sent for
   * them, since their terms or guides may be wrong.
   */
  readonly held: readonly HeldPartner[];
  /** Why a partner is held, in a sentence with the place of the first problem; null: it is not. */
  heldBecause(name: string): string | null;
  /** Whether messages of the partner may arrive or leave at the endpoint. */
  mayCarry(endpoint: string, partner: string): boolean;
}

/**
 * Puts what was loaded in reach by name, key and ids. These are unique, the loader saw to it, but for those of held partners:
 * they give way to others'.
 */
export function partnersOf(
  all: readonly Partner[],
  endpoints: readonly Endpoint[],
  held: readonly HeldPartner[] = [],
): Partners {
  const reasons = new Map(held.map(({ partner, problems }) => [partner, reasonOf(problems)]));
  const last = (name: string) => (reasons.has(name) ? 0 : 1);
  const agreements = all
    .flatMap((partner) => partner.agreements)
    .sort((a, b) => last(a.partner) - last(b.partner));
  const partnerByName = new Map(all.map((partner) => [partner.name, partner]));
  const agreementByKey = new Map(agreements.map((agreement) => [agreement.key, agreement]));
  const agreementByIds = new Map(agreements.map((agreement) => [addressOf(agreement), agreement]));
  const endpointByName = new Map(
    [...endpoints].sort((a, b) => last(a.owner) - last(b.owner)).map((endpoint) => [endpoint.name, endpoint]),
  );
  return Object.freeze({
    all,
    endpoints,
    byName: (name) => partnerByName.get(name) ?? null,
    agreement: (key) => agreementByKey.get(key) ?? null,
    endpoint: (name) => endpointByName.get(name) ?? null,
    identify: (standard, them, us, application = '') =>
      agreementByIds.get(addressOf({ standard, them, us, applicationReference: application })) ??
      agreementByIds.get(addressOf({ standard, them, us })) ??
      null,
    held,
    heldBecause: (name) => reasons.get(name) ?? null,
    mayCarry: (endpoint, partner) => endpointByName.get(endpoint)?.partners.includes(partner) ?? false,
  } satisfies Partners);
}

/** The first of some problems with its place, and how many more there are. */
export function reasonOf(problems: readonly Problem[]): string {
  const [first] = problems;
  if (first === undefined) return 'its files have problems';
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${first.file}:${first.line}:${first.column}: ${first.message}${more}`;
}

/**
 * The agreement of a named partner that an interchange falls under: the one with its ids and application reference, else the
 * one with its ids, else the first of its standard; null where the partner has none of that standard.
 */
export function agreementWith(
  partner: Partner,
  { standard, sender, receiver, application }: InterchangeAddress,
): Agreement | null {
  const same = partner.agreements.filter((agreement) => agreement.standard === standard);
  const ids = { standard, them: sender, us: receiver };
  const by = (address: Address) => same.find((agreement) => addressOf(agreement) === addressOf(address));
  return by({ ...ids, applicationReference: application }) ?? by(ids) ?? same[0] ?? null;
}

/** Who sent an interchange to whom. */
export interface InterchangeAddress {
  readonly standard: Agreement['standard'];
  readonly sender: InterchangeId;
  readonly receiver: InterchangeId;
  /** UNB 0026; '' for none. */
  readonly application?: string;
}

/** What stands on an interchange that falls under an agreement. */
type Address = Pick<Agreement, 'standard' | 'them' | 'us'> & {
  readonly applicationReference?: string | undefined;
};

/** What tells agreements apart: their ids, and the application reference where they have one. */
export function addressOf(agreement: Address): string {
  return JSON.stringify([idsOf(agreement), agreement.applicationReference?.trimEnd() ?? '']);
}

/** Standard, their id, our id. */
export function idsOf({ standard, them, us }: Pick<Agreement, 'standard' | 'them' | 'us'>): string {
  return JSON.stringify([
    standard,
    ...[them, us].flatMap(({ qualifier, id }) => [qualifier.trimEnd(), id.trimEnd()]),
  ]);
}
