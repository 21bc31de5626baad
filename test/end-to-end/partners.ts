/** Partner folders for tests: invented companies, with the terms that a test asks for. */
import type { PartnerTerms } from './road.ts';

interface Terms {
  readonly us?: string;
  readonly them: string;
  readonly endpoints?: object;
  readonly endpoint?: string;
  /** Over the usual terms of the agreement. */
  readonly agreement?: object;
  readonly documents?: object;
  /** Agreements beside the usual one, which is called live. */
  readonly agreements?: object;
  readonly policy?: object;
}

const expected = { within: '24h', expectAcknowledgment: '24h' };

/** An X12 004010 partner: orders by POST /edi, answers in a folder of its own, unless the terms say otherwise. */
export function x12Terms(name: string, terms: Terms): PartnerTerms {
  return { agreements: { live: x12Agreement(name, terms), ...terms.agreements }, ...rest(name, terms) };
}

export function x12Agreement(name: string, terms: Terms): object {
  return {
    standard: 'x12',
    us: { qualifier: 'ZZ', id: terms.us ?? 'SALTMARSH' },
    them: { qualifier: 'ZZ', id: terms.them },
    version: { interchange: '00401', message: '004010' },
    acknowledge: { send: '997', within: '24h' },
    endpoint: terms.endpoint ?? `${name}-box`,
    documents: { '855': expected, '856': expected, ...terms.documents },
    ...terms.agreement,
  };
}

/** An EDIFACT D.96A partner, likewise. */
export function edifactTerms(name: string, terms: Terms): PartnerTerms {
  const agreement = {
    standard: 'edifact',
    us: { qualifier: '14', id: terms.us ?? '4000001000005' },
    them: { qualifier: '14', id: terms.them },
    version: { interchange: 'UNOC:3', message: 'D:96A:UN:EAN008' },
    acknowledge: { send: 'CONTRL', within: '24h' },
    endpoint: terms.endpoint ?? `${name}-box`,
    documents: {
      ORDRSP: { ...expected, version: 'D:96A:UN:EAN005' },
      DESADV: { ...expected, version: 'D:96A:UN:EAN005' },
      ...terms.documents,
    },
    ...terms.agreement,
  };
  return { agreements: { live: agreement, ...terms.agreements }, ...rest(name, terms) };
}

function rest(name: string, terms: Terms): PartnerTerms {
  return {
    endpoints: terms.endpoints ?? {
      [`${name}-http`]: { type: 'http' },
      [`${name}-box`]: { type: 'folder', direction: 'out', out: `${name}/mail` },
    },
    ...(terms.policy === undefined ? {} : { policy: terms.policy }),
  };
}
