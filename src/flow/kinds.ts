/** Which message type plays which part on the road, in either standard. */
import type { Standard } from '../interchange/interchange.ts';

/** What an inbound message type is to us. */
export type Part = 'order' | 'order-change' | 'acknowledgment';

const parts: Readonly<Record<Standard, Readonly<Record<string, Part>>>> = {
  x12: { '850': 'order', '860': 'order-change', '997': 'acknowledgment' },
  edifact: { ORDERS: 'order', ORDCHG: 'order-change', CONTRL: 'acknowledgment' },
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

/** Types whose acknowledgment names them by its own group (997's AK101) or as a whole (CONTRL). */
export function kindsOfGroup(group: string): string[] {
  return Object.values(kinds)
    .filter((kind) => kind.group === group)
    .map((kind) => kind.type);
}

/** EDIFACT kinds a CONTRL may speak of. */
export const edifactKinds = Object.values(kinds)
  .filter((kind) => kind.group === null)
  .map((kind) => kind.type);
