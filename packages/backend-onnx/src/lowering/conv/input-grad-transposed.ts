/** The input gradient as ONNX's ConvTranspose. */
import { ints } from '../attributes.ts';
import { image } from '../lower.ts';
import { convTranspose } from './conv-transpose.ts';
import { convAttributes, hasUnitStride, kernelOf, sizesOf, span, type TensorFormulation } from './formulation.ts';
import { convTransposeCost } from './operator-cost.ts';
import { transposedInStrips } from './strips.ts';

/** Fits every geometry: rows and columns that a stride left over at the end are ONNX's output padding, which is below the stride. */
export const inputGradTransposed: TensorFormulation<'conv2dInputGrad'> = {
  name: 'transposed',
  layout: 'tensor',
  fits: () => true,
  cost: (node) => {
    const { c, o, taps, positions } = sizesOf('conv2dInputGrad', node);
    return convTransposeCost({ from: o, to: c, taps, positions, groups: node.params.groups });
  },
  lower: (context, { inputs: [dy, w], outputs: [dx], params }) => {
    const kernel = kernelOf(w);
    if (hasUnitStride(params)) return transposedInStrips(context, dy, w.value, { geometry: params, kernel, channels: image(dx)[1] });
    const [, , rows, columns] = image(dy);
    const [tall, wide] = span(kernel, params);
    const [top, bottom, left, right] = params.padding;
    const leftOver = [
      params.inputSize[0] - ((rows - 1) * params.strides[0] + tall + 1 - top - bottom),
      params.inputSize[1] - ((columns - 1) * params.strides[1] + wide + 1 - left - right),
    ];
    const attributes = { ...convAttributes(params, kernel), output_padding: ints(leftOver) };
    return convTranspose(context, [dy, w.value], attributes, { groups: params.groups, channels: image(dx)[1] });
  },
};
