/** keys new, import, roll, reschedule, retire: what changes keys, and what the partner has to know of it. */
import { writeFile } from 'node:fs/promises';
import {
  importCertificate,
  importOwnKey,
  type NewKeyTerms,
  newKey,
  rollKey,
  type UseTerms,
} from '../flow/key-deeds.ts';
import { subjectOf, usesOf } from '../flow/key-list.ts';
import { endpointsWith, type KeyOffice } from '../flow/key-record.ts';
import { reschedule, retire, takeUp } from '../flow/key-retire.ts';
import { chosen } from '../flow/key-standing.ts';
import { reseal } from '../flow/reseal.ts';
import { type KeyRow, ownKeys, partnerKeys } from '../store/keys.ts';
import { readCertificate } from '../transport/as2/certificate.ts';
import { concernsOf } from '../transport/as2/certificate-use.ts';
import {
  checkReference,
  readBits,
  readCommonName,
  readMoment,
  readPassphrase,
  readPem,
  readUsage,
  shownFingerprint,
  shownMoment,
  vaultOf,
  withKeys,
} from './keys-words.ts';
import { byMe } from './office.ts';
import type { RunSubVerb } from './partner.ts';
import { note, print, readNumber, readWords, WrongUse } from './verb.ts';

const when = { from: { type: 'string' }, why: { type: 'string' } } as const;
const making = {
  ...when,
  days: { type: 'string' },
  bits: { type: 'string' },
  'common-name': { type: 'string' },
  out: { type: 'string' },
} as const;
/** Two years: long enough to agree on the next one in peace. */
const usualDays = 730;
/** What no partner would take, or see the end of. */
const mostDays = 3_650;

export const makeNew: RunSubVerb = async (words, self) => {
  const { values, positionals } = readWords(words, self, making, 1);
  const [name] = positionals as [string];
  return withKeys(async (office) => {
    const terms = newTerms(office, values, name);
    const row = await newKey(office, name, terms, byMe(values.why));
    note(`Made the key ${name}.`);
    tellFingerprint(row);
    note(
      `It opens messages now and signs ${fromWords(row, office)}. Give this certificate to the partners of ${usersOf(office, name)}.`,
    );
    await give(row, values.out);
    return 0;
  });
};

export const importKeys: RunSubVerb = async (words, self) => {
  const options = {
    ...when,
    partner: { type: 'string' },
    certificate: { type: 'string' },
    'private-key': { type: 'string' },
    passphrase: { type: 'string' },
    use: { type: 'string' },
  } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const [name] = positionals as [string];
  const { partner, certificate, 'private-key': privateKey } = values;
  if (partner !== undefined) {
    if (certificate !== undefined || privateKey !== undefined || values.passphrase !== undefined)
      throw new WrongUse(self.usage);
    return withKeys((office) => pin(office, partner, name, useTerms(office, values), values.why));
  }
  if (certificate === undefined || privateKey === undefined) throw new WrongUse(self.usage);
  const pair = {
    certificate: await readPem(certificate),
    privateKey: await readPem(privateKey),
    passphrase: await readPassphrase(values.passphrase),
  };
  return withKeys(async (office) => {
    const before = await ownKeys(office.context.store.db, name);
    const row = await importOwnKey(office, name, pair, useTerms(office, values), byMe(values.why));
    note(`Imported into the key ${name}.`);
    tellFingerprint(row);
    tellConcerns(office, row);
    note(`It ${dutiesOf(row, office)}. ${privateKey} is not needed any more: remove it.`);
    if (before.length > 0) tellPartnerSide(office, name, before, row);
    return 0;
  });
};

