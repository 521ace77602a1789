/** What a variable holds before step 0: initialisers as data, and the numbers they stand for, the same on every backend. */
import { randomStream } from '../random.ts';
import { type HostTensor, type Shape, sizeOf, type TensorType } from '../tensor.ts';

/** How a variable starts. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'orthogonal'; readonly gain: number }
  /** The kernel (C,C,K,K) of a transposed convolution with stride K / 2 that enlarges each channel by itself, bilinearly. */
  | { readonly kind: 'bilinear' };

/** How convolution weights start, by the reference's names; the paper uses `normal` with gain 0.02 (section 7.1). */
export interface WeightInit {
  readonly kind: 'normal' | 'xavier' | 'kaiming' | 'orthogonal';
  /** Standard deviation for `normal`, scale for `xavier` and `orthogonal`; `kaiming` has none. */
  readonly gain: number;
}

/** The paper's initialisation: N(0, 0.02). */
export const PAPER_INIT: WeightInit = { kind: 'normal', gain: 0.02 };

/** All zeros. */
export const ZEROS: Initializer = { kind: 'constant', value: 0 };

/** See Initializer. */
export const BILINEAR: Initializer = { kind: 'bilinear' };

/** All ones. */
export const ONES: Initializer = { kind: 'constant', value: 1 };

/** The initialiser of a convolution kernel of `shape`: fans are those of PyTorch, second and first axis times the kernel's area. */
export function kernelInitializer({ kind, gain }: WeightInit, shape: Shape): Initializer {
  const [outer = 1, inner = 1, ...kernel] = shape;
  const area = sizeOf(kernel);
  const [fanIn, fanOut] = [inner * area, outer * area];
  switch (kind) {
    case 'normal':
      return { kind: 'normal', mean: 0, deviation: gain };
    case 'xavier':
      return { kind: 'normal', mean: 0, deviation: gain * Math.sqrt(2 / (fanIn + fanOut)) };
    case 'kaiming':
      return { kind: 'normal', mean: 0, deviation: Math.sqrt(2 / fanIn) };
    case 'orthogonal':
      return { kind: 'orthogonal', gain };
  }
}

/** The values with which variable `name` starts in a run of `seed`, as f32. */
export function initialise(name: string, { shape, dtype }: TensorType, init: Initializer, seed: number): HostTensor {
  const size = sizeOf(shape);
  if (dtype === 'i32') return { shape, dtype, data: new Int32Array(size).fill(init.kind === 'constant' ? init.value : 0) };
  return { shape, dtype: 'f32', data: values(name, shape, init, seed) };
}

function values(name: string, shape: Shape, init: Initializer, seed: number): Float32Array {
  const size = sizeOf(shape);
  if (init.kind === 'constant') return new Float32Array(size).fill(init.value);
  if (init.kind === 'bilinear') return bilinear(shape);
  const drawn = randomStream(seed, `init/${name}`).normals(0, size);
  if (init.kind === 'orthogonal') return new Float32Array(orthogonalise(drawn, shape).map((value) => init.gain * value));
  const data = new Float32Array(size);
  for (let at = 0; at < size; at++) data[at] = init.mean + init.deviation * (drawn[at] ?? 0);
  return data;
}

/** For each channel a tent, which is 1 at the middle of the kernel and would be 0 half a pixel beyond its edge. */
function bilinear(shape: Shape): Float32Array {
  const [channels = 1, , rows = 1, columns = 1] = shape;
  const tent = (at: number, extent: number) => 1 - Math.abs(at - (extent - 1) / 2) / (extent / 2);
  const data = new Float32Array(sizeOf(shape));
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * (channels + 1) * rows * columns;
    for (let at = 0; at < rows * columns; at++) data[first + at] = tent(Math.floor(at / columns), rows) * tent(at % columns, columns);
  }
  return data;
}

/** Makes the rows (or, when there are more of them, the columns) of the matrix [first axis, all others] orthonormal by Gram-Schmidt. */
function orthogonalise(data: Float64Array, shape: Shape): Float64Array {
  const rows = shape[0] ?? 1;
  const columns = data.length / rows;
  const wide = rows <= columns;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const at = (vector: number, k: number) => (wide ? vector * columns + k : k * columns + vector);
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, (_, k) => data[at(i, k)] ?? 0);
    // twice, because once loses orthogonality to rounding
    for (const unit of [...vectors, ...vectors]) addScaled(vector, unit, -dot(vector, unit));
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  vectors.forEach((vector, i) => {
    vector.forEach((value, k) => {
      data[at(i, k)] = value;
    });
  });
  return data;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += (a[k] ?? 0) * (b[k] ?? 0);
  return total;
}

function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k] = (a[k] ?? 0) + factor * (b[k] ?? 0);
}
