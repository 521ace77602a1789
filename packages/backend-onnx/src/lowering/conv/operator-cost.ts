/** What ONNX Runtime's own convolution operators cost: both are a product with pictures unfolded or folded beside it. */
import { product, streamed } from '../cost.ts';

/** Extents of one operator. */
interface OperatorSizes {
  readonly from: number;
  readonly to: number;
  readonly taps: number;
  /** Positions of all pictures: of the result for Conv, of the operand for ConvTranspose. */
  readonly positions: number;
  readonly groups: number;
}

/** Conv from so many channels to so many. */
export function convCost({ from, to, taps, positions, groups }: OperatorSizes): number {
  return product(to / groups, (taps * from) / groups, positions, groups) + streamed(2 * positions * taps * from);
}

/** ConvTranspose from so many channels to so many. */
export function convTransposeCost({ from, to, taps, positions, groups }: OperatorSizes): number {
  return product((taps * to) / groups, from / groups, positions, groups) + streamed(8 * positions * taps * to);
}
