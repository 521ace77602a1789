/** Graphs for people: as text, one node a line, and as Graphviz. */
import { formatType, type HostData } from '../tensor.ts';
import type { AnyNode, Graph, Tensor } from './graph.ts';

/** The graph as text: declarations first, then a line a node: `%7 = conv2d(%5, %6) {strides: 1,1} : f32[1x8x32x32]  # genAB/stem`. */
export function printGraph(graph: Graph): string {
  const lines = [
    ...[...graph.inputs].map(([name, type]) => `input ${name} : ${formatType(type)}`),
    ...[...graph.variables.values()].map(
      ({ name, update, ...type }) => `variable ${name} : ${formatType(type)}${update === undefined ? '' : ` <- ${reference(update)}`}`,
    ),
    ...graph.nodes.map(printNode),
    ...[...graph.outputs].map(([name, tensor]) => `output ${name} = ${reference(tensor)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The graph in Graphviz's dot language, nodes grouped by the scope that made them. */
export function printGraphviz(graph: Graph): string {
  const scopes = groupByScope(graph.nodes);
  const clusters = [...scopes].map(([scope, nodes], at) => {
    const body = nodes.map(
      (node) => `    n${node.id} [label=${quote(`${node.op}${printParams(node)}\n${node.outputs.map(formatType).join(', ')}`)}];`,
    );
    return [`  subgraph cluster${at} {`, `    label=${quote(scope)};`, ...body, '  }'].join('\n');
  });
  const edges = graph.nodes.flatMap((node) => node.inputs.map((input) => `  n${input.node.id} -> n${node.id};`));
  const updates = [...graph.variables.values()].flatMap(({ name, update }) =>
    update === undefined ? [] : [[`update ${name}`, update] as const],
  );
  const outputs = [...[...graph.outputs].map(([name, tensor]) => [`output ${name}`, tensor] as const), ...updates].map(
    ([name, tensor]) => `  ${quote(name)} [shape=plain];\n  n${tensor.node.id} -> ${quote(name)};`,
  );
  return ['digraph {', '  node [shape=box];', ...clusters, ...edges, ...outputs, '}', ''].join('\n');
}

function printNode(node: AnyNode): string {
  const results = node.outputs.map(reference).join(', ');
  const scope = node.scope === '' ? '' : `  # ${node.scope}`;
  return `${results} = ${node.op}(${node.inputs.map(reference).join(', ')})${printParams(node)} : ${node.outputs.map(formatType).join(', ')}${scope}`;
}

function printParams(node: AnyNode): string {
  const entries = Object.entries(node.params).map(([key, value]) => `${key}: ${printValue(value)}`);
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

function printValue(value: unknown): string {
  if (!ArrayBuffer.isView(value)) return String(value);
  const data = value as HostData;
  return `[${data.slice(0, 4).join(',')}${data.length > 4 ? ',...' : ''}]`;
}

function reference(tensor: Tensor): string {
  return `%${tensor.node.id}${tensor.node.outputs.length > 1 ? `.${tensor.index}` : ''}`;
}

function groupByScope(nodes: readonly AnyNode[]): Map<string, AnyNode[]> {
  const groups = new Map<string, AnyNode[]>();
  for (const node of nodes) {
    const group = groups.get(node.scope);
    if (group === undefined) groups.set(node.scope, [node]);
    else group.push(node);
  }
  return groups;
}

const quote = (text: string) => JSON.stringify(text);
