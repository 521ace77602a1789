/** ONNX's ConvTranspose, for groups of every size. */
import type { Attributes, LoweringContext, Value } from '../context.ts';
import { image, type Operand } from '../lower.ts';
import { slice, sum } from '../operators.ts';

/**
 * The ConvTranspose of `x` with `kernels` C x O/groups x KH x KW, whose attributes are given. ONNX Runtime's WebGPU provider (1.30) takes groups
 * that make one channel for depthwise ones and reads one channel of each: here they are cut into groups that have no more, and summed.
 */
export function convTranspose(
  context: LoweringContext,
  [x, kernels]: readonly [Operand, Value],
  attributes: Attributes,
  { groups, channels }: { readonly groups: number; readonly channels: number },
): Value {
  const perGroup = image(x)[1] / groups;
  if (groups === 1 || channels > groups || perGroup === 1) return context.emit('ConvTranspose', [x.value, kernels], attributes);
  const every = (value: Value, axis: number, first: number) =>
    slice(context, value, { axes: [axis], starts: [first], ends: [groups * perGroup], steps: [perGroup] });
  const parts = Array.from({ length: perGroup }, (_, first) =>
    context.emit('ConvTranspose', [every(x.value, 1, first), every(kernels, 0, first)], attributes),
  );
  return sum(context, parts);
}
