/** The guide files of a mappings directory: read at once, each parsed when a guide that is made of it is wanted. */
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { yamlText } from './file-text.ts';
import { type Files, inTurns } from './files.ts';
import type { GuideSource } from './notation.ts';
import { parseGuide } from './parse.ts';
import type { Place, Problem, Problems } from './problem.ts';

/** A guide's file, parsed. */
export interface Source extends GuideText {
  readonly file: GuideSource;
  /** SHA-256 (hex) of the text: part of the digest of every guide that is made of it. */
  readonly digest: string;
}

/** A guide's file as it was read. */
export interface GuideText {
  /** 'acme/850' */
  readonly name: string;
  readonly text: string;
  /** Path as problems name it. */
  readonly path: string;
  /** As `filesOf` gave it before the text was read. */
  readonly mark: string;
}

export interface GuideFiles {
  /** All that can be read, by name. */
  readonly texts: ReadonlyMap<string, GuideText>;
  /** Those parsed by now; null: broken. */
  readonly parsed: ReadonlyMap<string, Source | null>;
  /** Parses a file; null: there is none, or it is broken, which is then told. */
  find(name: string): Source | null;
}

/** Where it is told what is wrong. */
export interface Told {
  readonly problems: Problems;
  /** Files and guides with what keeps them out, by name. */
  readonly broken: Map<string, readonly Problem[]>;
}

/**
 * Reads the files.
 * @param before of an earlier load: what has not changed since is not read or parsed again
 */
export async function readGuideFiles(
  dir: string,
  files: Files,
  before: Pick<GuideFiles, 'texts' | 'parsed'> | undefined,
  told: Told,
): Promise<GuideFiles> {
  const { problems } = told;
  tellClosed(dir, files, problems);
  const texts = new Map<string, GuideText>();
  const parsed = new Map<string, Source | null>();
  const found = [...files.marks].filter(([path]) => isGuideFile(path));
  const read = async ([path, mark]: readonly [string, string]) => {
    const old = before?.texts.get(nameOf(path));
    return old?.mark === mark ? old.text : yamlText(join(dir, path));
  };
  for await (const [[entry, mark], text] of inTurns(found, read)) {
    const [name, path] = [nameOf(entry), pathFromHere(dir, entry)];
    if (typeof text === 'string') {
      texts.set(name, { name, path, mark, text });
      problems.file(path, text);
      const old = before?.parsed.get(name);
      if (old != null && old.text === text && old.path === path) parsed.set(name, old);
    } else {
      const count = problems.count;
      problems.add(startOf(path), `This guide cannot be read: ${text.why}.`, text.hint);
      told.broken.set(name, problems.found.slice(count));
    }
  }
  const find = (name: string): Source | null => {
    const known = parsed.get(name);
    const one = texts.get(name);
    if (known !== undefined || one === undefined) return known ?? null;
    const source = parse(one, told);
    parsed.set(name, source);
    return source;
  };
  return { texts, parsed, find };
}

function parse(one: GuideText, { problems, broken }: Told): Source | null {
  const { name, path, text } = one;
  const before = problems.count;
  const file = parseGuide(path, name, text, problems);
  if (file !== null && problems.count === before) return { ...one, file, digest: sha256(text) };
  broken.set(name, problems.found.slice(before));
  return null;
}

function tellClosed(dir: string, { closed }: Files, problems: Problems): void {
  for (const [folder, { why, hint }] of closed)
    problems.add(startOf(pathFromHere(dir, folder)), `This folder cannot be read: ${why}.`, hint);
}

function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

function pathFromHere(dir: string, entry: string): string {
  return relative(process.cwd(), join(dir, entry));
}

function nameOf(path: string): string {
  return path.slice(0, -'.yaml'.length);
}

function isGuideFile(path: string): boolean {
  return path.endsWith('.yaml') && !path.endsWith('partner.yaml');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
