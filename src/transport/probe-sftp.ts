/**
 * Tries an SFTP endpoint from the name of its server to the renaming of a file, and says what is wrong where it ends. It writes
 * one small file under a temporary name and removes it; it sends no business data and takes none.
 */
import { randomBytes } from 'node:crypto';
import ssh2, { type Algorithms, type AuthHandlerMiddleware, type ConnectConfig } from 'ssh2';
import { isFinishedName, matcher } from './names.ts';
import { placeOf, reasonOf } from './network.ts';
import { fine, noted, probeLimits, probeName, probePort, reasonAt, type Step, wrong } from './probe.ts';
import { algorithmSteps, type Greeting, readGreeting } from './probe-ssh.ts';
import type { SftpTerms } from './sftp.ts';
import { inFolder } from './sftp-box.ts';
import {
  canReplace,
  codeOf,
  namesIn,
  removeFile,
  replaceFile,
  stateOf,
  status,
  writeFile,
} from './sftp-files.ts';
import { createLine, fingerprintOf, type Hands, type Line } from './sftp-line.ts';
import { algorithmsFor } from './ssh-algorithms.ts';
import { readLoginKey } from './ssh-key.ts';

/** Gives each step as it is taken; ends after the first that keeps the others from being taken. */
export async function* probeSftp(terms: SftpTerms): AsyncGenerator<Step> {
  const { host, port } = terms;
  const name = await probeName(host);
  yield name;
  if (name.found === 'wrong') return;
  const { step, socket } = await probePort(host, port);
  yield step;
  if (socket === null) return;
  const greeting = await readGreeting(socket)
    .catch((error: unknown) => reasonAt(placeOf(host, port), error))
    .finally(() => socket.destroy());
  if (typeof greeting === 'string') {
    yield wrong('SSH', greeting, 'Check host and port: SFTP is a part of SSH, and no FTP over TLS.');
    return;
  }
  yield fine('SSH', greeting.banner);
  const algorithms = algorithmSteps(greeting, terms.legacyAlgorithms ?? false);
  yield* algorithms;
  if (algorithms.some(({ found }) => found === 'wrong')) return;
  const key = await keyStep(terms, greeting).catch((error: unknown) =>
    wrong(
      'host key',
      reasonAt(placeOf(host, port), error),
      'Ask the partner what their server says about it.',
    ),
  );
  yield key;
  if (key.found === 'wrong') return;
  const login = loginStep(terms) ?? (await methodStep(terms));
  yield login;
  if (login.found === 'wrong') return;
  yield* folderSteps(terms);
}

/** Compares the key that we would be shown; where it is not pinned, looks for a pinned one among the server's other keys. */
async function keyStep(terms: SftpTerms, { offered }: Greeting): Promise<Step> {
  const known = algorithmsFor(terms.legacyAlgorithms ?? false).serverHostKey;
  const shared = known.filter((type) => offered.serverHostKey.includes(type));
  const shown = await hostKey(terms, shared);
  if (terms.hostKeys.includes(shown)) return fine('host key', `${shown} (${shared[0]}), as pinned`);
  const others = new Map<string, string>();
  for (const type of shared.slice(1)) others.set(type, await hostKey(terms, [type]).catch(reasonOf));
  const says = `${shown} (${shared[0]}); pinned: ${terms.hostKeys.join(', ')}`;
  const pinned = [...others].find(([, print]) => terms.hostKeys.includes(print));
  if (pinned !== undefined)
    return wrong(
      'host key',
      says,
      `Pinned is its ${pinned[0]} key. Ask the partner, then add this one to hostKeys.`,
    );
  const hint =
    'Ask the partner, by another way than mail, whether this is theirs. Only then add it to hostKeys; perhaps somebody stands between.';
  return wrong('host key', says, hint);
}

/** The fingerprint of the key that the server shows first. Nothing is sent to it after that. */
function hostKey(terms: SftpTerms, types: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const algorithms = { ...algorithmsFor(terms.legacyAlgorithms ?? false), serverHostKey: types };
    // Refusing the key ends in an error that says so.
    client.on('error', reject);
    client.on('close', () => reject(new Error('The server ended the connection')));
    client.connect({
      ...reach(terms, algorithms as Algorithms),
      hostVerifier: (key: Buffer) => {
        resolve(fingerprintOf(key));
        return false;
      },
    });
  });
}

function reach({ host, port, user: username }: SftpTerms, algorithms: Algorithms): ConnectConfig {
  return { host, port, username, algorithms, readyTimeout: probeLimits.answerMs };
}

/** Whether what we have to log in with can be used at all; null: it can. */
function loginStep({ privateKey, passphrase, password }: SftpTerms): Step | null {
  if (privateKey === undefined && password === undefined)
    return wrong(
      'login',
      'there is neither a password nor a key',
      'Add password or privateKey to partner.yaml.',
    );
  if (privateKey === undefined) return null;
  try {
    readLoginKey(privateKey, passphrase);
    return null;
  } catch (error) {
    return wrong(
      'login',
      reasonOf(error),
      'privateKey names the private key itself, passphrase what it is locked with.',
    );
  }
}

