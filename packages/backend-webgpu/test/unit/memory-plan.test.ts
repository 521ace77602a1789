/** Temporaries share buffers, and never at the same time. */
import { randomStream } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { type Lifetime, livenessBound, planMemory } from '../../src/placement/memory-plan.ts';

const lifetime = (bytes: number, first: number, last: number): Lifetime => ({ bytes, first, last });

describe('the memory plan', () => {
  it('gives a buffer to whoever comes after', () => {
    const { buffers, bufferBytes } = planMemory([lifetime(100, 0, 1), lifetime(80, 2, 3), lifetime(100, 1, 2)]);
    expect(bufferBytes).toEqual([100, 100]);
    expect(buffers).toEqual([0, 0, 1]);
  });

  it('keeps the operands of a kernel apart from its results', () => {
    const { buffers } = planMemory([lifetime(8, 0, 1), lifetime(8, 1, 2)]);
    expect(buffers[0]).not.toBe(buffers[1]);
  });

  it('overlaps nothing and stays near the bound on random lifetimes', () => {
    const random = randomStream(7, 'lifetimes');
    const lifetimes = Array.from({ length: 300 }, (_, k) => {
      const first = random.integer(0, 3 * k, 500);
      return lifetime(4 ** (1 + random.integer(0, 3 * k + 1, 4)), first, first + random.integer(0, 3 * k + 2, 40));
    });
    const { buffers, bufferBytes } = planMemory(lifetimes);
    for (const [k, a] of lifetimes.entries()) {
      expect(bufferBytes[buffers[k] as number]).toBeGreaterThanOrEqual(a.bytes);
      for (const [j, b] of lifetimes.entries()) {
        if (j < k && buffers[j] === buffers[k]) expect(a.last < b.first || b.last < a.first).toBe(true);
      }
    }
    const total = bufferBytes.reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeLessThan(1.2 * livenessBound(lifetimes));
  });

  it('knows the most that is needed at a time', () => {
    expect(livenessBound([lifetime(1, 0, 0), lifetime(2, 1, 3), lifetime(4, 3, 5), lifetime(8, 6, 6)])).toBe(8);
    expect(livenessBound([lifetime(5, 0, 2), lifetime(6, 2, 3)])).toBe(11);
    expect(livenessBound([])).toBe(0);
  });
});
