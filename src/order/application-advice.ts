/** The application advice (824, APERAK): what a partner's application says of the content of messages of ours. */
import { z } from 'zod';
import { references } from './carriage.ts';
import { day, decimal, instant, notes, text } from './field.ts';
import { contact, party } from './party.ts';

const verdict = z.enum([
  'accepted',
  'accepted-with-changes',
  'accepted-with-errors',
  'rejected',
  'partly',
  'noted',
]);

/** One thing that they find wrong. */
export const applicationError = z
  .strictObject({
    code: text.describe('As it came (TED01 647 or LQ02, ERC 9321).'),
    text: text.describe('TED02, FTX 4440 under ERC.').optional(),
    severity: z
      .enum(['error', 'warning', 'information'])
      .describe('By the guide (TED01, ERC or FTX 4451).')
      .optional(),
    segment: text.describe('Tag of our segment (TED03).').optional(),
    position: decimal.describe('Which segment of our message it is, ST being 1 (TED04).').optional(),
    element: decimal.describe('Which element of it (TED05; C030 in later releases).').optional(),
    elementId: text.describe('Number of the data element (TED06).').optional(),
    value: text.describe('What we sent there (TED07).').optional(),
    newValue: text.describe('What they made of it (TED08).').optional(),
    referenceKind: text.describe('RFF 1153 under ERC, by the code table of the guide.').optional(),
    reference: text.describe('Which number of ours it is about (RFF 1154 under ERC).').optional(),
    line: text.describe('Which line of ours (RFF 1156 under ERC).').optional(),
    notes: notes.describe('NTE under TED, FTX 4440 under RFF.').optional(),
  })
  .meta({ id: 'applicationError', title: 'Error', description: 'One thing that they find wrong.' });

/** A message of ours that the advice is about. */
export const answeredMessage = z
  .strictObject({
    verdict: verdict.describe('OTI01 110 (TA, TC, TE, TR, TP), BGM 1225 or RFF by the guide.').optional(),
    referenceKind: text
      .describe('What the number is of, by the code table of the guide (OTI02 128, RFF 1153).')
      .optional(),
    reference: text.describe('Our business number for it (OTI03, RFF 1154).').optional(),
    type: text.describe('856, DESADV … (OTI10 143, RFF or DOC by the guide).').optional(),
    version: text.describe('OTI11.').optional(),
    group: text.describe('Control number of the group (OTI08).').optional(),
    control: text.describe('Control number of the message (OTI09, RFF 1154 with AAO or ACW).').optional(),
    sender: text.describe('OTI04.').optional(),
    receiver: text.describe('OTI05.').optional(),
    sentOn: day.describe('OTI06, DTM 2380 with 171 under RFF.').optional(),
    amount: decimal.describe('AMT02 under OTI.').optional(),
    references: references.describe('REF under OTI.').optional(),
    errors: z.array(applicationError).max(10_000).describe('TED under OTI.').optional(),
  })
  .meta({ id: 'answeredMessage', title: 'Message that is answered' });

export const applicationAdvice = z
  .strictObject({
    number: text.describe('BGN02, BGM 1004.'),
    purpose: z
      .enum(['original', 'replace', 'response', 'duplicate', 'other'])
      .describe('BGN01 353, BGM 1225.')
      .optional(),
    verdict: verdict
      .describe('Of the whole (BGM 1225 or 1001 with 313 or 12; OTI says it of each message).')
      .optional(),
    issuedOn: day.describe('BGN03, DTM 2380 with 137.').optional(),
    issuedAt: instant.describe('BGN03 and BGN04, DTM 2380 with 137 as 203.').optional(),
    answeredNumber: text.describe('The advice or transaction that this one follows (BGN06).').optional(),
    from: party.describe('N1 with FR or BY, NAD with MS or BY.').optional(),
    to: party.describe('N1 with TO or SE, NAD with MR or SU.').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    references: references.describe('REF, RFF.').optional(),
    notes: notes.describe('NTE, FTX 4440.').optional(),
    messages: z.array(answeredMessage).max(1000).describe('OTI; RFF in the head.').optional(),
    errors: z
      .array(applicationError)
      .max(10_000)
      .describe('Errors that are about all of it (ERC).')
      .optional(),
  })
  .meta({
    title: 'Application advice',
    description: "What a partner's application says of messages of ours (X12 824, EDIFACT APERAK).",
  });

export type ApplicationError = z.infer<typeof applicationError>;
export type AnsweredMessage = z.infer<typeof answeredMessage>;
export type ApplicationAdvice = z.infer<typeof applicationAdvice>;
