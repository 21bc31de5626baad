/** What people do about what waits, from the command line. Every deed is recorded with who and why. */
import {
  acceptDuplicate,
  acceptFault,
  pause,
  rejectFault,
  replayDelivery,
  replayFault,
  resendDocument,
  resume,
} from '../flow/deeds.ts';
import { shownFindings } from '../flow/shown-finding.ts';
import { visible } from '../inspect-columns.ts';
import { pointAt } from '../inspect-segment.ts';
import { getDocument } from '../store/documents.ts';
import { type FaultRowStored, getFault, waitingFaults } from '../store/faults.ts';
import type { Store } from '../store/store.ts';
import { byMe, withContext, withPartners, withStore } from './office.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';

const why = { why: { type: 'string' } } as const;
const faultDeeds = {
  replay: replayFault,
  reject: rejectFault,
  accept: acceptFault,
  'accept-duplicate': acceptDuplicate,
} as const;

export const faults: Verb = {
  name: 'faults',
  usage:
    'portolan faults [list] [--json]\nportolan faults show ID [--json]\nportolan faults replay|reject|accept|accept-duplicate ID --why TEXT',
  about:
    'Shows what waits for a person, and deals with it.\nreplay: try again what it stopped. reject: close it (a held order is rejected). accept: free a held order.\naccept-duplicate: the repeat is meant.',
  async run(words) {
    const options = { ...why, json: { type: 'boolean' } } as const;
    const { values, positionals } = readWords(words, faults, options, 0, 2);
    const [what = 'list', id] = positionals;
    if (what === 'list') return listFaults(values.json === true);
    if (id === undefined || !/^\d{1,18}$/.test(id)) throw new WrongUse(faults.usage);
    if (what === 'show') return showFault(id, values.json === true);
    const deed = faultDeeds[what as keyof typeof faultDeeds];
    if (deed === undefined) throw new WrongUse(faults.usage);
    await withContext((context) => deed(context, id, byMe(values.why)));
    note(`Fault ${id}: ${what} done.`);
    return 0;
  },
};

const page = 200;

async function listFaults(json: boolean): Promise<number> {
  return withStore(async (store) => {
    let after = '0';
    let shown = 0;
    for (;;) {
      const rows = await waitingFaults(store.db, page, after);
      for (const row of rows) print(json ? JSON.stringify(row) : faultLine(row));
      shown += rows.length;
      if (rows.length < page) break;
      after = (rows.at(-1) as FaultRowStored).id;
    }
    if (shown === 0) note('Nothing waits for a person.');
    return 0;
  });
}

function faultLine(row: FaultRowStored): string {
  return `${row.id.padStart(6)}  ${row.at.toISOString().slice(0, 19)}  ${row.partner ?? '–'}  ${row.code}\n        ${row.message}`;
}

async function showFault(id: string, json: boolean): Promise<number> {
  return withStore(async (store) => {
    const row = await getFault(store.db, id);
    if (row === null) throw new WrongUse(`There is no fault ${id}.`);
    if (json) print(JSON.stringify(row));
    else
      for (const [name, value] of Object.entries(row))
        if (value !== null) print(`${name.padEnd(15)} ${shown(value)}`);
    if (!json && row.document_id !== null) await showFindings(store, row.document_id);
    return 0;
  });
}

/** What the partner found in a document, with carets under the place in what we sent. */
async function showFindings(store: Store, id: string): Promise<void> {
  const document = await getDocument(store.db, id);
  const found = document === null ? [] : await shownFindings(store.db, document);
  for (const { finding, segment, place, separators } of found) {
    print(`\n${visible(finding.sentence)}`);
    if (segment !== null) for (const line of pointAt(segment, place, separators)) print(`  ${line}`);
  }
}

function shown(value: unknown): string {
  return value instanceof Date
    ? value.toISOString()
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

export const replay: Verb = {
  name: 'replay',
  usage: 'portolan replay DELIVERY [--why TEXT]',
  about: 'Processes a stored delivery again, linked to the first run.',
  async run(words) {
    const { values, positionals } = readWords(words, replay, why, 1);
    const again = await withContext((context) =>
      replayDelivery(context, readId(positionals[0], 'delivery'), byMe(values.why)),
    );
    note(`Delivery ${positionals[0]} runs again as delivery ${again}.`);
    return 0;
  },
};

export const resend: Verb = {
  name: 'resend',
  usage: 'portolan resend DOCUMENT [--why TEXT]',
  about: 'Sends the bytes of a document again, unchanged.',
  async run(words) {
    const { values, positionals } = readWords(words, resend, why, 1);
    await withContext((context) =>
      resendDocument(context, readId(positionals[0], 'document'), byMe(values.why)),
    );
    note(`Document ${positionals[0]} is on its way again.`);
    return 0;
  },
};

export const pauseVerb: Verb = {
  name: 'pause',
  usage: 'portolan pause PARTNER [--why TEXT]',
  about: "Holds a partner's queue: files are still received; nothing of it is decided, answered or sent.",
  async run(words) {
    const { values, positionals } = readWords(words, pauseVerb, why, 1);
    await withPartners((context) => pause(context, positionals[0] as string, byMe(values.why)));
    note(`${positionals[0]} is paused.`);
    return 0;
  },
};

export const resumeVerb: Verb = {
  name: 'resume',
  usage: 'portolan resume PARTNER [--why TEXT]',
  about: "Frees a partner's queue.",
  async run(words) {
    const { values, positionals } = readWords(words, resumeVerb, why, 1);
    await withPartners((context) => resume(context, positionals[0] as string, byMe(values.why)));
    note(`${positionals[0]} goes on.`);
    return 0;
  },
};

function readId(text: string | undefined, what: string): string {
  if (text !== undefined && /^\d{1,18}$/.test(text)) return text;
  throw new WrongUse(`${text} is no ${what}: give its number, as the console shows it.`);
}
