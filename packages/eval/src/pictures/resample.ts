/** Pictures in another size, without rounding: what networks that judge pictures are given. As Pillow resizes floats. */
import type { Pixels } from '../pixels.ts';

/** How pictures are resized: `bilinear` and `bicubic` widen where they shrink, so that no pixel is passed over. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic'] as const;

/** See INTERPOLATIONS. */
export type Interpolation = (typeof INTERPOLATIONS)[number];

/** A filter: how far it reaches, in pixels of what it enlarges, and the weight at a distance. */
interface Filter {
  readonly reach: number;
  weight(distance: number): number;
}

const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  bilinear: { reach: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  // cubic convolution of Keys with a = -1/2
  bicubic: {
    reach: 2,
    weight: (distance) => {
      const x = Math.abs(distance);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    },
  },
};

/** What a picture becomes. */
export interface ResampleOptions {
  readonly width: number;
  readonly height: number;
  readonly interpolation: Interpolation;
}

/** A picture in another size, the aspect ratio aside; pixel centres lie at halves, and samples are not rounded. */
export function resample(picture: Pixels, { width, height, interpolation }: ResampleOptions): Pixels {
  const { channels } = picture;
  if (picture.width === width && picture.height === height) return picture;
  const columns = tapsOf(picture.width, width, interpolation);
  const rows = tapsOf(picture.height, height, interpolation);
  const wide = alongAxis(picture.data, columns, { outer: picture.height, inner: channels });
  return { width, height, channels, data: alongAxis(wide, rows, { outer: 1, inner: width * channels }) };
}

/** Which source positions make up each target position: `count` from `first` on, with their weights. */
interface Taps {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

function tapsOf(from: number, to: number, interpolation: Interpolation): Taps {
  const scale = from / to;
  const first = new Int32Array(to);
  if (interpolation === 'nearest') {
    for (let at = 0; at < to; at++) first[at] = Math.min(from - 1, Math.floor((at + 0.5) * scale));
    return { from, to, count: 1, first, weights: new Float64Array(to).fill(1) };
  }
  const { reach, weight } = FILTERS[interpolation];
  const stretch = Math.max(1, scale);
  const support = reach * stretch;
  const count = Math.min(from, Math.ceil(support) * 2 + 1);
  const weights = new Float64Array(to * count);
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const found = Array.from({ length: end - start }, (_, tap) => weight((start + tap + 0.5 - centre) / stretch));
    const total = found.reduce((sum, value) => sum + value, 0);
    first[at] = start;
    weights.set(
      found.map((value) => value / total),
      at * count,
    );
  }
  return { from, to, count, first, weights };
}

/** Filters the axis between `outer` blocks and `inner` samples that lie side by side. */
function alongAxis(
  source: ArrayLike<number>,
  taps: Taps,
  { outer, inner }: { readonly outer: number; readonly inner: number },
): Float32Array {
  const { from, to, count, first, weights } = taps;
  const target = new Float32Array(outer * to * inner);
  let out = 0;
  for (let block = 0; block < outer; block++) {
    for (let position = 0; position < to; position++) {
      const start = (block * from + (first[position] ?? 0)) * inner;
      for (let sample = 0; sample < inner; sample++) {
        let sum = 0;
        for (let tap = 0; tap < count; tap++) {
          const weight = weights[position * count + tap] ?? 0;
          // beyond the edge weights are 0
          if (weight !== 0) sum += weight * (source[start + tap * inner + sample] ?? 0);
        }
        target[out++] = sum;
      }
    }
  }
  return target;
}
