/** The built-in SFTP server over a desk in memory: clients that break the rules, or take what they can get. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { type Hall, keep, openHall } from './sftp-server-desk.ts';
import { type Insides, requestsOf, until } from './sftp-server-requests.ts';

const { OPEN_MODE } = ssh2.utils.sftp;

describe('built-in SFTP server: hostile sessions', () => {
  let hall: Hall;
  before(async () => {
    hall = await openHall();
  });
  after(() => hall.close());

  it('gives no new room to a client while what it wrote is not on the disk', async () => {
    const { sftp } = await hall.session();
    const insides = sftp as unknown as Insides;
    const gate: { open?: () => void } = {};
    hall.shelf.beforePiece = () => new Promise((go) => (gate.open = go));
    keep(hall.shelf, 'out', 'slow', Buffer.from('x'));
    const ask = requestsOf(sftp);
    // Requests of one handle wait for the one before: this reading keeps all that follow waiting.
    const handle = await ask.open('/out/slow', OPEN_MODE.READ);
    sftp.read(handle, Buffer.alloc(1), 0, 1, 0, () => undefined);
    await until(() => gate.open !== undefined);
    const bytes = Buffer.alloc(32_000);
    let answered = 0;
    for (let sent = 0; sent < 200; sent += 1)
      sftp.write(handle, bytes, 0, bytes.length, 0, () => (answered += 1));
    await until(() => insides.outgoing.window === 0);
    const unsent = insides._buffer.length;
    for (let looks = 0; looks < 60; looks += 1) {
      await sleep(5);
      assert.equal(insides._buffer.length, unsent, 'of 6.4 MB the client gets rid of 2 MiB');
    }
    hall.shelf.beforePiece = async () => undefined;
    gate.open?.();
    await until(() => answered === 200);
  });

  it('keeps no answers for a client that takes none', async () => {
    const { sftp } = await hall.session();
    let pieces = 0;
    hall.shelf.beforePiece = async () => {
      pieces += 1;
    };
    keep(hall.shelf, 'out', 'large', randomBytes(8 * 1024 * 1024));
    const insides = sftp as unknown as Insides & Record<string, unknown>;
    const given = insides._protocol.channelWindowAdjust;
    insides._protocol.channelWindowAdjust = () => undefined;
    const handle = await requestsOf(sftp).open('/out/large', OPEN_MODE.READ);
    let answered = 0;
    const into = Buffer.alloc(30_000);
    for (let at = 0; at < 256; at += 1)
      sftp.read(handle, into, 0, into.length, at * into.length, () => (answered += 1));
    await until(() => answered >= 60);
    await sleep(20);
    assert.ok(answered < 70, `${answered} answers in a window of 2 MiB`);
    assert.ok(pieces <= 10, `${pieces} pieces of 256 KiB were read for them`);
    insides._protocol.channelWindowAdjust = given;
    const { incoming, outgoing, _protocol } = insides;
    incoming.window += 16 * 1024 * 1024;
    _protocol.channelWindowAdjust(outgoing.id, 16 * 1024 * 1024);
    await until(() => answered === 256);
    hall.shelf.beforePiece = async () => undefined;
  });

  it('ends the connection of a client that sends more than its window', async () => {
    const { ssh, sftp } = await hall.session();
    const insides = sftp as unknown as Insides;
    let isOver = false;
    ssh.on('close', () => {
      isOver = true;
    });
    hall.shelf.beforePiece = () => new Promise(() => undefined);
    keep(hall.shelf, 'out', 'slow', Buffer.from('x'));
    const handle = await requestsOf(sftp).open('/out/slow', OPEN_MODE.READ);
    for (let sent = 0; sent < 200 && !isOver; sent += 1) {
      insides.outgoing.window = 1_000_000_000;
      sftp.write(handle, Buffer.alloc(32_000), 0, 32_000, 0, () => undefined);
      if (sent === 0) sftp.read(handle, Buffer.alloc(1), 0, 1, 0, () => undefined);
    }
    await until(() => isOver);
    hall.shelf.beforePiece = async () => undefined;
  });

  it('ends the connection of a client whose packets are too small to answer in', async () => {
    const ssh = await hall.connect();
    const protocol = (ssh as unknown as { _protocol: { session: unknown; _packetRW: object } })._protocol;
    const { allocStart } = (protocol as never as { _packetRW: { write: { allocStart: number } } })._packetRW
      .write;
    const write = (
      protocol as never as {
        _packetRW: { write: { alloc(size: number): Buffer; finalize(b: Buffer): Buffer } };
      }
    )._packetRW.write;
    const packet = write.alloc(1 + 4 + 7 + 4 + 4 + 4);
    let at = allocStart;
    packet[at] = 90;
    at = packet.writeUInt32BE(7, at + 1);
    at += packet.write('session', at, 'latin1');
    at = packet.writeUInt32BE(0, at);
    at = packet.writeUInt32BE(1_000_000, at);
    packet.writeUInt32BE(0, at);
    const cipher = (protocol as never as { _cipher: { encrypt(packet: Buffer): void } })._cipher;
    const gone = once(ssh, 'close');
    cipher.encrypt(write.finalize(packet));
    await gone;
    const { sftp } = await hall.session();
    assert.ok((await requestsOf(sftp).stat('/in')).isDirectory());
  });

  it('ends a session that breaks the protocol, and serves the others', async () => {
    const others = await hall.session();
    for (const bytes of [
      '00000001ff',
      'ffffffff0000000000',
      '00000000',
      '0000000503000000',
      '0000000903000000010000ffff',
    ]) {
      const { ssh, sftp } = await hall.session();
      const { _protocol, outgoing } = sftp as unknown as Insides;
      const gone = once(ssh, 'close');
      _protocol.channelData(outgoing.id, Buffer.from(bytes, 'hex'));
      if (bytes === '0000000503000000') ssh.end();
      await gone;
    }
    for (const line of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n\u0000\u0000', '\u0000'.repeat(70_000)]) {
      const socket = connect(hall.server.port, '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      socket.end(line);
      await once(socket, 'close');
    }
    assert.ok((await requestsOf(others.sftp).stat('/in')).isDirectory());
  });
});
