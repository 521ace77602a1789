/** Why training stops by itself before its end. */

/** A loss or a variable is no longer a finite number; any checkpoint is from before. */
export class TrainingDiverged extends Error {
  override name = 'TrainingDiverged';
  readonly step: number;

  /** `values` are the losses, or one element of each variable, after `step` steps; those that are not finite are named. */
  constructor(step: number, kind: 'loss' | 'variable', values: Readonly<Record<string, number>>) {
    const bad = Object.entries(values).filter(([, value]) => !Number.isFinite(value));
    super(
      `step ${step}: ${bad.map(([name, value]) => `${kind} ${name} is ${value}`).join(', ')}. ` +
        'Training stopped; any checkpoint is from before. Train anew with a lower learning rate, or look for corrupt pictures.',
    );
    this.step = step;
  }
}

/** Gradients overflow f16 again and again, even where losses are scaled down, so that their updates are skipped. A checkpoint precedes it, and its weights are whole. */
export class PrecisionExhausted extends Error {
  override name = 'PrecisionExhausted';
  readonly step: number;

  /** After `step` steps. */
  constructor(step: number) {
    super(
      `step ${step}: gradients are too large for f16 (beyond 65504) even at the least loss scale, so that updates are skipped. ` +
        'Training stopped; the weights are whole. Train on from them in f32, or with smaller loss weights.',
    );
    this.step = step;
  }
}
