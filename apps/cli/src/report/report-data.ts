/** What a report shows, as it lies beside the page: the agreement between the program, which writes it, and the script of the page. Types alone. */

/** How a run is doing. */
export type RunStatus = 'training' | 'done' | 'interrupted' | 'failed';

/** How far a run has come. */
export interface ReportProgress {
  readonly step: number;
  /** Where training ends this time. */
  readonly lastStep: number;
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The step of the last checkpoint; 0 when there is none. */
  readonly saved: number;
  /** Of late; missing before the first step. */
  readonly secondsPerStep?: number;
}

/** A value of each point; null where it was none or no finite number. */
export type Values = readonly (number | null)[];

/** One curve: means, and between what the values of a point lie once a point stands for several steps. */
export interface Curve {
  readonly mean: Values;
  readonly low?: Values;
  readonly high?: Values;
}

/** All curves, over the same steps. */
export interface Curves {
  /** The last step that each point stands for, ascending. */
  readonly steps: readonly number[];
  /** By the names of losses, and `learningRate`, `seconds` and `memory`. */
  readonly of: Readonly<Record<string, Curve>>;
}

/** A picture and what is made of it: paths from the page by what they show, `STEP` in place of the step. */
export interface ShownPicture {
  readonly side: 'A' | 'B';
  /** Missing for pictures that change from sample to sample. */
  readonly name?: string;
  /** What it is one of. */
  readonly from: 'test' | 'train' | 'last batch';
  readonly paths: Readonly<Record<string, string>>;
}

/** Samples that have the same pictures. */
export interface SampleGroup {
  readonly grid: string;
  readonly pictures: readonly ShownPicture[];
  readonly steps: readonly number[];
  /** Numbers that go with the pictures, for each step and picture; missing where there are none. */
  readonly scores?: readonly (readonly Readonly<Record<string, number>>[])[];
}

/** What looks wrong, why, and what to try. */
export interface ShownWarning {
  readonly title: string;
  readonly why: string;
  readonly remedies: readonly string[];
}

/** A setting: its option, its value, and the value that it has unless given. */
export interface ShownSetting {
  readonly flag: string;
  readonly about: string;
  readonly value: string;
  readonly usual: string;
}

/** What does not change while a run is trained. */
export interface About {
  /** Settings that are not as usual, and the others. */
  readonly settings: { readonly changed: readonly ShownSetting[]; readonly usual: readonly ShownSetting[] };
  /** Commands, and what they do. */
  readonly commands: { readonly goOn: string; readonly translate: string };
  /** Facts of where and how it computes, and of the pictures: what, and how much or which. */
  readonly environment: readonly (readonly [what: string, which: string])[];
  readonly data: readonly (readonly [what: string, which: string])[];
  /** Whether sample pictures are made while it is trained. */
  readonly sampled: boolean;
  /** Of the training pictures. */
  readonly size: { readonly width: number; readonly height: number };
}

/** All of a report. */
export interface ReportData {
  readonly name: string;
  readonly status: RunStatus;
  /** What went wrong, and what to do about it, when it failed. */
  readonly failure?: { readonly message: string; readonly advice: string };
  /** When it was written, in milliseconds since 1970. */
  readonly updated: number;
  readonly progress: ReportProgress;
  /** What looks wrong, as of a sample; missing before the first. */
  readonly warnings?: { readonly step: number; readonly list: readonly ShownWarning[] };
  readonly samples: readonly SampleGroup[];
  readonly curves: Curves;
  /** Figures of the test pictures, and the step whose checkpoint is the best; missing where none is evaluated. */
  readonly evaluations?: { readonly curves: Curves; readonly best: number };
  readonly about: About;
}

/** How a page hears of its data. */
export type ReportListener = (data: ReportData) => void;
