/** Checks a message against the dictionary: structure, elements, and what the segments say about each other. */
import {
  type Fault,
  type FaultCode,
  type FaultDetails,
  fault,
  faultTable,
  type Position,
  type Severity,
} from '../fault.ts';
import type { At } from './check-digits.ts';
import { compileContent } from './content.ts';
import { Cursor } from './cursor.ts';
import { detached } from './decode.ts';
import { loadMessageRules, type MessageRules, releaseOf } from './dictionary/dictionary.ts';
import { ElementChecker, type Report } from './elements.ts';
import type { InterchangeSettings, Loop, Segment, Standard } from './event.ts';
import type { Limits } from './limits.ts';
import { LazyPlans } from './plan.ts';
import { compileStructure, type Placing, type Structure } from './structure.ts';
import { cutParts, cutShort, flagsOf, keyOf, lineOf, noTape, offsetOf, type Tape, tagOf } from './tape.ts';

export interface CheckedMessage {
  readonly faults: readonly Fault[];
  /** Findings beyond the limit: how many, and whether an error is among them. */
  readonly more: { readonly count: number; readonly errors: boolean };
}

export const nothingFound: CheckedMessage = { faults: [], more: { count: 0, errors: false } };

/** What the checks need to know besides the segments. */
export interface CheckContext {
  /** Where the message is. */
  readonly at: Position;
  readonly limits: Limits;
  /** The decimal mark of the interchange. */
  readonly decimal: string;
  /** In place of those of the table. */
  readonly severities: NonNullable<InterchangeSettings['severities']>;
}

/** Checks messages of one type in one release. Compiled once and kept. */
export interface MessageChecker {
  readonly rules: MessageRules;
  /** False when another release than the claimed one is used: nothing found is then more than a warning. */
  readonly exact: boolean;
  check(tape: Tape, context: CheckContext): CheckedMessage;
  /** Places the segments of a message in its loops. */
  tree(tape: Tape, segments: readonly Segment[]): Loop;
}

const checkers = new Map<string, MessageChecker>();

/**
 * The checker for a message.
 * @param version GS08, or UNH S009 from 0052 on
 * @returns null when the dictionary does not have the type in any release
 */
export function checkerFor(standard: Standard, type: string, version: string): MessageChecker | null {
  const choice = releaseOf(standard, type, version);
  if (choice === null) return null;
  const key = `${standard} ${type} ${choice.release} ${choice.exact}`;
  const known = checkers.get(key);
  if (known !== undefined) return known;
  const rules = loadMessageRules(standard, choice.release, type);
  if (rules === null) return null;
  const checker = compile(rules, choice.exact);
  checkers.set(key, checker);
  return checker;
}

function compile(rules: MessageRules, exact: boolean): MessageChecker {
  const plans = new LazyPlans(rules);
  const structure = compileStructure(rules, plans);
  const run = new CheckRun(rules, exact, plans, structure);
  return {
    rules,
    exact,
    check: (tape, context) => run.check(tape, context),
    tree: (tape, segments) => structure.tree(tape, segments),
  };
}

/**
 * Checks one message after the other with the same few objects: making them anew for each message is dear, and V8 throws
 * compiled code away whose objects have all been collected.
 */
class CheckRun {
  readonly #plans: LazyPlans;
  readonly #findings: Findings;
  readonly #placing: Placing;
  readonly #elements: ElementChecker;
  readonly #at: At;
  readonly #checkContent: (tape: Tape, cursor: Cursor, report: Report) => void;

  constructor(rules: MessageRules, exact: boolean, plans: LazyPlans, structure: Structure) {
    const findings = new Findings(exact);
    const report: Report = (code, details, segment, more, soft) =>
      findings.add(code, details, segment, more, soft);
    this.#plans = plans;
    this.#findings = findings;
    this.#placing = structure.placing((code, details, segment, tag) =>
      findings.add(code, details, segment, tag === undefined ? {} : { tag }),
    );
    this.#elements = new ElementChecker(rules.standard === 'edifact', report);
    this.#at = { tape: noTape, cursor: new Cursor(), report, segment: 0 };
    this.#checkContent = compileContent(rules);
  }

  check(tape: Tape, context: CheckContext): CheckedMessage {
    this.#begin(tape, context);
    for (let segment = 0; segment < tape.count; segment += 1) {
      const plan = this.#plans.get(keyOf(tape, segment));
      this.#placing.place(segment, plan === null ? -1 : plan.index);
      // Of a segment that was cut, what is missing says nothing.
      if (plan === null || (flagsOf(tape, segment) & (cutShort | cutParts)) !== 0) continue;
      this.#elements.check(segment, plan);
      this.#at.segment = segment;
      plan.numbers?.(this.#at);
    }
    this.#placing.finish();
    this.#checkContent(tape, this.#at.cursor, this.#at.report);
    const checked = this.#findings.end();
    // Nothing of the message is held until the next one.
    this.#begin(noTape, context);
    return checked;
  }

  #begin(tape: Tape, context: CheckContext): void {
    this.#findings.begin(tape, context);
    this.#placing.begin(tape);
    this.#elements.begin(tape, context.decimal.charCodeAt(0));
    this.#at.tape = tape;
    this.#at.cursor.begin(tape);
  }
}

/** Collects the faults of one message, up to a limit; of the others it knows how many, and whether they refuse the message. */
class Findings {
  readonly #exact: boolean;
  #tape: Tape = noTape;
  #context: CheckContext | null = null;
  #faults: Fault[] = [];
  #more = { count: 0, errors: false };

  constructor(exact: boolean) {
    this.#exact = exact;
  }

  begin(tape: Tape, context: CheckContext): void {
    this.#tape = tape;
    this.#context = context;
    this.#faults = [];
    this.#more = { count: 0, errors: false };
  }

  /** @param soft no more than a warning, whatever the table says */
  add(code: FaultCode, details: FaultDetails, segment: number, more: Position = {}, soft = false): void {
    if (this.#context === null) return;
    const { limits, severities } = this.#context;
    const severity = severities[code] ?? this.#severityOf(code, soft);
    if (this.#faults.length >= limits.faultsPerMessage) {
      this.#more.count += 1;
      this.#more.errors ||= severity === 'error';
      return;
    }
    const tape = this.#tape;
    const place = {
      offset: offsetOf(tape, segment),
      line: lineOf(tape, segment),
      segment: segment + 1,
    };
    const at = { ...this.#context.at, ...place, tag: detached(tagOf(tape, segment).slice(0, 20)), ...more };
    const one = fault(code, details, at);
    this.#faults.push(one.severity === severity ? one : { ...one, severity });
  }

  /** What is found by another release's tables is no more than a warning. */
  #severityOf(code: FaultCode, soft: boolean): Severity {
    const { severity } = faultTable[code];
    return severity === 'error' && (soft || !this.#exact) ? 'warning' : severity;
  }

  /** The faults as their places stand in the message. */
  end(): CheckedMessage {
    const faults = this.#faults.sort((a, b) => (a.at?.segment ?? 0) - (b.at?.segment ?? 0));
    return { faults, more: this.#more };
  }
}
