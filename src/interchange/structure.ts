/** Places the segments of a message in the loops of its rules, and reports what does not fit. */
import type { FaultCode, FaultDetails } from '../fault.ts';
import { detached } from './decode.ts';
import type { LoopUse, MessageRules, SegmentUse } from './dictionary/dictionary.ts';
import type { Loop, Segment } from './event.ts';
import type { LazyPlans } from './plan.ts';
import { keyOf, noTape, type Tape, tagOf } from './tape.ts';

/** Takes a finding about a segment, by its index; `tag` names another one that is meant. */
export type PlaceReport = (code: FaultCode, details: FaultDetails, segment: number, tag?: string) => void;

/** Told where segments stand: a segment is added to the innermost open loop, or opens one, or loops end. */
interface Builder {
  add(segment: number): void;
  open(loop: LoopUse, segment: number): void;
  close(): void;
}

/** A loop of the rules, compiled: where each tag may stand, and what is mandatory. */
interface Plan {
  readonly use: LoopUse;
  readonly members: readonly (SegmentUse | LoopUse)[];
  /** Indexes of members, by the index of their segment, or of their trigger for loops. */
  readonly places: readonly (readonly number[] | undefined)[];
  readonly mandatory: readonly number[];
  /** Plans of the members that are loops, by index. */
  readonly inner: readonly (Plan | null)[];
}

interface Frame {
  readonly plan: Plan;
  /** Index of the member last matched, and how often in a row. */
  at: number;
  count: number;
}

export interface Structure {
  /** For message after message; what does not fit is reported. */
  placing(report: PlaceReport): Placing;
  /** The segments in their loops. */
  tree(tape: Tape, segments: readonly Segment[]): Loop;
}

/** Compiles the rules of a message once, for any number of messages. */
export function compileStructure(rules: MessageRules, plans: LazyPlans): Structure {
  const plan = compile(rules.root, plans);
  const tags = new Set(allTags(rules.root));
  return {
    placing: (report) => new Placing(plan, rules, tags, report, null),
    tree(tape, segments) {
      const builder = new TreeBuilder(segments);
      const placing = new Placing(plan, rules, tags, () => {}, builder);
      placing.begin(tape);
      for (let segment = 0; segment < tape.count; segment += 1) {
        placing.place(segment, plans.get(keyOf(tape, segment))?.index ?? -1);
      }
      placing.finish();
      return builder.root;
    },
  };
}

class TreeBuilder implements Builder {
  readonly root: Loop;
  readonly #segments: readonly Segment[];
  readonly #open: (Segment | Loop)[][];

  constructor(segments: readonly Segment[]) {
    const members: (Segment | Loop)[] = [];
    this.#segments = segments;
    this.#open = [members];
    this.root = { id: '', members };
  }

  add(segment: number): void {
    this.#open.at(-1)?.push(this.#segments[segment] as Segment);
  }

  open(loop: LoopUse, segment: number): void {
    const members: (Segment | Loop)[] = [this.#segments[segment] as Segment];
    this.#open.at(-1)?.push({ id: loop.id, members });
    this.#open.push(members);
  }

  close(): void {
    this.#open.pop();
  }
}

/** Places the segments of one message after the other, in their order. */
export class Placing {
  readonly #frames: Frame[];
  readonly #rules: MessageRules;
  readonly #tags: ReadonlySet<string>;
  readonly #root: Frame;
  #tape: Tape = noTape;
  readonly #report: PlaceReport;
  readonly #builder: Builder | null;

  constructor(
    root: Plan,
    rules: MessageRules,
    tags: ReadonlySet<string>,
    report: PlaceReport,
    builder: Builder | null,
  ) {
    this.#root = { plan: root, at: -1, count: 0 };
    this.#frames = [this.#root];
    this.#rules = rules;
    this.#tags = tags;
    this.#report = report;
    this.#builder = builder;
  }

  /** Begins another message. */
  begin(tape: Tape): void {
    this.#tape = tape;
    this.#frames.length = 1;
    this.#root.at = -1;
    this.#root.count = 0;
  }

  /**
   * Innermost loop first, from the last match forward; then the loops around it. A place behind a mandatory member that has
   * not come is the last resort: one segment too many, or too late, must not be taken for one of a later section.
   * @param kind index of the segment's plan, -1 for none
   */
  place(segment: number, kind: number): void {
    const frames = this.#frames;
    let full: Spot | null = null;
    let beyond: Spot | null = null;
    let late = false;
    for (let depth = frames.length - 1; depth >= 0; depth -= 1) {
      const frame = frames[depth] as Frame;
      const places = frame.plan.places[kind];
      if (places === undefined) continue;
      for (const index of places) {
        if (isOwnTrigger(depth, index)) continue;
        if (index < frame.at) late = true;
        else if (index === frame.at && frame.count >= (frame.plan.members[index]?.max ?? 1)) {
          full ??= { depth, index };
        } else if (!passesMandatory(frame, index)) {
          this.#put(segment, depth, index);
          return;
        } else {
          beyond ??= { depth, index };
          break;
        }
      }
    }
    if (full !== null) this.#tooOften(segment, full.depth, full.index);
    else if (beyond !== null && !late) this.#put(segment, beyond.depth, beyond.index);
    else this.#misplaced(segment, kind);
  }

