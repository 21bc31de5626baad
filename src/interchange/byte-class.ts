/** What bytes mean in an interchange: data, separators, and what wants a closer look. */
import type { Separators } from './event.ts';
import { componentMark, elementMark, repetitionMark } from './tape.ts';

/** Classes of bytes. 0 is data; the marks of the tape come first, each one more than there. */
const ofElement = 1 + elementMark;
const ofComponent = 1 + componentMark;
const ofRepetition = 1 + repetitionMark;
export const ofTerminator = 4;
export const ofRelease = 5;
export const ofReturn = 6;
export const ofNewline = 7;
const ofPeculiar = 8;
export const ofHigh = 9;

/** What each byte means where it is no separator. */
const classesOfData = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 127 ? ofHigh : byte < 32 || byte === 127 ? ofPeculiar : 0,
);
classesOfData[10] = ofNewline;
classesOfData[13] = ofReturn;

/** What each byte means in an interchange. */
export function classesOf({ element, component, repetition, segment, release }: Separators): Uint8Array {
  const classes = classesOfData.slice();
  const set = (separator: string | null, kind: number) => {
    if (separator !== null) classes[separator.charCodeAt(0)] = kind;
  };
  set(release, ofRelease);
  set(repetition, ofRepetition);
  set(component, ofComponent);
  set(element, ofElement);
  set(segment, ofTerminator);
  return classes;
}
