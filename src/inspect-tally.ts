/** What a file holds, in numbers. */
import type { Severity } from './fault.ts';
import type { InterchangeEvent } from './interchange/interchange.ts';

/** Counts as events come; whoever shows progress looks at it meanwhile. */
export class Tally {
  bytes = 0;
  interchanges = 0;
  /** Functional groups; EDIFACT without UNG has none. */
  groups = 0;
  messages = 0;
  segments = 0;
  readonly faults: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  add(event: InterchangeEvent): void {
    if (event.kind === 'interchange') this.interchanges += 1;
    else if (event.kind === 'group') this.groups += event.type === null ? 0 : 1;
    else if (event.kind === 'message') {
      this.messages += 1;
      this.segments += event.segmentCount;
    }
    if ('faults' in event) for (const { severity } of event.faults) this.faults[severity] += 1;
  }

  get faultCount(): number {
    const { error, warning, info } = this.faults;
    return error + warning + info;
  }
}

/** '1 message', '4,999 messages'. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
