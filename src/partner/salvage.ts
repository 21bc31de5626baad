/** What can still be known of a partner whose partner.yaml is broken: its ids and its endpoints, so that what it sends is kept. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { agreement, type PartnerFile, partnerFile } from './partner.ts';

const table = z.record(z.string(), z.unknown()).catch({});
const outline = z.object({
  demo: z.unknown().optional(),
  agreements: table,
  endpoints: table,
});

/** What stands in for terms that cannot be read. Nothing is read, decided or sent by them. */
const unknownTerms = {
  version: { interchange: '-', message: '-' },
  acknowledge: { send: 'none' },
  endpoint: '-',
} as const;

const ids = z.object(agreement.pick({ standard: true, us: true, them: true }).shape);

/**
 * The parts of a broken partner.yaml that are whole: every agreement whose ids can be read, and every endpoint that is right.
 * @param name stands in for the title
 */
export function salvage(name: string, text: string): PartnerFile {
  const { demo, agreements, endpoints } = outline.parse(contentOf(text));
  return partnerFile.parse({
    partner: 1,
    name,
    demo: demo === true,
    agreements: wholeOnes(agreements, agreementFrom),
    endpoints: wholeOnes(endpoints, (terms) => endpoint.safeParse(terms).data),
  });
}

function contentOf(text: string): object {
  try {
    const content: unknown = parseDocument(text).toJS();
    return typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {};
  } catch {
    // An alias without an anchor, or too many: nothing of the file can be made out, and its problems are told already.
    return {};
  }
}

function agreementFrom(terms: unknown): unknown {
  const whole = agreement.safeParse(terms);
  if (whole.success) return whole.data;
  const known = ids.safeParse(terms);
  if (!known.success) return undefined;
  const { applicationReference } = terms as { applicationReference?: unknown };
  return {
    ...known.data,
    ...unknownTerms,
    ...(typeof applicationReference === 'string' ? { applicationReference } : {}),
  };
}

const nameOf = /^[a-z0-9][a-z0-9-]*$/;

function wholeOnes(
  all: Readonly<Record<string, unknown>>,
  read: (terms: unknown) => unknown,
): Record<string, unknown> {
  const found = Object.entries(all).map(([name, terms]) => [name, read(terms)] as const);
  return Object.fromEntries(found.filter(([name, terms]) => nameOf.test(name) && terms !== undefined));
}
