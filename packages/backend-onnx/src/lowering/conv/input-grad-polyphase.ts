/**
 * The input gradient, which is also the transposed convolution, phase by phase: inputs at equal places within a stride are seen
 * through the same kernel elements, so each phase is one product of gathered rows, and no zeros are multiplied.
 */
import type { OpParams } from '@cyclegan/core';
import { int } from '../attributes.ts';
import type { LoweringContext, Value } from '../context.ts';
import { APPLICATIONS, copied, gathered, product } from '../cost.ts';
import { image } from '../lower.ts';
import { concat, reshape, sum } from '../operators.ts';
import type { Picture } from '../rows/gather.ts';
import { type Extents, extentsOf, rowOrder } from '../rows/order.ts';
import { rowsAt } from '../rows/picture.ts';
import { tapGroups } from './columns.ts';
import { type RowsFormulation, sizesOf } from './formulation.ts';
import { kernelsByTap, tapCost } from './kernels-by-tap.ts';
import { eachPlace, kernelTaps, seenFrom } from './positions.ts';

type Params = OpParams['conv2dInputGrad'];

/** Input positions of one phase, in the order of rows, and the kernel elements that they are seen through. */
interface Phase {
  readonly at: Int32Array;
  readonly taps: readonly (readonly [number, number])[];
}

function phasesOf(input: Extents, { strides, padding: [top, , left], dilation }: Params, kernel: readonly [number, number]): Phase[] {
  const { positionOf } = rowOrder(input);
  const phaseOf = new Int32Array(positionOf.length);
  let row = 0;
  eachPlace(input, positionOf, (_, y, x) => {
    phaseOf[row++] = (y % strides[0]) * strides[1] + (x % strides[1]);
  });
  const phases: Phase[] = [];
  for (let a = 0; a < strides[0]; a++) {
    for (let b = 0; b < strides[1]; b++) {
      const at = positionOf.filter((_, at) => phaseOf[at] === a * strides[1] + b);
      const meets = ([i, j]: readonly [number, number]) =>
        (a + top - i * dilation[0]) % strides[0] === 0 && (b + left - j * dilation[1]) % strides[1] === 0;
      if (at.length > 0) phases.push({ at, taps: kernelTaps(kernel).filter(meets) });
    }
  }
  return phases;
}

/** One phase's rows, positions x C. */
function phaseRows(
  context: LoweringContext,
  dy: Picture,
  { at, taps }: Phase,
  about: { readonly input: Extents; readonly params: Params; readonly kernels: Value; readonly width: number; readonly c: number },
): Value {
  const [, o] = dy.shape;
  if (taps.length === 0) return context.constant('f32', [at.length, about.c], new Float32Array(at.length * about.c));
  const products = tapGroups(taps.length, at.length * o).map(([first, last]) => {
    const group = taps.slice(first, last);
    const seen = seenFrom(about.input, extentsOf(dy.shape), { ...about.params, taps: group }, at);
    const rows = reshape(context, rowsAt(context, dy, seen, [seen.length]), undefined, [at.length, group.length * o]);
    return context.emit('MatMul', [rows, kernelsOf(context, group, { ...about, o })]);
  });
  return sum(context, products);
}

/** The kernels of some elements: elements * O x C. */
function kernelsOf(
  context: LoweringContext,
  taps: Phase['taps'],
  { kernels, width, o, c }: { readonly kernels: Value; readonly width: number; readonly o: number; readonly c: number },
): Value {
  const elements = Int32Array.from(taps, ([i, j]) => i * width + j);
  return context.once(`${kernels} at ${elements.join()}`, () => {
    const picked = context.emit('Gather', [kernels, context.constant('i32', [elements.length], elements)], { axis: int(0) });
    return reshape(context, picked, undefined, [taps.length * o, c]);
  });
}

/** Fits every geometry without groups. */
export const inputGradPolyphase: RowsFormulation<'conv2dInputGrad'> = {
  name: 'polyphase',
  layout: 'rows',
  fits: ({ params }) => params.groups === 1,
  cost: (node) => {
    const sizes = sizesOf('conv2dInputGrad', node);
    const { inputs, positions, taps, c, o } = sizes;
    const phases = node.params.strides[0] * node.params.strides[1];
    const each = inputs / phases;
    return (
      gathered(positions * taps, o) +
      phases * product(each, (taps / phases) * o, c) +
      (phases > 1 ? copied(inputs * c) : 0) +
      tapCost(sizes) / APPLICATIONS
    );
  },
  lower: (context, { params, inputs, outputs: [dx], picture, tensor }) => {
    const dy = picture(0);
    const shape = image(dx);
    const sizes = sizesOf('conv2dInputGrad', { params, inputs, outputs: [dx] });
    const { kernel, c } = sizes;
    const kernels = reshape(context, kernelsByTap(context, tensor(1), sizes), undefined, [sizes.taps, sizes.o, sizes.c]);
    const input = extentsOf(shape);
    const phases = phasesOf(input, params, kernel);
    const about = { input, params, kernels, width: kernel[1], c };
    const matrix = concat(
      context,
      phases.map((phase) => phaseRows(context, dy, phase, about)),
      0,
    );
    const rowAt = new Int32Array(phases.reduce((total, { at }) => total + at.length, 0));
    let row = 0;
    for (const { at } of phases) for (const position of at) rowAt[position] = row++;
    return [{ shape, matrix, rows: row, terms: [rowAt] }];
  },
};
