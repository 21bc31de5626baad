/** A compiled guide as other rooms see it: reads a message into a valid document, or says with faults why not. */
import { type Fault, fault } from '../fault.ts';
import type { Message } from '../interchange/interchange.ts';
import { type CanonicalDocument, canonicalDocuments } from '../order/canonical.ts';
import type { GuidePlan } from './compile.ts';
import type { Guide, Lineage, ReadResult, WriteResult } from './guide.ts';
import type { Fields, Frame, ReadContext, Trace } from './plan.ts';
import { readMessage } from './read.ts';
import { writeDocument } from './write.ts';

type Head = Omit<Guide, 'read' | 'write' | 'lineage'>;

export function makeGuide(head: Head, plan: GuidePlan): Guide {
  return {
    ...head,
    read: async (message) => read(head, plan, message),
    lineage: async (message) =>
      traced(plan, message)
        .filter(({ failed }) => failed !== true)
        .map(toLineage),
    write: async (document) => write(head, plan, document),
  };
}

function read(head: Head, plan: GuidePlan, message: Message): ReadResult {
  if (message.root === null) {
    const broken = fault('message-shapeless', { type: message.type }, message.at);
    return { document: null, faults: [broken], unmapped: [] };
  }
  const context: ReadContext = { message, faults: [], unmapped: [], trace: null };
  const { object } = readMessage(plan, message.root, context);
  const checked = canonicalDocuments[head.canonical].safeParse(object);
  const { faults, unmapped } = context;
  if (!checked.success) faults.push(...invalid(head, plan, message, checked.error.issues, faults));
  const refused = !checked.success || faults.some(({ severity }) => severity === 'error');
  const told = faults.filter((found) => !isTold(found, message.faults));
  return { document: refused ? null : (object as CanonicalDocument), faults: told, unmapped };
}

function write(head: Head, plan: GuidePlan, document: CanonicalDocument): WriteResult {
  const context = { out: [], faults: [], guide: head.name };
  writeDocument(plan, document as unknown as Fields, context);
  return { segments: context.out, faults: context.faults };
}

/** The dictionary's checks found the same place wrong already. */
function isTold({ at }: Fault, known: readonly Fault[]): boolean {
  if (at?.element === undefined) return false;
  return known.some(({ severity, at: other }) => severity === 'error' && isSamePlace(other, at));
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The schema's complaints as faults, each where the value, or what stands nearest to it, came from. */
function invalid(
  head: Head,
  plan: GuidePlan,
  message: Message,
  issues: readonly Issue[],
  known: readonly Fault[],
): Fault[] {
  const rows = traced(plan, message).map(toLineage);
  return issues.flatMap(({ path, message: problem }) => {
    const name = path.map(String).join('.');
    const at = nearest(rows, path) ?? message.at;
    const told = at.element !== undefined && known.some((other) => isSamePlace(other.at, at));
    return told ? [] : [fault('document-invalid', { canonical: head.canonical, name, problem }, at)];
  });
}

function isSamePlace(a: Fault['at'], b: Fault['at']): boolean {
  return a?.segment === b?.segment && a?.element === b?.element && a?.component === b?.component;
}

/** The place of the path itself, else the segment of the first value below its nearest ancestor. */
function nearest(rows: readonly Lineage[], path: readonly PropertyKey[]): Lineage['at'] | undefined {
  const full = path.map(String).join('.');
  const own = rows.find((row) => row.path === full);
  if (own !== undefined) return own.at;
  for (let length = path.length - 1; length > 0; length--) {
    const prefix = `${path.slice(0, length).map(String).join('.')}.`;
    const near = rows.find((row) => row.path.startsWith(prefix));
    if (near === undefined) continue;
    const { element: _element, component: _component, ...segment } = near.at;
    return segment;
  }
  return undefined;
}

function traced(plan: GuidePlan, message: Message): readonly Trace[] {
  if (message.root === null) return [];
  const trace: Trace[] = [];
  readMessage(plan, message.root, { message, faults: [], unmapped: [], trace });
  return trace;
}

function toLineage({ frame, keys, at, guide }: Trace): Lineage {
  const path = [...framePath(frame), ...keys.split('.').filter((key) => key !== '')].join('.');
  return { path, at, guide: `${guide.file}:${guide.line}` };
}

function framePath(frame: Frame): string[] {
  if (frame.parent === null) return [];
  return [...framePath(frame.parent), frame.list, String(frame.index)];
}
