/** Characters: which set a text is in, and values that outlive their chunk. */
import { isUtf8 } from 'node:buffer';

/** ISO 8859 parts by EDIFACT syntax level; UNOC and X12 are Latin-1. */
const decoders = new Map(
  Object.entries({
    UNOD: 'iso-8859-2',
    UNOE: 'iso-8859-5',
    UNOF: 'iso-8859-7',
    UNOG: 'iso-8859-3',
    UNOH: 'iso-8859-4',
    UNOI: 'iso-8859-6',
    UNOJ: 'iso-8859-8',
    UNOK: 'iso-8859-9',
    UNOL: 'iso-8859-15',
    'ISO-8859-2': 'iso-8859-2',
    'ISO-8859-5': 'iso-8859-5',
    'ISO-8859-7': 'iso-8859-7',
  }).map(([level, label]) => [level, new TextDecoder(label)]),
);
const utf8Levels = new Set(['UNOW', 'UNOY', 'UTF-8', 'X12']);
const latin1Levels = new Set(['UNOC', 'ISO-8859-1', 'X12']);

export interface Decoded {
  readonly text: string;
  /** The character set found when it is another than the header says, else null. */
  readonly mismatch: string | null;
}

/** How an interchange's bytes become characters. */
export interface CharacterChoice {
  /** 'UNOC' …, the name of a set, or 'X12', which names none. */
  readonly level: string;
  /** The sender's set was agreed: it is known, and not guessed. */
  readonly agreed: boolean;
}

/**
 * Decodes text with bytes above 7F. UTF-8 is recognised under every label; else the label decides. What was agreed always
 * decides, but for text that cannot be the agreed UTF-8.
 * @param bytes one character per byte
 */
export function decode(bytes: string, { level, agreed }: CharacterChoice): Decoded {
  const buffer = Buffer.from(bytes, 'latin1');
  if ((!agreed || utf8Levels.has(level)) && isUtf8(buffer)) {
    return { text: buffer.toString('utf8'), mismatch: utf8Levels.has(level) ? null : 'UTF-8' };
  }
  const decoder = decoders.get(level);
  if (decoder !== undefined) return { text: decoder.decode(buffer), mismatch: null };
  return { text: bytes, mismatch: latin1Levels.has(level) ? null : 'ISO 8859-1' };
}

/** Whether the bytes between two indexes are characters of ISO 8859-1, one each: what is no UTF-8 is, under its labels. */
export function isLatin1(
  bytes: Buffer,
  from: number,
  to: number,
  { level, agreed }: CharacterChoice,
): boolean {
  return latin1Levels.has(level) && (agreed || !isUtf8(bytes.subarray(from, to)));
}

/** True when the text has a byte above 7F. */
export function hasHighByte(text: string): boolean {
  return /[\x80-\xff]/.test(text);
}

/** A copy that does not hold on to the chunk that it was cut from (V8 keeps long slices as views of their source). */
export function detached(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
