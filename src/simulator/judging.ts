/** What both kinds of partner share: line numbers, the mailbox that notices control numbers used again, the judge. */
import type { Answer } from './answer.ts';
import { byKind } from './answer.ts';
import type { Carrier } from './carrier.ts';
import type { Finding } from './judge.ts';
import type { Judgement, OrderedLine, OrderFile, OrderSpec, TradingPartner } from './trading-partner.ts';

/** Lines with their numbers and units filled in. Throws when a number comes twice. */
export function numbered(spec: OrderSpec): readonly OrderedLine[] {
  const lines = spec.lines.map((line, index) => ({
    unit: 'each' as const,
    ...line,
    number: line.number ?? String(index + 1),
  }));
  if (new Set(lines.map(({ number }) => number)).size !== lines.length)
    throw new RangeError(`Order ${spec.number} has a line number twice`);
  return lines;
}

/**
 * Reads the mailbox. A control number that came before is noticed: with the same content the answer is marked `again`,
 * with other content it has a problem.
 * @param read one of the two readers
 */
export function mailReader(carrier: Carrier, read: (file: string, bytes: Buffer) => readonly Answer[]) {
  const contents = new Map<string, string>();
  return async (): Promise<readonly Answer[]> => {
    const answers: Answer[] = [];
    for (const { name, bytes } of await carrier.collect())
      for (const interchange of byInterchange(read(name, bytes)))
        answers.push(...noticed(interchange, contents));
    return answers.sort(byKind);
  };
}

/** The answers of one file, put together by the interchange that they came in. */
export function byInterchange(answers: readonly Answer[]): readonly [Answer, ...Answer[]][] {
  const groups = new Map<object, [Answer, ...Answer[]]>();
  for (const answer of answers) {
    const group = groups.get(answer.interchange);
    if (group) group.push(answer);
    else groups.set(answer.interchange, [answer]);
  }
  return [...groups.values()];
}

function noticed(answers: readonly [Answer, ...Answer[]], contents: Map<string, string>): readonly Answer[] {
  const { control, sender } = answers[0].interchange;
  if (control === '') return answers;
  const key = JSON.stringify([sender, control]);
  const content = JSON.stringify(answers.map(({ file, ...rest }) => rest));
  const before = contents.get(key);
  contents.set(key, before ?? content);
  if (before === undefined) return answers;
  if (before === content) return answers.map((answer) => ({ ...answer, again: true }));
  return answers.map((answer) => ({
    ...answer,
    problems: [...answer.problems, `control number ${control} was used before with other content`],
  }));
}

/**
 * Puts a judgement together: the envelope's problems, the ids, and what the finder says of the content.
 * @param examine gives the finding, or null for a kind of message that the partner does not expect
 */
export function judging(
  ids: { readonly sender: string; readonly receiver: string },
  examine: (answer: Answer, sent: readonly OrderFile[]) => Finding | null,
): TradingPartner['judge'] {
  const judged = new WeakMap<Answer, Judgement>();
  return (answer, sent) => {
    const known = judged.get(answer);
    if (known) return known;
    const judgement = toJudgement(answer, answer.again ? repeated(answer) : examine(answer, sent), ids);
    judged.set(answer, judgement);
    return judgement;
  };
}

function repeated(answer: Answer): Finding {
  return { says: `the same again (${answer.file})`, problems: [] };
}

function toJudgement(
  answer: Answer,
  finding: Finding | null,
  ids: { readonly sender: string; readonly receiver: string },
): Judgement {
  const { kind, interchange } = answer;
  const found = finding ?? {
    says: answer.file,
    problems: kind === 'unreadable' ? [] : [`${kind} is not expected`],
  };
  const problems = [...answer.problems, ...idProblems(answer, ids), ...found.problems];
  const name = `${kind} ${interchange.control || '(no control number)'}`;
  const verdict = problems.length === 0 ? 'right' : problems.join('; ');
  return {
    ok: problems.length === 0,
    kind,
    control: interchange.control,
    ...(found.orderNumber === undefined ? {} : { orderNumber: found.orderNumber }),
    summary: `${name}: ${found.says}: ${verdict}`,
    problems,
  };
}

function idProblems(
  { kind, interchange }: Answer,
  ids: { readonly sender: string; readonly receiver: string },
): string[] {
  if (kind === 'unreadable') return [];
  return [
    ...(interchange.sender === ids.sender ? [] : [`the sender is ${interchange.sender}, not ${ids.sender}`]),
    ...(interchange.receiver === ids.receiver
      ? []
      : [`the receiver is ${interchange.receiver}, not ${ids.receiver}`]),
  ];
}
