/** The sample files of fixtures/interchange: invented companies, every message and release that the dictionary has. */
import { readdirSync, readFileSync } from 'node:fs';

export interface SampleFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export const sampleFolder = new URL('../../fixtures/interchange/', import.meta.url);

/** All of them, in the order of their names. */
export function sampleFiles(): readonly SampleFile[] {
  const names = readdirSync(sampleFolder).filter((name) => name.endsWith('.edi'));
  return names.sort().map((name) => ({ name, bytes: readFileSync(new URL(name, sampleFolder)) }));
}
