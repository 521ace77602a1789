/**
 * Reductions; reduced axes keep extent 1.
 */
import { int } from './attributes.ts';
import type { LoweringContext, Value } from './context.ts';
import type { Lower, Operand } from './lower.ts';

/** `reduce` over the axes that hold more than one element: ONNX reads an empty list as all axes, and an extent of 1 needs no work. */
function reduce(context: LoweringContext, operator: 'ReduceSum' | 'ReduceMax', x: Operand, axes: readonly number[]): Value {
  const effective = axes.filter((axis) => x.shape[axis] !== 1);
  return effective.length === 0 ? x.value : context.emit(operator, [x.value, context.ints(effective)], { keepdims: int(1) });
}

/** Lowerings of the reductions. */
export const REDUCTIONS: { readonly [K in 'sum' | 'maxReduce']: Lower<K> } = {
  sum: (context, { inputs: [x], params }) => reduce(context, 'ReduceSum', x, params.axes),
  maxReduce: (context, { inputs: [x], params }) => reduce(context, 'ReduceMax', x, params.axes),
};
