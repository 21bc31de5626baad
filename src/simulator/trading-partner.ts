/**
 * What a simulated trading partner is: it writes orders, sends them, reads our answers with other people's parsers, judges
 * what they say against what it ordered, and acknowledges them. The two kinds are in x12-partner.ts and
 * edifact-partner.ts; everything here is the same for both.
 */
import type { AgreementTerms } from '../partner/partner.ts';
import type { Answer } from './answer.ts';
import type { Carrier } from './carrier.ts';

/** A place as the partner writes it. `gln` and `code` are its ids; X12 sends `code` with N103 = 92. */
export interface PlaceSpec {
  readonly name: string;
  readonly code?: string;
  readonly gln?: string;
  readonly street?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postcode?: string;
  readonly country?: string;
}

/** One line. Quantity and price are decimal strings; `unit` is the canon's word. */
export interface LineSpec {
  /** Left out: the line's ordinal. */
  readonly number?: string;
  readonly gtin?: string;
  readonly upc?: string;
  readonly sellerId?: string;
  readonly buyerId?: string;
  readonly description?: string;
  readonly quantity: string;
  readonly unit?: 'each' | 'case';
  readonly price?: string;
}

export type Purpose = 'original' | 'cancel' | 'replace' | 'confirm' | 'duplicate' | 'change';

/** What to order. Days are 'YYYY-MM-DD'. */
export interface OrderSpec {
  readonly number: string;
  readonly lines: readonly LineSpec[];
  readonly orderedOn: string;
  readonly requestedOn?: string;
  readonly shipNotBefore?: string;
  readonly shipNotAfter?: string;
  readonly cancelAfter?: string;
  readonly shipTo?: PlaceSpec;
  readonly department?: string;
  readonly currency?: string;
  /** Marks the interchange as a test: ISA15 = T, UNB 0035 = 1. */
  readonly test?: boolean;
  /** 'change' writes an 860 / ORDCHG, every other purpose an 850 / ORDERS. Left out: 'original'. */
  readonly purpose?: Purpose;
}

/** A line as it was ordered, with its number filled in. */
export interface OrderedLine extends LineSpec {
  readonly number: string;
  readonly unit: 'each' | 'case';
}

/** What the answers are held against. */
export interface Expected {
  /** '850', '860', 'ORDERS', 'ORDCHG'. */
  readonly type: string;
  readonly interchangeControl: string;
  /** GS06; null for EDIFACT, which is written without UNG. */
  readonly groupControl: string | null;
  /** ST02 or UNH 0062. */
  readonly messageControl: string;
  readonly orderNumber: string;
  readonly orderedOn: string;
  readonly lines: readonly OrderedLine[];
  /** How the 997 / CONTRL must judge the message; 'either': both verdicts are right; 'none': no answer is due. */
  readonly acknowledgment: 'accepted' | 'refused' | 'either' | 'none';
  /** Whether an 855 / ORDRSP is due. */
  readonly response: boolean;
}

/** A file ready to send. */
export interface OrderFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly expected: Expected;
}

/** What the partner thinks of one answer. */
export interface Judgement {
  readonly ok: boolean;
  /** '997', '855', '856', 'CONTRL', 'ORDRSP', 'DESADV', 'TA1', another type, or 'unreadable'. */
  readonly kind: string;
  /** ISA13 or UNB 0020 of the interchange that brought it. */
  readonly control: string;
  readonly orderNumber?: string;
  /** One readable line. */
  readonly summary: string;
  readonly problems: readonly string[];
}

/** The ids on the envelope, from the agreement: how the partner and the gateway (us) are called. */
export interface Addresses {
  readonly partner: Address;
  readonly gateway: Address;
}
export interface Address {
  readonly qualifier: string;
  readonly id: string;
  /** GS02/GS03 where it differs from the interchange id. */
  readonly group?: string;
}

/** Reads the addresses out of an agreement of partner.yaml. */
export function addressesOf(agreement: AgreementTerms): Addresses {
  const { us, them, group } = agreement;
  return {
    partner: { ...them, ...(group ? { group: group.them } : {}) },
    gateway: { ...us, ...(group ? { group: group.us } : {}) },
  };
}

export interface PartnerOptions {
  readonly addresses: Addresses;
  readonly carrier: Carrier;
  /** Interchange control numbers of the partner's own; see control.ts. */
  readonly control: { next(): number };
  /** Codes that the partner lets us send for a line: ACK01 or LIN 1229. */
  readonly allowedCodes: readonly string[];
  /** Time of the envelope. */
  readonly now?: () => Date;
  /** Never acknowledges what it gets. */
  readonly silent?: boolean;
}

export interface OrderOptions {
  /** Uses this control number again instead of the next one. */
  readonly control?: number;
  /** Claims to be somebody else. */
  readonly sender?: Address;
  /** What is due, where it is not the usual. */
  readonly acknowledgment?: Expected['acknowledgment'];
  readonly response?: boolean;
}

export interface TradingPartner {
  readonly standard: 'x12' | 'edifact';
  /** Writes one order in an interchange of its own. Throws when the data cannot be written in the standard. */
  order(spec: OrderSpec, options?: OrderOptions): OrderFile;
  /** Drops or posts a file, whole or not at all. */
  send(file: { readonly name: string; readonly bytes: Buffer }): Promise<void>;
  /** Takes every new file out of the mailbox and reads it: one answer per message, syntax acknowledgments first. */
  poll(): Promise<readonly Answer[]>;
  /** Holds an answer against what was sent. Remembers what was confirmed and shipped; the same answer is judged once. */
  judge(answer: Answer, sent: readonly OrderFile[]): Judgement;
  /** Sends a 997 / CONTRL for each interchange among the answers, except for acknowledgments. Returns what it sent. */
  acknowledge(answers: readonly Answer[]): Promise<readonly { name: string; bytes: Buffer }[]>;
}