/** Logs in, and notes which ways the server leaves open. */
function methodStep(terms: SftpTerms): Promise<Step> {
  const key = terms.privateKey === undefined ? null : readLoginKey(terms.privateKey, terms.passphrase);
  const tries = [
    ['none', { type: 'none' }],
    ['publickey', key === null ? null : { type: 'publickey', key: key.text }],
    ['password', terms.password === undefined ? null : { type: 'password', password: terms.password }],
    ['keyboard-interactive', terms.password === undefined ? null : keyboard(terms.password)],
  ] as const;
  const ways = tries.filter(([, settings]) => settings !== null);
  let open: readonly string[] | null = null;
  let used = '';
  const next = ((left: readonly string[] | null, _partial: boolean, go: (how: unknown) => void) => {
    open ??= left;
    const way = ways.shift();
    if (way === undefined) return go(false);
    used = way[0];
    go({ username: terms.user, ...way[1] });
  }) as unknown as AuthHandlerMiddleware;
  const place = placeOf(terms.host, terms.port);
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    const end = (step: Step) => {
      client.end();
      resolve(step);
    };
    const fail = (says: string) =>
      end(wrong('login', `as ${terms.user} at ${says}${allowed()}`, loginHint(open ?? [], terms)));
    const allowed = () => (open === null || open.length === 0 ? '' : `; the server takes ${open.join(', ')}`);
    client.on('ready', () => end(fine('login', `as ${terms.user} by ${used}${allowed()}`)));
    client.on('error', (error) => fail(reasonAt(place, error)));
    client.on('close', () => fail(`${place}: the server ended the connection`));
    client.connect({
      ...reach(terms, algorithmsFor(terms.legacyAlgorithms ?? false) as Algorithms),
      hostVerifier: (shown: Buffer) => terms.hostKeys.includes(fingerprintOf(shown)),
      authHandler: next,
    });
  });
}

function keyboard(password: string) {
  const prompt = (
    _n: string,
    _i: string,
    _l: string,
    prompts: readonly object[],
    finish: (a: string[]) => void,
  ) => finish(prompts.map(() => password));
  return { type: 'keyboard-interactive', prompt } as const;
}

function loginHint(open: readonly string[], { privateKey, password }: SftpTerms): string {
  const needs = (method: string) => open.length > 0 && !open.includes(method);
  if (privateKey !== undefined && needs('publickey') && password === undefined)
    return 'The server takes no keys: it wants a password.';
  if (
    password !== undefined &&
    privateKey === undefined &&
    needs('password') &&
    needs('keyboard-interactive')
  )
    return 'The server takes no passwords: it wants a key.';
  return 'Check the user; ask the partner whether they have our public key, or whether the password has ended.';
}

async function* folderSteps(terms: SftpTerms): AsyncGenerator<Step> {
  const line = createLine(terms);
  try {
    if (terms.in !== undefined && terms.direction !== 'out') yield await inStep(line, terms, terms.in);
    if (terms.out !== undefined && terms.direction !== 'in') yield* outSteps(line, terms.out);
  } catch (error) {
    yield wrong(
      'SFTP',
      reasonOf(error),
      'The login works, but SFTP does not: ask the partner whether it is allowed for us.',
    );
  } finally {
    await line.close();
  }
}

async function inStep(line: Line, { pattern, doneFile }: SftpTerms, folder: string): Promise<Step> {
  const isWanted = matcher(pattern);
  try {
    const names = await line.run((hands) => namesIn(hands, folder));
    const files = names
      .map(({ filename }) => filename)
      .filter((name) => isFinishedName(name) && isWanted(name));
    const waits = doneFile === undefined ? '' : `, taken once NAME${doneFile} is there`;
    return fine(
      'in',
      `${folder} can be listed: ${names.length} names, ${files.length} of them for us${waits}`,
    );
  } catch (error) {
    return wrong('in', reasonOf(error), folderHint(error));
  }
}

async function* outSteps(line: Line, folder: string): AsyncGenerator<Step> {
  const name = `.portolan-probe-${randomBytes(6).toString('hex')}`;
  const [part, target] = [inFolder(folder, `${name}.part`), inFolder(folder, `${name}.tmp`)];
  try {
    await line.run((hands) => writeFile(hands, part, Buffer.from('probe\n'), false));
  } catch (error) {
    yield wrong('out', reasonOf(error), folderHint(error));
    return;
  }
  yield fine('out', `${folder} can be written to`);
  yield await line
    .run((hands) => renameStep(hands, part, target))
    .catch((error: unknown) =>
      wrong(
        'rename',
        reasonOf(error),
        'Files are sent under a temporary name and then renamed: ask the partner to allow that.',
      ),
    );
  yield await line.run((hands) => removeStep(hands, [part, target]));
}

async function renameStep(hands: Hands, part: string, target: string): Promise<Step> {
  await replaceFile(hands, part, target);
  if (canReplace(hands.sftp)) return fine('rename', 'works, and replaces in one step');
  return noted(
    'rename',
    'works; a file that is there already is removed first, as the server cannot replace it',
  );
}

async function removeStep(hands: Hands, paths: readonly string[]): Promise<Step> {
  const left: string[] = [];
  for (const path of paths)
    await removeFile(hands, path).catch(async () => {
      if ((await stateOf(hands, path)) !== null) left.push(path);
    });
  if (left.length === 0) return fine('remove', 'the file of this probe is gone again');
  return noted('remove', `may not be done: ${left.join(', ')} stays`, 'Ask the partner to delete it.');
}

function folderHint(error: unknown): string {
  if (codeOf(error) === status.noSuchFile)
    return 'There is no such folder: check its path as this user sees it.';
  if (codeOf(error) === status.permissionDenied)
    return 'The login has no rights there: ask the partner for them.';
  return 'Ask the partner what their server says about it.';
}
