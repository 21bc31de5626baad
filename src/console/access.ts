/**
 * Who may ask. Without an admin token the console answers on loopback only; with one, writes need it always and reads need
 * it from anywhere else. The page shows partners' data, so it follows the rule of reads.
 *
 * Whether a request is local is told by its socket, never by a header. Headers only take trust away: a Host that is not
 * ours (a name that an attacker's DNS points at us), the marks of a proxy, the Origin of another site.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refused } from './problem.ts';

export type Access = 'read' | 'write';

/** @returns why the request may not, or null */
export function refusedAccess(
  request: IncomingMessage,
  adminToken: string | null,
  access: Access,
): Refused | null {
  const foreign = access === 'write' ? foreignOrigin(request) : null;
  if (foreign !== null) return foreign;
  if (adminToken !== null && hasToken(request, adminToken)) return null;
  if (adminToken !== null && access === 'write') return tokenWanted('Changes need the admin token.');
  const stranger = notLocal(request);
  if (stranger === null) return null;
  return adminToken === null ? new Refused(403, stranger) : tokenWanted(stranger);
}

/** Whether the other end of the socket is this machine. */
export function isLoopback(address: string | undefined): boolean {
  const plain = (address ?? '').replace(/^::ffff:/i, '');
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain);
}

function tokenWanted(detail: string): Refused {
  return new Refused(401, detail, [], { 'www-authenticate': 'Bearer realm="portolan"' });
}

/** Why a request does not count as one from this machine, or null. */
function notLocal(request: IncomingMessage): string | null {
  if (!isLoopback(request.socket.remoteAddress))
    return 'This answers on this machine only, unless an admin token is configured and given.';
  if (proxyMarks.some((name) => request.headers[name] !== undefined))
    return 'This came through a proxy, so it does not count as a request from this machine.';
  if (!isOurName(request)) return 'The Host header does not name this machine.';
  return null;
}

const proxyMarks = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** DNS rebinding: a page of evil.example whose name now points at 127.0.0.1 still says evil.example here. */
function isOurName(request: IncomingMessage): boolean {
  const name = hostName(request.headers.host);
  if (name === null) return false;
  const own = (request.socket.localAddress ?? '').replace(/^::ffff:/i, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name) || name === own;
}

/** The name in a Host header, without port and brackets, in lower case. */
function hostName(host: string | undefined): string | null {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:@/?#\s]+))(?::\d{1,5})?$/i.exec(host ?? '');
  return (parts?.[1] ?? parts?.[2])?.toLowerCase() ?? null;
}

/** Another site's page may make a browser send us something: its Origin tells, and so does Sec-Fetch-Site. */
function foreignOrigin(request: IncomingMessage): Refused | null {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const ours = origin === undefined || originHost(origin) === host?.toLowerCase();
  if (ours && (site === undefined || site === 'same-origin' || site === 'none')) return null;
  return new Refused(403, 'The request comes from the page of another site.');
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function hasToken(request: IncomingMessage, adminToken: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(adminToken));
}

/** Digests have one length, whatever was given: comparing them tells nothing of the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
