/** Logs: JSON lines on standard error. Documents are never logged, only ids of what is stored. */
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * Makes the process's logger.
 * @param level pino's level: trace, debug, info, warn, error or silent
 */
export function createLogger(level: string): Logger {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }));
}
