/**
 * TA1: what we say of the envelope of one X12 interchange (X12.5: TA101 to TA103 repeat ISA13, ISA09 and ISA10, TA104 is
 * A, E or R, TA105 why). It speaks of ISA and IEA, and of groups that no 997 can name; what is inside the others is theirs.
 */
import { type Fault, wireAnswer } from '../fault.ts';
import { echoer, fitted } from './acknowledge-echo.ts';
import { acknowledgesOnly, isNamed } from './acknowledge-x12.ts';
import type { Separators, Verdict } from './interchange.ts';
import type { Receipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/**
 * When a TA1 is sent. requested: the sender asks for one (ISA14 = 1), or what is wrong can be told by nothing else.
 * always: for every interchange. never: a refused envelope is told by refusing its groups.
 */
export type Ta1Policy = 'requested' | 'always' | 'never';

/**
 * Whether an interchange gets a TA1 under a policy.
 * @param answerable it holds something besides acknowledgments: an interchange of these is never acknowledged
 */
export function owesTa1(receipt: Receipt, policy: Ta1Policy, answerable: boolean): boolean {
  if (receipt.standard !== 'x12' || policy === 'never' || !answerable) return false;
  return policy === 'always' || receipt.acknowledgmentRequested === '1' || toldByTa1Alone(receipt);
}

/** Whether what the interchange holds besides its envelope is more than acknowledgments, or nothing at all. */
export function isAnswerable({ groups, ta1 = 0 }: Receipt): boolean {
  return groups.length === 0 ? ta1 === 0 : !groups.every(acknowledgesOnly);
}

/** The TA1 of one interchange, to be written with these separators. */
export function ta1For(receipt: Receipt, separators: Separators): OutSegment {
  const echo = echoer(separators);
  const verdict = ta1Verdict(receipt);
  return {
    tag: 'TA1',
    values: [
      fitted(echo(receipt.control), controlLength, controlLength),
      fitted(echo(receipt.date), dateLength, dateLength),
      fitted(echo(receipt.time), timeLength, timeLength),
      codes[verdict],
      verdict === 'accepted' ? noError : noteOf(receipt, verdict),
    ],
  };
}

/** What the TA1 says of the interchange. Rejected: nothing in it is taken, and no 997 follows. */
export function ta1Verdict(receipt: Receipt): Verdict {
  const { verdict, groups } = receipt;
  const unnamed = unnamedFaults(receipt).some(({ severity }) => severity === 'error');
  if (verdict === 'rejected' || (unnamed && !groups.some(isNamed))) return 'rejected';
  return unnamed ? 'noted' : verdict;
}

const controlLength = 9;
const dateLength = 6;
const timeLength = 4;
const codes: Readonly<Record<Verdict, string>> = { accepted: 'A', noted: 'E', rejected: 'R' };
const noError = '000';
/** TA105 of what has no code of its own: the content of the interchange is invalid. */
const invalidContent = '024';

function toldByTa1Alone(receipt: Receipt): boolean {
  return (
    receipt.verdict === 'rejected' || unnamedFaults(receipt).some(({ severity }) => severity === 'error')
  );
}

/** Faults of the groups that no 997 can name. */
function unnamedFaults({ groups }: Receipt): readonly Fault[] {
  return groups.filter((group) => !isNamed(group)).flatMap(({ faults }) => faults);
}

/** TA105: the first fault as grave as the verdict. */
function noteOf(receipt: Receipt, verdict: Verdict): string {
  const faults = [...receipt.faults, ...unnamedFaults(receipt)];
  const errors = faults.filter(({ severity }) => severity === 'error');
  const grave = verdict === 'rejected' || errors.length > 0 ? errors : faults;
  const notes = grave.filter(({ severity }) => severity !== 'info').map(({ code }) => wireAnswer(code).ta105);
  return notes.find((note) => note !== undefined) ?? invalidContent;
}
