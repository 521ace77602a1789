/** A training run with everything it needs at hand. */
import type { BatchSource } from '@cyclegan/core';
import type { DatasetSummary } from '../runs/dataset.ts';
import type { FixedPictures } from './fixed-pictures.ts';
import type { RunEvaluations } from './run-evaluations.ts';
import type { RunPlan } from './run-plan.ts';

/** A plan and its pictures. */
export interface Run extends RunPlan {
  readonly data: BatchSource;
  readonly dataset: DatasetSummary;
  /** Those that every sample shows. */
  readonly fixed: FixedPictures;
  /** Of its checkpoints, where they are evaluated. */
  readonly evaluations?: RunEvaluations | undefined;
  /** Where training ends this time. */
  readonly lastStep: number;
}
