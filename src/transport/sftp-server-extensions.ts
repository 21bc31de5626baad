/**
 * OpenSSH's extension posix-rename@openssh.com (PROTOCOL, 3.3): a rename that replaces its target in one step.
 *
 * ssh2 hands extended requests to a server but cannot announce any: its VERSION answer is a constant. So the first packet
 * that the server side sends, which is that answer, is replaced by one that carries the announcement.
 */
import type { SFTPWrapper } from 'ssh2';

const extension = 'posix-rename@openssh.com';
/** SSH_FXP_VERSION */
const versionPacket = 2;

/** What ssh2 1.17 keeps in its SFTP object; the packet goes out through `_protocol`, under SSH's flow control. */
interface Insides {
  _protocol: { channelData(recipient: number, data: Buffer): unknown };
  outgoing: { window: number };
}

/** Announces the extension; to be called before the client's INIT is read. */
export function announceRename(sftp: SFTPWrapper): void {
  const insides = sftp as unknown as Insides;
  const protocol = insides._protocol;
  const first: Insides['_protocol'] = Object.create(protocol);
  first.channelData = (recipient, data) => {
    insides._protocol = protocol;
    const packet = data[4] === versionPacket ? announcement() : data;
    insides.outgoing.window -= packet.length - data.length;
    return protocol.channelData(recipient, packet);
  };
  insides._protocol = first;
}

/** Reads an extended request; null when it is another one. */
export function readRename(name: string, data: Buffer | undefined): { from: string; to: string } | null {
  if (name !== extension || data === undefined || data.length < 4) return null;
  const fromEnd = 4 + data.readUInt32BE(0);
  if (data.length < fromEnd + 4) return null;
  const toEnd = fromEnd + 4 + data.readUInt32BE(fromEnd);
  if (data.length < toEnd) return null;
  return { from: data.toString('utf8', 4, fromEnd), to: data.toString('utf8', fromEnd + 4, toEnd) };
}

function announcement(): Buffer {
  const body = Buffer.concat([Buffer.from([versionPacket, 0, 0, 0, 3]), text(extension), text('1')]);
  return Buffer.concat([length(body.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([length(bytes.length), bytes]);
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
