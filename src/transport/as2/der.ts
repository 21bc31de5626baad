/** DER (X.690): small structures, built from the inside out. */
import { tags } from './ber.ts';

/** Identifier and length octets of an element whose contents have so many bytes. */
export function headerOf(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.of(tag, length);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return Buffer.of(tag, 0x80 | octets.length, ...octets);
}

/** An element of these contents, one after the other. */
export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([headerOf(tag, length), ...contents]);
}

/** A SEQUENCE. */
export function sequence(...contents: readonly Buffer[]): Buffer {
  return element(tags.sequence, ...contents);
}

/** A SET OF, in DER's order (X.690, 11.6). */
export function set(...contents: readonly Buffer[]): Buffer {
  return element(tags.set, ...[...contents].sort(Buffer.compare));
}

/** A constructed element with a context-specific tag. */
export function tagged(number: number, ...contents: readonly Buffer[]): Buffer {
  return element(0xa0 | number, ...contents);
}

/** An OCTET STRING. */
export function octetString(octets: Buffer): Buffer {
  return element(tags.octetString, octets);
}

/** A BIT STRING of whole octets. */
export function bitString(octets: Buffer): Buffer {
  return element(tags.bitString, Buffer.of(0), octets);
}

/** An INTEGER that is not negative. */
export function integer(value: number): Buffer {
  const octets: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  if ((octets[0] ?? 0x80) & 0x80) octets.unshift(0);
  return element(tags.integer, Buffer.from(octets));
}

/** NULL. */
export const nothing = Buffer.of(tags.null, 0);

const known = new Map<string, Buffer>();

/** An OBJECT IDENTIFIER from its dotted form. Only for those of our own tables: it remembers each. */
export function objectIdentifier(dotted: string): Buffer {
  let made = known.get(dotted);
  if (!made) {
    const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
    made = element(tags.objectIdentifier, Buffer.from([40 * first + second, ...arcs].flatMap(base128)));
    known.set(dotted, made);
  }
  return made;
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    octets.unshift(0x80 | (left % 128));
  return octets;
}

/** A Time (RFC 5652, 11.3): UTCTime until 2049, GeneralizedTime after; in seconds of UTC. */
export function time(at: Date): Buffer {
  const [date = '', clock = ''] = at.toISOString().split('T');
  const digits = `${date.replaceAll('-', '')}${clock.slice(0, 8).replaceAll(':', '')}Z`;
  const year = at.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}
