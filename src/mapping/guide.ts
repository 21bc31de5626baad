/** What a loaded guide can do: read a message into a canonical document, and write a canonical document as segments. */
import type { Fault, Position } from '../fault.ts';
import type { MessageRules } from '../interchange/dictionary/dictionary.ts';
import type { Message, Standard } from '../interchange/interchange.ts';
import type { OutSegment } from '../interchange/write.ts';
import type { CanonicalDocument, CanonicalName } from '../order/canonical.ts';
import type { GuideFile } from './notation.ts';
import type { Place } from './problem.ts';
import type { LookupTable } from './tables.ts';

/** Inbound data that no line of the guide reads. */
export interface Unmapped {
  readonly tag: string;
  readonly element: number;
  readonly component?: number;
  readonly value: string;
  readonly at: Position;
}

export interface ReadResult {
  /** null when the message could not be read into a valid document; the faults say why. */
  readonly document: CanonicalDocument | null;
  readonly faults: readonly Fault[];
  readonly unmapped: readonly Unmapped[];
}

export interface WriteResult {
  readonly segments: readonly OutSegment[];
  /** A value that the guide does not allow (a code outside its table, a missing mandatory value). Any error: do not send. */
  readonly faults: readonly Fault[];
}

/** Where a canonical value came from. */
export interface Lineage {
  /** 'lines.0.item.gtin': lists by index from 0. */
  readonly path: string;
  readonly at: Position;
  /** The guide's line that reads it: 'mappings/standard/x12-004010/850.yaml:21'. */
  readonly guide: string;
}

/** A guide compiled to closures. */
export interface Guide {
  /** 'harbor-and-pine/850' or 'standard/x12-004010/850'. */
  readonly name: string;
  readonly standard: Standard;
  /** '004010' or 'D96A'. */
  readonly release: string;
  /** '850', 'ORDERS'. */
  readonly message: string;
  readonly canonical: CanonicalName;
  /** Where its own file begins. */
  readonly at: Place;
  /** The guide that it extends. */
  readonly extends: string | null;
  /** SHA-256 (hex, 12 characters) of the guide with all it extends. */
  readonly digest: string;
  /** The guide with all that it extends, as a tree: for tools that show it. */
  readonly whole: GuideFile;
  /** What the dictionary says of its message. */
  readonly rules: MessageRules;
  /** The tables that it looks values up in. */
  readonly tables: readonly LookupTable[];
  read(message: Message): Promise<ReadResult>;
  /** Where each canonical value of the message came from: traced on demand, so that plain reading pays nothing for it. */
  lineage(message: Message): Promise<readonly Lineage[]>;
  write(document: CanonicalDocument): Promise<WriteResult>;
}

/** All guides of a mappings directory. */
export interface Guides {
  /**
   * The guide of a partner: its own folder first, then the standard one.
   * @param release '004010', 'D96A'
   * @param name the guide's file name without .yaml, usually the message type
   */
  find(partner: string, standard: Standard, release: string, name: string): Guide | null;
  /** The guide of a full name, 'acme/850'; null: there is none, or it is broken. */
  named(name: string): Guide | null;
  /** The guides of a folder that are right: 'acme', or 'standard'. */
  in(folder: string): readonly Guide[];
  /** Every guide that is right; asking for them checks those that were not checked yet. */
  readonly all: readonly Guide[];
}
