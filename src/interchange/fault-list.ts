/** Faults of one message, group or envelope: as many as are kept, with the severities agreed with the sender. */
import { type Fault, type FaultCode, fault, faultTable } from '../fault.ts';
import type { CheckedMessage } from './check.ts';
import type { InterchangeSettings, Verdict } from './event.ts';

export type Severities = NonNullable<InterchangeSettings['severities']>;

/** Faults up to a limit; a last one says how many more there were. Hostile files would fill the memory otherwise. */
export class FaultList {
  readonly #kept: Fault[] = [];
  readonly #limit: number;
  readonly #severities: Severities;
  #more = 0;
  #moreErrors = false;

  /** @param severities in place of the table's */
  constructor(limit: number, severities: Severities = {}) {
    this.#limit = limit;
    this.#severities = severities;
  }

  push(found: Fault): void {
    const severity = this.#severities[found.code] ?? found.severity;
    if (this.#kept.length >= this.#limit) {
      this.#more += 1;
      this.#moreErrors ||= severity === 'error';
    } else this.#kept.push(severity === found.severity ? found : { ...found, severity });
  }

  /** Whether the list is full: the fault is counted then, and need not be made. */
  skips(code: FaultCode): boolean {
    if (this.#kept.length < this.#limit) return false;
    const severity = this.#severities[code] ?? faultTable[code].severity;
    this.#more += 1;
    this.#moreErrors ||= severity === 'error';
    return true;
  }

  /** Counts faults that were not even made. */
  pass({ count, errors }: CheckedMessage['more']): void {
    this.#more += count;
    this.#moreErrors ||= errors;
  }

  list(): readonly Fault[] {
    if (this.#more === 0) return this.#kept;
    const cut = fault('faults-cut', { limit: this.#limit, more: this.#more });
    return [...this.#kept, this.#moreErrors ? { ...cut, severity: 'error' } : cut];
  }
}

/** error → rejected, warning → noted, else accepted. */
export function verdictOf(faults: readonly Fault[]): Verdict {
  if (faults.some((one) => one.severity === 'error')) return 'rejected';
  return faults.some((one) => one.severity === 'warning') ? 'noted' : 'accepted';
}
