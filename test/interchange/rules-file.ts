/** Writes messages into interchanges, has them read, and compares what the reader says of each. */
import type { Fault, FaultCode, Position, Severity } from '../../src/fault.ts';
import type { MessageRules } from '../../src/interchange/dictionary/dictionary.ts';
import { type Message, readInterchanges } from '../../src/interchange/interchange.ts';
import type { Written } from './rules-message.ts';
import type { Dialect } from './rules-segment.ts';

/** A fault that a reader must find in a message; `tag` where it is not that of the segment. */
export interface Expected {
  readonly code: FaultCode;
  readonly severity: Severity;
  readonly at: Position & { readonly segment: number };
}

/** One message to be read, and all that must be said of it. */
export interface RuleCase {
  readonly kind: string;
  readonly name: string;
  readonly segments: readonly Written[];
  readonly expected: readonly Expected[];
  /** Where each segment must be placed; absent where the message is broken. */
  readonly places?: readonly string[];
}

/**
 * Findings about what data means, which depend on more than the rules of a segment (totals, levels, check digits); they
 * have tests of their own.
 */
const aboutContent: ReadonlySet<FaultCode> = new Set([
  'line-total-mismatch',
  'quantity-total-mismatch',
  'check-digit-wrong',
  'level-id-repeated',
  'level-parent-unknown',
  'level-circle',
]);

export function dialectOf({ standard, release }: MessageRules): Dialect {
  const edifact = standard === 'edifact';
  return { edifact, repetition: edifact ? '*' : '^', repeatsAll: release === 'service4' };
}

/** Reads the cases as the messages of one interchange; gives a sentence for each that was read otherwise than it must. */
export async function misreadings(
  rules: MessageRules,
  cases: readonly RuleCase[],
  placesRead: (message: Message) => readonly string[],
): Promise<string[]> {
  const wrong: string[] = [];
  let index = 0;
  const offsets: number[] = [];
  const limits = { segmentsPerMessage: 10_000_000, linesPerMessage: 10_000_000, controlNumbers: 1_000_000 };
  for await (const event of readInterchanges(file(rules, cases, offsets), { limits })) {
    if (event.kind !== 'message') {
      const faults = 'faults' in event ? event.faults : [];
      wrong.push(...faults.map((one) => `${event.kind}: ${one.code} ${JSON.stringify(one.at)}`));
      continue;
    }
    const one = cases[index] as RuleCase;
    wrong.push(...compare(rules, one, event, offsets[index] ?? 0, placesRead));
    index += 1;
  }
  if (index !== cases.length) wrong.push(`${index} messages were read of ${cases.length}`);
  return wrong;
}

function compare(
  rules: MessageRules,
  { name, kind, expected, places, segments }: RuleCase,
  message: Message,
  offset: number,
  placesRead: (message: Message) => readonly string[],
): string[] {
  const starts = startsOf(rules, segments, message.control, offset);
  const found = message.faults
    .filter(({ severity, code }) => severity !== 'info' && !aboutContent.has(code))
    .map(({ code, severity, at }) => text({ code, severity, at: at ?? {} }));
  const wanted = expected.map(({ code, severity, at }) => {
    const place = { tag: segments[at.segment - 1]?.tag ?? '', ...at, offset: starts[at.segment - 1] ?? -1 };
    return text({ code, severity, at: place });
  });
  const title = `${rules.release} ${rules.type}: ${kind}: ${name}`;
  const wrong: string[] = [];
  if (found.sort().join() !== wanted.sort().join()) {
    wrong.push(
      `${title}: expected ${wanted.join(' and ') || 'nothing'}, found ${found.join(' and ') || 'nothing'}`,
    );
  }
  if (places !== undefined && placesRead(message).join() !== places.join()) {
    wrong.push(`${title}: meant ${places.join()}, read ${placesRead(message).join()}`);
  }
  return wrong;
}

