/** The colours of a domain, and pictures of a single one: what a translation has to beat. */
import { f32, type HostTensor } from '@cyclegan/core';
import { LEVELS_PER_UNIT } from './l1-distance.ts';

const LEVELS = 256;

/** One value in [-1, 1] for each channel. */
export type Colour = readonly number[];

/** Counts the levels of pictures, channel by channel. */
export class ColourCounts {
  readonly #channels: Float64Array[] = [];

  /** Counts a 1 x C x H x W picture with values in [-1, 1]. */
  add({ shape, data }: HostTensor): void {
    const [, channels = 0, height = 0, width = 0] = shape;
    const plane = height * width;
    for (let channel = 0; channel < channels; channel++) {
      const counts = this.#counts(channel);
      for (const value of data.subarray(channel * plane, (channel + 1) * plane)) {
        const level = Math.round((Number(value) + 1) * LEVELS_PER_UNIT);
        counts[level] = (counts[level] ?? 0) + 1;
      }
    }
  }

  /** The colour nearest to all pixels in squares. */
  get mean(): Colour {
    return this.#channels.map((counts) => toUnit(counts.reduce((sum, count, level) => sum + count * level, 0) / totalOf(counts)));
  }

  /** The colour nearest to all pixels in absolute differences: no constant picture has a smaller mean L1 distance to them. */
  get median(): Colour {
    return this.#channels.map((counts) => toUnit(medianOf(counts)));
  }

  #counts(channel: number): Float64Array {
    const known = this.#channels[channel];
    if (known !== undefined) return known;
    const made = new Float64Array(LEVELS);
    this.#channels[channel] = made;
    return made;
  }
}

/** A picture of one colour, in the size of another: 1 x C x H x W. */
export function paint(colour: Colour, { shape }: Pick<HostTensor, 'shape'>): HostTensor {
  const [, , height = 0, width = 0] = shape;
  const plane = height * width;
  const data = new Float32Array(colour.length * plane);
  for (const [channel, value] of colour.entries()) data.fill(value, channel * plane, (channel + 1) * plane);
  return f32([1, colour.length, height, width], data);
}

function totalOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The level that half of all samples lie at or below. */
function medianOf(counts: Float64Array): number {
  const half = totalOf(counts) / 2;
  let level = 0;
  for (let below = counts[0] ?? 0; below < half; below += counts[level] ?? 0) level++;
  return level;
}

function toUnit(level: number): number {
  return level / LEVELS_PER_UNIT - 1;
}
