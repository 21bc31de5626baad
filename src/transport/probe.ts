/** What a probe finds on its way, step by step; and the steps that every server has: its name, its port, its certificate. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { networkText, placeOf, reasonOf } from './network.ts';

export interface Step {
  /** What was looked at, in a word or two. */
  readonly what: string;
  /** fine, wrong, or a note: worth knowing, and nothing is wrong with it. */
  readonly found: 'fine' | 'wrong' | 'note';
  readonly says: string;
  /** What to do about it. */
  readonly hint?: string;
}

export function fine(what: string, says: string): Step {
  return { what, found: 'fine', says };
}
export function wrong(what: string, says: string, hint: string): Step {
  return { what, found: 'wrong', says, hint };
}
export function noted(what: string, says: string, hint?: string): Step {
  return { what, found: 'note', says, ...(hint === undefined ? {} : { hint }) };
}

export const probeLimits = {
  /** Any one answer, in milliseconds. */
  answerMs: 15_000,
  /** A certificate that ends sooner is worth a note, in days. */
  expiryDays: 30,
} as const;

/** The addresses of a name. */
export async function probeName(host: string): Promise<Step> {
  if (isIP(host) !== 0) return fine('name', `${host} is an address`);
  try {
    const found = await lookup(host, { all: true });
    return fine('name', `${host} is ${found.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const hint = 'Check the name for a slip, and whether this machine asks a name server that knows it.';
    return wrong('name', `${host}: ${reasonOf(error)}`, hint);
  }
}

/** Opens a TCP connection, or says what hinders it. Who gets the socket destroys it. */
export function probePort(host: string, port: number): Promise<{ step: Step; socket: Socket | null }> {
  const place = placeOf(host, port);
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port, timeout: probeLimits.answerMs });
    const fail = (says: string, hint: string) => {
      socket.destroy();
      resolve({ step: wrong('connection', says, hint), socket: null });
    };
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve({ step: fine('connection', `port ${port} answers`), socket });
    });
    socket.once('timeout', () =>
      fail(
        `${place}: no answer`,
        'A firewall drops the connection, ours or theirs: ask whether the partner has let our address in.',
      ),
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        reasonAt(place, error),
        error.code === 'ECONNREFUSED'
          ? 'Nothing listens there: check the port, and whether their server runs.'
          : 'Check the network between here and there.',
      ),
    );
  });
}

/** Looks at a server's certificate; its socket is closed again. `authority`: PEM of who vouches for it. */
export async function probeTls(host: string, port: number, authority: string | null): Promise<Step[]> {
  const shown = await new Promise<TLSSocket | Error>((resolve) => {
    const socket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      timeout: probeLimits.answerMs,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(authority === null ? {} : { ca: authority }),
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('timeout', () => resolve(new Error('no answer')));
    socket.once('error', resolve);
  });
  if (shown instanceof Error) {
    const hint =
      'Is it an HTTPS port? Very old servers know only TLS 1.0 or 1.1, which is not used any more.';
    return [wrong('TLS', reasonAt(placeOf(host, port), shown), hint)];
  }
  try {
    return [fine('TLS', `${shown.getProtocol()}, ${shown.getCipher().name}`), ...certificateSteps(shown)];
  } finally {
    shown.destroy();
  }
}

const trustHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Ask the partner to renew it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The url must name the server as its certificate does.',
  DEPTH_ZERO_SELF_SIGNED_CERT: "It vouches for itself: get it from the partner and name it as 'authority'.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "A private authority vouches for it: get its certificate from the partner and name it as 'authority'.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The server leaves out an intermediate certificate, or a private authority vouches for it: ask the partner, or name it as 'authority'.",
};

function certificateSteps(socket: TLSSocket): Step[] {
  const certificate = socket.getPeerCertificate(true) as DetailedPeerCertificate;
  const ends = new Date(certificate.valid_to);
  const days = Math.floor((ends.getTime() - Date.now()) / 86_400_000);
  const until = `until ${ends.toISOString().slice(0, 10)}`;
  const about = `${certificate.subject?.CN ?? 'without a name'}, from ${certificate.issuer?.CN ?? 'nobody'}, ${until}`;
  // Types call it an Error; Node gives the code alone.
  const refused = socket.authorizationError as unknown as string | null;
  if (refused !== null) {
    const code = String((refused as { code?: string }).code ?? refused);
    return [
      wrong('certificate', `${about}: ${code}`, trustHints[code] ?? 'Ask the partner for the right one.'),
    ];
  }
  if (days < probeLimits.expiryDays)
    return [noted('certificate', `${about}, in ${days} days`, 'Ask the partner when it is renewed.')];
  return [fine('certificate', about)];
}

/** What an error says of a server. */
export function reasonAt(place: string, error: unknown): string {
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  return networkText(place, first) ?? `${place}: ${reasonOf(first)}`;
}
