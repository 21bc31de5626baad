/**
 * What an answer says, whatever standard it came in: the same words for a 997 and a CONTRL, an 855 and an ORDRSP, an 856
 * and a DESADV. x12-facts.ts and edifact-facts.ts read them out of the segments; judge.ts holds them against the orders.
 */
import { Big } from 'big.js';

/** Syntax verdict on one message, or on the group or interchange that has no messages named. */
export interface MessageVerdict {
  readonly type: string;
  readonly control: string;
  readonly verdict: 'accepted' | 'noted' | 'refused' | 'unknown';
  readonly code: string;
}

export interface AcknowledgmentFacts {
  /** GS06 (AK102) or UNB 0020 (UCI) of what is acknowledged. */
  readonly control: string;
  readonly verdict: MessageVerdict['verdict'];
  readonly code: string;
  readonly messages: readonly MessageVerdict[];
  /** Whether the verdict on the whole holds for messages that are not named: so in CONTRL, where 0083 is 4 or 7. */
  readonly holdsForAll: boolean;
  readonly problems: readonly string[];
}

export interface ItemIds {
  readonly gtin?: string;
  readonly upc?: string;
  readonly sellerId?: string;
  readonly buyerId?: string;
}

export type Outcome = 'accepted' | 'changed' | 'backordered' | 'rejected' | 'held' | 'unknown';

export interface ResponseLine {
  readonly number: string;
  readonly ids: ItemIds;
  /** As the response repeats it; '' when it does not. */
  readonly ordered: string;
  readonly unit: string;
  readonly price: string;
  /** ACK01 codes, or the one LIN 1229. */
  readonly codes: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** True when a code says that the price is another one (IP, IC; 1229 = 3 or 6). */
  readonly mayChangePrice: boolean;
  readonly confirmed: Big;
  readonly backordered: Big;
}

export interface ResponseFacts {
  readonly number: string;
  readonly orderNumber: string;
  /** 'YYYYMMDD' of the order as repeated; '' when it is not. */
  readonly orderedOn: string;
  /** BAK02 or BGM 1225. */
  readonly code: string;
  readonly outcome: Outcome | 'none';
  readonly lines: readonly ResponseLine[];
  readonly problems: readonly string[];
}

export interface ShippedItem {
  readonly orderNumber: string;
  /** The order's line number where the notice gives it. */
  readonly lineNumber: string;
  readonly ids: ItemIds;
  readonly quantity: Big;
  readonly unit: string;
}

export interface NoticeFacts {
  readonly number: string;
  readonly orderNumbers: readonly string[];
  /** As written, of 18 or (with the application identifier 00) 20 digits. */
  readonly ssccs: readonly string[];
  readonly items: readonly ShippedItem[];
  readonly problems: readonly string[];
}

/** A quantity; what is not a decimal number counts as 0 and becomes a problem. */
export function amount(text: string, name: string, problems: string[]): Big {
  if (/^-?\d+(\.\d+)?$/.test(text)) return new Big(text);
  problems.push(`${name} is '${text}', not a number`);
  return new Big(0);
}

/** Sums, exactly. */
export function sum(amounts: readonly Big[]): Big {
  return amounts.reduce((total, next) => total.plus(next), new Big(0));
}

/** Compares a written count with what was counted. */
export function counted(name: string, written: string, count: Big | number): string[] {
  const same = /^\d+(\.\d+)?$/.test(written) && new Big(written).eq(count);
  return same ? [] : [`${name} is '${written}', counted ${new Big(count).toFixed()}`];
}

/** Drops what is ''. */
export function present(ids: { readonly [K in keyof ItemIds]-?: string }): ItemIds {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== ''));
}
