/** Runs single ops on the reference backend, for the tests beside this file. */
import { type Tensor, trace } from '../../../src/graph/graph.ts';
import type { OpName, OpParams } from '../../../src/graph/ops.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { f32, type HostTensor, type Shape, sizeOf } from '../../../src/tensor.ts';

/** What `op` makes of the operands. */
export async function compute<K extends OpName>(op: K, operands: readonly HostTensor[], params: OpParams[K]): Promise<HostTensor> {
  const graph = trace((t) => {
    const inputs = operands.map(({ shape, dtype }, index) => t.input(`x${index}`, shape, dtype));
    const [result] = t.emit(op, inputs, params);
    t.output('result', result as Tensor);
  });
  const backend = createReferenceBackend();
  const program = await backend.compile(graph, { store: backend.createStore() });
  const { result } = await program.run(Object.fromEntries(operands.map((operand, index) => [`x${index}`, operand])));
  return (await result) as HostTensor;
}

/** The elements of what `op` makes of the operands. */
export async function elements<K extends OpName>(op: K, operands: readonly HostTensor[], params: OpParams[K]): Promise<number[]> {
  return Array.from((await compute(op, operands, params)).data);
}

/** 1, 2, 3 ... in a shape. */
export function counting(shape: Shape): HostTensor {
  return f32(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, index) => index + 1),
  );
}

/** Numbers in [-1, 1) that look random, different for each seed and the same at each call. */
export function scattered(shape: Shape, seed: number): HostTensor {
  let state = seed * 2654435761 + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return f32(shape, Float64Array.from({ length: sizeOf(shape) }, next));
}

/** Sum of the products of two tensors' elements. */
export function inner(a: HostTensor, b: HostTensor): number {
  return Array.from(a.data).reduce((sum, value, index) => sum + value * (b.data[index] ?? Number.NaN), 0);
}
