/** keys list, export: what is in use, and our certificates for the partner. */
import { writeFile } from 'node:fs/promises';
import { type KeyView, readKeyList } from '../flow/key-list.ts';
import { chosen } from '../flow/key-standing.ts';
import { ownKeys } from '../store/keys.ts';
import { shownFingerprint, shownMoment } from './keys-words.ts';
import { withPartners } from './office.ts';
import type { RunSubVerb } from './partner.ts';
import { note, print, readWords, WrongUse } from './verb.ts';

export const listKeys: RunSubVerb = async (words, self) => {
  const { values } = readWords(words, self, { json: { type: 'boolean' } }, 0);
  return withPartners(async (context) => {
    const { keys, missing } = await readKeyList(context);
    if (values.json === true) for (const key of keys) print(JSON.stringify(key));
    else for (const [index, key] of keys.entries()) showKey(key, keys[index - 1]);
    if (keys.length === 0) note('There are no keys yet: "portolan keys new default" makes ours.');
    for (const sentence of missing) note(sentence);
    return 0;
  });
};

function showKey(key: KeyView, before: KeyView | undefined): void {
  if (before?.kind !== key.kind || before.holder !== key.holder)
    print(key.kind === 'own' ? `our key ${key.holder}${usedBy(key)}` : `partner's ${key.holder}`);
  print(`  ${shownFingerprint(key.fingerprint.slice(0, 16))}  ${key.subject}`);
  const left = key.daysLeft > 0 ? `${key.daysLeft} days left` : 'expired';
  print(`    ${doesWords(key)}; valid until ${shownMoment(key.notAfter)}, ${left}`);
  for (const warning of key.warnings) print(`    ! ${warning}`);
}

function usedBy({ endpoints }: KeyView): string {
  return endpoints.length === 0 ? ', used by no endpoint' : `, used by ${endpoints.join(', ')}`;
}

const dutyWords = {
  signs: 'signs',
  opens: 'opens',
  verifies: 'verifies',
  encrypts: 'is encrypted to',
} as const;

function doesWords({ does, later, useFrom }: KeyView): string {
  const now = does.map((duty) => dutyWords[duty]).join(', ');
  const then = later.map((duty) => `${dutyWords[duty]} from ${shownMoment(useFrom)}`).join(', ');
  return [now, then].filter((words) => words !== '').join('; ') || 'does nothing: another one does';
}

export const exportCertificate: RunSubVerb = async (words, self) => {
  const options = { fingerprint: { type: 'string' }, out: { type: 'string' } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const [name] = positionals as [string];
  return withPartners(async (context) => {
    const rows = await ownKeys(context.store.db, name);
    const begin = values.fingerprint?.toLowerCase().replaceAll(':', '') ?? '';
    const row = rows.find(({ fingerprint }) => fingerprint.startsWith(begin));
    if (row === undefined)
      throw new WrongUse(`There is no such key ${name}: "portolan keys list" shows them.`);
    note(`SHA-256 fingerprint: ${shownFingerprint(row.fingerprint)}`);
    const signs = chosen(rows, 'sign', context.now());
    if (signs !== null && signs.id !== row.id)
      note(
        `It signs from ${shownMoment(row.use_from)}; until then ${signs.fingerprint.slice(0, 16)} signs: --fingerprint ${signs.fingerprint.slice(0, 16)} gives that one.`,
      );
    if (values.out === undefined) print(row.certificate);
    else await writeFile(values.out, row.certificate);
    return 0;
  });
};
