/** Places the segments of a message in the loops of its rules, and reports what does not fit. */
import type { FaultCode, FaultDetails } from '../fault.ts';
import type { LoopUse, MessageRules, SegmentUse } from './dictionary/dictionary.ts';
import type { Loop, Segment } from './event.ts';

/** Takes a finding about a segment. */
export type Report = (code: FaultCode, details: FaultDetails, segment: Segment, tag?: string) => void;

/** A loop of the rules, compiled: where each tag may stand, and what is mandatory. */
interface Plan {
  readonly use: LoopUse;
  readonly members: readonly (SegmentUse | LoopUse)[];
  /** Indexes of members by tag, or by trigger for loops. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly mandatory: readonly number[];
  /** Plans of the members that are loops, by index. */
  readonly inner: readonly (Plan | null)[];
}

interface Frame {
  readonly plan: Plan;
  readonly members: (Segment | Loop)[];
  /** Index of the member last matched, and how often in a row. */
  at: number;
  count: number;
}

/** Compiles the rules of a message once; the result places any number of messages. */
export function compileStructure(
  rules: MessageRules,
): (segments: readonly Segment[], report: Report) => Loop {
  const plan = compile(rules.root);
  const tags = new Set(allTags(rules.root));
  return (segments, report) => {
    const placing = new Placing(plan, rules, tags, report);
    for (const segment of segments) placing.place(segment);
    return placing.finish(segments.at(-1));
  };
}

class Placing {
  readonly #frames: Frame[];
  readonly #rules: MessageRules;
  readonly #tags: ReadonlySet<string>;
  readonly #report: Report;

  constructor(root: Plan, rules: MessageRules, tags: ReadonlySet<string>, report: Report) {
    this.#frames = [{ plan: root, members: [], at: -1, count: 0 }];
    this.#rules = rules;
    this.#tags = tags;
    this.#report = report;
  }

  /** Innermost loop first, from the last match forward; then the loops around it. */
  place(segment: Segment): void {
    const frames = this.#frames;
    let full: { depth: number; index: number } | null = null;
    for (let depth = frames.length - 1; depth >= 0; depth -= 1) {
      const frame = frames[depth] as Frame;
      const places = frame.plan.places.get(segment.tag);
      if (places === undefined) continue;
      for (const index of places) {
        if (index < frame.at || isOwnTrigger(depth, index)) continue;
        if (index === frame.at && frame.count >= (frame.plan.members[index]?.max ?? 1)) {
          full ??= { depth, index };
          continue;
        }
        this.#put(segment, depth, index);
        return;
      }
    }
    if (full !== null) this.#tooOften(segment, full.depth, full.index);
    else this.#misplaced(segment);
  }

  finish(last: Segment | undefined): Loop {
    const root = this.#frames[0] as Frame;
    if (last !== undefined) {
      this.#close(1, last);
      this.#missing(root, root.plan.members.length, last);
    }
    return { id: '', members: root.members };
  }

  #put(segment: Segment, depth: number, index: number): void {
    this.#close(depth + 1, segment);
    const frame = this.#frames[depth] as Frame;
    if (index !== frame.at) {
      this.#missing(frame, index, segment);
      frame.at = index;
      frame.count = 0;
    }
    frame.count += 1;
    const inner = frame.plan.inner[index] ?? null;
    if (inner === null) frame.members.push(segment);
    else this.#open(frame, inner, segment);
  }

  #open(frame: Frame, plan: Plan, trigger: Segment): void {
    const members: (Segment | Loop)[] = [trigger];
    frame.members.push({ id: plan.use.id, members });
    this.#frames.push({ plan, members, at: 0, count: 1 });
  }

  /** Closes the loops from `depth` inwards. */
  #close(depth: number, next: Segment): void {
    const frames = this.#frames;
    while (frames.length > depth) {
      const frame = frames.pop() as Frame;
      this.#missing(frame, frame.plan.members.length, next);
    }
  }

  /** Reports mandatory members between the last match and `until`. */
  #missing(frame: Frame, until: number, next: Segment): void {
    for (const index of frame.plan.mandatory) {
      if (index <= frame.at) continue;
      if (index >= until) return;
      const tag = tagOf(frame.plan.members[index] as SegmentUse | LoopUse);
      // A message without its trailer has a fault of its own.
      if (tag === 'SE' || tag === 'UNT') continue;
      this.#report('segment-missing', { tag, type: this.#rules.type }, next, tag);
    }
  }

  #tooOften(segment: Segment, depth: number, index: number): void {
    const frame = this.#frames[depth] as Frame;
    const use = frame.plan.members[index] as SegmentUse | LoopUse;
    this.#put(segment, depth, index);
    if (use.kind === 'loop') this.#report('loop-too-often', { loop: use.id, max: use.max }, segment);
    else this.#report('segment-too-often', { tag: use.tag, max: use.max }, segment);
  }

  /** Keeps a segment that has no place where it stands, and says why it has none. */
  #misplaced(segment: Segment): void {
    const { tag } = segment;
    const { type } = this.#rules;
    for (let depth = this.#frames.length - 1; depth >= 0; depth -= 1) {
      const frame = this.#frames[depth] as Frame;
      const index = frame.plan.places.get(tag)?.find((one) => !isOwnTrigger(depth, one));
      if (index === undefined) continue;
      this.#report('segment-out-of-order', { tag }, segment);
      this.#close(depth + 1, segment);
      const inner = frame.plan.inner[index] ?? null;
      if (inner === null) frame.members.push(segment);
      else this.#open(frame, inner, segment);
      return;
    }
    (this.#frames.at(-1) as Frame).members.push(segment);
    if (this.#tags.has(tag)) this.#report('segment-unexpected', { tag, type }, segment);
    else if (this.#rules.segments.has(tag)) this.#report('segment-not-in-message', { tag, type }, segment);
    else if (/^[A-Z][A-Z0-9]{1,2}$/.test(tag)) this.#report('segment-unknown', { tag, type }, segment);
    else this.#report('tag-invalid', { value: JSON.stringify(tag.slice(0, 20)) }, segment);
  }
}

/** A loop's first member starts the loop again, which is a matter of the loop around it. */
function isOwnTrigger(depth: number, index: number): boolean {
  return depth > 0 && index === 0;
}

function compile(use: LoopUse): Plan {
  const places = new Map<string, number[]>();
  use.members.forEach((member, index) => {
    const tag = tagOf(member);
    const known = places.get(tag);
    if (known === undefined) places.set(tag, [index]);
    else known.push(index);
  });
  const mandatory = use.members.flatMap((member, index) => (member.mandatory ? [index] : []));
  const inner = use.members.map((member) => (member.kind === 'loop' ? compile(member) : null));
  return { use, members: use.members, places, mandatory, inner };
}

/** A segment's tag, or the tag that triggers a loop. */
function tagOf(member: SegmentUse | LoopUse): string {
  if (member.kind === 'segment') return member.tag;
  const first = member.members[0];
  return first === undefined ? member.id : tagOf(first);
}

function allTags(use: LoopUse): string[] {
  return use.members.flatMap((member) => (member.kind === 'segment' ? [member.tag] : allTags(member)));
}
