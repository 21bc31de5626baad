/**
 * Bounds what one SFTP session may hold in memory, both ways. ssh2 1.17 gives a client new room however much of what it sent
 * is still in work, and keeps every answer that a client does not take. Here:
 *
 * - What came and is not answered is counted. Past a mark the client gets no new room (SSH's window) until it sank. Reading
 *   from the socket goes on, because the client's own room for our answers comes that way.
 * - Answers leave one by one, and only while the client takes them. Whoever answers waits until its answer has left.
 */
import type { Socket } from 'node:net';
import type { SFTPWrapper } from 'ssh2';

export const paceLimits = {
  /** Unanswered bytes past which the client gets no new room. */
  pendingBytes: 1024 * 1024,
  /** What a request counts for besides its bytes. */
  requestBytes: 256,
  /** Unanswered requests at which the session ends: a client that keeps to its window cannot have as many. */
  requests: 16_384,
  /** Bytes given to the socket and not gone past which no answer leaves. */
  socketBytes: 1024 * 1024,
} as const;

export interface Pace {
  /** Counts a request; null: there are too many, and the session is over. */
  begin(bytes: number): Request | null;
  /** Ends it all; answers that did not leave never will. */
  end(): void;
  readonly isOver: boolean;
}

export interface Request {
  /** Lets the answer leave when its turn comes. Resolves once it has left, or never will. */
  answer(send: () => void): Promise<void>;
}

/** What ssh2 1.17 keeps in its SFTP object, which stands for the channel. */
interface Insides {
  push(data: Buffer | null): unknown;
  readonly incoming: { window: number };
  readonly outgoing: { readonly id: number; readonly state: string };
  /** Packets that wait for the client's window. */
  readonly _buffer: readonly Buffer[];
  /** Called when the client gives room. */
  _chunkcb: (() => void) | undefined;
  /** Set by ssh2 when `push` gave false: the client got no new room. */
  _waitChanDrain?: boolean;
  readonly _protocol: { channelWindowAdjust(recipient: number, bytes: number): void };
}

/** Room for the client as ssh2 gives it, in bytes. */
const windowBytes = 2 * 1024 * 1024;

interface Waiting {
  readonly send: () => void;
  readonly left: () => void;
}

/**
 * Takes over the pace of a session; to be called before its first packet is read.
 * @param failed told once that the client broke the rules, or that an answer could not leave
 */
export function setPace(sftp: SFTPWrapper, socket: Socket, failed: (reason: Error) => void): Pace {
  const insides = sftp as unknown as Insides;
  const queue: Waiting[] = [];
  const state = { bytes: 0, requests: 0, isOver: false };
  const end = () => {
    state.isOver = true;
    socket.off('drain', pump);
    for (const { left } of queue.splice(0)) left();
  };
  const fail = (reason: Error) => {
    if (state.isOver) return;
    end();
    failed(reason);
  };
  const mayLeave = () => insides._buffer.length === 0 && socket.writableLength < paceLimits.socketBytes;
  function pump(): void {
    while (!state.isOver && mayLeave()) {
      const next = queue.shift();
      if (next === undefined) return;
      try {
        next.send();
      } catch (error) {
        fail(error as Error);
      }
      next.left();
    }
  }
  socket.on('drain', pump);
  watchRoom(insides, pump);
  watchWindow(insides, () => state.bytes <= paceLimits.pendingBytes, fail);
  const settle = (bytes: number) => {
    state.bytes -= bytes;
    state.requests -= 1;
    if (!state.isOver && state.bytes <= paceLimits.pendingBytes) giveRoom(insides);
  };
  return {
    get isOver() {
      return state.isOver;
    },
    end,
    begin(size) {
      const bytes = size + paceLimits.requestBytes;
      if (state.isOver) return null;
      if (state.requests >= paceLimits.requests) {
        fail(new Error('Too many requests without an answer'));
        return null;
      }
      state.bytes += bytes;
      state.requests += 1;
      return {
        answer: async (send) => {
          await new Promise<void>((left) => {
            if (state.isOver) return left();
            queue.push({ send, left });
            pump();
          });
          settle(bytes);
        },
      };
    },
  };
}

/** Calls back whenever the client gives room, after what waited in ssh2 has left. */
function watchRoom(insides: Insides, told: () => void): void {
  let drain: (() => void) | undefined;
  Object.defineProperty(insides, '_chunkcb', {
    configurable: true,
    set: (value: typeof drain) => {
      drain = value;
    },
    get: () => {
      if (drain === undefined) return undefined;
      const kept = drain;
      return () => {
        kept.call(insides);
        told();
      };
    },
  });
}

/** Says to ssh2, with each packet, whether the client may have new room. */
function watchWindow(insides: Insides, isRoom: () => boolean, fail: (reason: Error) => void): void {
  const { push } = insides;
  insides.push = (data) => {
    if (data !== null && insides.incoming.window < 0) {
      fail(new Error('The client sent more than its window'));
      return true;
    }
    push.call(insides, data);
    return data === null || isRoom();
  };
}

function giveRoom(insides: Insides): void {
  const { incoming, outgoing } = insides;
  if (insides._waitChanDrain !== true || outgoing.state !== 'open') return;
  insides._waitChanDrain = false;
  const bytes = windowBytes - incoming.window;
  if (bytes < windowBytes / 2) return;
  incoming.window += bytes;
  insides._protocol.channelWindowAdjust(outgoing.id, bytes);
}