export const roll: RunSubVerb = async (words, self) => {
  const options = { ...making, partner: { type: 'string' }, use: { type: 'string' } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const [name] = positionals as [string];
  if (values.from === undefined)
    throw new WrongUse(`Say from when: the partner must know before.\n${self.usage}`);
  const { partner } = values;
  if (partner === undefined) {
    if (values.use !== undefined) throw new WrongUse(self.usage);
    return withKeys((office) => rollOwn(office, name, values));
  }
  if ([values.days, values.bits, values['common-name'], values.out].some((value) => value !== undefined))
    throw new WrongUse(self.usage);
  return withKeys(async (office) => {
    if ((await partnerKeys(office.context.store.db, partner)).length === 0)
      throw new WrongUse(
        `${partner} has no certificate to roll: "portolan keys import --partner ${partner} ${name}" gives the first.`,
      );
    return pin(office, partner, name, useTerms(office, values), values.why);
  });
};

export const move: RunSubVerb = async (words, self) => {
  const { values, positionals } = readWords(words, self, { ...when, of: { type: 'string' } }, 1);
  if (values.from === undefined) throw new WrongUse(self.usage);
  const which = { fingerprint: positionals[0] as string, holder: values.of };
  return withKeys(async (office) => {
    const from = readMoment(values.from as string, office.context.now());
    const row = await reschedule(office, which, from, byMe(values.why));
    note(`${row.holder}: the certificate ${row.fingerprint.slice(0, 16)} ${dutiesOf(row, office)}.`);
    return 0;
  });
};

export const retireOne: RunSubVerb = async (words, self) => {
  const options = {
    of: { type: 'string' },
    last: { type: 'boolean' },
    undo: { type: 'boolean' },
    why: { type: 'string' },
  } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const which = { fingerprint: positionals[0] as string, holder: values.of };
  return withKeys(async (office) => {
    if (values.undo === true) {
      const back = await takeUp(office, which, byMe(values.why));
      note(`${back.holder}: the certificate ${back.fingerprint.slice(0, 16)} is in use again.`);
      return 0;
    }
    const row = await retire(office, which, { last: values.last === true }, byMe(values.why));
    note(`${row.holder}: the certificate ${row.fingerprint.slice(0, 16)} is retired.`);
    return 0;
  });
};

export const sealAnew: RunSubVerb = async (words, self) => {
  const { values } = readWords(words, self, { before: { type: 'string' }, why: { type: 'string' } }, 0);
  const before = values.before === undefined ? undefined : checkReference('before', values.before);
  return withKeys(async (office) => {
    const count = await reseal(
      office,
      before === undefined ? office.vault : vaultOf(before),
      byMe(values.why),
    );
    note(`Sealed ${count} private keys with the master secret that counts now.`);
    return 0;
  });
};

interface MakingWords {
  readonly from?: string | undefined;
  readonly days?: string | undefined;
  readonly bits?: string | undefined;
  readonly 'common-name'?: string | undefined;
  readonly out?: string | undefined;
  readonly why?: string | undefined;
}

function newTerms({ context }: KeyOffice, words: MakingWords, commonName: string): NewKeyTerms {
  const days = readNumber(words.days ?? String(usualDays), 'days');
  if (days > mostDays) throw new WrongUse(`--days takes at most ${mostDays}.`);
  return {
    from: words.from === undefined ? undefined : readMoment(words.from, context.now()),
    days,
    bits: readBits(words.bits),
    commonName: readCommonName(words['common-name'] ?? commonName),
  };
}

function useTerms(
  { context }: KeyOffice,
  words: { readonly from?: string | undefined; readonly use?: string | undefined },
): UseTerms {
  return {
    from: words.from === undefined ? undefined : readMoment(words.from, context.now()),
    usage: readUsage(words.use),
  };
}

async function rollOwn(office: KeyOffice, name: string, words: MakingWords): Promise<number> {
  const before = await ownKeys(office.context.store.db, name);
  const commonName =
    before[0] === undefined ? name : subjectOf(readCertificate(before[0].certificate)).slice(0, 64);
  const row = await rollKey(office, name, newTerms(office, words, commonName), byMe(words.why));
  note(`Made the next key ${name}.`);
  tellFingerprint(row);
  tellPartnerSide(office, name, before, row);
  await give(row, words.out);
  return 0;
}

/** What to say to the partners, in the order in which it happens. */
function tellPartnerSide(office: KeyOffice, name: string, before: readonly KeyRow[], row: KeyRow): void {
  const now = office.context.now();
  const old = chosen(before, 'sign', now) ?? before[0];
  const signs = row.usage !== 'encrypt';
  const opens = row.usage !== 'sign';
  const from = shownMoment(row.use_from);
  const lines = [
    `Partners of ${usersOf(office, name)} have to be told:`,
    `  now     send them the new certificate, and compare its fingerprint with them by another way than the file came`,
    ...(opens ? ['          from now on they may encrypt to the new one: we open messages to either'] : []),
    ...(signs && row.use_from > now
      ? [
          `  before  ${from}: they add it beside the old one, to verify our signatures with both`,
          `  from    ${from}: we sign with the new one`,
        ]
      : []),
    ...(signs && row.use_from <= now
      ? ['  now     we sign with the new one: who does not have it refuses us']
      : []),
    ...(old === undefined
      ? []
      : [
          `  later   when every partner encrypts to the new one: portolan keys retire ${old.fingerprint.slice(0, 16)}`,
        ]),
  ];
  for (const line of lines) note(line);
}

async function pin(
  office: KeyOffice,
  endpoint: string,
  file: string,
  terms: UseTerms,
  why: string | undefined,
): Promise<number> {
  const bytes = await readPem(file);
  const before = await partnerKeys(office.context.store.db, endpoint);
  const row = await importCertificate(office, endpoint, bytes, terms, byMe(why));
  note(
    `Pinned for ${endpoint}: ${subjectOf(readCertificate(row.certificate))}, valid until ${shownMoment(row.not_after)}.`,
  );
  tellFingerprint(row);
  tellConcerns(office, row);
  note(
    'Compare the fingerprint with the partner by another way than the file came, by telephone for example.',
  );
  note(`It ${dutiesOf(row, office)}.`);
  const old = before[0];
  if (old !== undefined)
    note(
      `The certificates before go on verifying. When the partner signs with the new one: portolan keys retire ${old.fingerprint.slice(0, 16)} --of ${endpoint}`,
    );
  return 0;
}

function tellFingerprint(row: KeyRow): void {
  note(`SHA-256 fingerprint: ${shownFingerprint(row.fingerprint)}`);
}

function tellConcerns({ context }: KeyOffice, row: KeyRow): void {
  for (const concern of concernsOf(readCertificate(row.certificate), usesOf(row), context.now()))
    note(`Careful: ${concern}`);
}

/** 'signs from now on and opens', 'verifies now and is encrypted to from …'. */
function dutiesOf(row: KeyRow, office: KeyOffice): string {
  const from = fromWords(row, office);
  const own = row.kind === 'own';
  return [
    ...(row.usage === 'encrypt' ? [] : [own ? `signs ${from}` : 'verifies their signatures from now on']),
    ...(row.usage === 'sign' ? [] : [own ? 'opens their messages from now on' : `is encrypted to ${from}`]),
  ].join(' and ');
}

function fromWords({ use_from }: KeyRow, { context }: KeyOffice): string {
  return use_from <= context.now() ? 'from now on' : `from ${shownMoment(use_from)}`;
}

function usersOf({ context }: KeyOffice, name: string): string {
  return endpointsWith(context, name).join(', ') || `endpoints that will have "key: ${name}"; none has yet`;
}

/** The certificate, which is for everybody: into a file, or onto standard output. */
async function give({ certificate }: KeyRow, out: string | undefined): Promise<void> {
  if (out === undefined) return print(certificate);
  const reason = await writeFile(out, certificate).catch((error: Error) => error.message);
  if (reason === undefined) return note(`The certificate is in ${out}.`);
  // The key is made all the same: nobody should have to make another.
  note(`The key is made, but its certificate could not be written: ${reason}. It stands below.`);
  print(certificate);
}
