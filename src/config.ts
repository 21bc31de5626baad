/**
 * The only reader of the environment and of portolan.yaml. Gives one frozen Config, or one ConfigError that lists all that
 * is wrong. docs/configuration.md has a row for each setting; a test compares them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { nearMiss, Problems, problemText } from './mapping/problem.ts';
import { checkYaml } from './partner/checked-yaml.ts';

/** What a process does. `all` in the configuration stands for every one of them. */
export const roles = ['receive', 'work', 'send', 'console'] as const;
export type Role = (typeof roles)[number];

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const text = z.string().min(1);
const urlOf = (protocol: RegExp, example: string) =>
  text.refine(
    (value) => URL.canParse(value) && protocol.test(new URL(value).protocol),
    `a url such as ${example}`,
  );

/** `receive, send` or a list, with `all` for every role; without repeats, in the order of the road. */
const roleList = z
  .union([text.transform((value) => value.split(',').map((role) => role.trim())), z.array(z.string())])
  .pipe(z.array(z.enum([...roles, 'all'], `receive, work, send, console or all`)).min(1))
  .transform((list): readonly Role[] => roles.filter((role) => list.includes('all') || list.includes(role)));

/** One row per setting: its variable, and how its value is written. The key is the key in portolan.yaml. */
export const settings = {
  home: { variable: 'PORTOLAN_HOME', schema: text },
  host: { variable: 'PORTOLAN_HOST', schema: text },
  port: { variable: 'PORTOLAN_PORT', schema: z.coerce.number().int().min(0).max(65_535) },
  sftpHost: { variable: 'PORTOLAN_SFTP_HOST', schema: text },
  sftpPort: { variable: 'PORTOLAN_SFTP_PORT', schema: z.coerce.number().int().min(0).max(65_535) },
  mappings: { variable: 'PORTOLAN_MAPPINGS', schema: text },
  databaseUrl: {
    variable: 'DATABASE_URL',
    schema: urlOf(/^postgres(ql)?:$/, 'postgres://user:password@host:5432/name'),
  },
  redisUrl: { variable: 'REDIS_URL', schema: urlOf(/^rediss?:$/, 'redis://host:6379') },
  roles: { variable: 'PORTOLAN_ROLES', schema: roleList },
  adminToken: { variable: 'PORTOLAN_ADMIN_TOKEN', schema: text },
  tlsCert: { variable: 'PORTOLAN_TLS_CERT', schema: text },
  tlsKey: { variable: 'PORTOLAN_TLS_KEY', schema: text },
  tlsClients: { variable: 'PORTOLAN_TLS_CLIENTS', schema: text },
  logLevel: { variable: 'PORTOLAN_LOG_LEVEL', schema: z.enum(logLevels) },
  gs1Prefix: {
    variable: 'PORTOLAN_GS1_PREFIX',
    schema: z.string().regex(/^\d{4,12}$/, '4 to 12 digits, in quotes'),
  },
  keySecret: { variable: 'PORTOLAN_KEY_SECRET', schema: text },
} as const;

type Key = keyof typeof settings;
type Values = { [K in Key]: z.output<(typeof settings)[K]['schema']> };
type TlsKey = 'tlsCert' | 'tlsKey' | 'tlsClients';
type Optional = 'databaseUrl' | 'redisUrl' | 'adminToken' | 'gs1Prefix' | 'keySecret' | 'sftpPort' | TlsKey;

/** `home`, `mappings` and the TLS files are absolute paths. null: not set. Port 0: any free port. */
export type Config = Readonly<Omit<Values, Optional> & { [K in Optional]: Values[K] | null }>;

/** Values of what is not set; null is written in the docs as –. */
export const defaults = {
  home: './.portolan',
  host: '127.0.0.1',
  port: 8080,
  sftpHost: '127.0.0.1',
  sftpPort: null,
  mappings: './mappings',
  databaseUrl: null,
  redisUrl: null,
  roles,
  adminToken: null,
  tlsCert: null,
  tlsKey: null,
  tlsClients: null,
  logLevel: 'info',
  gs1Prefix: null,
  keySecret: null,
} as const satisfies Config;

