/** Reflection padding and its adjoint: two walks over one table of mirrored rows and columns. */
import { type Shape, sizeOf } from '../tensor.ts';
import { extents4, floats, type Kernels } from './value.ts';

/** Kernels of reflection padding. */
export const reflectPadKernels: Kernels<'reflectPad' | 'reflectPadGrad'> = {
  reflectPad: ({ inputs: [x], params: { padding }, output }) => {
    const source = floats(x);
    const result = new Float64Array(sizeOf(output.shape));
    forEachMirror(x.shape, padding, (inner, padded) => {
      result[padded] = source[inner]!;
    });
    return result;
  },

  reflectPadGrad: ({ inputs: [dy], params: { padding }, output }) => {
    const source = floats(dy);
    const result = new Float64Array(sizeOf(output.shape));
    forEachMirror(output.shape, padding, (inner, padded) => {
      result[inner]! += source[padded]!;
    });
    return result;
  },
};

/** Visits every element of the padded picture with the element of the picture, of shape `inner`, that it mirrors. */
function forEachMirror(
  inner: Shape,
  padding: readonly [number, number, number, number],
  visit: (inner: number, padded: number) => void,
): void {
  const [images, channels, height, width] = extents4(inner);
  const [top, bottom, left, right] = padding;
  const rows = mirrored(height, top, bottom);
  const columns = mirrored(width, left, right);
  let padded = 0;
  for (let plane = 0; plane < images * channels; plane++) {
    for (let row = 0; row < rows.length; row++) {
      const start = (plane * height + rows[row]!) * width;
      for (let column = 0; column < columns.length; column++) visit(start + columns[column]!, padded++);
    }
  }
}

/** Sources along one axis: `before` mirrored ones, all of them, `after` mirrored ones; the edge itself is not repeated. */
function mirrored(extent: number, before: number, after: number): number[] {
  const last = extent - 1;
  return Array.from({ length: before + extent + after }, (_, at) => last - Math.abs(last - Math.abs(at - before)));
}
