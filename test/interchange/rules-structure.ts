/** Messages that break one rule of their structure. */
import type { FaultCode } from '../../src/fault.ts';
import type { LoopUse, MessageRules, SegmentUse } from '../../src/interchange/dictionary/dictionary.ts';
import {
  loopUses,
  messageAround,
  type Path,
  placesOf,
  segmentUses,
  smallest,
  standsAsMeant,
  tagOf,
  triggerOf,
  type Use,
  type Written,
  written,
} from './rules-message.ts';
import { rightSegment } from './rules-segment.ts';

/** What a reader must say: the code, the ordinal of the segment, and the tag where it is not the segment's own. */
export interface StructureFinding {
  readonly code: FaultCode;
  readonly segment: number;
  readonly tag?: string;
}

export interface BrokenMessage {
  readonly kind: string;
  readonly name: string;
  readonly segments: readonly Written[];
  readonly findings: readonly StructureFinding[];
}

/** A rule that no message of a sensible kind breaks, and why. */
export interface Unbroken {
  readonly kind: string;
  readonly name: string;
  readonly why: 'collision' | 'unbounded' | 'large';
}

/** No message is written with more copies of a segment or loop than this. */
export const mostCopies = 10_000;

const envelopeTags = new Set(['ST', 'SE', 'UNH', 'UNT']);

/** The message once for each rule of its structure, which it breaks, and the rules for which there is none. */
export function brokenStructures(rules: MessageRules): (BrokenMessage | Unbroken)[] {
  const segments = segmentUses(rules.root).filter(({ use }) => !envelopeTags.has(use.tag));
  const loops = loopUses(rules.root);
  return [
    ...segments.flatMap(({ use, path }) => {
      if (isTrigger(use, path)) return [];
      return [
        ...(use.mandatory ? [withoutSegment(rules, use, path)] : []),
        segmentTooOften(rules, use, path),
        ...tooLate(rules, use, path),
      ];
    }),
    ...loops.flatMap(({ use, path }) => [
      ...(use.mandatory ? [withoutLoop(rules, use, path)] : []),
      loopTooOften(rules, use, path),
      ...memberAlone(rules, use),
    ]),
    ...strangers(rules),
  ];
}

function isTrigger(use: SegmentUse, path: Path): boolean {
  return path.length > 1 && path.at(-1)?.members[0] === use;
}

function nameOf(use: Use, path: Path): string {
  const ids = path.slice(1).map(({ id }) => id);
  return [...ids, use.kind === 'loop' ? `loop ${use.id}` : use.tag].join('/');
}

function withoutSegment(rules: MessageRules, use: SegmentUse, path: Path): BrokenMessage | Unbroken {
  const kind = 'mandatory segment';
  const name = nameOf(use, path);
  const whole = messageAround(rules, use, path);
  if (whole === null) return { kind, name, why: 'collision' };
  const at = whole.findIndex((one) => one.use === use);
  const segments = whole.toSpliced(at, 1);
  if (!standsAsMeant(rules.root, segments)) return { kind, name, why: 'collision' };
  return { kind, name, segments, findings: [{ code: 'segment-missing', segment: at + 1, tag: use.tag }] };
}

function withoutLoop(rules: MessageRules, use: LoopUse, path: Path): BrokenMessage | Unbroken {
  const kind = 'mandatory loop';
  const name = nameOf(use, path);
  const whole = messageAround(rules, triggerOf(use), [...path, use]);
  if (whole === null) return { kind, name, why: 'collision' };
  const { from, to } = extentOf(whole, use);
  const segments = whole.toSpliced(from, to - from);
  if (!standsAsMeant(rules.root, segments)) return { kind, name, why: 'collision' };
  return {
    kind,
    name,
    segments,
    findings: [{ code: 'segment-missing', segment: from + 1, tag: tagOf(use) }],
  };
}

/** Where the segments of a loop's first and only instance stand. */
function extentOf(message: readonly Written[], loop: LoopUse): { from: number; to: number } {
  const own = new Set(segmentUses(loop).map(({ use }) => use));
  const from = message.findIndex(({ use }) => use === triggerOf(loop));
  let to = from;
  while (own.has(message[to]?.use as SegmentUse)) to += 1;
  return { from, to };
}

function segmentTooOften(rules: MessageRules, use: SegmentUse, path: Path): BrokenMessage | Unbroken {
  const kind = 'segment too often';
  const name = nameOf(use, path);
  if (use.max === Infinity) return { kind, name, why: 'unbounded' };
  if (use.max > mostCopies) return { kind, name, why: 'large' };
  const whole = messageAround(rules, use, path);
  if (whole === null) return { kind, name, why: 'collision' };
  const at = whole.findIndex((one) => one.use === use);
  const copies = Array.from({ length: use.max + 1 }, () => written(use));
  const segments = whole.toSpliced(at, 1, ...copies);
  if (!hasNoPlaceAt(rules.root, segments, at + use.max, at + use.max + 1)) {
    return { kind, name, why: 'collision' };
  }
  return { kind, name, segments, findings: [{ code: 'segment-too-often', segment: at + use.max + 1 }] };
}

