/** Which deeds a fault allows, so that only those are offered. The deeds themselves check again (flow/deeds.ts). */
import { z } from 'zod';
import { type FaultView, faultView } from '../store/view-faults.ts';

export const deedNames = ['replay', 'accept', 'accept-duplicate', 'reject'] as const;
export type DeedName = (typeof deedNames)[number];

/** A fault as the API gives it. */
export const faultAnswer = faultView.extend({
  orderNumber: z.string().nullable(),
  deeds: z.array(z.enum(deedNames)).describe('What can be done about it now'),
});
export type FaultAnswer = z.infer<typeof faultAnswer>;

export function withDeeds({ orderState, ofOrder, documentState, ...fault }: FaultView): FaultAnswer {
  const state = { orderState, ofOrder, documentState, ...fault };
  return { ...fault, deeds: deedNames.filter((name) => allows[name](state)) };
}

type State = FaultView;

/** accept frees a held order, or says that a document is dealt with; accept-duplicate says that a repeat is meant; replay tries again what the fault stopped. */
const allows: Readonly<Record<DeedName, (fault: State) => boolean>> = {
  replay: (fault) => fault.waiting && canTryAgain(fault),
  accept: (fault) =>
    fault.waiting &&
    (fault.code === 'document-waits' ||
      (fault.documentId === null && fault.ofOrder && fault.orderState === 'held')),
  'accept-duplicate': (fault) =>
    fault.waiting && (fault.code === 'order-duplicate' || fault.code === 'control-number-reused'),
  reject: (fault) => fault.waiting,
};

function canTryAgain(fault: State): boolean {
  if (['step-failed', 'as2-not-taken', 'as2-unanswered'].includes(fault.code)) return true;
  if (fault.documentId !== null) return fault.documentState === 'held';
  return fault.deliveryId !== null || (fault.orderId !== null && fault.orderState === 'held');
}