  /** Ends the message: what is still missing is reported with its last segment. */
  finish(): void {
    const last = this.#tape.count - 1;
    if (last < 0) return;
    const root = this.#frames[0] as Frame;
    this.#close(1, last);
    this.#missing(root, root.plan.members.length, last);
  }

  #put(segment: number, depth: number, index: number): void {
    if (this.#frames.length > depth + 1) this.#close(depth + 1, segment);
    const frame = this.#frames[depth] as Frame;
    if (index !== frame.at) {
      this.#missing(frame, index, segment);
      frame.at = index;
      frame.count = 0;
    }
    frame.count += 1;
    this.#enter(frame.plan.inner[index] ?? null, segment);
  }

  /** Adds a segment, or opens the loop that it begins. */
  #enter(loop: Plan | null, segment: number): void {
    if (loop === null) {
      this.#builder?.add(segment);
      return;
    }
    this.#builder?.open(loop.use, segment);
    this.#frames.push({ plan: loop, at: 0, count: 1 });
  }

  /** Closes the loops from `depth` inwards. */
  #close(depth: number, next: number): void {
    const frames = this.#frames;
    while (frames.length > depth) {
      const frame = frames.pop() as Frame;
      this.#missing(frame, frame.plan.members.length, next);
      this.#builder?.close();
    }
  }

  /** Reports mandatory members between the last match and `until`. */
  #missing(frame: Frame, until: number, next: number): void {
    for (const index of frame.plan.mandatory) {
      if (index <= frame.at) continue;
      if (index >= until) return;
      const tag = triggerOf(frame.plan.members[index] as SegmentUse | LoopUse);
      // A message without its trailer has a fault of its own.
      if (tag === 'SE' || tag === 'UNT') continue;
      this.#report('segment-missing', { tag, type: this.#rules.type }, next, tag);
    }
  }

  #tooOften(segment: number, depth: number, index: number): void {
    const frame = this.#frames[depth] as Frame;
    const use = frame.plan.members[index] as SegmentUse | LoopUse;
    this.#put(segment, depth, index);
    if (use.kind === 'loop') this.#report('loop-too-often', { loop: use.id, max: use.max }, segment);
    else this.#report('segment-too-often', { tag: use.tag, max: use.max }, segment);
  }

  /** Keeps a segment that has no place where it stands, and says why it has none. */
  #misplaced(segment: number, kind: number): void {
    const tag = detached(tagOf(this.#tape, segment).slice(0, 100));
    const { type } = this.#rules;
    for (let depth = this.#frames.length - 1; depth >= 0; depth -= 1) {
      const frame = this.#frames[depth] as Frame;
      const index = frame.plan.places[kind]?.find((one) => !isOwnTrigger(depth, one));
      if (index === undefined) continue;
      this.#report('segment-out-of-order', { tag }, segment);
      this.#close(depth + 1, segment);
      this.#enter(frame.plan.inner[index] ?? null, segment);
      return;
    }
    this.#builder?.add(segment);
    if (this.#tags.has(tag)) this.#report('segment-unexpected', { tag, type }, segment);
    else if (this.#rules.segments.has(tag)) this.#report('segment-not-in-message', { tag, type }, segment);
    else if (/^[A-Z][A-Z0-9]{1,2}$/.test(tag)) this.#report('segment-unknown', { tag, type }, segment);
    else this.#report('tag-invalid', { value: JSON.stringify(tag.slice(0, 20)) }, segment);
  }
}

interface Spot {
  readonly depth: number;
  readonly index: number;
}

/** Whether a mandatory member stands between the last match of a loop and a place further on. */
function passesMandatory(frame: Frame, index: number): boolean {
  for (const one of frame.plan.mandatory) if (one > frame.at) return one < index;
  return false;
}

/** A loop's first member starts the loop again, which is a matter of the loop around it. */
function isOwnTrigger(depth: number, index: number): boolean {
  return depth > 0 && index === 0;
}

function compile(use: LoopUse, plans: LazyPlans): Plan {
  const places = new Array<number[] | undefined>(plans.size).fill(undefined);
  use.members.forEach((member, index) => {
    const kind = plans.indexOf(triggerOf(member));
    const known = places[kind];
    if (known === undefined) places[kind] = [index];
    else known.push(index);
  });
  const mandatory = use.members.flatMap((member, index) => (member.mandatory ? [index] : []));
  const inner = use.members.map((member) => (member.kind === 'loop' ? compile(member, plans) : null));
  return { use, members: use.members, places, mandatory, inner };
}

/** A segment's tag, or the tag that triggers a loop. */
function triggerOf(member: SegmentUse | LoopUse): string {
  if (member.kind === 'segment') return member.tag;
  const first = member.members[0];
  return first === undefined ? member.id : triggerOf(first);
}

function allTags(use: LoopUse): string[] {
  return use.members.flatMap((member) => (member.kind === 'segment' ? [member.tag] : allTags(member)));
}
