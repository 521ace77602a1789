/** What an evaluation is: what was asked, what came out, in words, as pictures and as JSON. Knows no metric. */
import { createRequire } from 'node:module';
import type { Direction } from '@cyclegan/core';
import type { Absent, Interpolation, SegmentationResult } from '@cyclegan/eval';
import type { SummaryFigure } from './figures.ts';
import type { Metric } from './metric-names.ts';
import type { Shown, ShownRow } from './shown-pictures.ts';
import type { SourceOptions, Sources } from './sources.ts';
import type { Block } from './table.ts';

/** What computed the figures. */
export const VERSIONS = {
  cyclegan: versionOf('../../package.json'),
  onnxruntime: versionOf('onnxruntime-node/package.json'),
  node: process.version,
};

function versionOf(manifest: string): string {
  const { version } = createRequire(import.meta.url)(manifest) as { readonly version: string };
  return version;
}

/** How pictures are judged. */
export interface JudgementOptions {
  readonly direction?: Direction;
  readonly real?: string;
  readonly labels?: string;
  readonly fcn?: string;
  readonly features?: string;
  readonly palette?: string;
  readonly absent: Absent;
  readonly voidDistance: number | 'none';
  readonly interpolation?: Interpolation;
  readonly target?: string;
  readonly neighbours: number;
  readonly subsets: number;
  readonly subsetSize?: number;
  readonly batch?: number;
  readonly seed: number;
  readonly resamples: number;
}

/** What was asked for. */
export interface EvaluationOptions extends SourceOptions, JudgementOptions {}

/** FCN scores of real photos by all that they depend on: the same for every run that is compared, and as slow as a run's own. */
export type UpperBounds = Map<string, SegmentationResult>;

/** What a metric is given. */
export interface Evaluated {
  readonly sources: Sources;
  readonly options: EvaluationOptions;
  /** Which pictures its page shows; none unless given. */
  readonly shown?: Shown | undefined;
  /** Known already, and added to; each is measured unless given. */
  readonly upperBounds?: UpperBounds | undefined;
  /** Counts pictures that are through. */
  advance(): void;
}

/** What came of it. */
export interface Outcome {
  /** What it was measured on and with, beside the sources'. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The options that had a say, as they were resolved. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly results: object;
  /** What runs are compared by, the first of them first of all. */
  readonly figures: readonly SummaryFigure[];
  /** All that there is to say, for people. */
  readonly blocks: readonly Block[];
  readonly warnings: readonly string[];
  readonly pictures: readonly ShownRow[];
}

/** An outcome as the text of a JSON file: the same for the same pictures, options and versions. Numbers that are not finite become null. */
export function evaluationJson(metric: Metric, sources: Sources, { inputs, options, results, warnings }: Outcome): string {
  const content = {
    format: 'cyclegan-evaluation',
    formatVersion: 1,
    metric,
    inputs: { ...sources.inputs, ...inputs },
    options,
    versions: VERSIONS,
    warnings,
    results,
  };
  return `${JSON.stringify(content, undefined, 1)}\n`;
}