/** Something in the configuration is wrong: the message has what, where, and what to do, for each thing. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const fileName = 'portolan.yaml';
/** Variables with these prefixes are others' business: the demo's secrets, switches of the tests. */
const foreign = /^PORTOLAN_(DEMO|TEST)_/;

/**
 * Reads portolan.yaml in `cwd`, if there is one, and the environment, which wins.
 * @param env usually process.env; an empty value counts as not set
 * @throws ConfigError
 */
export function loadConfig(env: Environment, cwd: string): Config {
  const wrong: string[] = [];
  const values = { ...defaults, ...fromFile(join(cwd, fileName), wrong), ...fromEnvironment(env, wrong) };
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  const paths = { home: resolve(cwd, values.home), mappings: resolve(cwd, values.mappings) };
  return Object.freeze({
    ...values,
    ...paths,
    ...tlsPaths(values, cwd),
    roles: Object.freeze([...values.roles]),
  });
}

function tlsPaths(values: Pick<Config, TlsKey>, cwd: string): Pick<Config, TlsKey> {
  const absolute = (path: string | null) => (path === null ? null : resolve(cwd, path));
  return {
    tlsCert: absolute(values.tlsCert),
    tlsKey: absolute(values.tlsKey),
    tlsClients: absolute(values.tlsClients),
  };
}

/** Every setting as text for people and logs: passwords in urls and tokens are masked. */
export function describeConfig(config: Config): Readonly<Record<Key, string>> {
  const rows = keys.map((key) => [key, describe(key, config[key])]);
  return Object.fromEntries(rows);
}

const keys = Object.keys(settings) as Key[];
const mask = '***';

function describe(key: Key, value: Config[Key]): string {
  if (value === null) return '–';
  if (key === 'adminToken' || key === 'keySecret') return mask;
  return key === 'databaseUrl' || key === 'redisUrl' ? maskUrl(String(value)) : String(value);
}

/** The password between `:` and `@`, and any that stands among the parameters. */
function maskUrl(value: string): string {
  const url = new URL(value);
  if (url.password !== '') url.password = mask;
  for (const name of url.searchParams.keys()) {
    if (/pass|secret|token/i.test(name)) url.searchParams.set(name, mask);
  }
  return url.href;
}

function fromFile(file: string, wrong: string[]): Partial<Values> {
  if (!existsSync(file)) return {};
  const shape = Object.fromEntries(keys.map((key) => [key, settings[key].schema.optional()]));
  const problems = new Problems();
  const checked = checkYaml(z.strictObject(shape), file, readFileSync(file, 'utf8'), problems);
  wrong.push(...problems.found.map(problemText));
  return (checked?.value ?? {}) as Partial<Values>;
}

function fromEnvironment(env: Environment, wrong: string[]): Partial<Values> {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  wrong.push(...set.flatMap(([name]) => unknownVariable(name)));
  const found = keys.flatMap((key) => {
    const { variable, schema } = settings[key];
    const value = env[variable];
    if (value === undefined || value === '') return [];
    const result = schema.safeParse(value);
    if (result.success) return [[key, result.data]];
    const reasons = result.error.issues.map(({ message }) => message).join('; ');
    wrong.push(`${variable} in the environment: ${reasons}.\n  See docs/configuration.md.`);
    return [];
  });
  return Object.fromEntries(found);
}

function unknownVariable(name: string): string[] {
  const variables: string[] = keys.map((key) => settings[key].variable);
  if (!name.startsWith('PORTOLAN_') || foreign.test(name) || variables.includes(name)) return [];
  const hint = nearMiss(name, variables) ?? `Known: ${variables.join(', ')}.`;
  return [`${name} in the environment: there is no such setting.\n  ${hint}`];
}
