/**
 * Convolutions and their adjoints by the engines' own, which know neither uneven padding nor gradients of dilated and grouped convolutions:
 * padding is done before, kernels are spread out, and groups are convolved one after the other.
 */
import type { ConvGeometry } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { gaps, hasKernel } from './gaps.ts';
import type { Kernels, RunContext } from './kernel.ts';
import { padded, sliced, spaceOut } from './shape.ts';

/** Places of the batch or a kernel's outputs, of height, width and channels. */
const [OUTPUTS, HEIGHT, WIDTH, CHANNELS] = [0, 1, 2, 3] as const;

/** Kernels of the convolutions. */
export const convKernels: Kernels<'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'> = {
  conv2d: ({ inputs: [x, w], params, run }) => {
    const source = padImages(x, params);
    return byGroup(params.groups, CHANNELS, (part) => {
      const [images, kernel] = [part(source, CHANNELS) as tf.Tensor4D, spreadKernel(part(w, OUTPUTS), params, run)];
      return tf.conv2d(images, kernel, [...params.strides], 'valid');
    });
  },

  conv2dInputGrad: ({ inputs: [dy, w], params, run }) => {
    const [top, bottom, left, right] = params.padding;
    const [height, width] = [params.inputSize[0] + top + bottom, params.inputSize[1] + left + right];
    const gradient = byGroup(params.groups, CHANNELS, (part) => {
      const [images, kernel] = [part(dy, CHANNELS) as tf.Tensor4D, spreadKernel(part(w, OUTPUTS), params, run)];
      const channels = kernel.shape[2];
      if (gaps().slowTransposedConvolutions || isThin(images.shape[CHANNELS], channels, params.strides))
        return byForward(images, kernel, { strides: params.strides, height, width });
      return tf.conv2dTranspose(images, kernel, [images.shape[0], height, width, channels], [...params.strides], 'valid');
    });
    return padded(gradient, [0, -top, -left, 0], [0, -bottom, -right, 0]);
  },

  conv2dWeightGrad: ({ inputs: [x, dy], params }) => {
    const source = padImages(x, params);
    const [down, across] = params.dilation;
    const [height, width] = [(params.kernelSize[0] - 1) * down + 1, (params.kernelSize[1] - 1) * across + 1];
    const geometry = { size: [height, width], strides: params.strides } as const;
    const spread = byGroup(params.groups, OUTPUTS, (part) => {
      const [images, cotangents] = [part(source, CHANNELS) as tf.Tensor4D, part(dy, CHANNELS) as tf.Tensor4D];
      return tf.transpose(weightGradient(images, cotangents, geometry), [3, 0, 1, 2]);
    });
    return sliced(spread, [0, 0, 0, 0], spread.shape, [1, down, across, 1]);
  },
};

/** Where a weight gradient's kernel looks. */
interface KernelGeometry {
  readonly size: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
}

/** Gradient by KH,KW,C,O kernels of a convolution without padding. */
function weightGradient(x: tf.Tensor4D, dy: tf.Tensor4D, geometry: KernelGeometry): tf.Tensor {
  const compute = hasKernel(tf.Conv2DBackpropFilter) ? byEngine : byProducts;
  if (!isThin(dy.shape[CHANNELS], x.shape[CHANNELS], geometry.strides)) return compute(x, dy, geometry);
  // the two change places, which turns the kernel round and its channels into outputs
  return turned(compute(surrounded(dy, geometry.size), x, geometry));
}

/** Gradient by the images of a convolution without padding: a convolution of the cotangents, spread out, with the kernel turned round. */
function byForward(
  dy: tf.Tensor4D,
  kernel: tf.Tensor4D,
  {
    strides: [down, across],
    height,
    width,
  }: { readonly strides: readonly [number, number]; readonly height: number; readonly width: number },
): tf.Tensor {
  const spread = spaceOut(spaceOut(dy, { axis: HEIGHT, count: down - 1 }), { axis: WIDTH, count: across - 1 }) as tf.Tensor4D;
  const [rows, columns] = kernel.shape;
  const gradient = tf.conv2d(surrounded(spread, [rows, columns]), turned(kernel), 1, 'valid');
  // what no stride reached
  return padded(gradient, [0, 0, 0, 0], [0, height - gradient.shape[HEIGHT], width - gradient.shape[WIDTH], 0]);
}

