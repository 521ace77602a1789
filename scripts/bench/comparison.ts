/** What measurements of several programs add up to: their figures, and ours to the best of the others'. Pure. */
import type { Configuration } from './configuration.ts';
import type { Measurement } from './measurement.ts';
import { type Figure, figureOf, median } from './statistics.ts';

/** What is compared. */
export const QUANTITIES = {
  step: { label: 'step, s', of: (run: Measurement) => run.stepSeconds.median },
  generator: { label: 'generator, s', of: (run: Measurement) => run.generatorSeconds.median },
  memory: { label: 'memory, MB', of: (run: Measurement) => run.peakMB },
} as const;

/** The name of something that is compared. */
export type Quantity = keyof typeof QUANTITIES;

/** The figures of one program: over its rounds, of the median of each. */
export interface Summary extends Readonly<Record<Quantity, Figure>> {
  readonly engine: string;
  /** The command of a peer, or the name of an engine beside the first. */
  readonly command?: string;
  /** The median of the rounds, where the program tells. */
  readonly firstStepSeconds?: number;
  readonly nodes?: number;
}

/** Our median to the lowest among the peers', and whose that is. */
export interface Ratio {
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
  readonly peer: string;
}

/** What was found for one configuration. */
export interface Comparison {
  readonly configuration: Configuration;
  readonly ours: Summary;
  readonly peers: readonly Summary[];
  /** Undefined, and missing in JSON, when there was no peer. */
  readonly ratios: Readonly<Record<Quantity, Ratio>> | undefined;
}

/** Sums up the rounds of one program, one at least. */
export function summarise(measurements: readonly Measurement[], command?: string): Summary {
  const [first] = measurements;
  if (first === undefined) throw new Error('there are no measurements to sum up.');
  const figure = (quantity: Quantity) => figureOf(measurements.map(QUANTITIES[quantity].of));
  const firstSteps = measurements.flatMap(({ firstStepSeconds }) => firstStepSeconds ?? []);
  return {
    engine: first.engine,
    ...(command === undefined ? {} : { command }),
    ...{ step: figure('step'), generator: figure('generator'), memory: figure('memory') },
    ...(firstSteps.length === 0 ? {} : { firstStepSeconds: median(firstSteps) }),
    ...(first.nodes === undefined ? {} : { nodes: first.nodes }),
  };
}

/** Compares us with the best of the peers, which may be another one for each quantity. */
export function compare(configuration: Configuration, ours: Summary, peers: readonly Summary[]): Comparison {
  const ratio = (quantity: Quantity, [first, ...others]: readonly [Summary, ...Summary[]]): Ratio => {
    const best = others.reduce((a, b) => (b[quantity].median < a[quantity].median ? b : a), first);
    const [mine, theirs] = [ours[quantity].median, best[quantity].median];
    return { ratio: mine / theirs, ours: mine, theirs, peer: best.command ?? best.engine };
  };
  const [first, ...others] = peers;
  if (first === undefined) return { configuration, ours, peers, ratios: undefined };
  const all = [first, ...others] as const;
  return {
    configuration,
    ours,
    peers,
    ratios: { step: ratio('step', all), generator: ratio('generator', all), memory: ratio('memory', all) },
  };
}
