/**
 * Reads what the gateway sent with node-x12 in strict mode: it checks lengths, counts and control numbers. What it lets
 * pass is checked here: a file that is cut, and control numbers that it turned into integers.
 */
import type {
  X12FatInterchange,
  X12FunctionalGroup,
  X12Interchange,
  X12Segment,
  X12Transaction,
} from 'node-x12';
import type { Answer, GroupFacts, InterchangeFacts, Segment } from './answer.ts';
import { nodeX12 } from './node-x12.ts';

/** Every message of a file; one 'unreadable' answer when the parser refuses it. `again` is left to the caller. */
export function readX12(file: string, bytes: Buffer): readonly Answer[] {
  const text = bytes.toString('latin1');
  try {
    const parsed = new nodeX12.X12Parser(true).parse(text);
    return each(parsed).flatMap((interchange) => messagesOf(file, interchange));
  } catch (error) {
    return receipts(file, text) ?? [unreadable(file, error instanceof Error ? error.message : String(error))];
  }
}

function each(parsed: X12Interchange | X12FatInterchange): readonly X12Interchange[] {
  return 'interchanges' in parsed ? parsed.interchanges : [parsed];
}

function messagesOf(file: string, interchange: X12Interchange): readonly Answer[] {
  const missing = interchange.trailer === undefined ? ['the interchange has no IEA'] : [];
  const facts = factsOf(interchange.header);
  const answers = interchange.functionalGroups.flatMap((group) => {
    const cutGroup = group.trailer === undefined ? [`group ${group.header.valueOf(6)} has no GE`] : [];
    return group.transactions.map((set): Answer => {
      const cutSet = set.trailer === undefined ? [`set ${set.header.valueOf(2)} has no SE`] : [];
      return {
        standard: 'x12',
        file,
        kind: set.header.valueOf(1) ?? '',
        interchange: facts,
        group: groupFacts(group.header),
        control: set.header.valueOf(2) ?? '',
        version: group.header.valueOf(8) ?? '',
        segments: set.segments.map(segmentOf),
        problems: [
          ...envelopeProblems(interchange, group.header),
          ...missing,
          ...cutGroup,
          ...cutSet,
          ...twice(set, group),
        ],
        again: false,
      };
    });
  });
  return answers.length > 0 ? answers : [unreadable(file, 'the interchange holds no transaction set', facts)];
}

function groupFacts(header: X12Segment): GroupFacts {
  const value = (element: number) => header.valueOf(element) ?? '';
  return { type: value(1), control: value(6), sender: value(2), receiver: value(3) };
}

/** ST02 is used once in its group (X12.6). */
function twice(set: X12Transaction, { transactions }: X12FunctionalGroup): string[] {
  const control = set.header.valueOf(2);
  const times = transactions.filter((other) => other.header.valueOf(2) === control).length;
  return times === 1 ? [] : [`ST02 '${control}' is used ${times} times in its group`];
}

function factsOf(header: X12Segment): InterchangeFacts {
  const value = (element: number) => (header.valueOf(element) ?? '').trim();
  return {
    control: value(13).padStart(9, '0'),
    sender: `${value(5)}/${value(6)}`,
    receiver: `${value(7)}/${value(8)}`,
    test: value(15) === 'T',
  };
}

function envelopeProblems({ header }: X12Interchange, group: X12Segment): string[] {
  const problems: string[] = [];
  if (!/^\d+$/.test(header.valueOf(13) ?? '')) problems.push('ISA13 is not a number');
  if (header.valueOf(12) !== '00401') problems.push(`ISA12 is ${header.valueOf(12)}, not 00401`);
  if (group.valueOf(8)?.startsWith('004010') !== true)
    problems.push(`GS08 is ${group.valueOf(8)}, not 004010`);
  return problems;
}

function segmentOf(segment: X12Segment): Segment {
  return { tag: segment.tag, elements: segment.elements.map(({ value }) => [value ?? '']) };
}

/**
 * TA1 stands before the first group, which strict mode refuses; the parser's stream gives the bare segments. Given whole,
 * in one chunk: between chunks the stream damages segments.
 */
function receipts(file: string, text: string): readonly Answer[] | null {
  if (!text.startsWith('ISA') || !text.includes(`TA1${text.charAt(3)}`)) return null;
  const parser = new nodeX12.X12Parser(true);
  parser.write(text);
  const segments: X12Segment[] = [];
  for (let next = parser.read() as X12Segment | null; next; next = parser.read() as X12Segment | null)
    segments.push(next);
  const header = segments.find(({ tag }) => tag === 'ISA');
  const trailer = segments.find(({ tag }) => tag === 'IEA');
  if (header === undefined || segments.some(({ tag }) => !['ISA', 'TA1', 'IEA'].includes(tag))) return null;
  const whole = trailer?.valueOf(1) === '0' && trailer.valueOf(2) === header.valueOf(13);
  const receipt = { ...unreadable(file, '', factsOf(header)), kind: 'TA1' };
  const problems = whole ? [] : ['IEA does not close an interchange of no groups with the number of ISA13'];
  return segments
    .filter(({ tag }) => tag === 'TA1')
    .map((ta1) => ({ ...receipt, segments: [segmentOf(ta1)], problems }));
}

const nowhere: InterchangeFacts = { control: '', sender: '', receiver: '', test: false };

function unreadable(file: string, problem: string, interchange: InterchangeFacts = nowhere): Answer {
  const empty = {
    standard: 'x12',
    group: null,
    control: '',
    version: '',
    segments: [],
    again: false,
  } as const;
  return { ...empty, file, kind: 'unreadable', interchange, problems: [problem] };
}
