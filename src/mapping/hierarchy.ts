/** HL and CPS loops as the tree that their parent ids make: parents decide, never the order of the file. */
import { isLoop, type Loop, type Segment } from '../interchange/interchange.ts';
import { valueAt } from './plan.ts';
import { hierarchyTags } from './structure.ts';

/** One level: its segment, the loop it opens, and the levels whose parent it is. */
export interface Node {
  readonly trigger: Segment;
  readonly loop: Loop;
  readonly children: Node[];
}

export const noNodes: readonly Node[] = [];

/** The segment that opens a loop; undefined for an empty one. */
export function triggerOf(loop: Loop): Segment | undefined {
  const first = loop.members[0];
  return first === undefined || isLoop(first) ? undefined : first;
}

export function isHierarchical(loop: Loop): boolean {
  const trigger = triggerOf(loop);
  return trigger !== undefined && hierarchyTags.has(trigger.tag);
}

/** The outermost levels among the members of a message; a level whose parent does not exist counts as outermost. */
export function hierarchyOf(members: Loop['members']): readonly Node[] {
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  for (const member of members) {
    if (!isLoop(member) || !isHierarchical(member)) continue;
    const trigger = triggerOf(member);
    if (trigger === undefined) continue;
    const node: Node = { trigger, loop: member, children: [] };
    nodes.set(valueAt(trigger, 1, null), node);
  }
  for (const node of nodes.values()) {
    const parent = nodes.get(valueAt(node.trigger, 2, null));
    if (parent === undefined || parent === node) roots.push(node);
    else parent.children.push(node);
  }
  return roots;
}
