/** Named limits of AS2 over HTTP. Times are in milliseconds. */
import type { BucketTerms } from '../bucket.ts';

/** Limits of POST /as2. */
export const as2Limits = {
  /** All header fields of a request that are kept. */
  headerBytes: 32 * 1024,
  /** Longest silence within a body. */
  silenceMs: 30_000,
  /** Until a body is complete. */
  bodyMs: 600_000,
  /** Messages that are received at once, in one process. */
  places: 64,
  /** When there are no more: an incomplete body that is this old and slower than this gives its place up. */
  slow: { afterMs: 5_000, bytesPerSecond: 16 * 1024 },
  /** Largest MDN that is read, with its signature. */
  mdnBytes: 1024 * 1024,
  /** Requests from one address: several partners, where they come through a VAN or a proxy of ours. */
  remoteRate: { burst: 2_000, perSecond: 500, callers: 10_000 },
  /** Requests of one partnership. */
  partnerRate: { burst: 1_000, perSecond: 200, callers: 10_000 },
  /** Requests from one address that name nobody we know, and MDNs that prove nothing. */
  strangerRate: { burst: 20, perSecond: 1, callers: 10_000 },
} as const;

/** The limits that a caller may set otherwise. */
export interface As2Limits {
  readonly headerBytes: number;
  readonly silenceMs: number;
  readonly bodyMs: number;
  readonly places: number;
  readonly slow: { readonly afterMs: number; readonly bytesPerSecond: number };
  readonly mdnBytes: number;
  readonly remoteRate: BucketTerms;
  readonly partnerRate: BucketTerms;
  readonly strangerRate: BucketTerms;
}

/** Limits of what we send. */
export const postLimits = {
  /** Until there is a connection, TLS included. */
  connectMs: 20_000,
  /** Longest silence while bytes should move. */
  silenceMs: 60_000,
  /** From the end of our body to the head of their answer: the time they take for a large message. */
  answerMs: 300_000,
  /** All of it. */
  totalMs: 1_200_000,
  /** How long 100 Continue is waited for (RFC 9110, 10.1.1: not for ever). */
  continueMs: 5_000,
  /** An answer's body. */
  answerBytes: 1024 * 1024,
  /** Connections to one endpoint. */
  connections: 8,
  /** How long an idle connection stays open. */
  idleMs: 4_000,
} as const;

/** The limits that a caller may set otherwise. */
export type PostLimits = { readonly [Name in keyof typeof postLimits]: number };
