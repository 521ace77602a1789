/**
 * Convolution and its two adjoints. A tap is one element of the kernel: it ties a window of a plane of x to a window of a
 * plane of y. The three ops walk the same taps and differ only in which of x, w and y they accumulate into. Each has the
 * innermost loops to itself: shared ones, with steps as data, made golden runs 1.4 to 3 times slower.
 */
import type { ConvGeometry } from '../graph/ops.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import { extents4, floats, type Kernels } from './value.ts';

/** Kernels of the convolutions. */
export const convKernels: Kernels<'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'> = {
  // y += w x
  conv2d: ({ inputs: [x, w], params, output }) => {
    const y = new Float64Array(sizeOf(output.shape));
    const [source, kernel] = [floats(x), floats(w)];
    forEachTap(
      { x: x.shape, w: w.shape, y: output.shape },
      params,
      (weight, planes, { rows, columns, x: xStart, y: yStart, xRow, yRow, xStep }) => {
        const factor = kernel[weight]!;
        for (let row = 0; row < rows; row++) {
          let xi = planes.x + xStart + row * xRow;
          let yi = planes.y + yStart + row * yRow;
          for (let column = 0; column < columns; column++) {
            y[yi++]! += factor * source[xi]!;
            xi += xStep;
          }
        }
      },
    );
    return y;
  },

  // dx += w dy
  conv2dInputGrad: ({ inputs: [dy, w], params, output }) => {
    const dx = new Float64Array(sizeOf(output.shape));
    const [cotangent, kernel] = [floats(dy), floats(w)];
    forEachTap(
      { x: output.shape, w: w.shape, y: dy.shape },
      params,
      (weight, planes, { rows, columns, x: xStart, y: yStart, xRow, yRow, xStep }) => {
        const factor = kernel[weight]!;
        for (let row = 0; row < rows; row++) {
          let xi = planes.x + xStart + row * xRow;
          let yi = planes.y + yStart + row * yRow;
          for (let column = 0; column < columns; column++) {
            dx[xi]! += factor * cotangent[yi++]!;
            xi += xStep;
          }
        }
      },
    );
    return dx;
  },

  // dw += x dy
  conv2dWeightGrad: ({ inputs: [x, dy], params, output }) => {
    const dw = new Float64Array(sizeOf(output.shape));
    const [source, cotangent] = [floats(x), floats(dy)];
    forEachTap(
      { x: x.shape, w: output.shape, y: dy.shape },
      params,
      (weight, planes, { rows, columns, x: xStart, y: yStart, xRow, yRow, xStep }) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) {
          let xi = planes.x + xStart + row * xRow;
          let yi = planes.y + yStart + row * yRow;
          for (let column = 0; column < columns; column++) {
            sum += source[xi]! * cotangent[yi++]!;
            xi += xStep;
          }
        }
        dw[weight]! += sum;
      },
    );
    return dw;
  },
};

/** The positions of an output plane for which a kernel element meets the input, and the input elements it meets there. */
interface Window {
  readonly rows: number;
  readonly columns: number;
  /** Offset of the first element in its plane of x, and in its plane of y. */
  readonly x: number;
  readonly y: number;
  /** Distances to the next row, and in x to the next column; in y it is 1. */
  readonly xRow: number;
  readonly yRow: number;
  readonly xStep: number;
}

interface ConvShapes {
  readonly x: Shape;
  readonly w: Shape;
  readonly y: Shape;
}

/** Receives a tap: its index in w, where the planes it ties together start in x and y (reused), and the window. */
type VisitTap = (weight: number, planes: { readonly x: number; readonly y: number }, window: Window) => void;

/** Visits each kernel element for each pair of planes it ties together. */
function forEachTap(shapes: ConvShapes, geometry: ConvGeometry, visit: VisitTap): void {
  const [images, channels, height, width] = extents4(shapes.x);
  const [outputs, channelsPerGroup] = extents4(shapes.w);
  const yPlane = sizeOf(shapes.y.slice(2));
  const windows = windowsOf(shapes, geometry);
  const outputsPerGroup = outputs / geometry.groups;
  const planes = { x: 0, y: 0 };
  for (let image = 0; image < images; image++) {
    for (let o = 0; o < outputs; o++) {
      const firstChannel = Math.floor(o / outputsPerGroup) * channelsPerGroup;
      planes.y = (image * outputs + o) * yPlane;
      for (let c = 0; c < channelsPerGroup; c++) {
        planes.x = (image * channels + firstChannel + c) * height * width;
        const weight = (o * channelsPerGroup + c) * windows.length;
        for (let tap = 0; tap < windows.length; tap++) visit(weight + tap, planes, windows[tap]!);
      }
    }
  }
}

/** The window of each kernel element, in the order of the kernel's elements. */
function windowsOf(shapes: ConvShapes, { strides, padding, dilation }: ConvGeometry): Window[] {
  const [, , height, width] = extents4(shapes.x);
  const [, , kernelHeight, kernelWidth] = extents4(shapes.w);
  const [, , outHeight, outWidth] = extents4(shapes.y);
  const windows: Window[] = [];
  for (let ky = 0; ky < kernelHeight; ky++) {
    const rows = meeting({ shift: ky * dilation[0] - padding[0], stride: strides[0], extent: height, outputs: outHeight });
    for (let kx = 0; kx < kernelWidth; kx++) {
      const columns = meeting({ shift: kx * dilation[1] - padding[2], stride: strides[1], extent: width, outputs: outWidth });
      windows.push({
        rows: rows.count,
        columns: columns.count,
        x: rows.source * width + columns.source,
        y: rows.first * outWidth + columns.first,
        xRow: strides[0] * width,
        yRow: outWidth,
        xStep: strides[1],
      });
    }
  }
  return windows;
}

/** The outputs i of an axis whose source i * stride + shift lies inside the extent, and the source of the first. */
function meeting({ shift, stride, extent, outputs }: { shift: number; stride: number; extent: number; outputs: number }) {
  const first = Math.max(0, Math.ceil(-shift / stride));
  const last = Math.min(outputs - 1, Math.floor((extent - 1 - shift) / stride));
  return { first, count: Math.max(0, last - first + 1), source: first * stride + shift };
}
