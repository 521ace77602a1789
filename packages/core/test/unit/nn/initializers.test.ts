import { describe, expect, it } from 'vitest';
import { initialise, kernelInitializer, ONES, PAPER_INIT, ZEROS } from '../../../src/nn/initializers.ts';

const KERNEL = [32, 24, 4, 4];
const FLOATS = { shape: KERNEL, dtype: 'f32' as const };

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const list = Array.from(values);
  const mean = list.reduce((total, value) => total + value, 0) / list.length;
  return { mean, deviation: Math.sqrt(list.reduce((total, value) => total + (value - mean) ** 2, 0) / list.length) };
}

describe('kernelInitializer', () => {
  // fans of PyTorch: in 24 * 16, out 32 * 16
  it.each([
    [PAPER_INIT, 0.02],
    [{ kind: 'normal', gain: 0.3 }, 0.3],
    [{ kind: 'xavier', gain: 0.02 }, 0.02 * Math.sqrt(2 / (24 * 16 + 32 * 16))],
    [{ kind: 'kaiming', gain: 0.02 }, Math.sqrt(2 / (24 * 16))],
  ] as const)('%j has mean 0 and deviation %d', (init, expected) => {
    const { data } = initialise('genAB/conv/weight', FLOATS, kernelInitializer(init, KERNEL), 1);
    const { mean, deviation } = moments(data);
    expect(data).toBeInstanceOf(Float32Array);
    expect(Math.abs(mean) / expected).toBeLessThan(4 / Math.sqrt(data.length));
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(4 / Math.sqrt(2 * data.length));
  });

  it.each([
    ['wide', [5, 3, 2, 2]],
    ['tall', [30, 3, 2, 2]],
    ['square', [8, 2, 2, 2]],
    ['one row', [1, 3, 2, 2]],
  ])('orthogonal makes a %s matrix orthonormal but for the gain', (_, shape) => {
    const gain = 0.5;
    const { data } = initialise('w', { shape, dtype: 'f32' }, kernelInitializer({ kind: 'orthogonal', gain }, shape), 1);
    const rows = shape[0] as number;
    const columns = data.length / rows;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const at = (vector: number, k: number) => data[rows <= columns ? vector * columns + k : k * columns + vector] as number;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const dot = Array.from({ length }, (_, k) => at(i, k) * at(j, k)).reduce((a, b) => a + b);
        expect(dot).toBeCloseTo(i === j ? gain ** 2 : 0, 6);
      }
    }
  });
});

describe('initialise', () => {
  const init = kernelInitializer(PAPER_INIT, KERNEL);

  it('gives the same values for the same name and seed', () => {
    expect(initialise('genAB/w', FLOATS, init, 7)).toEqual(initialise('genAB/w', FLOATS, init, 7));
  });

  it('gives other values for another name or seed', () => {
    const { data } = initialise('genAB/w', FLOATS, init, 7);
    expect(initialise('genBA/w', FLOATS, init, 7).data).not.toEqual(data);
    expect(initialise('genAB/w', FLOATS, init, 8).data).not.toEqual(data);
  });

  it('fills with constants, of either type', () => {
    expect(initialise('a', { shape: [3], dtype: 'f32' }, ONES, 1).data).toEqual(Float32Array.of(1, 1, 1));
    expect(initialise('a', { shape: [2], dtype: 'f32' }, ZEROS, 1).data).toEqual(Float32Array.of(0, 0));
    expect(initialise('a', { shape: [2], dtype: 'i32' }, { kind: 'constant', value: 4 }, 1).data).toEqual(Int32Array.of(4, 4));
  });

  it('spreads around a mean', () => {
    const { mean, deviation } = moments(
      initialise('s', { shape: [10_000], dtype: 'f32' }, { kind: 'normal', mean: 1, deviation: 0.1 }, 1).data,
    );
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeCloseTo(0.1, 2);
  });
});
