/** The service characters that an agreement writes with. */
import type { Separators } from '../interchange/interchange.ts';
import type { OutMessage } from '../interchange/write.ts';
import { separatorChoice } from '../interchange/write-separators.ts';
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
 * X12 has no way to escape a delimiter: where the data or an id holds one of the usual ones, others are taken that they do
 * not hold, as far as the agreement leaves them open.
 * @returns null when there is no other choice
 */
export function otherSeparators(agreement: Agreement, messages: readonly OutMessage[]): Separators | null {
  const { us, them, group, separators } = agreement;
  const choice = separatorChoice(separatorsOf(agreement));
  for (const id of [us.id, them.id, group?.us, group?.them]) choice.see(id ?? '');
  for (const message of messages) choice.seeMessage(message);
  const chosen = choice.choose();
  const names = ['element', 'component', 'repetition', 'segment'] as const;
  const kept = names.every(
    (name) => (separators[name] ?? null) === null || separators[name] === chosen?.[name],
  );
  return kept ? chosen : null;
}
