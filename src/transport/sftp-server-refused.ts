/** Why a request is refused, as SFTP tells it. */
import ssh2 from 'ssh2';
import { HostedRefusal } from './sftp-server-desk.ts';
import { Incomplete } from './sftp-server-upload.ts';
import { FileTooLarge } from './spool.ts';

const { STATUS_CODE } = ssh2.utils.sftp;

export type RefusalStatus = 'EOF' | 'NO_SUCH_FILE' | 'PERMISSION_DENIED' | 'FAILURE' | 'OP_UNSUPPORTED';

/** Thrown by what serves a request. The message is told to the client. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: RefusalStatus;
  constructor(status: RefusalStatus, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Told {
  readonly code: number;
  readonly message: string;
  /** The failure is ours: the client need not know what it is, but we must. */
  readonly isOurs: boolean;
}

/** What the client is told of an error. */
export function toldOf(error: unknown): Told {
  if (error instanceof Refused)
    return { code: STATUS_CODE[error.status], message: error.message, isOurs: false };
  if (error instanceof HostedRefusal || error instanceof FileTooLarge || error instanceof Incomplete)
    return { code: STATUS_CODE.FAILURE, message: error.message, isOurs: false };
  const message = 'Our failure: nothing was stored or changed. Try again later';
  return { code: STATUS_CODE.FAILURE, message, isOurs: true };
}
