/** What the page and the worker that trains for it tell each other. Types alone. */
import type { Direction } from '@cyclegan/core';
import type { Picture } from '@cyclegan/data/memory';
import type { TabChoices } from './tab-settings.ts';

/** Which pictures to train on: so many places of the synthetic town, or files. */
export type PictureSource =
  | { readonly kind: 'town'; readonly count: number }
  | { readonly kind: 'files'; readonly A: readonly File[]; readonly B: readonly File[] };

/** What the page asks of the worker. */
export type Order =
  /** Look for a device, so that a browser without one is told before anything is chosen. */
  | { readonly kind: 'open' }
  /** Anew, on these pictures. */
  | { readonly kind: 'train'; readonly source: PictureSource; readonly choices: TabChoices }
  /** So many steps more, from the last checkpoint. */
  | { readonly kind: 'goOn'; readonly steps: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'save' }
  | { readonly kind: 'translate'; readonly file: Blob; readonly direction: Direction };

/** A picture, its translation, and that translated back. */
export interface SampleRow {
  readonly from: 'A' | 'B';
  readonly pictures: readonly Picture[];
}

/** A line of metrics.jsonl, as the command writes it. */
export interface StepLine {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly reference: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** What the worker tells the page. */
export type News =
  | { readonly kind: 'open'; readonly engine: string }
  | { readonly kind: 'loading'; readonly done: number; readonly total: number }
  | { readonly kind: 'compiling' }
  | { readonly kind: 'ready'; readonly lastStep: number }
  | { readonly kind: 'step'; readonly line: StepLine }
  | { readonly kind: 'sample'; readonly step: number; readonly rows: readonly SampleRow[] }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'done'; readonly step: number }
  | { readonly kind: 'saved'; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'translated'; readonly picture: Picture }
  /** `what` is the order that failed. */
  | { readonly kind: 'failed'; readonly what: Order['kind']; readonly message: string };
