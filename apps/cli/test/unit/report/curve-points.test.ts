/** Curves of long runs: few points, and nothing of the values lost but their order within a point. */
import { expect, it } from 'vitest';
import { CurvePoints, MOST_POINTS } from '../../../src/report/curve-points.ts';
import type { ReportData } from '../../../src/report/report-data.ts';
import { SampleGroups } from '../../../src/report/sample-groups.ts';

const LOSSES = ['discA', 'discB', 'ganAB', 'ganBA', 'cycleA', 'cycleB', 'identityA', 'identityB'];

/** A value that looks measured. */
function measured(step: number, which: number): number {
  return 0.5 + 0.4 * Math.sin(step * 12.9898 + which * 78.233);
}

it('keeps every step of a short run', () => {
  const points = new CurvePoints();
  for (let step = 1; step <= MOST_POINTS; step++) points.add(step, { loss: step / 8 });
  const { steps, of } = points.curves;
  expect(steps).toHaveLength(MOST_POINTS);
  expect(of.loss?.mean.slice(0, 3)).toEqual([0.125, 0.25, 0.375]);
  expect(of.loss).not.toHaveProperty('low');
});

it('merges neighbours of a longer run: means, extremes, and the step that a point reaches to', () => {
  const points = new CurvePoints();
  const count = 5 * MOST_POINTS + 3;
  for (let step = 1; step <= count; step++) points.add(step, { loss: step % 7 });
  const { steps, of } = points.curves;
  expect(steps.length).toBeLessThanOrEqual(MOST_POINTS);
  expect(steps.length).toBeGreaterThan(MOST_POINTS / 2);
  expect(steps.at(-1)).toBe(count);
  let first = 1;
  for (const [at, last] of steps.entries()) {
    const values = Array.from({ length: last - first + 1 }, (_, offset) => (first + offset) % 7);
    expect(of.loss?.mean[at]).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 3);
    expect([of.loss?.low?.[at], of.loss?.high?.[at]]).toEqual([Math.min(...values), Math.max(...values)]);
    first = last + 1;
  }
});

it('leaves gaps where a value is missing or no number', () => {
  const points = new CurvePoints();
  points.add(1, { a: 1 });
  points.add(2, { a: Number.NaN, b: 2 });
  expect(points.curves.of).toEqual({ a: { mean: [1, null] }, b: { mean: [null, 2] } });
});

it('keeps the data of 200 epochs of 1000 steps below 500 KB', () => {
  const points = new CurvePoints();
  const samples = new SampleGroups();
  for (let step = 1; step <= 200_000; step++) {
    const losses = Object.fromEntries(LOSSES.map((name, which) => [name, measured(step, which)]));
    points.add(step, { ...losses, learningRate: 2e-4, seconds: measured(step, 9), memory: 2700 });
    if (step % 500 !== 0) continue;
    const pictures = (['A', 'B'] as const).flatMap((side) =>
      [1, 2, 3, 4].map((number) => {
        const folder = `samples/fixed/${side}-${number}`;
        const made = ['fake', 'rec', 'idt'].map((what) => [what, `${folder}/step-${String(step).padStart(6, '0')}-${what}.png`]);
        const paths = { real: `${folder}/real.png`, ...Object.fromEntries(made) };
        return {
          side,
          name: `${number}.jpg`,
          from: 'test' as const,
          paths,
          scores: { recDifference: 0.123, idtDifference: 0.456, patchReal: 0.789, patchFake: 0.111 },
        };
      }),
    );
    samples.add({ step, grid: `samples/step-${String(step).padStart(6, '0')}.png`, pictures });
  }
  const data: Pick<ReportData, 'curves' | 'samples'> = { curves: points.curves, samples: samples.list };
  expect(data.samples[0]?.steps).toHaveLength(400);
  expect(JSON.stringify(data).length).toBeLessThan(500_000);
});
