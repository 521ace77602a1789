import { describe, expect, it } from 'vitest';
import { Prefetcher } from '../../src/prefetch.ts';

describe('Prefetcher', () => {
  it('prepares the next steps once, and no more than it may', async () => {
    const prepared: number[] = [];
    const steps = new Prefetcher(async (step) => {
      prepared.push(step);
      return 10 * step;
    }, 2);
    expect(await steps.get(0)).toBe(0);
    expect(prepared).toEqual([0, 1, 2]);
    expect(await steps.get(1)).toBe(10);
    expect(await steps.get(2)).toBe(20);
    expect(prepared).toEqual([0, 1, 2, 3, 4]);
  });

  it('follows a jump', async () => {
    const prepared: number[] = [];
    const steps = new Prefetcher(async (step) => prepared.push(step), 1);
    await steps.get(0);
    await steps.get(7);
    await steps.get(1);
    expect(prepared).toEqual([0, 1, 7, 8, 1, 2]);
  });

  it('reports a failure with its own step only', async () => {
    const steps = new Prefetcher(async (step) => {
      if (step === 1) {
        throw new Error('step 1 failed');
      }
      return step;
    }, 2);
    expect(await steps.get(0)).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(steps.get(1)).rejects.toThrow('step 1 failed');
    expect(await steps.get(2)).toBe(2);
  });
});
