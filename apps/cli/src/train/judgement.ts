/** What a discriminator's logits mean: a number from fake to real for each patch. Knows losses, and no pictures. */
import type { AdversarialKind, HostTensor } from '@cyclegan/core';
import type { PatchMap } from '@cyclegan/data';

/** Judgements of one picture. */
export interface Judgement {
  /** From 0, fake, to 1, real. */
  readonly map: PatchMap;
  /** The mean of the map; of wgangp, whose logits have no scale, the mean of those. */
  readonly score: number;
}

/**
 * Reads a map of logits, 1 x 1 x patches x patches: least squares aims at 0 and 1, cross-entropy at 0 and 1 behind a sigmoid; Wasserstein's are shown by the
 * largest of the map, so that the patches of one picture compare.
 */
export function judgementOf(kind: AdversarialKind, { shape, data }: HostTensor): Judgement {
  const [, , height = 0, width = 0] = shape;
  const logits = Float64Array.from(data);
  const values = logits.map(readingOf(kind, logits));
  return { map: { height, width, values }, score: meanOf(kind === 'wgangp' ? logits : values) };
}

function readingOf(kind: AdversarialKind, logits: Float64Array): (logit: number) => number {
  switch (kind) {
    case 'lsgan':
      return (logit) => Math.max(0, Math.min(1, logit));
    case 'vanilla':
      return (logit) => 1 / (1 + Math.exp(-logit));
    case 'wgangp': {
      const largest = logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
      return (logit) => (largest === 0 ? 0.5 : 0.5 + logit / largest / 2);
    }
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
