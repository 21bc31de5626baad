/**
 * Who they are: the shape of partner.yaml, checked by zod. One folder per partner under mappings/; the folder's name is the
 * partner's name. Secrets come by reference (`env:NAME` or `file:PATH` relative to PORTOLAN_HOME), never in the folder.
 */
import { z } from 'zod';
import { type DuplicateRule, duplicateRule } from '../order/business-key.ts';
import { type Calendar, calendar } from '../order/calendar.ts';
import { type Policy, policy } from '../order/policy.ts';
import { duration, endpoint, text } from './endpoint.ts';

/** Character sets that the reader can be told of. */
const charsets = [
  ...['UNOA', 'UNOB', 'UNOC', 'UNOD', 'UNOE', 'UNOF', 'UNOW', 'UNOY'],
  ...['UTF-8', 'ISO-8859-1', 'ISO-8859-2', 'ISO-8859-5', 'ISO-8859-7'],
] as const;

/** UNB 0026. */
const applicationReference = z.string().min(1).max(14);

const interchangeId = z.strictObject({ qualifier: z.string().max(4).default(''), id: text });

const separators = z.strictObject({
  element: z.string().length(1).optional(),
  component: z.string().length(1).optional(),
  repetition: z.string().length(1).nullable().optional(),
  segment: z.string().length(1).optional(),
  /** Written after each segment terminator. */
  newline: z.enum(['', '\n', '\r\n']).default(''),
});

const outbound = z.strictObject({
  /** How long after the order was received (855, ORDRSP), after the shipment was recorded (856, DESADV). */
  within: duration.optional(),
  /** single: one interchange per document. many: up to `most` waiting documents in one interchange. */
  batch: z.enum(['single', 'many']).default('single'),
  most: z.int().min(1).max(10_000).default(500),
  /** Their 997/CONTRL for it is expected within; unset: none is expected. */
  expectAcknowledgment: duration.optional(),
  /** GS08 or S009 where this type differs from the agreement's: 'D:96A:UN:EAN005'. */
  version: text.optional(),
  /** Guide to write it with; default: the document's own type. */
  guide: text.optional(),
  /** UNB 0026 where this type has another than the agreement. */
  applicationReference: applicationReference.optional(),
});

export const agreement = z.strictObject({
  standard: z.enum(['x12', 'edifact']),
  us: interchangeId,
  them: interchangeId,
  /**
   * UNB 0026 of what we receive and of what we write: two agreements may have the same ids where it differs. One without it
   * takes the interchanges that are no other's.
   */
  applicationReference: applicationReference.optional(),
  /** GS02/GS03 where they differ from the interchange ids. */
  group: z.strictObject({ us: text, them: text }).optional(),
  /** What we write: ISA12 '00401' or S001 'UNOC:3', and GS08 '004010' or S009 'D:96A:UN:EAN008'. */
  version: z.strictObject({ interchange: text, message: text }),
  /** Usage indicator of what we write and expect; a message marked otherwise is held. */
  usage: z.enum(['production', 'test']).default('production'),
  separators: separators.default({ newline: '' }),
  /** Interchange control numbers we use: first to last, then first again. */
  control: z
    .strictObject({
      first: z.int().min(0).default(1),
      last: z.int().max(99_999_999_999_999).default(999_999_999),
    })
    .default({ first: 1, last: 999_999_999 }),
  acknowledge: z.strictObject({
    /** Which syntax acknowledgment we send for what we receive. */
    /** 999: groups of 005010 and later get one, older ones a 997. */
    send: z.enum(['997', '999', 'CONTRL', 'none']),
    within: duration.default('24h'),
    batch: z.enum(['single', 'many']).default('single'),
    /**
     * X12: requested: a TA1 where ISA14 = 1, and where the envelope is broken. always: for every interchange. never: a
     * broken envelope is told by refusing its groups.
     */
    ta1: z.enum(['requested', 'always', 'never']).default('requested'),
    /** own: a TA1 leaves in an interchange of its own. shared: before the 997 where there is one. */
    ta1Envelope: z.enum(['own', 'shared']).default('own'),
    /** CONTRL: name every message, not only those that are rejected. */
    everyMessage: z.boolean().default(false),
  }),
  /** Where answers go: an endpoint's name, of this partner's folder or another's (a VAN). */
  endpoint: text,
  /** By outbound type: '855', '856', 'ORDRSP', 'DESADV'. A type that is not listed is not sent. */
  documents: z.record(z.string(), outbound).default({}),
  /** Inbound guides by type where they differ from the type's own name. */
  guides: z.record(z.string(), text).default({}),
  /** How long a control number or order number counts as used. */
  duplicateWindow: duration.default('365d'),
  /** What the faults of their messages count for, where it differs from docs/faults.md: 'segment-count-mismatch': warning. */
  severities: z.record(z.string(), z.enum(['error', 'warning', 'info'])).default({}),
  /** The character set that they really use, whatever UNB S001 says; for X12, where it is not ISO 8859-1. */
  charset: z.enum(charsets).optional(),
  /** Ask for TA1 (ISA14) or CONTRL (0031) in what we write. */
  requestAcknowledgment: z.boolean().default(false),
});

export const partnerFile = z.strictObject({
  partner: z.literal(1),
  name: text,
  /** Loaded only by the demo. */
  demo: z.boolean().default(false),
  timeZone: z.string().default('UTC'),
  /** The days on which goods ship to them, in their time zone. */
  calendar: calendar.prefault({}),
  /** What makes an order the same as an earlier one. */
  duplicates: duplicateRule.prefault({}),
  agreements: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), agreement),
  endpoints: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), endpoint).default({}),
  policy: policy.prefault({}),
});

export type PartnerFile = z.infer<typeof partnerFile>;
export type AgreementTerms = z.infer<typeof agreement>;
export type OutboundTerms = z.infer<typeof outbound>;

/** An agreement with its place in the world. `key` = 'partner/agreement' is stored beside everything it rules. */
export interface Agreement extends AgreementTerms {
  readonly key: string;
  readonly partner: string;
  readonly name: string;
}

export interface Partner {
  readonly name: string;
  readonly title: string;
  readonly demo: boolean;
  readonly timeZone: string;
  readonly folder: string;
  readonly calendar: Calendar;
  readonly duplicates: DuplicateRule;
  readonly policy: Policy;
  readonly agreements: readonly Agreement[];
}
