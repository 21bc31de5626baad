/** partner probe: whether a partner's SFTP and AS2 endpoints can be used, step by step. Works without a running gateway. */
import { basename, dirname } from 'node:path';
import { type Config, loadConfig } from '../config.ts';
import { createKeyring } from '../flow/keyring.ts';
import { probeKeys } from '../flow/probe-keys.ts';
import { problemText } from '../mapping/problem.ts';
import type { As2Endpoint, Endpoint } from '../partner/endpoint.ts';
import { loadPartners } from '../partner/load.ts';
import { resolveSecret } from '../partner/secret.ts';
import { reasonOf } from '../transport/network.ts';
import { resolveSettings } from '../transport/open.ts';
import { fine, type Step, wrong } from '../transport/probe.ts';
import { probeAs2 } from '../transport/probe-as2.ts';
import { probeSftp } from '../transport/probe-sftp.ts';
import { withKeys } from './keys-words.ts';
import type { RunSubVerb } from './partner.ts';
import { noPartner } from './rooms.ts';
import { note, print, readWords, WrongUse } from './verb.ts';

export const probePartner: RunSubVerb = async (words, self) => {
  const options = { endpoint: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
  const { values, positionals } = readWords(words, self, options, 1);
  const config = loadConfig(process.env, process.cwd());
  const endpoints = await endpointsOf(config, positionals[0] as string, values.endpoint);
  let problems = 0;
  for (const endpoint of endpoints) {
    if (!values.json) print(`${endpoint.name} (${endpoint.type})`);
    for await (const step of probe(config, endpoint)) {
      if (step.found === 'wrong') problems += 1;
      print(values.json ? JSON.stringify({ endpoint: endpoint.name, ...step }) : stepText(step));
    }
  }
  note(
    problems === 0 ? 'Nothing is wrong.' : `${problems} ${problems === 1 ? 'thing is' : 'things are'} wrong.`,
  );
  return problems === 0 ? 0 : 1;
};

/** @throws WrongUse when there is no such partner or endpoint, or nothing of it can be probed */
async function endpointsOf(config: Config, name: string, only: string | undefined): Promise<Endpoint[]> {
  const { partners, problems } = await loadPartners(config.mappings, { demo: true });
  const isHeld = partners.heldBecause(name);
  if (isHeld !== null) throw new WrongUse(`${name} is held: ${isHeld}`);
  const own = problems.filter(({ file }) => basename(dirname(file)) === name);
  if (partners.byName(name) === null && own.length > 0) throw new WrongUse(own.map(problemText).join('\n'));
  if (partners.byName(name) === null)
    throw noPartner(
      name,
      partners.all.map((one) => one.name),
    );
  const all = partners.endpoints.filter((endpoint) => endpoint.partners.includes(name));
  const meant = all.filter((endpoint) => only === undefined || endpoint.name === only);
  if (meant.length === 0) throw new WrongUse(`${name} has no endpoint ${only ?? ''}`.trim());
  const probed = meant.filter(({ type }) => type === 'sftp' || type === 'as2');
  if (probed.length === 0)
    throw new WrongUse(
      `${name} has no SFTP or AS2 endpoint: what it has (${meant.map(({ type }) => type).join(', ')}) needs no probe.`,
    );
  return probed;
}

async function* probe(config: Config, endpoint: Endpoint): AsyncGenerator<Step> {
  const resolve = (reference: string) =>
    resolveSecret(reference, { home: config.home, env: process.env, warn: note });
  try {
    if (endpoint.type === 'sftp') {
      const settings = await resolveSettings(endpoint, { resolveSecret: resolve });
      yield fine('settings', 'every secret is where partner.yaml says');
      yield* probeSftp({ ...endpoint, ...settings });
    } else if (endpoint.type === 'as2') yield* as2Steps(endpoint, resolve);
  } catch (error) {
    yield wrong('settings', reasonOf(error), 'Mend what partner.yaml refers to.');
  }
}

async function* as2Steps(
  endpoint: As2Endpoint,
  resolve: (reference: string) => Promise<string>,
): AsyncGenerator<Step> {
  const known = async (reference: string | undefined) =>
    reference === undefined ? null : (await resolve(reference)).trim();
  const [password, clientKey, authority, url] = await Promise.all([
    known(endpoint.password),
    known(endpoint.clientKey),
    known(endpoint.authority),
    known(endpoint.url),
  ]);
  yield fine('settings', 'every secret is where partner.yaml says');
  yield* await withKeys(({ context: { store }, vault }) => {
    const now = () => new Date();
    return probeKeys(createKeyring({ store, vault, now }), endpoint, now());
  });
  const { user } = endpoint;
  const login = user === undefined || password === null ? null : { user, password };
  if (url !== null && endpoint.direction !== 'in') yield* probeAs2({ url, login, clientKey, authority });
}

const marks = { fine: '✓', wrong: '✗', note: '•' } as const;

function stepText({ what, found, says, hint }: Step): string {
  const line = `  ${marks[found]} ${what.padEnd(widest)} ${says}`;
  return hint === undefined ? line : `${line}\n    ${' '.repeat(widest)} ${hint}`;
}

const widest = 'their certificate'.length;
