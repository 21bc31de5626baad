/** Errors that are nobody's fault and pass: a lost connection, a deadlock, a server that restarts or is full. */

/**
 * SQLSTATE classes: 08 connection, 40 transaction rollback (deadlock, serialization), 53 resources, 57P operator; 57014, a
 * statement that waited or ran past its limit.
 */
const passingStates = /^(08|40|53|57P|57014)/;
/** SQLSTATE classes: 22 data exception, 54 program limit exceeded. */
const dataStates = /^(22|54)/;
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

/** Another step holds what this one needs, for as long as that step runs: it gives its rows back at once. */
export class BusyError extends Error {}

/** Whether an error lies in the data: the same work fails every time. */
export function isDataError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return error instanceof Error && typeof code === 'string' && code.length === 5 && dataStates.test(code);
}

/** Whether an error of a database transaction says nothing about the work itself: the same work may go well soon. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof BusyError) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string')
    return passingCodes.has(code) || code === lockNotAvailable || passingStates.test(code);
  return passingMessages.some((message) => message.test(error.message));
}
