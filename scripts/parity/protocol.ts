/** What the suite and the process of one engine tell each other. */
import type { CompositeName, PrimitiveName } from '@cyclegan/core';
import type { GoldenRow, ParityRow } from '@cyclegan/core/testing';
import type { NodeCount } from './provider-nodes.ts';

/** The parts of the suite. */
export const SECTIONS = ['training', 'checkpoint', 'ops', 'golden'] as const;

/** A part of the suite. */
export type Section = (typeof SECTIONS)[number];

/** What a process is to do: its sections, in this order. */
export interface Assignment {
  readonly engine: string;
  readonly sections: readonly Section[];
  /** Where processes leave files for each other: checkpoints, and what the oracle computed. */
  readonly folder: string;
  /** The engine whose checkpoint is resumed. */
  readonly resumes?: string;
  /** Only op cases whose title holds this. */
  readonly caseText?: string;
  /** Only golden runs whose name holds this. */
  readonly goldenText?: string;
  /** Folders of golden runs. */
  readonly goldenFolders: readonly string[];
  /** Golden runs are replayed in full by slow engines too. */
  readonly full: boolean;
  /** Time op cases, which runs each several times. */
  readonly timed: boolean;
  /** The engine was given the software driver. */
  readonly software: boolean;
}

/** Losses of some steps, by name. */
export type Losses = readonly Readonly<Record<string, number>>[];

/** What is asked at the end of every section: how much the engine still holds when all was freed; left out where it cannot count. */
export interface Common {
  readonly seconds: number;
  /** Processor time, which a busy machine does not lengthen. */
  readonly processorSeconds: number;
  readonly liveTensors?: number;
}

/** Ten steps from new weights, with a checkpoint on the way. */
export interface TrainingResult extends Common {
  readonly section: 'training';
  readonly losses: Losses;
  /** Where the nodes of the step ran, for an engine with a provider. */
  readonly nodes?: NodeCount;
}

/** The steps after the checkpoint of another engine. */
export interface CheckpointResult extends Common {
  readonly section: 'checkpoint';
  readonly from: string;
  readonly losses: Losses;
}

/** One graph of an op case. */
export interface OpRow extends ParityRow {
  readonly op: string;
  /** Why a failure counts as known. */
  readonly known?: string;
  /** Where the nodes ran, for the forward graphs of an engine with a provider. */
  readonly nodes?: NodeCount;
}

/** The op cases. */
export interface OpsResult extends Common {
  readonly section: 'ops';
  readonly rows: readonly OpRow[];
}

/** A golden run; `unsupported` says what the run asks for that we do not have. */
export interface GoldenRunResult {
  readonly name: string;
  readonly rows: readonly GoldenRow[];
  readonly unsupported?: string;
}

/** The golden runs. */
export interface GoldenResult extends Common {
  readonly section: 'golden';
  /** Steps after which the runs were stopped, where they were. */
  readonly steps?: number;
  /** Runs that were not replayed for the same reason. */
  readonly leftOut: readonly string[];
  readonly runs: readonly GoldenRunResult[];
}

/** What came of a section. */
export type SectionResult = TrainingResult | CheckpointResult | OpsResult | GoldenResult;

/** What an engine says of itself. */
export interface Introduction {
  readonly description: string;
  readonly composites: readonly CompositeName[];
  readonly composed: readonly PrimitiveName[];
}

/** What the process of an engine tells. */
export type Message =
  | ({ readonly kind: 'ready' } & Introduction)
  | { readonly kind: 'absent'; readonly reason: string; readonly remedy: string }
  | { readonly kind: 'progress'; readonly section: Section; readonly done: number; readonly total: number }
  | { readonly kind: 'result'; readonly result: SectionResult }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'end' };

/** Tells how far a section is. */
export type Progress = (done: number, total: number) => void;
