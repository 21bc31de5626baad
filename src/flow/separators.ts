/** The service characters that an agreement writes with. */
import type { Separators } from '../interchange/interchange.ts';
import type { OutMessage } from '../interchange/write.ts';
import { chooseSeparators } from '../interchange/write-separators.ts';
import type { Agreement } from '../partner/partner.ts';

const usual = {
  x12: { element: '*', component: '>', repetition: null, segment: '~', release: null, decimal: '.' },
  edifact: { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
} as const satisfies Record<string, Separators>;

export function separatorsOf(agreement: Agreement): Separators {
  const { element, component, repetition, segment } = agreement.separators;
  const base = usual[agreement.standard];
  return {
    ...base,
    element: element ?? base.element,
    component: component ?? base.component,
    repetition: repetition ?? base.repetition,
    segment: segment ?? base.segment,
  };
}

/**
 * X12 has no way to escape a delimiter: where the data holds one of the usual ones and the agreement leaves them open,
 * those are taken that it does not hold.
 * @returns null when there is no other choice
 */
export function otherSeparators(agreement: Agreement, messages: readonly OutMessage[]): Separators | null {
  const { element, component, segment } = agreement.separators;
  const fixed = element !== undefined || component !== undefined || segment !== undefined;
  return fixed ? null : chooseSeparators(messages, separatorsOf(agreement));
}
