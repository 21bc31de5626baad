/** hosted: what is done about who may sign in at the built-in SFTP server, and what it proves itself with. */
import { text as textOf } from 'node:stream/consumers';
import { loadConfig } from '../config.ts';
import { shownHostKeys } from '../flow/hosted.ts';
import { dropPassword, renewHostKeys, setPassword } from '../flow/hosted-deeds.ts';
import type { Vault } from '../flow/vault.ts';
import { loginOf } from '../partner/endpoint.ts';
import { resolveSecret } from '../partner/secret.ts';
import { vaultOf } from '../serve-sftp.ts';
import { listHostedPasswords } from '../store/hosted-accounts.ts';
import { makePassword } from '../transport/sftp-server-password.ts';
import { byMe, withPartners } from './office.ts';
import type { RunSubVerb } from './partner.ts';
import { note, print, readWords, WrongUse } from './verb.ts';

const why = { why: { type: 'string' } } as const;

export const listHosted: RunSubVerb = async (words, self) => {
  readWords(words, self, {}, 0);
  return withPartners(async ({ partners, store }) => {
    const passwords = new Map((await listHostedPasswords(store.db)).map((row) => [row.endpoint, row]));
    const endpoints = partners.endpoints.flatMap((one) => (one.type === 'hosted' ? [one] : []));
    for (const endpoint of endpoints) {
      const password = passwords.get(endpoint.name);
      const since = password === undefined ? 'no password' : `password of ${password.at.toISOString()}`;
      print(`${endpoint.name}  login ${loginOf(endpoint)}  ${endpoint.keys.length} keys, ${since}`);
    }
    if (endpoints.length === 0) note('Nobody is hosted: no partner has an endpoint of type hosted.');
    return 0;
  });
};

export const newPassword: RunSubVerb = async (words, self) => {
  const { values, positionals } = readWords(words, self, { ...why, stdin: { type: 'boolean' } }, 1);
  const [endpoint] = positionals as [string];
  const given = values.stdin === true ? (await textOf(process.stdin)).replace(/\r?\n$/, '') : null;
  return withPartners(async (context) => {
    const password = given ?? makePassword();
    await setPassword(context, endpoint, password, byMe(values.why));
    if (given === null) print(password);
    note(
      given === null
        ? 'Give it to the partner now: it is not kept, and not shown again.'
        : `The password of ${endpoint} is set.`,
    );
    return 0;
  });
};

export const noPassword: RunSubVerb = async (words, self) => {
  const { values, positionals } = readWords(words, self, why, 1);
  const [endpoint] = positionals as [string];
  return withPartners(async (context) => {
    await dropPassword(context, endpoint, byMe(values.why));
    note(`${endpoint} has no password any more.`);
    return 0;
  });
};

export const showHostKeys: RunSubVerb = async (words, self) => {
  readWords(words, self, {}, 0);
  return withPartners(async ({ store }) => {
    for (const { fingerprint, publicKey } of await shownHostKeys(store, vault()))
      print(`${fingerprint}  ${publicKey}`);
    return 0;
  });
};

export const newHostKeys: RunSubVerb = async (words, self) => {
  const { values } = readWords(words, self, why, 0);
  if (values.why === undefined) throw new WrongUse(self.usage);
  return withPartners(async (context) => {
    for (const { fingerprint, publicKey } of await renewHostKeys(context, vault(), byMe(values.why)))
      print(`${fingerprint}  ${publicKey}`);
    note('The gateway shows them after its next start.');
    return 0;
  });
};

function vault(): Vault {
  const config = loadConfig(process.env, process.cwd());
  const { env } = process;
  return vaultOf(
    config,
    (reference) => resolveSecret(reference, { home: config.home, env, warn: note }),
    note,
  );
}
