/** What one file may ask of our memory. Beyond a limit the reader reports a fault and goes on; it never throws. */
export interface Limits {
  /** The longest segment kept, in bytes; the rest of a longer one is skipped. */
  readonly segmentBytes: number;
  /** The longest service segment kept, and the longest of those outside messages. */
  readonly headerBytes: number;
  /** Elements of one segment that are kept. */
  readonly elementsPerSegment: number;
  /** Elements, components and repetitions of one segment that are kept. */
  readonly partsPerSegment: number;
  /** Segments of one message that are kept; more are counted, but not held. */
  readonly segmentsPerMessage: number;
  /** Bytes of one message that are kept. */
  readonly messageBytes: number;
  /** Elements, components and repetitions of one message that are kept. */
  readonly partsPerMessage: number;
  /** Lines of one order that are kept; an order with more is refused. The canonical order holds as many. */
  readonly linesPerMessage: number;
  /** Faults kept of one message, one group or one envelope; a last one says that there are more. */
  readonly faultsPerMessage: number;
  /** Groups of one interchange; one with more is refused as a whole. */
  readonly groupsPerInterchange: number;
  /** TA1s of one interchange that are kept; one with more is refused as a whole. */
  readonly ta1PerInterchange: number;
  /** Control numbers remembered in one interchange to find repeated ones. */
  readonly controlNumbers: number;
  /** Bytes looked at in one go, so that other work gets its turn. */
  readonly blockBytes: number;
}

export const defaultLimits: Limits = {
  segmentBytes: 1_048_576,
  headerBytes: 4_096,
  elementsPerSegment: 2_000,
  partsPerSegment: 10_000,
  segmentsPerMessage: 100_000,
  messageBytes: 33_554_432,
  partsPerMessage: 2_000_000,
  linesPerMessage: 10_000,
  faultsPerMessage: 500,
  groupsPerInterchange: 1_000,
  ta1PerInterchange: 1_000,
  controlNumbers: 100_000,
  blockBytes: 65_536,
};
