/** A compiled guide as other rooms see it: reads a message into a valid document, or says with faults why not. */
import { type Fault, fault } from '../fault.ts';
import type { Loop, Message } from '../interchange/interchange.ts';
import { type CanonicalDocument, canonicalDocuments } from '../order/canonical.ts';
import { complaint } from '../order/complaint.ts';
import type { GuidePlan } from './compile.ts';
import { withComputations } from './compute.ts';
import type { Guide, Lineage, ReadResult, WriteResult } from './guide.ts';
import type { GuideFile } from './notation.ts';
import type { Fields, Frame, ReadContext, Trace, WriteContext } from './plan.ts';
import { readMessage } from './read.ts';
import { quickCheck } from './valid.ts';
import { writeDocument } from './write.ts';

type Head = Omit<Guide, 'read' | 'write' | 'lineage' | 'whole'>;

/** What a guide works with; it may be made anew for each use. */
export interface Compiled {
  readonly plan: GuidePlan;
  readonly whole: GuideFile;
}

export function makeGuide(head: Head, compiled: () => Compiled): Guide {
  return {
    ...head,
    get whole() {
      return compiled().whole;
    },
    read: (message) => read(head, compiled().plan, message),
    lineage: async (message) =>
      (await traced(compiled().plan, message)).filter(({ failed }) => failed !== true).map(toLineage),
    write: (document) => write(head, compiled().plan, document),
  };
}

async function read(head: Head, plan: GuidePlan, message: Message): Promise<ReadResult> {
  if (message.root === null) {
    const broken = fault('message-shapeless', { type: message.type }, message.at);
    return { document: null, faults: [broken], unmapped: [] };
  }
  const { context, object } = await walk(plan, message, message.root, false);
  const issues = issuesOf(head, object);
  const { faults, unmapped } = context;
  if (issues.length > 0) faults.push(...(await invalid(head, plan, message, issues, faults)));
  const refused = issues.length > 0 || faults.some(({ severity }) => severity === 'error');
  const known = placesOf(message.faults.filter(({ severity }) => severity === 'error'));
  const told = faults.filter(({ at }) => at?.element === undefined || !known.has(placeOf(at)));
  return { document: refused ? null : (object as CanonicalDocument), faults: told, unmapped };
}

/** What the canonical schema says against the document; most have nothing wrong, and a quick look tells. */
function issuesOf({ canonical }: Head, object: Fields): readonly Issue[] {
  const schema = canonicalDocuments[canonical];
  return quickCheck(schema)(object)
    ? []
    : (schema.safeParse(object, { error: complaint }).error?.issues ?? []);
}

/** Reads the message; again, with the results, where the first reading met computations. */
function walk(
  plan: GuidePlan,
  message: Message,
  root: Loop,
  traced: boolean,
): Promise<{ context: ReadContext; object: Fields }> {
  return withComputations((computing) => {
    const trace: Trace[] | null = traced ? [] : null;
    const context: ReadContext = { message, faults: [], unmapped: [], trace, late: [], computing };
    return { context, object: readMessage(plan, root, context).object };
  });
}

async function write(head: Head, plan: GuidePlan, document: CanonicalDocument): Promise<WriteResult> {
  return withComputations((computing) => {
    const context: WriteContext = { out: [], faults: [], guide: head.name, computing };
    writeDocument(plan, document as unknown as Fields, context);
    return { segments: context.out, faults: context.faults };
  });
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The schema's complaints as faults, each where the value, or what stands nearest to it, came from. */
async function invalid(
  head: Head,
  plan: GuidePlan,
  message: Message,
  issues: readonly Issue[],
  known: readonly Fault[],
): Promise<Fault[]> {
  const places = placesByPath((await traced(plan, message)).map(toLineage));
  const told = placesOf(known);
  return issues.flatMap(({ path, message: problem }) => {
    const name = path.map(String).join('.');
    const at = nearest(places, path) ?? message.at;
    return at.element !== undefined && told.has(placeOf(at))
      ? []
      : [fault('document-invalid', { canonical: head.canonical, name, problem }, at)];
  });
}

/** Places at which something is wrong: the dictionary's checks, or the guide, found them already. */
function placesOf(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.flatMap(({ at }) => (at === undefined ? [] : [placeOf(at)])));
}

function placeOf({ segment, element, component }: NonNullable<Fault['at']>): string {
  return `${segment}.${element}.${component}`;
}

/** Where each path came from, and under 'lines.3.' where the first value below lines.3 did. */
function placesByPath(rows: readonly Lineage[]): ReadonlyMap<string, Lineage['at']> {
  const places = new Map<string, Lineage['at']>();
  for (const { path, at } of rows) {
    if (!places.has(path)) places.set(path, at);
    for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      const above = path.slice(0, dot + 1);
      if (!places.has(above)) places.set(above, at);
    }
  }
  return places;
}

/** The place of the path itself, else the segment of the first value below its nearest ancestor. */
function nearest(
  places: ReadonlyMap<string, Lineage['at']>,
  path: readonly PropertyKey[],
): Lineage['at'] | undefined {
  const own = places.get(path.map(String).join('.'));
  if (own !== undefined) return own;
  for (let length = path.length - 1; length > 0; length--) {
    const near = places.get(`${path.slice(0, length).map(String).join('.')}.`);
    if (near === undefined) continue;
    const { element: _element, component: _component, ...segment } = near;
    return segment;
  }
  return undefined;
}

async function traced(plan: GuidePlan, message: Message): Promise<readonly Trace[]> {
  if (message.root === null) return [];
  const { context } = await walk(plan, message, message.root, true);
  return context.trace ?? [];
}

function toLineage({ frame, keys, at, guide }: Trace): Lineage {
  const path = [...framePath(frame), ...keys.split('.').filter((key) => key !== '')].join('.');
  return { path, at, guide: `${guide.file}:${guide.line}` };
}

function framePath(frame: Frame): string[] {
  if (frame.parent === null) return [];
  return [...framePath(frame.parent), frame.list, String(frame.index)];
}
