/**
 * Which variables a run may overwrite where they are: those that nothing can still read once their next value is being written, whatever order
 * the engine chooses. The others need a second tensor.
 */
import type { OnnxNode } from '@cyclegan/formats';
import { Dependencies } from './dependencies.ts';
import type { Value } from './lowering/context.ts';
import type { LoweredGraph } from './lowering/graph-to-onnx.ts';

/** Operators of two operands that read an element of an operand of the result's shape only to write the same element of the result. */
const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/** Names of the variables whose next value may be written over the last one by a model of these nodes. */
export function inPlaceVariables(
  nodes: readonly OnnxNode[],
  { variables, updates }: Pick<LoweredGraph, 'variables' | 'updates'>,
): ReadonlySet<string> {
  const dependencies = new Dependencies(nodes);
  const isSafe = (name: string, next: Value) => blockers(dependencies, variables.get(name), next)?.length === 0;
  return new Set([...updates].flatMap(([name, next]) => (isSafe(name, next) ? [name] : [])));
}

/**
 * The nodes that may read the variable `value` while, or after, its next value `next` is written; the writing node itself is one unless it reads and
 * writes element by element. Undefined when no node writes it. `value` is undefined where no node reads the variable.
 */
export function blockers(dependencies: Dependencies, value: Value | undefined, next: Value): readonly number[] | undefined {
  const writer = dependencies.maker(next);
  if (writer === undefined) return undefined;
  const readers = value === undefined ? [] : dependencies.readers(value);
  const harmless = value !== undefined && overwrites(dependencies.nodes[writer] as OnnxNode, value) ? writer : undefined;
  const left = new Set(readers.filter((at) => at !== harmless));
  for (const before of dependencies.upstream(writer)) {
    if (left.size === 0) break;
    left.delete(before);
  }
  return [...left];
}

/** Whether a node may write over `value`, a tensor of its result's shape, while it reads it under that name. */
function overwrites({ opType, inputs }: OnnxNode, value: Value): boolean {
  if (opType === 'ScatterND') return inputs[0] === value && !inputs.slice(1).includes(value);
  return ELEMENTWISE.has(opType) && inputs.includes(value);
}
