/** Sentences that both forms of a guide's page share. */
import type { MessagePage } from './guide-book.ts';
import type { PageElement } from './guide-elements.ts';
import type { PageSegment } from './guide-page.ts';

export const headline =
  'What we send each other, segment by segment. It is made from the very guides by which our gateway reads and writes: whatever differs from your own specification, please tell us.';

/** '850 Purchase order: you send it to us'. */
export function messageTitle({ guide, direction }: Pick<MessagePage, 'guide' | 'direction'>): string {
  const way = direction === 'received' ? 'you send it to us' : 'we send it to you';
  return `${guide.message} ${guide.rules.name}: ${way}`;
}

/** 'Mandatory, once.' */
export function segmentUse({ use, loop }: Pick<PageSegment, 'use' | 'loop'>): string {
  const opens = loop === '' ? '' : ` Begins the ${loop.startsWith('SG') ? 'group' : 'loop'} ${loop}.`;
  return `${use.mandatory ? 'Mandatory' : 'Optional'} by the standard, ${timesText(use.most)}.${opens}`;
}

/** What is said of an element besides its codes and fields. */
export function elementNotes({ notes, ignored, isQualifier }: PageElement): string[] {
  return [
    ...(isQualifier ? ['Says which segment this is.'] : []),
    ...notes,
    ...(ignored === null ? [] : [`Not read: ${ignored}.`]),
  ];
}

function timesText(most: number): string {
  if (most === Number.POSITIVE_INFINITY) return 'as often as needed';
  return most === 1 ? 'once' : `up to ${most} times`;
}
