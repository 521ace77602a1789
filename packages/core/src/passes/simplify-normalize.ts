/**
 * What normalising makes superfluous: it takes away whatever was added to all that it averages, so a convolution's bias in front of it
 * has neither effect nor gradient. Holds for finite values; where a bias is not finite, the original is not either and this may be.
 */
import type { Node, Tensor } from '../graph/graph.ts';
import { add, broadcast, emit, scalar } from '../ops.ts';
import { sameShape } from '../tensor.ts';

/** normalize(x + c) is normalize(x) with c added to the mean, for a `c` that does not vary along the axes; undefined for another input. */
export function withoutOffset({ params }: Node<'normalize'>, input: Tensor): readonly Tensor[] | undefined {
  if (input.node.op !== 'add') return undefined;
  const [a, b] = input.node.inputs as readonly [Tensor, Tensor];
  const isOffset = (x: Tensor, c: Tensor) =>
    sameShape(x.shape, input.shape) && params.axes.every((axis) => extentFrom(c, axis, input) === 1);
  const [x, c] = isOffset(a, b) ? [a, b] : [b, a];
  if (!isOffset(x, c)) return undefined;
  const [y, mean, rstd] = emit('normalize', [x], params) as readonly [Tensor, Tensor, Tensor];
  return [y, add(mean, c), rstd];
}

/** The extent of `c` along an axis of the tensor that it is broadcast to. */
function extentFrom(c: Tensor, axis: number, { shape }: Tensor): number {
  return c.shape[axis - (shape.length - c.shape.length)] ?? 1;
}

/** Zeros for a sum of `normalizeGrad` over all that was normalised, since y sums to 0 there: the gradient of an added `c`; undefined for another sum. */
export function sumOfCentred({ params, outputs }: Node<'sum'>, { node, dtype, shape }: Tensor): Tensor | undefined {
  if (node.op !== 'normalizeGrad') return undefined;
  const y = node.inputs[1] as Tensor;
  const { axes } = node.params;
  const normalised = y.index === 0 && y.node.op === 'normalize' && y.node.params.axes.join() === axes.join();
  const covered = axes.every((axis) => params.axes.includes(axis) || shape[axis] === 1);
  return normalised && covered ? broadcast(scalar(y, 0, dtype), outputs[0]?.shape ?? []) : undefined;
}
