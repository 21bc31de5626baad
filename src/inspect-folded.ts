/** What was folded into one line, in words. */
import { visible } from './inspect-columns.ts';
import type { FaultText } from './inspect-fault.ts';
import type { Run } from './inspect-fold.ts';
import { countOf } from './inspect-tally.ts';
import type { Verdict } from './interchange/interchange.ts';

/** '850 Purchase order 0001 … 4999 (004010), 4,999 messages, 199,960 segments: accepted' */
export function foldedMessages(run: Run, words: FaultText): string {
  const { key, contents, first, last } = run;
  return `${contents} ${visible(`${first} … ${last} (${key})`)}, ${sumsOf(run, words)}`;
}

/** 'groups 41 … 90 PO 004010, 50 groups of 850 Purchase order, 50 messages, 500 segments: accepted' */
export function foldedGroups(run: Run, words: FaultText): string {
  const { key, contents, first, last, parts } = run;
  const controls = visible(`groups ${first} … ${last} ${key}`);
  return `${controls}, ${countOf(parts, 'group')} of ${contents}, ${sumsOf(run, words)}`;
}

/** The key has {controls} where the control numbers stand. */
export function foldedInterchanges(run: Run, words: FaultText): string {
  const { key, contents, first, last, parts } = run;
  const what = key.replace('{controls}', () => visible(`${first} … ${last}`));
  return `${what}, ${countOf(parts, 'interchange')} of ${contents}, ${sumsOf(run, words)}`;
}

function sumsOf({ messages, segments, verdicts }: Run, words: FaultText): string {
  const all = Object.entries(verdicts) as [Verdict, number][];
  const each = all.map(([verdict, count]) =>
    all.length === 1 ? words.verdict(verdict) : `${count.toLocaleString('en-US')} ${words.verdict(verdict)}`,
  );
  return `${countOf(messages, 'message')}, ${countOf(segments, 'segment')}: ${each.join(', ')}`;
}
