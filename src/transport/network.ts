/** What befell a connection, in words and with the place: Node's errors say neither to most people. What any error says. */

/** 'sftp.example.com:22', '[2001:db8::7]:22' */
export function placeOf(host: string, port: number | string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What a failure of the network's says, after the place; null: it is none of the network's. */
export function networkText(place: string, error: unknown): string | null {
  const { code = '' } = error as NodeJS.ErrnoException;
  const told = words[code];
  return told === undefined ? null : `${place}: ${told} (${code})`;
}

/** What an error says, in one line; where it has no message, the first of its errors, its code or its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, cause } = error as NodeJS.ErrnoException;
  if (message !== '') return message;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return code ?? (cause === undefined ? error.name : reasonOf(cause));
}

const words: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ECONNABORTED: 'the connection was lost',
  ETIMEDOUT: 'the connection was lost, or none could be made, in time',
  ECONNREFUSED: 'nobody listens there',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  EADDRNOTAVAIL: 'this machine has no address or port left for a connection',
  ENOTFOUND: 'the name has no address (DNS)',
  EAI_AGAIN: 'the name service does not answer (DNS)',
};
