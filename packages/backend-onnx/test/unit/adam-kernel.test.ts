/** The WebAssembly function of Adam against its formula in f64. */
import { describe, expect, it } from 'vitest';
import { createAdamKernel, createMemory } from '../../src/adam-kernel.ts';

const NAMES = ['weight', 'm', 'v', 'gradient'] as const;
const CONSTANTS = { beta1: 0.5, beta2: 0.999, rate: 2e-4, floor: 1e-8 };
/** Bytes between two of the arrays. */
const APART = 4096;

describe('the kernel of Adam', () => {
  it.each([0, 1, 3, 4, 7, 1000])('makes %i steps as the formula does, and touches nothing beyond', (length) => {
    const memory = createMemory(1);
    const arrays = NAMES.map((_, k) => new Float32Array(memory.buffer, k * APART, APART / 4));
    arrays.forEach((array, k) => {
      array.forEach((_, at) => {
        // second moments are not negative
        array[at] = k === 2 ? (at % 7) * 1e-3 : Math.sin(at * (k + 1)) * 0.02;
      });
    });
    const before = arrays.map((array) => array.slice());
    const at = Object.fromEntries(NAMES.map((name, k) => [name, k * APART])) as Record<(typeof NAMES)[number], number>;
    createAdamKernel(memory)({ ...at, length, ...CONSTANTS });

    const { beta1, beta2, rate, floor } = CONSTANTS;
    const whole = Math.ceil(length / 4) * 4;
    for (let k = 0; k < APART / 4; k++) {
      const [w = 0, m = 0, v = 0, g = 0] = before.map((array) => array[k]);
      const first = beta1 * m + (1 - beta1) * g;
      const second = beta2 * v + (1 - beta2) * g * g;
      const expected = k < whole ? [w - (rate * first) / (Math.sqrt(second) + floor), first, second, g] : [w, m, v, g];
      expected.forEach((value, which) => {
        expect(Math.abs((arrays[which]?.[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(3e-7 * Math.abs(value) + 2e-9);
      });
    }
  });
});
