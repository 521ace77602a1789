/**
 * Where training batches come from, as the trainer sees it: numbered batches of a known shape. Knows nothing of files,
 * decoding or augmentation; those belong to whoever implements it.
 */
import type { HostTensor } from '../tensor.ts';

/** The pictures of one training step, both f32, N x C x H x W, in [-1, 1]. */
export interface Batch {
  /** Pictures of domain A, N x channels.A x height x width. */
  readonly A: HostTensor;
  /** Pictures of domain B, N x channels.B x height x width. */
  readonly B: HostTensor;
}

/** What every batch of a source looks like; programs are compiled for it. */
export interface BatchShape {
  /** Pictures of each domain in a batch. */
  readonly batch: number;
  readonly channels: { readonly A: number; readonly B: number };
  readonly height: number;
  readonly width: number;
}

/**
 * Numbered training batches. `batch` is a pure function of the step, so that a resumed run sees what an uninterrupted one
 * would have seen.
 */
export interface BatchSource {
  /** Steps after which every item has been used once: the unit of learning-rate schedules. */
  readonly stepsPerEpoch: number;
  readonly shape: BatchShape;
  /** The batch of a step, counted from 0, in any order and as often as wanted; rejects when a picture cannot be read. */
  batch(step: number): Promise<Batch>;
}
