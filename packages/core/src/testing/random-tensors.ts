/**
 * Test tensors by description: seeded, the same at every call and on every machine. All floats are exact in f32, so that an
 * f32 backend and the f64 oracle start from equal numbers.
 */
import { type RandomStream, randomStream } from '../random.ts';
import { type DType, type HostTensor, type Shape, sizeOf } from '../tensor.ts';

/**
 * How a tensor is filled. `normal`: mean 0, deviation 1. `far`: normal around 10. `positive`: uniform in [0.5, 2).
 * `nonzero`: normal, pushed 0.1 away from 0, where the kinks are. `distinct`: a grid of spacing 0.2 in random order, shifted
 * from input to input, so that no two elements of a case are closer than 0.02. `probabilities`: positive, sum 1 over axis 1.
 * `integers`: -5 to 5. `booleans`: coin tosses. A list: these values, repeated as needed.
 */
export type Fill = 'normal' | 'far' | 'positive' | 'nonzero' | 'distinct' | 'probabilities' | 'integers' | 'booleans' | readonly number[];

/** Shape, element type and fill of a test tensor. */
export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: Exclude<DType, 'f16'>;
  readonly fill: Fill;
}

const SEED = 20170330;
const GRID = 0.2;
const GRID_SHIFT = 0.07;

/** The tensor that `spec` describes; another `key` gives other numbers, `position` is the input's among those of its case. */
export function fillTensor({ shape, dtype, fill }: TensorSpec, key: string, position = 0): HostTensor {
  const values = fillValues(shape, fill, randomStream(SEED, key), position);
  if (dtype === 'i32') return { shape, dtype, data: Int32Array.from(values) };
  if (dtype === 'bool') return { shape, dtype, data: Uint8Array.from(values) };
  return { shape, dtype, data: Float32Array.from(values) };
}

/** Standard normal floats. */
export function randomTensor(shape: Shape, key: string): HostTensor {
  return fillTensor({ shape, dtype: 'f32', fill: 'normal' }, key);
}

function fillValues(shape: Shape, fill: Fill, random: RandomStream, position: number): number[] {
  const size = sizeOf(shape);
  const each = (value: (index: number) => number) => Array.from({ length: size }, (_, index) => value(index));
  if (typeof fill !== 'string') return each((index) => fill[index % fill.length] ?? Number.NaN);
  switch (fill) {
    case 'normal':
      return each((index) => random.normal(0, index));
    case 'far':
      return each((index) => 10 + random.normal(0, index));
    case 'positive':
      return each((index) => 0.5 + 1.5 * random.uniform(0, index));
    case 'nonzero':
      return each((index) => random.normal(0, index)).map((value) => value + (value < 0 ? -0.1 : 0.1));
    case 'distinct':
      return [...random.permutation(0, size)].map((rank) => (rank - size / 2) * GRID + position * GRID_SHIFT + 0.01);
    case 'probabilities':
      return normaliseAxis1(
        shape,
        each((index) => 0.5 + random.uniform(0, index)),
      );
    case 'integers':
      return each((index) => random.integer(0, index, 11) - 5);
    case 'booleans':
      return each((index) => random.integer(0, index, 2));
  }
}

function normaliseAxis1(shape: Shape, values: readonly number[]): number[] {
  const [, classes = 1, ...rest] = shape;
  const inner = sizeOf(rest);
  const group = (index: number) => Math.floor(index / (inner * classes)) * inner + (index % inner);
  const totals = new Map<number, number>();
  values.forEach((value, index) => {
    totals.set(group(index), (totals.get(group(index)) ?? 0) + value);
  });
  return values.map((value, index) => value / (totals.get(group(index)) ?? 1));
}
