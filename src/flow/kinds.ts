/** Which message type plays which part on the road, in either standard. */
import type { Standard } from '../interchange/interchange.ts';

/**
 * What an inbound message type is to us. acknowledgment: judges the form of what we sent, and is never acknowledged itself.
 * advice: judges its content. text: is for people to read. Both are business: they are acknowledged as the agreement says.
 */
export type Part = 'order' | 'order-change' | 'acknowledgment' | 'advice' | 'text';

const parts: Readonly<Record<Standard, Readonly<Record<string, Part>>>> = {
  x12: {
    '850': 'order',
    '860': 'order-change',
    '997': 'acknowledgment',
    '999': 'acknowledgment',
    '824': 'advice',
    '864': 'text',
  },
  edifact: { ORDERS: 'order', ORDCHG: 'order-change', CONTRL: 'acknowledgment', APERAK: 'advice' },
};

/** null: a type that no step deals with. */
export function partOf(standard: Standard, type: string): Part | null {
  return parts[standard][type] ?? null;
}

export interface Kind {
  readonly type: string;
  /** GS01; '' for TA1, which stands outside of groups; null for EDIFACT. */
  readonly group: string | null;
  readonly canonical: 'order-response' | 'ship-notice' | null;
}

const kinds: Readonly<Record<string, Kind>> = {
  '855': { type: '855', group: 'PR', canonical: 'order-response' },
  '856': { type: '856', group: 'SH', canonical: 'ship-notice' },
  '997': { type: '997', group: 'FA', canonical: null },
  '999': { type: '999', group: 'FA', canonical: null },
  TA1: { type: 'TA1', group: '', canonical: null },
  ORDRSP: { type: 'ORDRSP', group: null, canonical: 'order-response' },
  DESADV: { type: 'DESADV', group: null, canonical: 'ship-notice' },
  CONTRL: { type: 'CONTRL', group: null, canonical: null },
};

/** The kind of a document that we owe. */
export function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`No document kind ${type}`);
  return kind;
}

/** The document that answers an order, and the one that announces its goods. */
export const outbound: Readonly<Record<Standard, { response: string; shipNotice: string }>> = {
  x12: { response: '855', shipNotice: '856' },
  edifact: { response: 'ORDRSP', shipNotice: 'DESADV' },
};

/** X12 kinds that an acknowledgment names by the group that carried them (AK101); null: it does not say which group. */
export function kindsOfGroup(group: string | null): string[] {
  return Object.values(kinds)
    .filter((kind) => (group === null ? kind.group !== null && kind.group !== '' : kind.group === group))
    .map((kind) => kind.type);
}

/** EDIFACT kinds a CONTRL may speak of. */
export const edifactKinds = Object.values(kinds)
  .filter((kind) => kind.group === null)
  .map((kind) => kind.type);

/** Kinds that do business: a partner may name them by a business number. */
export function businessKinds(standard: Standard): string[] {
  return Object.values(kinds)
    .filter((kind) => kind.canonical !== null && (kind.group === null) === (standard === 'edifact'))
    .map((kind) => kind.type);
}

/** The numbers by which a document of ours is known: its order's, its shipment's, or that of the response itself. */
export type Numbering = 'order' | 'shipment' | 'response';

/** Which number of ours a reference quotes: X12 element 128, EDIFACT 1153. null: it may be any, or a control number. */
export function numberingOf(qualifier: string): Numbering | null {
  return numberings[qualifier] ?? null;
}

const numberings: Readonly<Record<string, Numbering>> = {
  AAK: 'shipment',
  CO: 'order',
  DQ: 'shipment',
  MA: 'shipment',
  ON: 'order',
  PO: 'order',
  POR: 'response',
  SI: 'shipment',
};

/** All kinds of documents that we send. */
export const allKinds = Object.keys(kinds);
