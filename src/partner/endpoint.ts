/** Endpoints: where and how bytes travel, as partner.yaml says it, checked by zod. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { oldNames } from '../transport/ssh-algorithms.ts';
import { readSshPublicKey } from '../transport/ssh-public-key.ts';

export const text = z.string().min(1).max(200);
/** A span of time: '30m', '24h', '2d'. */
export const duration = z.string().regex(/^\d{1,5}(s|m|h|d)$/, "a span such as '30m', '24h' or '2d'");
/** `env:NAME` or `file:PATH`. */
export const secret = z
  .string()
  .regex(/^(env|file):.+$/, "never the secret itself, but where it is: 'env:NAME' or 'file:PATH'");

const carries = {
  /** Partners besides this one whose messages may arrive or leave here (a VAN mailbox). */
  carries: z.array(text).default([]),
  /** Nothing received for so long, counted in working days of the partner's calendar, is an alarm; unset: none. */
  expectEvery: duration.optional(),
};
/** What waits longer than this to be sent is an alarm. */
const sendWithin = duration.default('1h');
const direction = z.enum(['in', 'out', 'both']).default('both');

/** RFC 4130, 6.2: 1 to 128 printable characters; quoted on the wire where they need it. */
const as2Name = z.string().regex(/^[\x20-\x7e]{1,128}$/, '1 to 128 printable ASCII characters');
/** An address, or a reference to one. */
const address = z
  .string()
  .regex(/^(https?:\/\/[^\s]+|env:\w+)$/, "an address such as 'https://as2.example.com/as2', or 'env:NAME'");
/** An IP address, or a range of them. */
const addressRange = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  "an address or a range such as '192.0.2.0/24' or '2001:db8::/32'",
);
const certificateFingerprint = z
  .string()
  .regex(
    /^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/,
    'SHA-256 in hex digits, as "openssl x509 -fingerprint -sha256" prints it',
  );
const digests = ['sha-256', 'sha-384', 'sha-512', 'sha-1'] as const;
const cbcCiphers = ['aes-256-cbc', 'aes-192-cbc', 'aes-128-cbc'] as const;
const gcmCiphers = ['aes-256-gcm', 'aes-192-gcm', 'aes-128-gcm'] as const;
const ciphers = [...cbcCiphers, ...gcmCiphers, '3des'] as const;

/** What we ask of a message that arrives: what falls short is answered with insufficient-message-security. */
const as2Demands = z.strictObject({
  signed: z.boolean().default(true),
  encrypted: z.boolean().default(true),
  /** sha-1 only where it is named. */
  digests: z.array(z.enum(digests)).min(1).default(['sha-256', 'sha-384', 'sha-512']),
  /** 3des only where it is named. */
  ciphers: z
    .array(z.enum(ciphers))
    .min(1)
    .default([...cbcCiphers, ...gcmCiphers]),
  /** Take signatures of a pinned certificate that has expired. */
  expired: z.boolean().default(false),
});

/** The receipt that we ask for, and how we give theirs. */
const as2Mdn = z.strictObject({
  /** What we ask for: in the answer, later to our own address, or none. */
  ask: z.enum(['sync', 'async', 'none']).default('sync'),
  /** Ask for a signed one, and take no other. */
  signed: z.boolean().default(true),
  /** Digest that we ask for; default: that of `sign`. */
  digest: z.enum(digests).optional(),
  /** Where they reach us, for an asynchronous one: the address of our own /as2. */
  returnTo: address.optional(),
  /** How long an asynchronous one may take before the same bytes are sent again. */
  within: duration.default('2h'),
  /** Where their asynchronous ones go: only here, whatever a message asks for. */
  deliverTo: address.optional(),
});

/** What single implementations need otherwise. */
const as2Quirks = z.strictObject({
  /** How micalg spells a digest: 'sha-256' (RFC 5751) or 'sha256' (RFC 3851). */
  digestSpelling: z.enum(['sha-256', 'sha256']).default('sha-256'),
  transferEncoding: z.enum(['binary', 'base64']).default('binary'),
  /** Send without Content-Length. */
  chunked: z.boolean().default(false),
  /** Ask with Expect: 100-continue before the body. */
  expectContinue: z.boolean().default(false),
  quoteFilename: z.boolean().default(true),
  /** Sign the CMSAlgorithmProtection attribute too (RFC 6211). */
  algorithmProtection: z.boolean().default(true),
  /** Give what is sent again a Message-ID of its own. */
  newIdOnResend: z.boolean().default(false),
});

const as2 = z.strictObject({
  type: z.literal('as2'),
  direction,
  ...carries,
  sendWithin,
  /** Our AS2 name and theirs, exact to the letter. */
  us: as2Name,
  them: as2Name,
  /** Where we send to. */
  url: address.optional(),
  /** The name of our own key pair. */
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name of small letters, digits and hyphens')
    .default('default'),
  sign: z.enum([...digests, 'none']).default('sha-256'),
  signature: z.enum(['pkcs1', 'pss']).default('pkcs1'),
  encrypt: z.enum([...ciphers, 'none']).default('aes-256-cbc'),
  keyTransport: z.enum(['pkcs1', 'oaep']).default('pkcs1'),
  compress: z.enum(['none', 'before-signing', 'after-signing']).default('none'),
  mdn: as2Mdn.prefault({}),
  demand: as2Demands.prefault({}),
  /** The largest message taken, in bytes, as it arrives and once it is unpacked. */
  mostBytes: z
    .int()
    .min(1024)
    .max(1024 * 1024 * 1024)
    .default(128 * 1024 * 1024),
  /** HTTP basic authentication, where they ask for it. */
  user: text.optional(),
  password: secret.optional(),
  /** TLS: a client certificate with its key, and who vouches for their server, as PEM, where it is not a public authority. */
  clientKey: secret.optional(),
  authority: secret.optional(),
  quirks: as2Quirks.prefault({}),
});

