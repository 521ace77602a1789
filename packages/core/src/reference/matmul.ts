/** Matrix product over broadcast batch axes: rows of b added up with the elements of a, so that both are read in order. */
import { sizeOf } from '../tensor.ts';
import { forEachRun, stretchedView, wholeView } from './strided.ts';
import { floats, type Kernels } from './value.ts';

/** Kernel of the matrix product. */
export const matmulKernels: Kernels<'matmul'> = {
  matmul: ({ inputs: [a, b], output }) => {
    const [rows = 1, inner = 1] = a.shape.slice(-2);
    const [, columns = 1] = b.shape.slice(-2);
    const batch = output.shape.slice(0, -2);
    const left = floats(a);
    const right = floats(b);
    const result = new Float64Array(sizeOf(output.shape));
    // Views over the batch count matrices, not elements.
    const views = [stretchedView(a.shape.slice(0, -2), batch), stretchedView(b.shape.slice(0, -2), batch), wholeView(batch)];
    forEachRun(batch, views, (length, offsets, steps) => {
      for (let i = 0; i < length; i++) {
        const aAt = (offsets[0]! + i * steps[0]!) * rows * inner;
        const bAt = (offsets[1]! + i * steps[1]!) * inner * columns;
        const to = (offsets[2]! + i) * rows * columns;
        multiply({ left: left.subarray(aAt), right: right.subarray(bAt), result: result.subarray(to) }, rows, columns, inner);
      }
    });
    return result;
  },
};

function multiply(
  { left, right, result }: { left: Float64Array; right: Float64Array; result: Float64Array },
  rows: number,
  columns: number,
  inner: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = left[row * inner + k]!;
      for (let column = 0; column < columns; column++) result[row * columns + column]! += factor * right[k * columns + column]!;
    }
  }
}
