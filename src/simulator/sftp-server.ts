/**
 * A trading partner's SFTP server in software: real SSH, real SFTP version 3, over one directory of this machine. It serves
 * the simulated partners and the tests. Clients see that directory as `/` and nothing outside it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type Connection,
  type ParsedKey,
  type PublicKeyAuthContext,
  type SFTPWrapper,
} from 'ssh2';
import { serveSftp } from './sftp-session.ts';

export interface SftpUser {
  readonly name: string;
  readonly password?: string;
  /** In OpenSSH's form: 'ssh-ed25519 AAAA…'. */
  readonly publicKey?: string;
}

export interface SftpServerOptions {
  /** The directory served as `/`; made if needed. */
  readonly root: string;
  readonly users: readonly SftpUser[];
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Private host key in OpenSSH's form; default: a new ed25519 key. */
  readonly hostKey?: string;
  /** Clients may read, but neither write, move nor delete. */
  readonly readOnly?: boolean;
}

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  /** The private host key, to be given again when the server must keep its identity. */
  readonly hostKey: string;
  /** 'SHA256:…', as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** Ends every connection, then stops listening. */
  close(): Promise<void>;
}

/** Starts the server; resolves once it listens. @throws when the key cannot be read or the port is taken */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  await mkdir(options.root, { recursive: true });
  const root = await realpath(options.root);
  const hostKey = options.hostKey ?? makeSshKey().private;
  const users = new Map(options.users.map((user) => [user.name, readUser(user)]));
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, (client) =>
    serveClient(client, users, (sftp) => serveSftp(sftp, root, options.readOnly === true)),
  );
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    ssh.injectSocket(socket);
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => resolve());
  });
  const port = (server.address() as AddressInfo).port;
  return { host, port, hostKey, fingerprint: fingerprint(hostKey), close: () => stop(server, sockets) };
}

/**
 * Makes an ed25519 key in OpenSSH's form. About one in 250 that ssh2 1.17 makes cannot be read again, because it drops a
 * leading zero of the public key; those are thrown away.
 */
export function makeSshKey(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const read = [pair.private, pair.public].map((text) => ssh2.utils.parseKey(text));
    if (!read.some((key) => key instanceof Error)) return pair;
  }
}

interface KnownUser {
  readonly password: string | undefined;
  readonly publicKey: ParsedKey | undefined;
}

function readUser(user: SftpUser): KnownUser {
  return {
    password: user.password,
    publicKey: user.publicKey === undefined ? undefined : readKey(user.publicKey),
  };
}

function readKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

function fingerprint(privateKey: string): string {
  const digest = createHash('sha256').update(readKey(privateKey).getPublicSSH()).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

function serveClient(
  client: Connection,
  users: ReadonlyMap<string, KnownUser>,
  serve: (sftp: SFTPWrapper) => void,
): void {
  // A cut connection is part of a partner's life, and the close event that follows it does the tidying.
  client.on('error', () => client.end());
  client.on('authentication', (context) => {
    if (isAllowed(context, users.get(context.username))) context.accept();
    else context.reject(['publickey', 'password']);
  });
  client.on('ready', () => {
    client.on('session', (accept) => {
      accept().on('sftp', (open) => serve(open()));
    });
  });
}

function isAllowed(context: AuthContext, user: KnownUser | undefined): boolean {
  if (user === undefined) return false;
  if (context.method === 'password') {
    return user.password !== undefined && isSame(Buffer.from(context.password), Buffer.from(user.password));
  }
  return context.method === 'publickey' && user.publicKey !== undefined && isSigned(context, user.publicKey);
}

/** Without a signature the client only asks whether it may use this key. */
function isSigned(context: PublicKeyAuthContext, key: ParsedKey): boolean {
  const { key: shown, blob, signature, hashAlgo } = context;
  if (shown.algo !== key.type || !isSame(shown.data, key.getPublicSSH())) return false;
  if (signature === undefined) return true;
  return blob !== undefined && key.verify(blob, signature, hashAlgo) === true;
}

function isSame(a: Buffer, b: Buffer): boolean {
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}

async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}
