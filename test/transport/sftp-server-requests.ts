/** Requests of an SFTP client for tests of the built-in server, as promises, and as it goes over the wire. */
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import ssh2, { type SFTPWrapper } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
export const writes = OPEN_MODE.WRITE | OPEN_MODE.CREAT | OPEN_MODE.TRUNC;

/** A session's requests as promises. */
export function requestsOf(sftp: SFTPWrapper) {
  const bound = <T extends unknown[], R>(
    work: (...args: [...T, (error: unknown, result?: R) => void]) => unknown,
  ) => promisify(work.bind(sftp) as never) as unknown as (...args: T) => Promise<R>;
  return {
    open: bound<[string, number], Buffer>(sftp.open),
    close: bound<[Buffer], void>(sftp.close),
    write: bound<[Buffer, Buffer, number, number, number], void>(sftp.write),
    stat: bound<[string], { size: number; isDirectory(): boolean }>(sftp.stat),
    readdir: bound<[string], { filename: string; longname: string }[]>(sftp.readdir),
    readFile: bound<[string], Buffer>(sftp.readFile),
    writeFile: bound<[string, Buffer], void>(sftp.writeFile),
    rename: bound<[string, string], void>(sftp.rename),
    posixRename: bound<[string, string], void>(sftp.ext_openssh_rename),
    unlink: bound<[string], void>(sftp.unlink),
    mkdir: bound<[string], void>(sftp.mkdir),
    rmdir: bound<[string], void>(sftp.rmdir),
    symlink: bound<[string, string], void>(sftp.symlink),
    setstat: bound<[string, object], void>(sftp.setstat),
    chmod: bound<[string, number], void>(sftp.chmod),
    fsetstat: bound<[Buffer, object], void>(sftp.fsetstat),
  };
}

export const code = (status: number) => (error: { code?: number }) => error.code === status;
export const { FAILURE, NO_SUCH_FILE, PERMISSION_DENIED, OP_UNSUPPORTED } = STATUS_CODE;

/** What ssh2's client keeps of its channel. */
export type Insides = {
  _protocol: {
    channelData(id: number, data: Buffer): void;
    channelWindowAdjust(id: number, bytes: number): void;
  };
  outgoing: { id: number; window: number };
  incoming: { window: number };
  /** Packets that wait for the server's window. */
  readonly _buffer: readonly Buffer[];
};

/** An OPEN for writing as it goes over the wire, with a number that ssh2's client does not use. */
export function openRequest(index: number): Buffer {
  const path = Buffer.from(`/in/${index}`);
  const packet = Buffer.alloc(4 + 1 + 4 + 4 + path.length + 4 + 4);
  packet.writeUInt32BE(packet.length - 4, 0);
  packet[4] = 3;
  packet.writeUInt32BE(1_000_000 + index, 5);
  packet.writeUInt32BE(path.length, 9);
  path.copy(packet, 13);
  packet.writeUInt32BE(writes, 13 + path.length);
  return packet;
}

/** Waits until something is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(2);
}
