/**
 * Small weights of one network learn as one vector: an engine's node costs the same for ten numbers as for ten thousand, and most
 * weights of a network are small. Elementwise, so every result keeps its bits.
 */
import type { AnyNode, Graph, Node, Tensor, Trace } from '../graph/graph.ts';
import { concat, emit, reshape, sliceAxis } from '../ops.ts';
import { sizeOf } from '../tensor.ts';
import { rewrite } from './rewrite.ts';

/** Largest weight that is joined with others, in elements: a larger one costs as much to copy as its own nodes do, or more. */
const JOINED_ELEMENTS = 1024;

type Adam = Node<'adam'>;

/** Joins the `adam` nodes of a network's small weights into one on their elements in a row. */
export function fuseAdam(graph: Graph): Graph {
  const groups = groupsOf(graph.nodes);
  const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node as AnyNode, group] as const)));
  const results = new Map<AnyNode, readonly Tensor[]>();
  return rewrite({ ...graph, nodes: membersLast(graph, groups) }, (node, _, trace, at) => {
    const group = groupOf.get(node);
    if (group === undefined) return undefined;
    if (!results.has(node)) for (const [member, outputs] of joined(group, trace, at)) results.set(member, outputs);
    return results.get(node);
  });
}

/** Groups of at least two nodes that may become one: none is read before the last of them. */
function groupsOf(nodes: readonly AnyNode[]): readonly (readonly Adam[])[] {
  const open = new Map<string, Adam[]>();
  const groups: Adam[][] = [];
  for (const node of nodes) {
    for (const { node: source } of node.inputs) if (source.op === 'adam') open.delete(keyOf(source));
    if (node.op !== 'adam' || sizeOf(node.outputs[0]?.shape ?? []) > JOINED_ELEMENTS) continue;
    const group = open.get(keyOf(node));
    if (group !== undefined) group.push(node);
    else {
      const started = [node];
      open.set(keyOf(node), started);
      groups.push(started);
    }
  }
  return groups.filter(({ length }) => length > 1);
}

/** What nodes must have in common; the network is the first part of the weight's name. */
function keyOf({ inputs, params, outputs }: Adam): string {
  const [weight, , , , ...scalars] = inputs;
  const network = weight?.node.op === 'variable' ? weight.node.params.name.split('/', 1)[0] : '';
  return [network, outputs[0]?.dtype, JSON.stringify(params), ...scalars.map(({ node, index }) => `${node.id}.${index}`)].join(' ');
}

/** The nodes in an order in which nothing but a group's members stands between its first and its last. */
function membersLast({ nodes }: Graph, groups: readonly (readonly Adam[])[]): AnyNode[] {
  const lastOf = new Map(groups.map((group) => [group[group.length - 1] as AnyNode, group] as const));
  const members = new Set<AnyNode>(groups.flat());
  return nodes.flatMap((node): readonly AnyNode[] => (members.has(node) ? (lastOf.get(node) ?? []) : [node]));
}

/** The results of each member, out of one node on all of them. */
function joined(group: readonly Adam[], trace: Trace, at: (tensor: Tensor) => Tensor): [AnyNode, readonly Tensor[]][] {
  const [first] = group as readonly [Adam];
  const flat = (tensor: Tensor) => reshape(tensor, [sizeOf(tensor.shape)]);
  const row = (k: number) => concat(group.map(({ inputs }) => flat(at(inputs[k] as Tensor))) as [Tensor, ...Tensor[]], 0);
  const scalars = first.inputs.slice(4).map(at);
  const rows = trace.scoped(`adam of ${group.length}`, () => emit('adam', [row(0), row(1), row(2), row(3), ...scalars], first.params));
  let end = 0;
  return group.map((member) => {
    const { shape } = member.outputs[0] as Tensor;
    const start = end;
    end += sizeOf(shape);
    return [member, rows.map((each) => reshape(sliceAxis(each, 0, start, end), shape))];
  });
}
