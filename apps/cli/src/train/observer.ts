/** Who follows a training run: what is told of it, and in what order. Knows neither terminals nor files. */
import type { TrainEvent } from '@cyclegan/core';
import type { TrainingWarning } from '../diagnosis/training-warning.ts';
import type { RunEstimate } from '../estimate/run-estimate.ts';
import type { FixedPlace, Side } from './fixed-pictures.ts';
import type { PictureTensors } from './picture-tensors.ts';
import type { ViewKind } from './picture-views.ts';
import type { Engine, KernelProfile } from './train-protocol.ts';

/** A step that is done. */
export type StepEvent = Extract<TrainEvent, { kind: 'step' }>;

/** A run that begins, or goes on after `step`. */
export interface Beginning {
  readonly step: number;
  readonly engine: Engine;
  /** Numbers that are learnt. */
  readonly weights: number;
  readonly compileSeconds: number;
}

/** How a run, for now, came to its end. */
export interface Ending {
  readonly status: 'done' | 'interrupted' | 'failed';
  readonly step: number;
  /** The step of the last checkpoint; 0 when there is none. */
  readonly saved: number;
  /** What went wrong, when it failed. */
  readonly error?: unknown;
}

/** Sample pictures as tensors. */
export type SampleEvent = Extract<TrainEvent, { kind: 'sample' }>;

/** A picture of domain `side`, what is made of it, and the files that show it. */
export interface SavedPicture {
  readonly side: Side;
  readonly tensors: PictureTensors;
  /** PNG files by what they show, relative to the run's folder, with `/` between folders. */
  readonly paths: Readonly<Partial<Record<ViewKind, string>>>;
  /** What a file shows in a number, where there is one: see `View`. */
  readonly scores: Readonly<Partial<Record<ViewKind, number>>>;
}

/** A picture that every sample shows: its name is its path in the folder of its domain. */
export interface FixedPicture extends SavedPicture, Pick<FixedPlace, 'name' | 'from'> {}

/** Sample pictures, written to the run's folder. */
export interface SavedSample extends Omit<SampleEvent, 'fixed'> {
  /** The grid of the last batch. */
  readonly path: string;
  /** Test pictures, or pictures that are trained on: the same in every sample. */
  readonly fixed: readonly FixedPicture[];
  /** The pictures of the last batch one by one, with `--visuals all` alone. */
  readonly lastPictures: readonly SavedPicture[];
  /** What looks wrong with the run at this step. */
  readonly warnings: readonly TrainingWarning[];
}

/** What became of test pictures by a checkpoint, in numbers. */
export interface RunEvaluation {
  readonly step: number;
  /** The first one decides which checkpoint is the best. */
  readonly figures: readonly {
    readonly name: string;
    readonly better: 'higher' | 'lower';
    readonly digits: number;
    readonly value: number;
  }[];
  /** The best so far. */
  readonly best: boolean;
}

/** Something that follows a run. Steps come in order, each once the one before was dealt with; files that take longer may come between later steps. */
export interface RunObserver {
  /** What training will take, before anything of it happens. */
  estimate?(estimate: RunEstimate): void;
  /** The engine is there, and compiles the step. */
  engine?(engine: Engine): void;
  begin?(beginning: Beginning): Promise<void> | void;
  step?(event: StepEvent): Promise<void> | void;
  sample?(sample: SavedSample): Promise<void> | void;
  /** A checkpoint or the end comes next: what was told so far is to be on the disk when this is done. */
  sync?(): Promise<void> | void;
  checkpoint?(checkpoint: { readonly step: number; readonly path: string }): Promise<void> | void;
  /** Comes after the checkpoint that was evaluated. */
  evaluation?(evaluation: RunEvaluation): Promise<void> | void;
  /** The steps under way are finished and saved, then training stops. */
  stopping?(): void;
  /** Where the time went, just before the end. */
  profile?(profile: KernelProfile): void;
  end?(ending: Ending): Promise<void> | void;
  /** Nothing more comes; also when the run never began. */
  close?(): Promise<void> | void;
}
