/** Whether training stays as fast and as large as it began: the real trainer on random pictures for some minutes. */
import { type Backend, train } from '@cyclegan/core';
import { type Configuration, modelOf } from './configuration.ts';
import { randomBatch } from './measure.ts';
import { median } from './statistics.ts';

/** Share of the steps that make up the start, and the end. */
const EDGE = 0.1;

/** A step of a long run. */
export interface LongStep {
  readonly seconds: number;
  /** Memory of the process after it, in units of 2^20 bytes. */
  readonly rssMB: number;
}

/** Medians of the first and of the last tenth of the steps. */
export interface Endurance {
  readonly steps: number;
  readonly start: LongStep;
  readonly end: LongStep;
  /** End to start. */
  readonly ratio: LongStep;
}

/** Compares the end of a run with its start; NaN without steps. */
export function enduranceOf(steps: readonly LongStep[]): Endurance {
  const edge = Math.max(1, Math.floor(EDGE * steps.length));
  const medians = (some: readonly LongStep[]) => ({
    seconds: median(some.map(({ seconds }) => seconds)),
    rssMB: median(some.map(({ rssMB }) => rssMB)),
  });
  const [start, end] = [medians(steps.slice(0, edge)), medians(steps.slice(-edge))];
  return { steps: steps.length, start, end, ratio: { seconds: end.seconds / start.seconds, rssMB: end.rssMB / start.rssMB } };
}

/** Trains for so many minutes after the first step, which allocates and does not count; at least one step more. */
export async function trainFor(minutes: number, backend: Backend, configuration: Configuration): Promise<Endurance> {
  const model = modelOf(configuration);
  const { batch, height, width } = model;
  const steps: LongStep[] = [];
  let started: number | undefined;
  const events = train({
    ...{ model, backend, learningRate: 2e-4, schedule: { kind: 'constant' }, seed: 0, maxSteps: Number.POSITIVE_INFINITY },
    data: { stepsPerEpoch: 1000, shape: { batch, height, width, channels: { A: 3, B: 3 } }, batch: async () => randomBatch(model) },
  });
  for await (const event of events) {
    if (event.kind !== 'step') continue;
    if (started === undefined) {
      started = performance.now();
      continue;
    }
    steps.push({ seconds: event.seconds, rssMB: process.memoryUsage.rss() / 2 ** 20 });
    if (performance.now() - started > minutes * 60_000) break;
  }
  return enduranceOf(steps);
}
