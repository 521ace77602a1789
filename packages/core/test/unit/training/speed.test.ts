/** The speed of an engine: told from timings, and measured on one that is slow. */
import { describe, expect, it } from 'vitest';
import { fitSpeed, measureSpeed, secondsOf, type Work } from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';

const work = (products: number, bytes: number, nodes: number): Work => ({ multiplyAdds: products, products, bytes, nodes });
const WORKS = [work(1e5, 1e5, 100), work(1e7, 1e8, 90), work(3e9, 2e8, 130)];

/** Two cores of a server, as core assumes them. */
const SERVER = { secondsPerProduct: 1.7e-11, secondsPerByte: 1.2e-10, secondsPerNode: 7e-6 };

describe('the speed told from timings', () => {
  const fitted = (speed: typeof SERVER) => fitSpeed(WORKS.map((each) => ({ work: each, seconds: secondsOf(each, speed) })));

  it.each([0.1, 1, 40])('is found where all parts are %s times as slow as usual', (factor) => {
    const slow = Object.fromEntries(Object.entries(SERVER).map(([part, seconds]) => [part, seconds * factor]));
    for (const [part, seconds] of Object.entries(fitted(slow as unknown as typeof SERVER)))
      expect(seconds / (slow[part] ?? 0)).toBeCloseTo(1, 6);
  });

  it('predicts work of another mixture on an engine of other proportions', () => {
    const gpu = { secondsPerProduct: 1e-12, secondsPerByte: 2e-11, secondsPerNode: 2e-5 };
    const step = work(1e11, 4e9, 1500);
    expect(secondsOf(step, fitted(gpu)) / secondsOf(step, gpu)).toBeGreaterThan(0.6);
    expect(secondsOf(step, fitted(gpu)) / secondsOf(step, gpu)).toBeLessThan(1.6);
  });

  it('is never below 0, whatever a disturbed timing says', () => {
    const odd = WORKS.map((each, at) => ({ work: each, seconds: secondsOf(each, SERVER) * ([8, 1, 0.5][at] ?? 1) }));
    for (const seconds of Object.values(fitSpeed(odd))) expect(seconds).toBeGreaterThanOrEqual(0);
  });
});

it('runs a slow engine once on the smallest sample, and predicts the others from that', async () => {
  const backend = createReferenceBackend();
  let milliseconds = 0;
  const speed = await measureSpeed(backend, () => {
    milliseconds += 600;
    return milliseconds;
  });
  await backend.dispose();
  expect(milliseconds).toBe(1200);
  expect(secondsOf(WORKS[2] as Work, speed)).toBeGreaterThan(secondsOf(WORKS[2] as Work, SERVER));
});
