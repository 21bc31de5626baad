/**
 * The desk behind POST /as2: where requests, payloads and receipts are kept, and who is known. This room asks it; what it
 * promises is durable when a promise of it resolves. It throws for its own failures only: the sender then hears 503.
 */
import type {
  Cipher,
  Digest,
  Kept,
  KeyTransport,
  Mic,
  Modifier,
  Packing,
  Partnership,
  Refusal,
  SignatureForm,
} from './as2.ts';

/** A partnership, and how our MDNs for it are signed and spelled. */
export interface Agreed extends Partnership {
  /** Whether they may send here; else only MDNs come from them. */
  readonly receives: boolean;
  readonly packing: Pick<Packing, 'signature' | 'quirks'>;
}

/** A request as it came, nothing looked at but its header. */
export interface RawRequest {
  readonly endpoint: string;
  /** Our AS2 name and theirs, unquoted. */
  readonly us: string;
  readonly them: string;
  /** With its angle brackets, as it came. */
  readonly messageId: string;
  /** All header fields, names in small letters; capped by `as2Limits.headerBytes`. No Authorization, no Cookie. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Kept;
  /** SHA-256 of the body. */
  readonly digest: Buffer;
  /** The address that it came from. */
  readonly remote: string;
  readonly at: Date;
}

/** An MDN of ours, byte for byte as it is given: now, and whenever the same message comes again. */
export interface StoredMdn {
  /** The MDN's own Message-ID. */
  readonly messageId: string;
  /** Header fields of the HTTP message that carries it, AS2-From and the like among them, spelled as they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** sync: in the answer to the request; async: in a request of ours to the partnership's deliverMdnTo. */
  readonly how: 'sync' | 'async';
  readonly modifier: Modifier;
  readonly mic: Mic | null;
}

/** A message that was opened and proved. */
export interface Opened {
  readonly payload: Kept;
  /** SHA-256 of the payload. */
  readonly digest: Buffer;
  readonly contentType: string;
  /** What they call the file: data, never a path. */
  readonly filename: string | null;
  /** In the digest that the MDN names. */
  readonly mic: Mic | null;
  readonly encrypted: { readonly cipher: Cipher; readonly keyTransport: KeyTransport } | null;
  readonly signed: {
    readonly digest: Digest;
    readonly form: SignatureForm;
    /** Of the pinned certificate that signed. */
    readonly fingerprint: string;
  } | null;
  readonly compressed: boolean;
  readonly evidence: { readonly decrypted: Kept | null; readonly signature: Buffer | null };
}

/** A message that was accepted before under the same (us, them, Message-ID). */
export interface Before {
  /** SHA-256 of its payload. */
  readonly digest: Buffer;
  readonly mic: Mic | null;
  /** null: it asked for none. */
  readonly answer: StoredMdn | null;
}

/** What the desk knows of a request that it has just stored. */
export type Begun =
  /** These very bytes were accepted before: their answer again; an asynchronous one is queued again. null: none was asked. */
  | { readonly state: 'answered'; readonly answer: StoredMdn | null }
  /** Go on. `before`: other bytes were accepted under this id; whether they hold the same is yet to be seen. */
  | { readonly state: 'fresh'; readonly id: string; readonly before: Before | null };

/** A message of ours that an MDN speaks of. */
export interface Pending {
  readonly id: string;
  /** The Message-ID under which it was sent. */
  readonly messageId: string;
  readonly partnership: Partnership;
  /** Base64 of the MIC in each digest. */
  readonly mics: Readonly<Record<Digest, string>>;
  /** What we asked for. */
  readonly asked: { readonly signed: boolean; readonly how: 'sync' | 'async' };
  /** An MDN that counts was here before: another changes nothing. */
  readonly settled: boolean;
}

/** What an MDN that came back means for the message it speaks of. */
export type Verdict =
  /** They have it: the signer is pinned, the names are swapped, the MIC is ours. */
  | { readonly kind: 'confirmed'; readonly modifier: '' | 'duplicate-document'; readonly text: string }
  /** Theirs for certain, and says that they did not take it. `disposition` as they wrote it. */
  | { readonly kind: 'refused'; readonly disposition: string; readonly text: string }
  /** Theirs for certain, says processed, but the MIC is missing or another: they may have something else. */
  | {
      readonly kind: 'disputed';
      readonly reason: string;
      readonly disposition: string;
      readonly text: string;
    }
  /** Not theirs, not about this message, or not proved: it changes nothing. */
  | { readonly kind: 'untrusted'; readonly reason: string; readonly disposition: string | null };

/** An MDN as it came; kept as evidence. */
export interface MdnEvidence {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly how: 'sync' | 'async';
  readonly at: Date;
}

/** What happened at the door that a person should know; nothing was taken. */
export interface Notice {
  readonly kind:
    | 'unknown-partner'
    | 'too-large'
    /** An MDN about no message of ours. */
    | 'stray-mdn'
    /** An MDN that is not theirs, or not proved. */
    | 'untrusted-mdn'
    /** They asked for a signed MDN, and we have no key to sign with. */
    | 'no-signing-key'
    /** They asked for an asynchronous MDN, and no address was agreed. */
    | 'no-mdn-address';
  readonly endpoint: string | null;
  readonly us: string;
  readonly them: string;
  readonly messageId: string | null;
  readonly remote: string;
  /** For people: what is wrong and what to do. */
  readonly reason: string;
}

/** Our AS2 name and theirs, unquoted. */
export interface As2Names {
  readonly us: string;
  readonly them: string;
}

export interface As2Desk {
  /** The first of these pairs that somebody has, exact with case and blanks; null: nobody has any. */
  partnership(names: readonly As2Names[]): Promise<Agreed | null>;

  /**
   * Stores the raw request durably before anything looks inside; the body is the caller's to remove. One that was begun or
   * refused before, and never accepted, is fresh again.
   */
  begin(request: RawRequest): Promise<Begun>;

  /**
   * One transaction: payload delivered, answer stored, an asynchronous one queued. When (us, them, Message-ID) was accepted
   * meanwhile, nothing is delivered: with the same raw bytes `answer` is the stored one, else `before` is told.
   */
  accept(
    id: string,
    opened: Opened,
    answer: StoredMdn | null,
  ): Promise<
    | { readonly state: 'accepted'; readonly answer: StoredMdn | null }
    | { readonly state: 'meanwhile'; readonly before: Before }
  >;

  /** Evidence kept, an asynchronous answer queued, a fault for a person. The same Message-ID may be tried again. */
  refuse(id: string, refusal: Refusal, answer: StoredMdn | null): Promise<void>;

  /** The same content under an accepted id, packed anew: recorded, not delivered; an asynchronous answer is queued. */
  repeat(id: string, opened: Opened, answer: StoredMdn | null): Promise<void>;

  /** Other content under an accepted id: evidence kept, not delivered, an alarm; an asynchronous answer is queued. */
  conflict(id: string, opened: Opened, refusal: Refusal, answer: StoredMdn | null): Promise<void>;

  /** The message of ours that was sent under this Message-ID (with brackets), settled or not; null: there is none. */
  pending(originalMessageId: string): Promise<Pending | null>;

  /**
   * An MDN that is theirs for certain: the verdict and the evidence in one transaction. A settled message stays as it is.
   * Never called with an untrusted one.
   */
  mdnArrived(
    pending: Pending,
    verdict: Exclude<Verdict, { kind: 'untrusted' }>,
    evidence: MdnEvidence,
  ): Promise<void>;

  /** Something for people: an alarm or an event. What came is not kept. */
  notice(notice: Notice): Promise<void>;
}
