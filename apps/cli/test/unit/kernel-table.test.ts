/** Where the time of steps went, as people read it. */
import { describe, expect, it } from 'vitest';
import { profileLines } from '../../src/train/kernel-table.ts';

describe('a profile', () => {
  it('adds up what kernels compute, then tells each, the longest first', () => {
    const kernels = [
      { label: 'conv2d, add (genAB/head)', seconds: 0.004, dispatches: 4 },
      { label: 'adam', seconds: 0.003, dispatches: 2 },
      { label: 'conv2d, add (genBA/head)', seconds: 0.001, dispatches: 2 },
    ];
    expect(profileLines({ steps: 2, kernels })).toEqual([
      'kernels took 4.000 ms a step, mean of 2 steps, those of sample pictures included:',
      'what they compute     ms     %  runs',
      'conv2d, add        2.500  62.5   3.0',
      'adam               1.500  37.5   1.0',
      '',
      'kernel (layer)               ms     %  runs',
      'conv2d, add (genAB/head)  2.000  50.0   2.0',
      'adam                      1.500  37.5   1.0',
      'conv2d, add (genBA/head)  0.500  12.5   1.0',
    ]);
  });

  it('puts what takes little time into one line', () => {
    const kernels = Array.from({ length: 30 }, (_, at) => ({ label: `op${at}`, seconds: 0.001, dispatches: 1 }));
    const lines = profileLines({ steps: 1, kernels });
    expect(lines).toHaveLength(23);
    expect(lines.at(-1)).toMatch(/^10 others +10\.000 +33\.3 +10\.0$/);
  });

  it('says so where the adapter cannot tell', () => {
    const [only, ...others] = profileLines({ steps: 3, kernels: undefined });
    expect(only).toMatch(/^--profile: the adapter has no timestamp queries/);
    expect(others).toEqual([]);
  });
});
