/**
 * Kill points for tests: a store that knows which step each transaction belongs to, writes that into a journal, and ends its
 * process without a word (SIGKILL) at the moment it was told. Nothing of src knows of it.
 */
import { appendFileSync } from 'node:fs';
import type { Store, Tx } from '../../src/store/store.ts';

/** Every step of the road; receive is told by its insert, the others by the row of `ready` that they claim. */
export const steps = ['receive', 'translate', 'decide', 'answer', 'send', 'reconcile'] as const;
/**
 * What AS2 does beside: a request stored, a message judged, a message of ours frozen, what came of it written, a receipt of ours on its
 * way.
 */
export type Step = (typeof steps)[number] | 'as2-begin' | 'as2-judge' | 'as2-make' | 'as2-settle' | 'mdn';

/** claimed: work has begun. before-commit: all is done and nothing holds. after-commit: it holds and nobody knows. */
export const moments = ['claimed', 'before-commit', 'after-commit'] as const;
export type Moment = (typeof moments)[number];

export interface KillPoint {
  readonly step: Step;
  /** At the how many-eth transaction of the step in this process. */
  readonly count: number;
  readonly moment: Moment;
}

/** 'translate:3:before-commit'; '' for none. */
export function readKillPoint(text: string | undefined): KillPoint | null {
  if (text === undefined || text === '') return null;
  const [step, count, moment] = text.split(':');
  return { step: step as Step, count: Number(count), moment: moment as Moment };
}

export function killPointText({ step, count, moment }: KillPoint): string {
  return `${step}:${count}:${moment}`;
}

/**
 * Wraps a store.
 * @param journal file with a line for each beginning and end: 'PID begin STEP', 'PID end STEP', 'PID killed STEP MOMENT'
 */
export function watchedStore(store: Store, point: KillPoint | null, journal: string): Store {
  const seen = new Map<Step, number>();
  const note = (text: string) => appendFileSync(journal, `${process.pid} ${text}\n`);
  const die = (step: Step, moment: Moment) => {
    note(`killed ${step} ${moment}`);
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way: nothing more may run.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  return {
    ...store,
    transaction: async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      let step: Step | null = null;
      let number = 0;
      const isHere = (moment: Moment) =>
        point !== null && point.step === step && point.count === number && point.moment === moment;
      const begun = (found: Step) => {
        // Writing what came of a message is the second half of `send`.
        if (step !== null && found !== 'as2-settle') return;
        step = found;
        number = (seen.get(found) ?? 0) + 1;
        seen.set(found, number);
        note(`begin ${found}`);
        if (isHere('claimed')) die(found, 'claimed');
      };
      try {
        const result = await store.transaction(async (tx) => {
          tellStep(tx, begun);
          const made = await work(tx);
          if (step !== null && isHere('before-commit')) die(step, 'before-commit');
          return made;
        });
        if (step !== null && isHere('after-commit')) die(step, 'after-commit');
        return result;
      } finally {
        if (step !== null) note(`end ${step}`);
      }
    },
  };
}

interface Told {
  readonly sql?: string;
  readonly bindings?: readonly unknown[];
}

function tellStep(tx: Tx, begun: (step: Step) => void): void {
  tx.on(
    'query-response',
    (response: { rows?: readonly { stage?: string }[] }, { sql = '', bindings = [] }: Told) => {
      if (sql.startsWith('insert into as2_messages')) begun(bindings[0] === 'in' ? 'as2-begin' : 'as2-make');
      if (sql.startsWith('update as2_messages set state')) begun('as2-settle');
      if (sql.includes('pg_advisory_xact_lock(hashtextextended(us')) begun('as2-judge');
      if (sql.startsWith('insert into deliveries')) begun('receive');
      const stage = sql.includes('from ready where id = any') ? response.rows?.[0]?.stage : undefined;
      if (stage !== undefined) begun(stage as Step);
    },
  );
}

/** What a journal says of interrupted steps: by kill points, and by whatever ended a process in the middle of one. */
export function interrupted(journal: string): Map<Step, number> {
  const open = new Map<string, Step[]>();
  for (const line of journal.split('\n')) {
    const [pid = '', what, step] = line.split(' ');
    const list = open.get(pid) ?? [];
    open.set(pid, list);
    if (what === 'begin') list.push(step as Step);
    else if (what === 'end') list.splice(list.indexOf(step as Step), 1);
  }
  const counts = new Map<Step, number>();
  for (const list of open.values()) for (const step of list) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
}