function text({ code, severity, at }: Pick<Fault, 'code' | 'severity'> & { at: Position }): string {
  const { segment, tag, element, component, repetition, offset } = at;
  const parts = [
    `${severity} ${code} at ${tag} (${segment})`,
    element === undefined ? '' : ` element ${element}`,
    component === undefined ? '' : ` component ${component}`,
    repetition === undefined ? '' : ` repetition ${repetition}`,
    ` byte ${offset}`,
  ];
  return parts.join('');
}

/** The interchange, message by message; notes where each starts. */
function* file(rules: MessageRules, cases: readonly RuleCase[], offsets: number[]): Generator<Buffer> {
  const { head, tail } = rules.standard === 'x12' ? x12Envelope(rules) : edifactEnvelope(rules);
  let offset = head.length;
  yield Buffer.from(head, 'latin1');
  for (const [index, one] of cases.entries()) {
    const message = Buffer.from(render(rules, one.segments, controlOf(index)).join(''), 'latin1');
    offsets[index] = offset;
    offset += message.length;
    yield message;
  }
  yield Buffer.from(tail(cases.length), 'latin1');
}

function controlOf(index: number): string {
  return String(index + 1).padStart(6, '0');
}

function startsOf(
  rules: MessageRules,
  segments: readonly Written[],
  control: string,
  offset: number,
): number[] {
  let at = offset;
  return render(rules, segments, control).map((segment) => {
    at += segment.length;
    return at - segment.length;
  });
}

/**
 * The segments of a message as they are written. Header and trailer get type, control number and count, before what they
 * have themselves; levels get their numbers.
 */
function render(rules: MessageRules, segments: readonly Written[], control: string): string[] {
  const x12 = rules.standard === 'x12';
  const header: Record<string, readonly string[]> = {
    ST: [rules.type, control],
    SE: [String(segments.length), control],
    UNH: [control, `${rules.type}:${versionOf(rules)}`],
    UNT: [String(segments.length), control],
  };
  let levels = 0;
  return segments.map(({ tag, values, use }) => {
    const own = header[tag];
    if (use !== null && levelTags.has(tag)) levels += 1;
    const body = use !== null && levelTags.has(tag) ? values.with(0, String(levels)) : values;
    const all = own === undefined ? body : [...own, ...body.slice(2)];
    return [tag, ...all].join(x12 ? '*' : '+') + (x12 ? '~' : "'");
  });
}

/** Segments that number the levels of a message: each has its own number. */
const levelTags: ReadonlySet<string> = new Set(['HL', 'CPS']);

/** GS08, or what UNH S009 says behind the type. */
function versionOf({ standard, release }: MessageRules): string {
  if (standard === 'x12') return release;
  if (release === 'service3') return '2:2:UN';
  return release === 'service4' ? '4:1:UN' : `${release.slice(0, 1)}:${release.slice(1)}:UN`;
}

interface Around {
  readonly head: string;
  tail(messages: number): string;
}

function x12Envelope(rules: MessageRules): Around {
  const repeats = rules.release >= '00402';
  const isa = `ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*LANTERN        *261122*0915*${repeats ? '^' : 'U'}*${rules.release.slice(0, 5)}*000000041*0*P*:~`;
  const gs = `GS*${rules.groups[0] ?? ''}*HARBORPINE*LANTERN*20261122*0915*41*X*${rules.release}~`;
  return { head: isa + gs, tail: (messages) => `GE*${messages}*41~IEA*1*000000041~` };
}

function edifactEnvelope(rules: MessageRules): Around {
  const syntax = rules.release === 'service4' ? 'UNOC:4' : 'UNOC:3';
  const date = rules.release === 'service4' ? '20261122' : '261122';
  const unb = `UNB+${syntax}+4012345000009:14+5412345000013:14+${date}:0915+77'`;
  return { head: unb, tail: (messages) => `UNZ+${messages}+77'` };
}
