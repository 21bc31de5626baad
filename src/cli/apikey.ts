/** apikey: keys for POST /edi. */

import { endApiKey, type KeyOffice, newApiKey, rollApiKey } from '../flow/api-keys.ts';
import { spanMs } from '../flow/context.ts';
import { loadPartners } from '../partner/load.ts';
import { type ApiKeyRow, listApiKeys } from '../store/api-keys.ts';
import { byMe, withStore } from './office.ts';
import { note, print, readWords, type Verb, WrongUse } from './verb.ts';

const options = {
  note: { type: 'string' },
  expires: { type: 'string' },
  overlap: { type: 'string', default: '7d' },
  why: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readWords<typeof options>>['values'];

export const apiKey: Verb = {
  name: 'apikey',
  usage:
    'portolan apikey new ENDPOINT [--note TEXT] [--expires 90d|DATE|never] [--why TEXT]\nportolan apikey list [--json]\nportolan apikey roll PREFIX [--overlap 7d] [--expires 90d|DATE|never] [--why TEXT]\nportolan apikey revoke PREFIX [--why TEXT]',
  about:
    'Makes, lists, rolls and revokes keys for POST /edi. A key is shown once.\nroll makes a key that follows another one: both work until the overlap is over (0s: the old one ends at once). The new one lasts\nas long as the old one was to, unless --expires says otherwise.',
  async run(words) {
    const { values, positionals } = readWords(words, apiKey, options, 1, 2);
    const [what, name] = positionals;
    if (what === 'list') return listKeys(values.json === true);
    if (name === undefined) throw new WrongUse(apiKey.usage);
    if (what === 'new') return newKey(name, values);
    if (what === 'roll') return rollKey(name, values);
    if (what === 'revoke') return revokeKey(name, values);
    throw new WrongUse(apiKey.usage);
  },
};

function newKey(endpoint: string, values: Values): Promise<number> {
  const expiresAt = readEnd(values.expires, new Date()) ?? null;
  return withOffice(async (office) => {
    print(await newApiKey(office, endpoint, { note: values.note ?? null, expiresAt }, byMe(values.why)));
    note(shownOnce);
    return 0;
  });
}

function rollKey(prefix: string, values: Values): Promise<number> {
  const expiresAt = readEnd(values.expires, new Date());
  const overlapMs = readSpan(values.overlap, 'overlap');
  const terms = { overlapMs, ...(expiresAt === undefined ? {} : { expiresAt }) };
  return withOffice(async (office) => {
    const { key, endsAt } = await rollApiKey(office, prefix, terms, byMe(values.why));
    print(key);
    note(shownOnce);
    note(
      `The key ${prefix} works until ${endsAt.toISOString()}. "portolan apikey list" shows when each was last used.`,
    );
    return 0;
  });
}

const shownOnce = 'Give it to the partner now: it is not kept, and not shown again.';

function revokeKey(prefix: string, values: Values): Promise<number> {
  return withOffice(async (office) => {
    await endApiKey(office, prefix, byMe(values.why));
    note(`The key ${prefix} is revoked.`);
    return 0;
  });
}

/** Keys need no guides. */
function withOffice(work: (office: KeyOffice) => Promise<number>): Promise<number> {
  return withStore(async (store, { mappings }) => {
    const { partners } = await loadPartners(mappings, { demo: true });
    return work({ store, partners, now: () => new Date() });
  });
}

function listKeys(json: boolean): Promise<number> {
  return withStore(async (store) => {
    for (const { hash: _, ...row } of await listApiKeys(store.db))
      print(json ? JSON.stringify(row) : keyLine(row, new Date()));
    return 0;
  });
}

function keyLine(row: Omit<ApiKeyRow, 'hash'>, now: Date): string {
  const used = row.last_used_at === null ? 'never used' : `last used ${minute(row.last_used_at)}`;
  const since = `since ${minute(row.created_at)}`;
  return [row.prefix, row.endpoint, since, stateOf(row, now), used, row.note ?? ''].join('  ').trimEnd();
}

function stateOf({ revoked_at, expires_at, successor }: Omit<ApiKeyRow, 'hash'>, now: Date): string {
  const followed = successor === null ? '' : `, followed by ${successor}`;
  if (revoked_at !== null) return `revoked ${minute(revoked_at)}${followed}`;
  if (expires_at === null) return 'good';
  return `${expires_at > now ? 'good until' : 'ended'} ${minute(expires_at)}${followed}`;
}

const minute = (date: Date) => `${date.toISOString().slice(0, 16)}Z`;

/** undefined: nothing was said; null: never. */
function readEnd(text: string | undefined, now: Date): Date | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text);
  return new Date(now.getTime() + readSpan(text, 'expires'));
}

function readSpan(text: string, name: string): number {
  if (/^\d{1,5}[smhd]$/.test(text)) return spanMs(text);
  throw new WrongUse(
    `--${name} takes a span such as 7d or 12h${name === 'expires' ? ', a date such as 2027-06-30, or never' : ''}, not ${text}.`,
  );
}
