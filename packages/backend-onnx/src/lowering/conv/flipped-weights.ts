/**
 * Kernels of the adjoint convolution: input and output channels exchanged within each group, rows and columns reversed.
 */
import type { LoweringContext, Value } from '../context.ts';
import type { Operand } from '../lower.ts';
import { BEFORE_FIRST, reshape, slice, transpose } from '../operators.ts';

/** `w` O x C/groups x KH x KW as C x O/groups x KH x KW, flipped; made once for all convolutions that need it. */
export function flippedWeights(context: LoweringContext, w: Operand, groups: number): Value {
  return context.once(`flipped ${w.value} ${groups}`, () => {
    const [o = 1, perGroup = 1, height = 1, width = 1] = w.shape;
    const grouped = [groups, o / groups, perGroup, height, width];
    const exchanged =
      groups === 1
        ? transpose(context, w.value, [1, 0, 2, 3])
        : transpose(context, reshape(context, w.value, w.shape, grouped), [0, 2, 1, 3, 4]);
    const channels = groups === 1 ? exchanged : reshape(context, exchanged, undefined, [groups * perGroup, o / groups, height, width]);
    if (height === 1 && width === 1) return channels;
    return slice(context, channels, { axes: [2, 3], starts: [-1, -1], ends: [BEFORE_FIRST, BEFORE_FIRST], steps: [-1, -1] });
  });
}
