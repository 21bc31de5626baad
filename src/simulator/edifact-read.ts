/**
 * Reads what the gateway sent with edifact's Parser, and checks what that one does not look at: UNT and UNZ counts and
 * the control references. The parser takes ISO 8859-1 as UNOC; it refuses a byte order mark and blanks between segments.
 */
import { Parser } from 'edifact';
import { type Answer, at, cut, type InterchangeFacts, type Segment } from './answer.ts';

/** Every message of a file; one 'unreadable' answer when the parser refuses it. `again` is left to the caller. */
export function readEdifact(file: string, bytes: Buffer): readonly Answer[] {
  try {
    const segments = parse(bytes.toString('latin1'));
    const { head, parts } = cut(segments, ({ tag }) => tag === 'UNB');
    if (head.length > 0) return [unreadable(file, `${head[0]?.tag} stands before UNB`)];
    const answers = parts.flatMap((interchange) => messagesOf(file, interchange));
    return answers.length > 0 ? answers : [unreadable(file, 'the file holds no UNB')];
  } catch (error) {
    return [unreadable(file, error instanceof Error ? error.message : String(error))];
  }
}

/** The whole text in one write: a release character at the end of a chunk is lost on this parser. */
function parse(text: string): readonly Segment[] {
  const parser = new Parser();
  const segments: { tag: string; elements: string[][] }[] = [];
  let syntaxExpected = false;
  parser.onopensegment = (tag) => {
    segments.push({ tag, elements: [] });
    syntaxExpected = tag === 'UNB';
  };
  parser.onelement = () => void segments.at(-1)?.elements.push([]);
  parser.oncomponent = (value) => {
    if (syntaxExpected) parser.encoding(value);
    syntaxExpected = false;
    segments.at(-1)?.elements.at(-1)?.push(value);
  };
  parser.write(text);
  parser.end();
  return segments;
}

function messagesOf(file: string, interchange: readonly Segment[]): readonly Answer[] {
  const [unb] = interchange;
  const unz = interchange.at(-1)?.tag === 'UNZ' ? interchange.at(-1) : undefined;
  const inside = interchange.slice(1, unz === undefined ? undefined : -1);
  const { head, parts } = cut(inside, ({ tag }) => tag === 'UNH');
  const facts = factsOf(unb);
  const envelope = [
    ...(head.length > 0 ? [`${head[0]?.tag} stands outside a message`] : []),
    ...trailerProblems(unz, facts.control, parts.length),
  ];
  if (parts.length === 0) return [unreadable(file, 'the interchange holds no message', facts)];
  return parts.map((message) => answerOf(file, facts, message, envelope));
}

function answerOf(
  file: string,
  interchange: InterchangeFacts,
  message: readonly Segment[],
  envelope: readonly string[],
): Answer {
  const [unh] = message;
  const unt = message.at(-1)?.tag === 'UNT' ? message.at(-1) : undefined;
  return {
    standard: 'edifact',
    file,
    kind: at(unh, 2, 1),
    interchange,
    group: null,
    control: at(unh, 1),
    version: (unh?.elements[1] ?? []).slice(1).join(':'),
    segments: message.slice(1, unt === undefined ? undefined : -1),
    problems: [...envelope, ...messageProblems(unh, unt, message.length)],
    again: false,
  };
}

function factsOf(unb: Segment | undefined): InterchangeFacts {
  return {
    control: at(unb, 5),
    sender: `${at(unb, 2, 2)}/${at(unb, 2, 1)}`,
    receiver: `${at(unb, 3, 2)}/${at(unb, 3, 1)}`,
    test: at(unb, 11) === '1',
  };
}

function trailerProblems(unz: Segment | undefined, control: string, messages: number): string[] {
  if (unz === undefined) return ['the interchange has no UNZ'];
  return [
    ...(at(unz, 1) === String(messages) ? [] : [`UNZ counts ${at(unz, 1)} messages, ${messages} came`]),
    ...(at(unz, 2) === control ? [] : [`UNZ 0020 is '${at(unz, 2)}', UNB has '${control}'`]),
  ];
}

function messageProblems(unh: Segment | undefined, unt: Segment | undefined, segments: number): string[] {
  if (unt === undefined) return [`message ${at(unh, 1)} has no UNT`];
  const [count, reference] = [at(unt, 1), at(unt, 2)];
  return [
    ...(count === String(segments) ? [] : [`UNT counts ${count} segments, ${segments} came`]),
    ...(reference === at(unh, 1) ? [] : [`UNT 0062 is '${reference}', UNH has '${at(unh, 1)}'`]),
  ];
}

const nowhere: InterchangeFacts = { control: '', sender: '', receiver: '', test: false };

function unreadable(file: string, problem: string, interchange: InterchangeFacts = nowhere): Answer {
  const empty = {
    standard: 'edifact',
    group: null,
    control: '',
    version: '',
    segments: [],
    again: false,
  } as const;
  return { ...empty, file, kind: 'unreadable', interchange, problems: [problem] };
}
