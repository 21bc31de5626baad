/** Faults by a partner's guide: what was agreed beyond the standard. Each cites the guide's line and the partner's wording. */
import type { FaultRow } from '../fault.ts';

export const guideFaults = {
  'guide-segment-missing': {
    severity: 'error',
    message: '{tag} is missing, though it was agreed: {says}',
    hint: 'Send the segment; the rule stands in {guide}.',
    answer: { ak304: '3', ik304: 'I7', ak502: '5', ik502: 'I5', ucs: '13' },
  },
  'guide-segment-too-often': {
    severity: 'error',
    message: '{tag} comes more than {most} times, which is more than was agreed. {says}',
    hint: 'Send it no more than {most} times; the rule stands in {guide}.',
    answer: { ak304: '5', ak502: '5', ik502: 'I5', ucs: '35' },
  },
  'guide-value-not-agreed': {
    severity: 'error',
    message: '{tag} element {element} may not hold {value}; it was agreed to hold {allowed}. {says}',
    hint: 'Send one of the values that were agreed; the rule stands in {guide}.',
    answer: { ak304: '8', ak403: '7', ik403: 'I6', ik502: 'I5', ucd: '12' },
  },
  'guide-length-not-agreed': {
    severity: 'error',
    message: '{tag} element {element} was agreed to have {allowed} characters; {value} has {length}. {says}',
    hint: 'Send a value of the agreed length; the rule stands in {guide}.',
    answer: { ik403: 'I12', ik502: 'I5' },
  },
  'group-differs': {
    severity: 'error',
    message:
      '{tag} element {element} speaks of a whole group, of which one has {value} and another {another}.',
    hint: 'Group by this field as well, or bind it where each item stands.',
  },
  'places-full': {
    severity: 'warning',
    message: '{tag} has {places} places for pairs, all of them taken: none is left for {value}.',
    hint: 'Name the less important fields with read, or give the guide more places.',
  },
  'lookup-missing': {
    severity: 'error',
    message: 'The table {table} has no {value} in its column {column}; {tag} element {element} needs it.',
    hint: 'Add a row with {value} to {file}, or ask the partner what it means. {guide} looks it up.',
    answer: { ik403: 'I6', ik502: 'I5' },
  },
  'compute-failed': {
    severity: 'error',
    message: '{where}: the expression in {guide} failed: {problem}',
    hint: 'Correct the expression in the guide; nothing was taken from it.',
  },
  'compute-too-long': {
    severity: 'error',
    message: '{where}: the expression in {guide} was ended after {limit} ms.',
    hint: 'Say it more simply, or leave what is large out of the expression.',
  },
} as const satisfies Record<string, FaultRow>;
