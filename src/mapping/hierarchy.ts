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

/** Deeper than any structure is: shipment, order, pallet, carton, item are five. */
const maxDepth = 30;

/**
 * The outermost levels among the members of a message. Nothing is lost of a message whose levels are wrong: a level whose
 * parent does not exist, that closes a circle, or that stands too deep counts as outermost; where an id is there twice,
 * the nearest before is meant.
 */
export function hierarchyOf(members: Loop['members']): readonly Node[] {
  const nodes: Node[] = [];
  const firsts = new Map<string, Node>();
  for (const member of members) {
    if (!isLoop(member) || !isHierarchical(member)) continue;
    const trigger = triggerOf(member);
    if (trigger === undefined) continue;
    const node: Node = { trigger, loop: member, children: [] };
    nodes.push(node);
    const id = valueAt(trigger, 1, null);
    if (!firsts.has(id)) firsts.set(id, node);
  }
  const parents = parentsOf(nodes, firsts);
  cutChains(nodes, parents);
  return nodes.filter((node) => {
    const parent = parents.get(node);
    parent?.children.push(node);
    return parent === undefined;
  });
}

function parentsOf(nodes: readonly Node[], firsts: ReadonlyMap<string, Node>): Map<Node, Node> {
  const parents = new Map<Node, Node>();
  const before = new Map<string, Node>();
  for (const node of nodes) {
    const id = valueAt(node.trigger, 2, null);
    const parent = id === '' ? undefined : (before.get(id) ?? firsts.get(id));
    if (parent !== undefined) parents.set(node, parent);
    before.set(valueAt(node.trigger, 1, null), node);
  }
  return parents;
}

/** Takes the parent from a level that closes a circle, or stands too deep. */
function cutChains(nodes: readonly Node[], parents: Map<Node, Node>): void {
  const depths = new Map<Node, number>();
  for (const node of nodes) {
    const way = new Set<Node>();
    let at: Node | undefined = node;
    while (at !== undefined && !depths.has(at) && !way.has(at)) {
      way.add(at);
      at = parents.get(at);
    }
    const inward = [...way].reverse();
    if (at !== undefined && way.has(at) && inward[0] !== undefined) parents.delete(inward[0]);
    let depth = (at === undefined ? undefined : depths.get(at)) ?? 0;
    for (const level of inward) {
      if (depth === maxDepth) parents.delete(level);
      depth = depth === maxDepth ? 1 : depth + 1;
      depths.set(level, depth);
    }
  }
}