/** An address, or a network: '192.0.2.7', '192.0.2.0/24', '2001:db8::/32'. */
const network = z.string().refine((value) => {
  const [address = '', bits, ...rest] = value.split('/');
  const widest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isWidth = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest);
  return widest > 0 && isWidth && rest.length === 0;
}, "an address or a network: '192.0.2.7', '192.0.2.0/24', '2001:db8::/32'");

const sshKey = z.string().superRefine((value, context) => {
  const key = readSshPublicKey(value);
  if (typeof key === 'string') context.addIssue({ code: 'custom', message: key });
});

/** They come to us: our own SFTP server (PORTOLAN_SFTP_PORT), with a folder for each direction. */
const hosted = z.strictObject({
  type: z.literal('hosted'),
  direction,
  ...carries,
  /** Who they sign in as; default: the endpoint's name. */
  login: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, '1 to 64 letters, digits and . _ @ -')
    .optional(),
  /** Public keys as ssh-keygen writes them, any of which opens. */
  keys: z.array(sshKey).max(20).default([]),
  /** Most that may lie with us unread. */
  quota: z
    .strictObject({
      bytes: z
        .int()
        .min(1024)
        .default(1024 * 1024 * 1024),
      files: z.int().min(1).default(10_000),
    })
    .prefault({}),
  /** From where they may come; empty: from anywhere. */
  allowedFrom: z.array(network).max(100).default([]),
  /** How long a file of ours lies in out/. */
  keep: duration.default('30d'),
});

export const endpoint = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('folder'),
    direction,
    ...carries,
    sendWithin,
    /** Relative to PORTOLAN_HOME. */
    in: text.optional(),
    out: text.optional(),
    archive: text.optional(),
    pattern: text.default('*'),
    every: duration.default('5s'),
  }),
  z.strictObject({
    type: z.literal('sftp'),
    direction,
    ...carries,
    sendWithin,
    host: text,
    port: z
      .union([z.int().min(1).max(65_535), z.string().regex(/^env:\w+$/, "a port such as 22, or 'env:NAME'")])
      .default(22),
    user: text,
    password: secret.optional(),
    privateKey: secret.optional(),
    passphrase: secret.optional(),
    /** SHA-256 fingerprints, 'SHA256:…' as ssh-keygen prints them, or references to them; one must match. */
    hostKeys: z
      .array(
        z.union([z.string().regex(/^SHA256:.+$/), secret], "a fingerprint 'SHA256:…', or a reference to one"),
      )
      .min(1),
    /** Old algorithms for a server that has nothing better: all of them (true), or those named. */
    legacyAlgorithms: z
      .union([z.boolean(), z.array(z.enum(oldNames)).min(1)], `true, or some of ${oldNames.join(', ')}`)
      .default(false),
    in: text.optional(),
    out: text.optional(),
    archive: text.optional(),
    /** What happens to a taken file: moved to `archive`, or deleted. */
    afterwards: z.enum(['archive', 'delete']).default('archive'),
    pattern: text.default('*'),
    /** The sender says with a second, empty file that a file is complete: its name with this added. */
    doneFile: z
      .string()
      .regex(/^[.\-_][\w.-]{1,31}$/, "what is added to a file's name, such as '.done'")
      .optional(),
    /** Files under way at the same time, in each direction. */
    parallel: z.int().min(1).max(16).default(4),
    /** Several requests of one file under way together; some servers then give or keep less than the whole file. */
    fast: z.boolean().default(false),
    every: duration.default('60s'),
  }),
  as2,
  hosted,
  z.strictObject({
    /** POST /edi with an API key that names this endpoint's partner. In only. */
    type: z.literal('http'),
    direction: z.literal('in').default('in'),
    ...carries,
    /** Where its keys may be used from; default: anywhere. */
    addresses: z.array(addressRange).default([]),
    /** SHA-256 fingerprints of client certificates of which one must be shown; default: none is needed. */
    certificates: z.array(certificateFingerprint).default([]),
  }),
]);

export type EndpointTerms = z.infer<typeof endpoint>;

/** An endpoint with its place in the world; its name is unique over all partners. */
export type Endpoint = EndpointTerms & {
  readonly name: string;
  readonly owner: string;
  /** Every partner whose messages it may carry: its owner and `carries`. */
  readonly partners: readonly string[];
};

/** An AS2 endpoint with its place in the world. */
export type As2Endpoint = Extract<Endpoint, { readonly type: 'as2' }>;

/** An endpoint at our own SFTP server, with its place in the world. */
export type HostedEndpoint = Extract<Endpoint, { readonly type: 'hosted' }>;

/** Who signs in there. */
export function loginOf({ login, name }: Pick<HostedEndpoint, 'login' | 'name'>): string {
  return login ?? name;
}