/**
 * Whether a convolution makes so few channels of so many that an engine is quicker with the two exchanged: TensorFlow takes ten times as long
 * for the gradients of the last layer of a generator, from 64 channels to 3, as for those of the first.
 */
function isThin(outputs: number, channels: number, [down, across]: readonly [number, number]): boolean {
  return down === 1 && across === 1 && outputs * 4 <= channels;
}

/** Zeros around images, as many as a kernel of `size` reaches beyond them. */
function surrounded(x: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D {
  const edges = [0, height - 1, width - 1, 0];
  return padded(x, edges, edges) as tf.Tensor4D;
}

/** A kernel KH,KW,C,O upside down and left to right as KH,KW,O,C. */
function turned(kernel: tf.Tensor): tf.Tensor4D {
  return tf.transpose(tf.reverse(kernel as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]);
}

/** Gradient by KH,KW,C,O kernels of a convolution without padding, by the engine's kernel. */
function byEngine(x: tf.Tensor4D, dy: tf.Tensor4D, { size, strides }: KernelGeometry): tf.Tensor {
  const filterShape: [number, number, number, number] = [...size, x.shape[CHANNELS], dy.shape[CHANNELS]];
  const attributes = { strides: [...strides], pad: 'valid', dataFormat: 'NHWC', filterShape };
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, attributes);
}

/** The same as a matrix product for each position within the kernel, for engines that lack it. */
function byProducts(x: tf.Tensor4D, dy: tf.Tensor4D, { size, strides: [down, across] }: KernelGeometry): tf.Tensor {
  const [batch, rows, columns, outputs] = dy.shape;
  const channels = x.shape[CHANNELS];
  const cotangents = tf.reshape(dy, [batch * rows * columns, outputs]);
  const products: tf.Tensor[] = [];
  for (let i = 0; i < size[0]; i++) {
    for (let j = 0; j < size[1]; j++) {
      const limits = [batch, i + (rows - 1) * down + 1, j + (columns - 1) * across + 1, channels];
      const seen = tf.reshape(sliced(x, [0, i, j, 0], limits, [1, down, across, 1]), [batch * rows * columns, channels]);
      products.push(tf.matMul(seen as tf.Tensor2D, cotangents, true, false));
    }
  }
  return tf.reshape(tf.stack(products), [...size, channels, outputs]);
}

/** The images with their zero padding. */
function padImages(x: tf.Tensor, { padding: [top, bottom, left, right] }: ConvGeometry): tf.Tensor {
  return padded(x, [0, top, left, 0], [0, bottom, right, 0]);
}

/** The kernel as KH,KW,C,O, with zeros between its elements where it is dilated. */
function spreadKernel(weight: tf.Tensor, { dilation: [down, across], groups }: ConvGeometry, run: RunContext): tf.Tensor4D {
  if (groups === 1 && down === 1 && across === 1) return run.kernelOf(weight);
  const taller = spaceOut(weight, { axis: HEIGHT, count: down - 1 });
  return tf.transpose(spaceOut(taller, { axis: WIDTH, count: across - 1 }), [1, 2, 3, 0]) as tf.Tensor4D;
}

/** What a group has of a tensor that is parted along a place. */
type Part = (x: tf.Tensor, axis: number) => tf.Tensor;

/** The results of all groups, joined along the place `axis`. */
function byGroup(groups: number, axis: number, convolve: (part: Part) => tf.Tensor): tf.Tensor {
  if (groups === 1) return convolve((x) => x);
  const results = Array.from({ length: groups }, (_, group) =>
    convolve((x, along) => {
      const share = (x.shape[along] ?? 0) / groups;
      const edge = (at: number, other: readonly number[]) => other.map((value, place) => (place === along ? at * share : value));
      return sliced(
        x,
        edge(
          group,
          x.shape.map(() => 0),
        ),
        edge(group + 1, x.shape),
      );
    }),
  );
  return tf.concat(results, axis);
}
