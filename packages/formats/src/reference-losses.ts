/** The reference's names of the losses: what its logs, and its golden runs, call the terms that core reports. */
import type { ModelConfig } from '@cyclegan/core';

/** Our name of each loss and the reference's; its D_A is our discB, because both judge domain B. */
export const REFERENCE_LOSSES = {
  cyclegan: {
    discB: 'D_A',
    ganAB: 'G_A',
    cycleA: 'cycle_A',
    identityA: 'idt_A',
    discA: 'D_B',
    ganBA: 'G_B',
    cycleB: 'cycle_B',
    identityB: 'idt_B',
  },
  pix2pix: { gan: 'G_GAN', l1: 'G_L1', discReal: 'D_real', discFake: 'D_fake' },
} as const satisfies Readonly<Record<ModelConfig['kind'], Readonly<Record<string, string>>>>;

/** Losses under the reference's names; those that the reference does not have are left out. */
export function toReferenceLosses(kind: ModelConfig['kind'], losses: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(REFERENCE_LOSSES[kind]).flatMap(([ours, theirs]) => {
      const value = losses[ours];
      return value === undefined ? [] : [[theirs, value] as const];
    }),
  );
}
