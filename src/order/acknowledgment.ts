/**
 * The acknowledgment (997, 999, TA1, CONTRL; also what 824 and APERAK say in short): what partners say of messages of ours.
 * No guide reads it: its form is the standard's own.
 */
import { z } from 'zod';
import { decimal, text } from './field.ts';

/** Long sentences quote values of ours. */
const sentence = z.string().min(1).max(4000);
const control = z.string().max(512);
const verdict = z.enum(['accepted', 'noted', 'partly', 'received', 'rejected', 'unknown']);

export const acknowledgmentFinding = z
  .strictObject({
    segment: decimal
      .describe('Which segment of our message, ST and UNH being 1 (AK302, IK302, UCS 0096).')
      .optional(),
    tag: text.describe('AK301, IK301.').optional(),
    loop: text.describe('AK303, IK303.').optional(),
    element: decimal.describe('Which element after the tag (AK401, IK401, UCD 0098).').optional(),
    component: decimal.describe('AK401, IK401, UCD 0104.').optional(),
    repetition: decimal.describe('AK401, IK401, UCD 0136.').optional(),
    dataElement: text.describe('Number in the dictionary of X12 (AK402, IK402).').optional(),
    lineNumber: text.describe('RFF 1156 of APERAK.').optional(),
    codeElement: text.describe('The element that holds the code: AK403, IK304, 0085.').optional(),
    code: control.describe('As received.').optional(),
    meaning: sentence.describe('What the code means.'),
    value: control.describe('The value of ours that they quote (AK404, IK404).').optional(),
    reason: sentence.describe('Place, meaning and value in short.'),
  })
  .meta({ id: 'acknowledgmentFinding', title: 'Finding' });

export const acknowledgmentAnswer = z
  .strictObject({
    scope: z.enum(['interchange', 'group', 'message']),
    verdict,
    interchange: control.describe('Control number (TA101, UCI 0020).').optional(),
    groupType: control.describe('AK101.').optional(),
    group: control.describe('Control number (AK102, UCF 0048).').optional(),
    type: control.describe('AK201, UCM 0065.').optional(),
    control: control.describe('Control number (AK202, UCM 0062).').optional(),
    references: z
      .array(z.strictObject({ qualifier: control, number: control }))
      .max(1000)
      .describe('Business numbers of ours that they name (OTI02 and OTI03, RFF).')
      .optional(),
    sentence: sentence.describe('What it comes to, in plain words.'),
    findings: z.array(acknowledgmentFinding).max(101).describe('AK3 and AK4, IK3 and IK4, UCS and UCD.'),
  })
  .meta({ id: 'acknowledgmentAnswer', title: 'Answer' });

export const acknowledgment = z
  .strictObject({
    type: z.enum(['997', '999', 'TA1', 'CONTRL', 'APERAK', '824']),
    level: z
      .enum(['envelope', 'syntax', 'application'])
      .describe(
        'Who judged: the receiver, a translator that checks the form, or an application that works with the content.',
      ),
    verdict: verdict.describe('Of all that it answers.'),
    answers: z.array(acknowledgmentAnswer).max(100_000).describe('Outer before inner.'),
  })
  .meta({
    title: 'Acknowledgment',
    description: 'What partners say of messages of ours (X12 997, 999 and TA1, EDIFACT CONTRL).',
  });

export type AcknowledgmentFinding = z.infer<typeof acknowledgmentFinding>;
export type AcknowledgmentAnswer = z.infer<typeof acknowledgmentAnswer>;
export type AcknowledgmentDocument = z.infer<typeof acknowledgment>;
