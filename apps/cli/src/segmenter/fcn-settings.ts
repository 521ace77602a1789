/** Settings of an FCN and its training. Data alone. */
import type { NormKind } from '@cyclegan/core';

/** What an FCN is like, and how it learns. */
export interface FcnSettings {
  /** A share of the published numbers of channels. */
  readonly width: number;
  readonly norm: NormKind;
  readonly dropout: boolean;
  /** Height and width that pictures are resized to, there as when it judges. */
  readonly size: number;
  /** Height and width of the random parts of them that it learns from. */
  readonly crop: number;
  readonly batch: number;
  readonly epochs: number;
  readonly lr: number;
  readonly seed: number;
  /** Mirror half of the pictures left to right. */
  readonly flip: boolean;
  /** Let rare classes count as much as common ones. */
  readonly balance: boolean;
  /** Pair photos with labels of others: a control, which must learn nothing. */
  readonly shuffleLabels: boolean;
}

/** What `train-fcn` takes unless told. */
export const FCN_DEFAULTS: Omit<FcnSettings, 'crop'> = {
  width: 0.25,
  norm: 'batch',
  dropout: true,
  size: 256,
  batch: 8,
  epochs: 30,
  lr: 1e-3,
  seed: 0,
  flip: true,
  balance: false,
  shuffleLabels: false,
};

/** Parts of pictures that a network learns from unless told: three quarters of their sides, in whole multiples of 32. */
export function usualCrop(size: number): number {
  return Math.max(32, 32 * Math.floor((0.75 * size) / 32));
}
