/** Errors that are nobody's fault and pass: a lost connection, a deadlock, a server that restarts or is full. */

/** SQLSTATE classes: 08 connection, 40 transaction rollback (deadlock, serialization), 53 resources, 57P operator. */
const passingStates = /^(08|40|53|57P)/;
const lockNotAvailable = '55P03';
const passingCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
]);
/** pg and knex give no code to these; knex puts the statement before the sentence. */
const passingMessages = [
  /Connection terminated/,
  /Client has encountered a connection error/,
  /^Knex: Timeout acquiring a connection/,
  /^timeout expired$/,
];

/** Whether an error of a database transaction says nothing about the work itself: the same work may go well soon. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string')
    return passingCodes.has(code) || code === lockNotAvailable || passingStates.test(code);
  return passingMessages.some((message) => message.test(error.message));
}
