/** The part of the package `edifact` that the simulator uses; it ships no types of its own. */
declare module 'edifact' {
  /** Reads EDIFACT and calls back; throws at the first thing that it does not understand. */
  export class Parser {
    onopensegment: (tag: string) => void;
    onclosesegment: () => void;
    onelement: () => void;
    oncomponent: (value: string) => void;
    /** Sets the character repertoire: UNOA, UNOB, UNOC, UNOY or UCS2; UNOA until then. */
    encoding(level: string): void;
    write(chunk: string): void;
    /** Throws when the last segment is not complete. */
    end(): void;
  }
}
