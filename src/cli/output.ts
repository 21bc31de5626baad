/** Standard output as a verb writes to it that may write very much, into a pipe that its reader may close. */
import { WriteStream } from 'node:tty';

/** Nobody reads the output any more (`| head`): no failure, and nothing more to do. */
export class ClosedOutput extends Error {
  override readonly name = 'ClosedOutput';
}

let isWatched = false;

/**
 * Writes to standard output, and waits until it is written, so that memory stays bounded.
 * @throws ClosedOutput when the reader has gone
 */
export function writeOut(text: string | Uint8Array): Promise<void> {
  // Whoever waits for the write is told; the event of the same failure would end the process.
  if (!isWatched) process.stdout.on('error', () => undefined);
  isWatched = true;
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else reject(isClosed(error) ? new ClosedOutput('Nobody reads the output.') : error);
    });
  });
}

function isClosed(error: Error): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether to write colours: a terminal that has them, or who asks by FORCE_COLOR; not with NO_COLOR or TERM=dumb. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR === undefined && stream.isTTY !== true) return false;
  return WriteStream.prototype.getColorDepth(env) > 1;
}