function loopTooOften(rules: MessageRules, use: LoopUse, path: Path): BrokenMessage | Unbroken {
  const kind = 'loop too often';
  const name = nameOf(use, path);
  if (use.max === Infinity) return { kind, name, why: 'unbounded' };
  if (use.max > mostCopies) return { kind, name, why: 'large' };
  const whole = messageAround(rules, triggerOf(use), [...path, use]);
  if (whole === null) return { kind, name, why: 'collision' };
  const { from, to } = extentOf(whole, use);
  const one = whole.slice(from, to);
  const many = Array.from({ length: use.max + 1 }, () => one).flat();
  const segments = whole.toSpliced(from, to - from, ...many);
  const extra = from + use.max * one.length;
  if (!hasNoPlaceAt(rules.root, segments, extra, extra + one.length)) return { kind, name, why: 'collision' };
  return { kind, name, segments, findings: [{ code: 'loop-too-often', segment: extra + 1 }] };
}

/** Whether the segment at an index has no place, and all others, but for those up to `rest`, stand as meant. */
function hasNoPlaceAt(root: LoopUse, message: readonly Written[], at: number, rest: number): boolean {
  const places = placesOf(root, message);
  if (places[at] !== null) return false;
  return message.every(({ use }, index) => (index >= at && index < rest) || use === places[index]);
}

/** A segment behind the member that follows it in its loop. */
function tooLate(rules: MessageRules, use: SegmentUse, path: Path): (BrokenMessage | Unbroken)[] {
  const kind = 'segment out of order';
  const members = path.at(-1)?.members ?? [];
  const next = members[members.indexOf(use) + 1];
  if (next === undefined || envelopeTags.has(tagOf(next))) return [];
  const name = `${nameOf(use, path)} after ${tagOf(next)}`;
  const inner = next.kind === 'loop' ? [...path, next] : path;
  const whole = messageAround(rules, next.kind === 'loop' ? triggerOf(next) : next, inner);
  if (whole === null) return [{ kind, name, why: 'collision' }];
  const before = whole.findIndex((one) => one.use === use);
  const bare = before < 0 ? whole : whole.toSpliced(before, 1);
  const at = bare.findIndex((one) => one.use === (next.kind === 'loop' ? triggerOf(next) : next));
  const end = next.kind === 'loop' ? extentOf(bare, next).to : at + 1;
  const segments = bare.toSpliced(end, 0, written(use));
  if (!hasNoPlaceAt(rules.root, segments, end, end + 1)) return [{ kind, name, why: 'collision' }];
  const late: StructureFinding = { code: 'segment-out-of-order', segment: end + 1 };
  const missing: StructureFinding = { code: 'segment-missing', segment: at + 1, tag: use.tag };
  return [{ kind, name, segments, findings: use.mandatory ? [missing, late] : [late] }];
}

/** A member of a loop right behind the header, without the segment that starts the loop. */
function memberAlone(rules: MessageRules, loop: LoopUse): BrokenMessage[] {
  const known = new Set(rules.root.members.map(tagOf));
  const member = loop.members.find(
    (one, index): one is SegmentUse => index > 0 && one.kind === 'segment' && !known.has(one.tag),
  );
  if (member === undefined) return [];
  const segments = smallest(rules.root).toSpliced(1, 0, written(member));
  const findings: StructureFinding[] = [{ code: 'segment-unexpected', segment: 2 }];
  return [{ kind: 'segment without its loop', name: `${loop.id} ${member.tag}`, segments, findings }];
}

/** Segments that the message, the release, or the standard does not have. */
function strangers(rules: MessageRules): BrokenMessage[] {
  const own = new Set(segmentUses(rules.root).map(({ use }) => use.tag));
  const envelope = /^(U|ISA|GS|GE|IEA|TA1|ST|SE|BIN)/;
  const other = [...rules.segments.values()].find(({ tag }) => !own.has(tag) && !envelope.test(tag));
  const put = (tag: string, values: readonly string[]) =>
    smallest(rules.root).toSpliced(1, 0, { tag, values, use: null });
  const broken = (kind: string, code: FaultCode, tag: string, values: readonly string[]): BrokenMessage => ({
    kind,
    name: tag,
    segments: put(tag, values),
    findings: [{ code, segment: 2 }],
  });
  return [
    ...(other === undefined
      ? []
      : [broken('segment of another message', 'segment-not-in-message', other.tag, rightSegment(other))]),
    broken('unknown segment', 'segment-unknown', 'ZZZ', ['X']),
    broken('no tag', 'tag-invalid', 'zz', ['X']),
  ];
}
