/**
 * Enlarging by bicubic interpolation, sample for sample as Pillow does for the reference: libvips, which does everything else
 * here, shifts what it enlarges by up to half a pixel of the source, and so would move pictures against their counterparts.
 */
import { type Picture, peakOf, type Size } from './picture.ts';

/** The cubic convolution kernel reaches two pixels to each side. */
const REACH = 2;
const TAPS = 2 * REACH;
const PEAK_16 = peakOf(16);

/** Enlarges a picture; extents that `size` does not exceed stay as they are. Each channel is interpolated by itself. */
export function enlarge(picture: Picture, size: Size): Picture {
  const { channels } = picture;
  const width = Math.max(size.width, picture.width);
  const height = Math.max(size.height, picture.height);
  let { data } = picture;
  if (width !== picture.width) {
    data = enlargeAxis(data, { outer: picture.height, from: picture.width, to: width, inner: channels });
  }
  if (height !== picture.height) {
    data = enlargeAxis(data, { outer: 1, from: picture.height, to: height, inner: width * channels });
  }
  return { width, height, channels, data };
}

/** One axis of an array seen as outer x axis x inner. */
interface Axis {
  readonly outer: number;
  readonly from: number;
  readonly to: number;
  readonly inner: number;
}

/** Interpolates along one axis; the result is rounded to the samples' bits, between the axes too, as in Pillow. */
function enlargeAxis(source: Picture['data'], { outer, from, to, inner }: Axis): Picture['data'] {
  const { first, weights } = tapsOf(from, to);
  const deep = source instanceof Uint16Array;
  // a clamped array rounds as well; there is none of 16 bits
  const target = deep ? new Uint16Array(outer * to * inner) : new Uint8ClampedArray(outer * to * inner);
  let out = 0;
  for (let block = 0; block < outer; block++) {
    for (let position = 0; position < to; position++) {
      const start = (block * from + (first[position] ?? 0)) * inner;
      for (let sample = 0; sample < inner; sample++) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap++) {
          const weight = weights[position * TAPS + tap] ?? 0;
          // Taps beyond the edge have weight 0 and may lie outside the array.
          sum += weight === 0 ? 0 : weight * (source[start + tap * inner + sample] ?? 0);
        }
        target[out++] = deep ? Math.max(0, Math.min(PEAK_16, Math.round(sum))) : sum;
      }
    }
  }
  return target instanceof Uint16Array ? target : new Uint8Array(target.buffer);
}

/** For each target position, the first source position that contributes and the weights from there on, which sum to 1. */
function tapsOf(from: number, to: number): { first: Int32Array; weights: Float64Array } {
  const first = new Int32Array(to);
  const weights = new Float64Array(to * TAPS);
  for (let position = 0; position < to; position++) {
    const centre = ((position + 0.5) * from) / to;
    const start = Math.max(0, Math.floor(centre - REACH + 0.5));
    const end = Math.min(from, Math.floor(centre + REACH + 0.5));
    const found = Array.from({ length: end - start }, (_, tap) => cubic(start + tap + 0.5 - centre));
    const total = found.reduce((sum, weight) => sum + weight, 0);
    first[position] = start;
    weights.set(
      found.map((weight) => weight / total),
      position * TAPS,
    );
  }
  return { first, weights };
}

/** Keys' cubic convolution kernel with a = -1/2. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) {
    return (1.5 * x - 2.5) * x * x + 1;
  }
  return x < REACH ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}
