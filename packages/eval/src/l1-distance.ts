/** How far pictures are apart, pixel by pixel. */
import { formatShape, type HostTensor } from '@cyclegan/core';

/** From the networks' [-1, 1] to levels of 0 to 255. */
export const LEVELS_PER_UNIT = 127.5;

/** Mean absolute difference (L1) of two tensors of one shape with values in [-1, 1], in levels of 0 to 255; throws RangeError when their shapes differ. */
export function l1Distance(a: HostTensor, b: HostTensor): number {
  if (formatShape(a.shape) !== formatShape(b.shape))
    throw new RangeError(`L1 distance: expected two pictures of one size, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  let sum = 0;
  a.data.forEach((value, at) => {
    sum += Math.abs(value - (b.data[at] ?? 0));
  });
  return (sum / a.data.length) * LEVELS_PER_UNIT;
}
