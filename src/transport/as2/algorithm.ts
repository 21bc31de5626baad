/** AlgorithmIdentifiers (RFC 5280, 4.1.1.2): digests, and the parameters that RSA-PSS and RSA-OAEP share (RFC 4055). */
import type { Digest } from './as2.ts';
import { BrokenBer, childrenOf, type Element, identifierOf, sequenceOf, tags } from './ber.ts';
import { nothing, objectIdentifier, sequence, tagged } from './der.ts';
import { algorithms, digestOf, digests } from './oids.ts';

/** An algorithm and its parameters; NULL is the same as none. */
export interface Algorithm {
  readonly oid: string;
  readonly parameters: Element | null;
}

/** Reads an AlgorithmIdentifier. @throws BrokenBer */
export function readAlgorithm(element: Element | undefined): Algorithm {
  return algorithmOf(sequenceOf(element));
}

/** An AlgorithmIdentifier from its elements, where its tag is implicit. @throws BrokenBer */
export function algorithmOf([oid, parameters]: readonly Element[]): Algorithm {
  return {
    oid: identifierOf(oid),
    parameters: parameters && parameters.tag !== tags.null ? parameters : null,
  };
}

/** Whether two algorithms are the same with the same parameters. */
export function sameAlgorithm(one: Algorithm, other: Algorithm): boolean {
  if (one.oid !== other.oid) return false;
  if (!one.parameters || !other.parameters) return one.parameters === other.parameters;
  return one.parameters.whole.equals(other.parameters.whole);
}

/** The AlgorithmIdentifier of a digest: without parameters (RFC 5754, 2), or with NULL where RFC 4055, 2.1 has it. */
export function digestAlgorithm(digest: Digest, parameters: 'none' | 'null' = 'none'): Buffer {
  return sequence(objectIdentifier(digests[digest].oid), ...(parameters === 'null' ? [nothing] : []));
}

/** hashAlgorithm [0] and maskGenAlgorithm [1] of RSA-PSS and RSA-OAEP; SHA-1 is their DEFAULT, which DER leaves out. */
export function hashAndMask(digest: Digest): Buffer[] {
  if (digest === 'sha-1') return [];
  const hash = digestAlgorithm(digest, 'null');
  return [tagged(0, hash), tagged(1, sequence(objectIdentifier(algorithms.mgf1), hash))];
}

/**
 * Reads hashAlgorithm [0] and maskGenAlgorithm [1].
 * @returns null where a digest, or the mask generation, is not known here
 * @throws BrokenBer
 */
export function readHashAndMask(fields: ReadonlyMap<number, Element>): {
  hash: Digest | null;
  mask: Digest | null;
} {
  const hash = fields.get(0);
  const mask = fields.get(1);
  return { hash: hash ? digestOf(readAlgorithm(hash).oid) : 'sha-1', mask: mask ? maskOf(mask) : 'sha-1' };
}

/** The fields of RSA-PSS and RSA-OAEP by the numbers of their explicit tags. @throws BrokenBer */
export function explicitFields(parameters: Element | null): Map<number, Element> {
  const fields = new Map<number, Element>();
  if (!parameters) return fields;
  for (const field of sequenceOf(parameters)) {
    const [inner, ...more] = childrenOf(field);
    const number = field.tag - 0xa0;
    if (!inner || more.length > 0 || number < 0 || fields.has(number))
      throw new BrokenBer('parameters broken');
    fields.set(number, inner);
  }
  return fields;
}

function maskOf(element: Element): Digest | null {
  const { oid, parameters } = readAlgorithm(element);
  return oid === algorithms.mgf1 && parameters ? digestOf(readAlgorithm(parameters).oid) : null;
}
