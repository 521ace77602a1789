/**
 * A convolution with few output channels: one product makes every kernel element's share at every input position, and each
 * output is the sum of the shares that it meets. Unfolds the few outputs instead of the many inputs.
 */
import { gathered, product } from '../cost.ts';
import { image } from '../lower.ts';
import { matmulTransposed, reshape } from '../operators.ts';
import { ZERO } from '../rows/gather.ts';
import { extentsOf, rowOrder } from '../rows/order.ts';
import { settled } from '../rows/picture.ts';
import { type RowsFormulation, sizesOf } from './formulation.ts';
import { kernelsByTap } from './kernels-by-tap.ts';
import { unfolded } from './positions.ts';

/** Output channels up to which the sums are cheap. */
const FEW = 4;

/** Fits every geometry without groups and with few output channels. */
export const forwardTaps: RowsFormulation<'conv2d'> = {
  name: 'taps',
  layout: 'rows',
  fits: (node) => node.params.groups === 1 && sizesOf('conv2d', node).o <= FEW,
  cost: (node) => {
    const { inputs, positions, taps, c, o } = sizesOf('conv2d', node);
    return product(inputs, c, taps * o) + 2 * gathered(positions * taps, o);
  },
  lower: (context, { params, inputs, outputs: [y], picture, tensor }) => {
    const x = picture(0);
    const shape = image(y);
    const sizes = sizesOf('conv2d', { params, inputs, outputs: [y] });
    const { kernel, taps, c, o, inputs: count } = sizes;
    const kernels = reshape(context, kernelsByTap(context, tensor(1), sizes), undefined, [taps * o, c]);
    const shares = matmulTransposed(context, settled(context, x), kernels);
    const output = extentsOf(shape);
    const natural = Int32Array.from({ length: output.n * output.height * output.width }, (_, position) => position);
    const met = unfolded(extentsOf(x.shape), output, { ...params, kernel }, natural);
    const { rowOf } = rowOrder(extentsOf(x.shape));
    const terms = Array.from({ length: taps }, (_, tap) =>
      natural.map((position) => {
        const source = met[position * taps + tap] ?? ZERO;
        return source === ZERO ? ZERO : (rowOf[source] ?? 0) * taps + tap;
      }),
    );
    return [{ shape, matrix: reshape(context, shares, undefined, [count * taps, o]), rows: count * taps, terms }];
  },
};
