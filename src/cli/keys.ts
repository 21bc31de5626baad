/** keys: our key pairs and the partners' certificates for AS2. Each sub-verb has a row here. */
import type { RunSubVerb, SubVerb } from './partner.ts';
import { type Verb, WrongUse } from './verb.ts';

const change = async () => import('./keys-change.ts');
const show = async () => import('./keys-show.ts');
const dates =
  'DATE: now, 2027-03-01 (its first moment in UTC), or a moment such as 2027-03-01T06:00:00Z. --why is kept with the deed.';

const subVerbs: readonly SubVerb[] = [
  {
    name: 'new',
    usage:
      'portolan keys new NAME [--from DATE] [--days 730] [--bits 2048|3072|4096] [--common-name TEXT] [--out FILE] [--why TEXT]',
    about: `Makes our first key pair of a name, with a certificate that it signs itself, and prints the certificate for the partner.\nNAME is what an as2 endpoint's \`key\` names: default where it names none. ${dates}`,
    load: async () => (await change()).makeNew,
  },
  {
    name: 'import',
    usage:
      'portolan keys import NAME --certificate CERT.pem --private-key KEY.pem [--passphrase env:NAME|file:PATH] [--from DATE] [--use both|sign|encrypt] [--why TEXT]\nportolan keys import --partner ENDPOINT CERT.pem [--from DATE] [--use both|sign|encrypt] [--why TEXT]',
    about: `Takes a key pair of ours that was made elsewhere, or a partner's certificate (PEM or DER; of several the first).\nWhat is there already goes on: see roll. ${dates}`,
    load: async () => (await change()).importKeys,
  },
  {
    name: 'list',
    usage: 'portolan keys list [--json]',
    about:
      'Shows every key and certificate in use: what signs, opens, verifies and is encrypted to now, what does from when, when each expires, and what is wrong or missing.',
    load: async () => (await show()).listKeys,
  },
  {
    name: 'roll',
    usage:
      'portolan keys roll NAME --from DATE [--days 730] [--bits N] [--common-name TEXT] [--out FILE] [--why TEXT]\nportolan keys roll --partner ENDPOINT CERT.pem --from DATE [--use both|sign|encrypt] [--why TEXT]',
    about: `Ours: makes the next key pair. It opens messages at once and signs from DATE; the old one goes on opening until it is retired.\nTheirs: signatures of the old and the new certificate count from now on; we encrypt to the new one from DATE. ${dates}`,
    load: async () => (await change()).roll,
  },
  {
    name: 'reschedule',
    usage: 'portolan keys reschedule FINGERPRINT --from DATE [--of HOLDER] [--why TEXT]',
    about: `Puts off, or forward, from when a key signs or is encrypted to. FINGERPRINT: its first 8 digits or more. ${dates}`,
    load: async () => (await change()).move,
  },
  {
    name: 'retire',
    usage: 'portolan keys retire FINGERPRINT [--of HOLDER] [--last | --undo] [--why TEXT]',
    about:
      'Ends the use of a key: it signs, opens, verifies and encrypts no more.\nFINGERPRINT: its first 8 digits or more; --of where several holders have it. --last: also where nothing is left then. --undo: takes a retired one up again.',
    load: async () => (await change()).retireOne,
  },
  {
    name: 'export',
    usage: 'portolan keys export NAME [--fingerprint FINGERPRINT] [--out FILE]',
    about:
      'Prints our certificate for the partner, never the private key: the newest of that name, or the one with the fingerprint.',
    load: async () => (await show()).exportCertificate,
  },
  {
    name: 'reseal',
    usage: 'portolan keys reseal [--before env:NAME|file:PATH] [--why TEXT]',
    about:
      'Seals our private keys anew with the master secret that counts now (PORTOLAN_KEY_SECRET, else the file).\n--before: where the PORTOLAN_KEY_SECRET is that they were sealed with.',
    load: async () => (await change()).sealAnew,
  },
];

export const keys: Verb = {
  name: 'keys',
  usage: subVerbs.map(({ usage }) => usage).join('\n'),
  about: `${subVerbs.map(({ name, about }) => `${name}: ${about.split(` ${dates}`)[0]}`).join('\n')}\n${dates} docs/keys.md tells a roll-over day by day.`,
  help([name]) {
    const one = subVerbs.find((each) => each.name === name);
    return `${(one ?? keys).usage}\n\n${(one ?? keys).about}\n`;
  },
  async run([name, ...words]) {
    const found = subVerbs.find((each) => each.name === name);
    if (found === undefined) throw new WrongUse(keys.usage);
    const run: RunSubVerb = await found.load();
    return run(words, found);
  },
};
