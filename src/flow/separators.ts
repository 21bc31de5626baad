/** The service characters that an agreement writes with. */
import type { Separators } from '../interchange/interchange.ts';
import type { OutMessage } from '../interchange/write.ts';
import { delimiterCandidates, separatorChoice } from '../interchange/write-separators.ts';
import type { Agreement } from '../partner/partner.ts';

const usual = {
  x12: { element: '*', component: '>', repetition: null, segment: '~', release: null, decimal: '.' },
  edifact: { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
} as const satisfies Record<string, Separators>;

/** What is agreed, and the usual ones for the rest. `repetition: null` is an agreement, too: there is none. */
export function separatorsOf({ standard, version, separators }: Agreement): Separators {
  const base = usual[standard];
  const chosen = {
    ...base,
    element: separators.element ?? base.element,
    component: separators.component ?? base.component,
    segment: separators.segment ?? base.segment,
  };
  const needed = standard === 'x12' && version.interchange >= firstVersionWithRepetition;
  const { repetition = needed ? unusedBy(chosen) : base.repetition } = separators;
  return { ...chosen, repetition };
}

/** From this version on ISA11 is the repetition separator, in every interchange; before, it is U (X12.5). */
const firstVersionWithRepetition = '00402';

/** The usual ^, or what stands next where something else was agreed to be that. */
function unusedBy({ element, component, segment }: Separators): string | null {
  const used = [element, component, segment];
  return ['^', ...delimiterCandidates].find((each) => !used.includes(each)) ?? null;
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
