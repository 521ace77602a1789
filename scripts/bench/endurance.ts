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
  /** Tensors that the backend holds after it, where it counts them. */
  readonly liveTensors?: number;
}

/** Medians of the first and of the last tenth of the steps. */
export interface Endurance {
  readonly steps: number;
  readonly start: LongStep;
  readonly end: LongStep;
  /** End to start. */
  readonly ratio: Pick<LongStep, 'seconds' | 'rssMB'>;
}

/** Compares the end of a run with its start; NaN without steps. */
export function enduranceOf(steps: readonly LongStep[]): Endurance {
  const edge = Math.max(1, Math.floor(EDGE * steps.length));
  const medians = (some: readonly LongStep[]) => {
    const counts = some.flatMap(({ liveTensors }) => liveTensors ?? []);
    return {
      seconds: median(some.map(({ seconds }) => seconds)),
      rssMB: median(some.map(({ rssMB }) => rssMB)),
      ...(counts.length === 0 ? {} : { liveTensors: median(counts) }),
    };
  };
  const [start, end] = [medians(steps.slice(0, edge)), medians(steps.slice(-edge))];
  return { steps: steps.length, start, end, ratio: { seconds: end.seconds / start.seconds, rssMB: end.rssMB / start.rssMB } };
}

/** How long to train, whichever is reached first. */
export interface Duration {
  readonly minutes?: number | undefined;
  readonly steps?: number | undefined;
}

/** Steps that do not count: so many of those that are asked for, one at least. In the first the backend allocates, in others Node compiles. */
const WARMING = 0.2;

/** Trains for so long, at least one step, after the steps that do not count. */
export async function trainFor(
  { minutes = Number.POSITIVE_INFINITY, steps: most = Number.POSITIVE_INFINITY }: Duration,
  backend: Backend,
  configuration: Configuration,
): Promise<Endurance> {
  const model = modelOf(configuration);
  const { batch, height, width } = model;
  const steps: LongStep[] = [];
  let cold = most === Number.POSITIVE_INFINITY ? 1 : Math.ceil(WARMING * most);
  let started = performance.now();
  const events = train({
    ...{ model, backend, learningRate: 2e-4, schedule: { kind: 'constant' }, seed: 0, maxSteps: Number.POSITIVE_INFINITY },
    data: { stepsPerEpoch: 1000, shape: { batch, height, width, channels: { A: 3, B: 3 } }, batch: async () => randomBatch(model) },
  });
  for await (const event of events) {
    if (event.kind !== 'step') continue;
    if (cold-- > 0) {
      started = performance.now();
      continue;
    }
    const counted = backend.liveTensors?.();
    const live = counted === undefined ? {} : { liveTensors: counted };
    steps.push({ seconds: event.seconds, rssMB: process.memoryUsage.rss() / 2 ** 20, ...live });
    if (steps.length >= most || performance.now() - started > minutes * 60_000) break;
  }
  return enduranceOf(steps);
}
