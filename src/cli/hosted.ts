/** hosted: passwords and host keys of the built-in SFTP server. Each sub-verb has a row here. */
import type { RunSubVerb, SubVerb } from './partner.ts';
import { type Verb, WrongUse } from './verb.ts';

const deeds = async () => import('./hosted-deeds.ts');

const subVerbs: readonly SubVerb[] = [
  {
    name: 'list',
    usage: 'portolan hosted list',
    about: 'Shows who is hosted: the login, how many keys, since when there is a password.',
    load: async () => (await deeds()).listHosted,
  },
  {
    name: 'password',
    usage: 'portolan hosted password ENDPOINT [--stdin] [--why TEXT]',
    about:
      'Gives an endpoint a new password and shows it once; --stdin reads one from standard input. The one before no longer holds.\nOnly its scrypt digest is kept.',
    load: async () => (await deeds()).newPassword,
  },
  {
    name: 'no-password',
    usage: 'portolan hosted no-password ENDPOINT [--why TEXT]',
    about: 'Takes the password of an endpoint away: only the keys in partner.yaml open then.',
    load: async () => (await deeds()).noPassword,
  },
  {
    name: 'host-keys',
    usage: 'portolan hosted host-keys',
    about: 'Shows the host keys and their fingerprints, for partners to pin. Makes them if there are none.',
    load: async () => (await deeds()).showHostKeys,
  },
  {
    name: 'new-host-keys',
    usage: 'portolan hosted new-host-keys --why TEXT',
    about:
      'Makes new host keys, which the gateway shows after its next start. Every partner has to pin them anew: tell them before.',
    load: async () => (await deeds()).newHostKeys,
  },
];

export const hosted: Verb = {
  name: 'hosted',
  usage: subVerbs.map(({ usage }) => usage).join('\n'),
  about: subVerbs.map(({ name, about }) => `${name}: ${about}`).join('\n'),
  help([name]) {
    const one = subVerbs.find((each) => each.name === name);
    return `${(one ?? hosted).usage}\n\n${(one ?? hosted).about}\n`;
  },
  async run([name, ...words]) {
    const found = subVerbs.find((each) => each.name === name);
    if (found === undefined) throw new WrongUse(hosted.usage);
    const run: RunSubVerb = await found.load();
    return run(words, found);
  },
};
