/** Inputs of the golden files, drawn by the formula that scripts/eval-golden/inputs.py has too, and the files. */
import { readFileSync } from 'node:fs';
import type { Features, Pixels } from '../../../src/index.ts';

/** The contents of a golden file. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** Numbers in [0, 1) of a linear congruential generator of 32 bits. */
export function uniforms(seed: number, count: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** Whole numbers from 0 to bound - 1. */
export function integers(seed: number, count: number, bound: number): number[] {
  return Array.from(uniforms(seed, count), (value) => Math.floor(value * bound));
}

/** Rows of roughly normal numbers; later columns are smaller. */
export function features(seed: number, count: number, width: number, { scale = 1, shift = 0 } = {}): Features {
  const drawn = uniforms(seed, 4 * count * width);
  const sum = (at: number) => (drawn[at] ?? 0) + (drawn[at + 1] ?? 0) + ((drawn[at + 2] ?? 0) + (drawn[at + 3] ?? 0)) - 2;
  const data = Float64Array.from({ length: count * width }, (_, at) => sum(4 * at) * (scale / (1 + (at % width))) + shift);
  return { count, width, data };
}

/** A pattern of ramps with noise, samples of 0 to 255. */
export function picture(seed: number, { height, width, channels }: Omit<Pixels, 'data'>): Pixels {
  const noise = uniforms(seed, height * width * channels);
  const data = Float64Array.from(noise, (value, at) => {
    const [y, x, c] = [Math.floor(at / (width * channels)), Math.floor(at / channels) % width, at % channels];
    return Math.floor(((5 * x + 3 * y + 40 * c) % 200) + 56 * value);
  });
  return { height, width, channels, data };
}

/** The picture with less contrast and other noise. */
export function altered(seed: number, original: Pixels): Pixels {
  const noise = uniforms(seed, original.data.length);
  return { ...original, data: noise.map((value, at) => Math.floor(0.7 * (original.data[at] ?? 0) + 60 * value)) };
}
